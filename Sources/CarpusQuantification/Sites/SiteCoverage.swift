import CarpusCore

/// How much of a site the field shows, as far as the field tells: what lies beyond its border is guessed from the site's shape inside.
struct SiteCoverage {
    /// Cross-sections of a site along each axis of the grid, in voxels.
    private var sections: [[Double]]
    private(set) var voxels = 0.0
    /// Of those, voxels that the series with the lesion covers.
    private var seen = 0.0
    private let size: Index3

    init(size: Index3) {
        self.size = size
        sections = (0..<3).map { [Double](repeating: 0, count: size[$0]) }
    }

    @inline(__always) mutating func add(_ at: Index3, _ share: Double, isCovered: Bool) {
        for axis in 0..<3 { sections[axis][at[axis]] += share }
        voxels += share
        if isCovered { seen += share }
    }

    /// Faces of the field that cut the site: axis and whether it is the far one.
    private var cuts: [(axis: Int, isFar: Bool)] {
        (0..<3).filter { size[$0] > 1 }.flatMap { axis in [(axis, false), (axis, true)].filter { sections[axis][$0.1 ? size[axis] - 1 : 0] > 0 } }
    }

    /// The share of what lies in the field that the series covers.
    var seenShare: Double { voxels > 0 ? seen / voxels : 0 }

    /// The share of the site that is in the field and covered, 0 to 1.
    ///
    /// - Parameter depth: of a long bone, its end and the map's grid: a face across the shaft cuts a part of the 10 mm.
    func covered(depth: (end: ArticularEnd, grid: Grid)? = nil) -> Double {
        guard voxels > 0 else { return 0 }
        var outside = 0.0
        for cut in cuts {
            if let (end, grid) = depth {
                let normal = grid.direction[column: cut.axis] * (cut.isFar ? 1 : -1)
                if normal.dot(end.shaftward) > 0.7 {
                    outside += voxels * shaftOutside(cut, end, grid)
                    continue
                }
            }
            outside += Self.beyond(cut.isFar ? sections[cut.axis].reversed() : sections[cut.axis])
        }
        return seen / (voxels + outside)
    }

    /// What of 10 mm of a shaft lies beyond a face across it, against what lies before it.
    private func shaftOutside(_ cut: (axis: Int, isFar: Bool), _ end: ArticularEnd, _ grid: Grid) -> Double {
        // Where the shaft's axis meets the outer side of the face.
        let along = grid.voxelFromWorld.linear * end.shaftward, from = grid.voxelFromWorld(end.middle)
        let face = cut.isFar ? Double(size[cut.axis]) - 0.5 : -0.5, depth = (face - from[cut.axis]) / along[cut.axis]
        return depth > 0.5 ? max(0, ArticularEnd.assessedDepth / depth - 1) : 9
    }

    /// The volume beyond the border, in voxels, from the cross-sections inward of it: the parabola through them (an ellipsoid's
    /// sections are one) to its root, or, when they do not shrink towards the border, as much as lies inside.
    static func beyond(_ sections: some Collection<Double>) -> Double {
        let inside = Array(sections.prefix { $0 > 0 }), total = inside.reduce(0, +), n = Double(inside.count)
        guard inside.count >= 3 else { return total }
        // Least squares of c0 + c1 k + c2 k², by moments of k.
        let k = (0..<inside.count).map { Double($0) }
        func moment(_ power: Int) -> Double { k.reduce(0) { sum, k in sum + (0..<power).reduce(1) { p, _ in p * k } } }
        func value(_ power: Int) -> Double { zip(k, inside).reduce(0) { sum, p in sum + p.1 * (0..<power).reduce(1) { q, _ in q * p.0 } } }
        let m = Matrix3(rows: Vector3(n, moment(1), moment(2)), Vector3(moment(1), moment(2), moment(3)), Vector3(moment(2), moment(3), moment(4)))
        guard let c = m.inverse.map({ $0 * Vector3(value(0), value(1), value(2)) }), c.z < 0 else { return total }
        // From half a voxel before the first section outwards to the root.
        let root = (-c.y + (c.y * c.y - 4 * c.z * c.x).squareRoot()) / (2 * c.z)
        guard root.isFinite, root < -0.5 else { return min(total, inside[0] / 2) }
        func integral(_ t: Double) -> Double { c.x * t + c.y * t * t / 2 + c.z * t * t * t / 3 }
        return min(max(integral(-0.5) - integral(root), 0), 2 * total)
    }
}
