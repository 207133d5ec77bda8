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
        /// A piece is tubular when its longest extent exceeds its thickness this many times; the thickness is twice the mean distance of its voxels from its axis.
        public var elongation = 2.5
        /// A plate is none: across its axis a tube is at most this many times as wide as it is flat (standard deviations of its voxels' places).
        public var flatness = 2.5
        /// It is one too when it runs through all slices, three at least, with a round section: the mean distance of a section's voxels from its middle is that of a
        /// disc of the same area but for this factor. So an aorta across a slab that is no longer than it is thick is found.
        public var roundness = 1.3

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            let all = [("arrivalWindow", arrivalWindow), ("longestRise", longestRise), ("minimumVolume", minimumVolume), ("elongation", elongation), ("flatness", flatness), ("roundness", roundness)]
            if let bad = all.first(where: { !($0.1 >= 0 && $0.1.isFinite) }) { return "\(bad.0) is \(bad.1); it has to be 0 or more" }
            return (0...1).contains(steepestShare) ? nil : "steepestShare is \(steepestShare); it has to be from 0 to 1"
        }
    }

    /// The label of arteries.
    public static let legend = Legend([Label(value: 1, name: "artery", color: [204, 121, 167])])

    /// Labels the voxels that are arterial: early, steep, of class washout, and tubular where they form a piece.
    ///
    /// - Throws: `PerfusionError` for parameters out of range.
    public static func find(_ maps: EnhancementMaps, parameters: Parameters = .init()) throws -> LabelMap {
        try find(classes: maps.classes, initialRate: maps.initialRate, onset: maps.onset, peak: maps.peak, times: maps.times, parameters: parameters)
    }

    /// The same from the maps themselves.
    ///
    /// - Parameter times: of the series' frames, s.
    /// - Throws: `PerfusionError` for parameters out of range, or maps on different grids.
    public static func find(
        classes: LabelMap, initialRate: Volume<Float>, onset: Volume<Float>, peak: Volume<Float>, times: [Double], parameters p: Parameters = .init()
    ) throws -> LabelMap {
        if let complaint = p.complaint { throw PerfusionError(.badParameter, complaint) }
        guard [initialRate.grid, onset.grid, peak.grid].allSatisfy({ $0.matches(classes.grid) }) else {
            throw PerfusionError(.gridMismatch, "the maps lie on different grids; take those of one classification")
        }
        let grid = classes.grid, half = TimeAxis.step(times) / 2
        var result = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: legend)
        let enhancing = classes.labels.indices.filter { classes.labels[$0] != 0 && onset.scalars[$0].isFinite }
        guard !enhancing.isEmpty else { return result }
        let earliest = Robust.quantile(enhancing.map { Double(onset.scalars[$0]) }.sorted(), 0.01)
        let steep = Robust.quantile(enhancing.map { Double(initialRate.scalars[$0]) }.sorted(), 1 - p.steepestShare)
        var candidate = [Bool](repeating: false, count: grid.count)
        for v in enhancing {
            let start = Double(onset.scalars[v]), rise = Double(peak.scalars[v]) - start
            candidate[v] = start <= earliest + p.arrivalWindow + half && rise <= p.longestRise + half && Double(initialRate.scalars[v]) >= steep
                && classes.labels[v] == UInt16(CurveClass.washout.rawValue)
        }
        let pieces = Components(size: grid.size) { candidate[$0] }
        var members = [[Int]](repeating: [], count: pieces.sizes.count)
        for (v, piece) in pieces.labels.enumerated() where piece > 0 { members[Int(piece) - 1].append(v) }
        for list in members where Double(list.count) * grid.voxelVolume >= p.minimumVolume {
            let piece = VoxelPiece(voxels: list, grid: grid)
            let form = piece.form
            guard form.elongation >= p.elongation && form.flatness <= p.flatness || piece.runsThrough(roundness: p.roundness) else { continue }
            for v in list { result.labels[v] = 1 }
        }
        return result
    }
}

/// The form of a piece of voxels.
struct VoxelPiece {
    let voxels: [Int]
    let grid: Grid

    /// Longest extent over thickness, both at least a voxel; and across the axis the larger spread over the smaller, a voxel's own added to both.
    var form: (elongation: Double, flatness: Double) {
        let points = voxels.map { grid.worldFromVoxel(Vector3(grid.index(at: $0))) }
        let middle = points.reduce(.zero, +) / Double(points.count)
        // The axis by power iteration on the scatter of the points.
        var axis = Vector3(0.577, 0.5, 0.645)
        for _ in 0..<30 {
            let next = points.reduce(Vector3.zero) { $0 + ($1 - middle) * ($1 - middle).dot(axis) }
            guard next.length > 0 else { return (1, 1) }
            axis = next / next.length
        }
        let along = points.map { ($0 - middle).dot(axis) }, voxel = grid.spacing.min()
        let length = (along.max() ?? 0) - (along.min() ?? 0) + voxel
        let thickness = 2 * points.reduce(0.0) { $0 + (($1 - middle) - axis * ($1 - middle).dot(axis)).length } / Double(points.count)
        // Any two directions at right angles across the axis, and the spread along the best two.
        let side = axis.cross(abs(axis.x) < 0.6 ? Vector3(1, 0, 0) : Vector3(0, 1, 0)), u = side / side.length, v = axis.cross(u)
        var (uu, vv, uv) = (0.0, 0.0, 0.0)
        for p in points {
            let d = p - middle, a = d.dot(u), b = d.dot(v)
            (uu, vv, uv) = (uu + a * a, vv + b * b, uv + a * b)
        }
        let mean = (uu + vv) / 2, half = ((uu - vv) * (uu - vv) / 4 + uv * uv).squareRoot(), own = Double(points.count) * voxel * voxel / 12
        return (length / max(thickness, voxel), ((mean + half + own) / (max(0, mean - half) + own)).squareRoot())
    }

    /// Whether it lies in every slice, three at least, with a round section in each.
    func runsThrough(roundness: Double) -> Bool {
        let through = grid.throughPlaneAxis, slices = grid.size[through]
        guard slices >= 3 else { return false }
        let sections = Dictionary(grouping: voxels.map { grid.index(at: $0) }) { $0[through] }
        guard sections.count == slices else { return false }
        let area = grid.voxelVolume / grid.spacing[through]
        return sections.values.allSatisfy { section in
            let points = section.map { grid.worldFromVoxel(Vector3($0)) }, n = Double(points.count), middle = points.reduce(.zero, +) / n
            let distance = points.reduce(0.0) { $0 + ($1 - middle).length } / n
            return distance <= roundness * 2 / 3 * (n * area / .pi).squareRoot()
        }
    }
}
