public import CarpusCore

/// Tissue told from air by the signal before the agent: numbers over a whole field are counted in it, so that the noise of air is not.
public enum BodyMask {
    /// How the body is told.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The body is brighter than the middle of air by this many standard deviations of air.
        public var noiseFactor = 5.0
        /// Where no noise of air stands out, the body is brighter than this share of the field's 95th percentile.
        public var brightShare = 0.1
        /// Pieces smaller than this share of the largest are left out.
        public var smallestShare = 0.05
        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            if !(noiseFactor > 0 && noiseFactor.isFinite) { return "noiseFactor is \(noiseFactor); it has to be above 0" }
            if !(brightShare > 0 && brightShare < 1) { return "brightShare is \(brightShare); it has to lie between 0 and 1" }
            return (0...1).contains(smallestShare) ? nil : "smallestShare is \(smallestShare); it has to be from 0 to 1"
        }
    }

    /// The label of the body.
    public static let legend = Legend([Label(value: 1, name: "body", color: [86, 180, 233])])

    /// The body in the mean of the frames before the agent's arrival: large pieces brighter than air, with the holes that they close within a slice (dark marrow,
    /// cortical bone, tendons). So air inside the body belongs to it, and tissue as dark as air that is not enclosed (suppressed fat in much noise) does not.
    ///
    /// - Returns: the mask on the series' grid, and doubts.
    /// - Throws: `PerfusionError` for times that are no axis, parameters out of range, or a field without signal.
    public static func find(_ series: TimeSeries, parameters: Parameters = .init()) throws -> (labels: LabelMap, findings: [Finding]) {
        if let complaint = parameters.complaint { throw PerfusionError(.badParameter, complaint) }
        try TimeAxis.check(series)
        let grid = series.grid, n = grid.count, frames = try Arrival.find(in: series, voxels: Array(0..<n)).baselineFrames
        let mean = Baseline.mean(series, frames: frames), last = Array(series.scalars[(frames - 1) * n..<frames * n]), bright = last.filter { $0 > 0 && $0.isFinite }.sorted()
        guard !bright.isEmpty else { throw PerfusionError(.emptyRegion, "no voxel has a signal before the agent; check the series") }
        let top = bright[Int(0.95 * Double(bright.count - 1))], air = AirNoise(sorted: bright, below: 0.8 * top)
        // Neighbours are averaged where there is noise; a voxel has to be brighter than air itself too, or the body would grow by its border.
        let smooth = air == nil ? mean : SliceMean.of(mean, grid), own = air?.limit(in: mean, single: last, factor: 1) ?? 0
        let threshold = air?.limit(in: smooth, single: last, factor: parameters.noiseFactor) ?? Float(parameters.brightShare) * top
        let pieces = Components(size: grid.size) { smooth[$0] > threshold && mean[$0] > own }
        let smallest = Double(pieces.sizes.max() ?? 0) * parameters.smallestShare
        var inside = pieces.labels.map { $0 > 0 && Double(pieces.sizes[Int($0) - 1]) >= smallest }
        SliceHoles.fill(&inside, grid)
        let share = Double(inside.count { $0 }) / Double(grid.count)
        var findings: [Finding] = []
        if share > 0.95 {
            findings.append(Finding(.note, "perfusion.body-fills-field", "The body fills the field; no air was told from it.", evidence: ["share": Numbers.short(share)]))
        } else if share < 0.02 {
            findings.append(Finding(.warning, "perfusion.body-small", "The body takes less than a fiftieth of the field; look at the mask.", evidence: ["share": "\(share)"]))
        }
        return (LabelMap(grid: grid, labels: inside.map { $0 ? 1 : 0 }, legend: legend), findings)
    }
}

/// The magnitudes of noise alone, as air has them (Rayleigh's distribution): found as the dark values that agree with their own spread.
private struct AirNoise {
    /// Air's values lie below, but for the brightest tenth.
    let edge: Float

    /// - Parameters:
    ///   - sorted: the magnitudes of one frame that are above 0.
    ///   - below: air ends below this.
    init?(sorted: [Float], below most: Float) {
        var squares = [0.0]
        squares.reserveCapacity(sorted.count + 1)
        for v in sorted { squares.append(squares[squares.count - 1] + Double(v) * Double(v)) }
        // From the darkest on, values are taken in until none is left within 2.5 σ, σ² half their mean square.
        var count = max(1, sorted.count / 50), edge = sorted[count - 1]
        while true {
            let next = Float(2.5 * (squares[count] / Double(2 * count)).squareRoot())
            if next <= edge { break }
            edge = next
            let within = Self.count(sorted, through: edge)
            if within == sorted.count || edge >= most { return nil }
            if within == count { break }
            count = within
        }
        // A tissue's values lie closer together than those of noise, of many coils too.
        let values = sorted[..<count].map(Double.init), middle = Robust.quantile(values, 0.5)
        guard 1.4826 * Robust.quantile(values.map { abs($0 - middle) }.sorted(), 0.5) > 0.15 * middle else { return nil }
        self.edge = edge
    }

    private static func count(_ sorted: [Float], through value: Float) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The signal above which a mean of frames shows more than air; nil when it knows no air.
    func limit(in mean: [Float], single: [Float], factor: Double) -> Float? {
        let values = mean.indices.filter { single[$0] <= edge && mean[$0] > 0 && mean[$0].isFinite }.map { Double(mean[$0]) }.sorted(), middle = Robust.quantile(values, 0.5)
        guard !values.isEmpty else { return nil }
        return min(edge, Float(middle + factor * 1.4826 * Robust.quantile(values.map { abs($0 - middle) }.sorted(), 0.5)))
    }
}

/// Means within slices.
private enum SliceMean {
    /// Each value and its eight neighbours in the slice, those that are finite; NaN stays.
    static func of(_ values: [Float], _ grid: Grid) -> [Float] {
        let strides = [1, grid.size.x, grid.size.x * grid.size.y], plane = [0, 1, 2].filter { $0 != grid.throughPlaneAxis }
        let (u, v) = (plane[0], plane[1]), (du, dv) = (strides[u], strides[v])
        return values.indices.map { i in
            guard values[i].isFinite else { return .nan }
            let at = grid.index(at: i)
            var sum: Float = 0, count: Float = 0
            for b in max(-1, -at[v])...min(1, grid.size[v] - 1 - at[v]) {
                for a in max(-1, -at[u])...min(1, grid.size[u] - 1 - at[u]) {
                    let x = values[i + a * du + b * dv]
                    if x.isFinite { (sum, count) = (sum + x, count + 1) }
                }
            }
            return sum / count
        }
    }
}

/// Holes of a mask within slices.
enum SliceHoles {
    /// Fills what the mask encloses in each slice across the thickest axis.
    static func fill(_ inside: inout [Bool], _ grid: Grid) {
        let strides = [1, grid.size.x, grid.size.x * grid.size.y], through = grid.throughPlaneAxis
        let plane = [0, 1, 2].filter { $0 != through }
        let (width, height, dx, dy) = (grid.size[plane[0]], grid.size[plane[1]], strides[plane[0]], strides[plane[1]])
        var outside = [Bool](repeating: false, count: width * height), waiting: [(x: Int, y: Int)] = []
        for slice in 0..<grid.size[through] {
            let start = slice * strides[through]
            for i in outside.indices { outside[i] = false }
            func visit(_ x: Int, _ y: Int) {
                guard x >= 0, y >= 0, x < width, y < height, !outside[y * width + x], !inside[start + x * dx + y * dy] else { return }
                outside[y * width + x] = true
                waiting.append((x, y))
            }
            for x in 0..<width { visit(x, 0); visit(x, height - 1) }
            for y in 0..<height { visit(0, y); visit(width - 1, y) }
            while let (x, y) = waiting.popLast() { visit(x - 1, y); visit(x + 1, y); visit(x, y - 1); visit(x, y + 1) }
            for y in 0..<height { for x in 0..<width where !outside[y * width + x] { inside[start + x * dx + y * dy] = true } }
        }
    }
}
