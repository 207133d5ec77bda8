public import CarpusCore

/// Arteries told from synovium by when and how they enhance and by their form, so that they can be left out: an explicit step, never a silent one.
public enum ArterialExclusion {
    /// How arteries are told.
    public struct Parameters: Sendable, Hashable, Codable {
        /// An artery begins to enhance within this of the earliest arrival, s (half a frame is added).
        public var arrivalWindow = 8.0
        /// It rises in less than this, s (half a frame is added).
        public var longestRise = 25.0
        /// It is among this share of the steepest of all that enhances.
        public var steepestShare = 0.25
        /// Pieces that are smaller than this are noise, mm³.
        public var minimumVolume = 2.0
        /// A piece is tubular when its longest extent exceeds its thickness this many times. The thickness is twice the mean distance of its voxels
        /// from its axis; pieces in fewer than three slices are judged in the plane.
        public var elongation = 2.5

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            let all = [("arrivalWindow", arrivalWindow), ("longestRise", longestRise), ("minimumVolume", minimumVolume), ("elongation", elongation)]
            if let bad = all.first(where: { !($0.1 >= 0 && $0.1.isFinite) }) { return "\(bad.0) is \(bad.1); it has to be 0 or more" }
            return (0...1).contains(steepestShare) ? nil : "steepestShare is \(steepestShare); it has to be from 0 to 1"
        }
    }

    /// The label of arteries.
    public static let legend = Legend([Label(value: 1, name: "artery", color: [204, 121, 167])])

    /// Labels the voxels that are arterial: early, steep, peaked, and tubular where they form a piece.
    ///
    /// - Throws: `PerfusionError` for parameters out of range.
    public static func find(_ maps: EnhancementMaps, parameters: Parameters = .init()) throws -> LabelMap {
        if let complaint = parameters.complaint { throw PerfusionError(.badParameter, complaint) }
        let grid = maps.classes.grid, half = TimeAxis.step(maps.times) / 2
        var result = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: legend)
        let enhancing = maps.voxels.filter { maps.classes.labels[$0] != 0 }
        guard !enhancing.isEmpty else { return result }
        let onsets = enhancing.map { Double(maps.onset.scalars[$0]) }.sorted(), rates = enhancing.map { Double(maps.initialRate.scalars[$0]) }.sorted()
        let earliest = Robust.quantile(onsets, 0.01), steep = Robust.quantile(rates, 1 - parameters.steepestShare)
        var candidate = [Bool](repeating: false, count: grid.count)
        for v in enhancing {
            let onset = Double(maps.onset.scalars[v]), rise = Double(maps.peak.scalars[v]) - onset
            candidate[v] = onset <= earliest + parameters.arrivalWindow + half && rise <= parameters.longestRise + half && Double(maps.initialRate.scalars[v]) >= steep
                && maps.classes.labels[v] == UInt16(CurveClass.washout.rawValue)
        }
        let pieces = Components(size: grid.size) { candidate[$0] }
        var members = [[Int]](repeating: [], count: pieces.sizes.count)
        for (v, piece) in pieces.labels.enumerated() where piece > 0 { members[Int(piece) - 1].append(v) }
        for list in members where Double(list.count) * grid.voxelVolume >= parameters.minimumVolume && isTubular(list, grid, parameters.elongation) {
            for v in list { result.labels[v] = 1 }
        }
        return result
    }

    /// Whether a piece is a tube, or runs through slices as a spot of a tube cut across.
    private static func isTubular(_ list: [Int], _ grid: Grid, _ elongation: Double) -> Bool {
        let points = list.map { grid.worldFromVoxel(Vector3(grid.index(at: $0))) }
        let middle = points.reduce(.zero, +) / Double(points.count)
        // The axis by power iteration on the scatter of the points.
        var axis = Vector3(0.577, 0.5, 0.645)
        for _ in 0..<30 {
            let next = points.reduce(Vector3.zero) { $0 + ($1 - middle) * ($1 - middle).dot(axis) }
            guard next.length > 0 else { return false }
            axis = next / next.length
        }
        let along = points.map { ($0 - middle).dot(axis) }
        let length = (along.max() ?? 0) - (along.min() ?? 0) + grid.spacing.min()
        let thickness = 2 * points.reduce(0.0) { $0 + (($1 - middle) - axis * ($1 - middle).dot(axis)).length } / Double(points.count)
        return length >= elongation * max(thickness, grid.spacing.min())
    }
}
