import CarpusCore

/// The artery of a series, told by the agent's first pass: curves of one shape, early, high and narrow, side by side.
///
/// Candidates' curves are grouped by shape (k-means of curves of unit area, Mouridsen et al., MRM 55, 2006), the group of the highest and earliest bolus is taken
/// (peak over first moment), of it the largest connected piece, and of that the voxels that are filled best: partial volume and inflow lower a curve and keep its shape.
struct ArterySearch {
    /// Concentrations in blood, mM.
    let concentrations: TimeSeries
    /// Groups of shapes.
    static let groups = 5
    /// The first pass and the first recirculation are over in a minute.
    static let firstPass = 60.0
    /// Voxels that are lower than this share of the best-filled ones are mixed with something else.
    static let filling = 0.75

    /// The voxels of the artery, those filled best first.
    ///
    /// - Parameters:
    ///   - candidates: places in a frame of curves that rise early and fall soon, in their order.
    ///   - start: when the first of them begins to rise, s.
    ///   - count: how many voxels are wanted at most.
    /// - Returns: the voxels, and how far the artery's middle voxel is filled, as a share of the best.
    func voxels(among candidates: [Int], from start: Double, count: Int) -> (chosen: [Int], filling: Double) {
        let shapes = FirstPass(concentrations, voxels: candidates, from: start - TimeAxis.step(concentrations.times), until: start + Self.firstPass)
        let best = shapes.bestGroup(of: Self.groups)
        guard !best.isEmpty else { return ([], 1) }
        let artery = piece(best.map { (candidates[$0], shapes.areas[$0]) }).sorted { $0.area != $1.area ? $0.area > $1.area : $0.voxel < $1.voxel }
        let fullest = artery.prefix(3).reduce(0) { $0 + $1.area } / Double(min(3, artery.count))
        return (artery.prefix { $0.area >= Self.filling * fullest }.prefix(count).map(\.voxel), artery[artery.count / 2].area / fullest)
    }

    /// The largest connected piece; all of them where none has three voxels, as an artery no wider than a voxel has gaps.
    private func piece(_ voxels: [(voxel: Int, area: Double)]) -> [(voxel: Int, area: Double)] {
        let chosen = Set(voxels.map(\.voxel)), pieces = Components(size: concentrations.grid.size) { chosen.contains($0) }
        var members = [[(voxel: Int, area: Double)]](repeating: [], count: pieces.sizes.count)
        for v in voxels { members[Int(pieces.labels[v.voxel]) - 1].append(v) }
        let most = members[pieces.largestFirst[0] - 1]
        return most.count < 3 ? voxels : most
    }
}

/// Curves in the minute of the first pass, as shapes of unit area.
private struct FirstPass {
    let times: [Double]
    /// Height in mM of each curve over its area in mM s, frame by frame; nothing for curves without an area.
    let shapes: [[Double]]
    /// Area under each curve, mM s.
    let areas: [Double]

    init(_ series: TimeSeries, voxels: [Int], from start: Double, until end: Double) {
        let frames = series.times.indices.filter { series.times[$0] >= start && series.times[$0] <= end }, n = series.grid.count
        let times = frames.map { series.times[$0] - start }
        let curves = voxels.map { v in frames.map { Double(series.scalars[$0 * n + v]) } }
        areas = curves.map { Self.area(under: $0, times) }
        shapes = zip(curves, areas).map { curve, area in area > 0 ? curve.map { $0 / area } : [] }
        self.times = times
    }

    private static func area(under curve: [Double], _ times: [Double]) -> Double {
        guard curve.count > 1 else { return curve.first ?? 0 }
        var sum = 0.0
        for i in 1..<curve.count { sum += (curve[i] + curve[i - 1]) / 2 * (times[i] - times[i - 1]) }
        return sum
    }

    /// When half of a shape has come, roughly: its first moment, s.
    private func moment(_ shape: [Double]) -> Double { Self.area(under: shape.indices.map { (i: Int) -> Double in shape[i] * times[i] }, times) }

    /// Places of the curves in the group of the highest and earliest bolus.
    func bestGroup(of wanted: Int) -> [Int] {
        let known = shapes.indices.filter { !shapes[$0].isEmpty }, moments = shapes.map { $0.isEmpty ? 0 : moment($0) }
        guard !known.isEmpty else { return [] }
        let order = known.sorted { moments[$0] != moments[$1] ? moments[$0] < moments[$1] : $0 < $1 }
        let count = max(1, min(wanted, known.count / 3))
        var group = [Int](repeating: -1, count: shapes.count)
        for (rank, i) in order.enumerated() { group[i] = rank * count / order.count }
        for _ in 0..<50 {
            let middles = (0..<count).map { g in mean(known.filter { group[$0] == g }) }
            var moved = false
            for i in known {
                let nearest = middles.indices.filter { !middles[$0].isEmpty }.min { distance(shapes[i], middles[$0]) < distance(shapes[i], middles[$1]) } ?? 0
                if nearest != group[i] { (group[i], moved) = (nearest, true) }
            }
            if !moved { break }
        }
        let lists = (0..<count).map { g in known.filter { group[$0] == g } }.filter { !$0.isEmpty }
        func score(_ list: [Int]) -> Double {
            let shape = mean(list), moment = moment(shape), area = Robust.quantile(list.map { areas[$0] }.sorted(), 0.5)
            return moment > 0 ? area * (shape.max() ?? 0) / moment : 0
        }
        var best = lists[0]
        for other in lists.dropFirst() where score(other) > score(best) { best = other }
        return best
    }

    private func mean(_ list: [Int]) -> [Double] {
        guard !list.isEmpty else { return [] }
        return times.indices.map { t in list.reduce(0) { $0 + shapes[$1][t] } / Double(list.count) }
    }

    private func distance(_ a: [Double], _ b: [Double]) -> Double {
        var sum = 0.0
        for (x, y) in zip(a, b) { sum += (x - y) * (x - y) }
        return sum
    }
}
