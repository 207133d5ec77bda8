extension LabelMap {
    /// The labels of one scan, or of both where they do not contradict each other, on a grid in the frame halfway between the scans.
    ///
    /// Where both are given a voxel keeps a label that one of them shows and the other shows too or leaves empty; what they
    /// label differently is left empty. So the outcome is the same whichever scan comes first.
    ///
    /// - Parameters:
    ///   - first: labels in the first scan's world, with the map from the halfway frame to it.
    ///   - second: the same of the second scan; both maps share their values' meaning.
    /// - Returns: nil when neither is given.
    public static func halfway(on grid: Grid, first: (labels: LabelMap?, fromHalfway: Transform), second: (labels: LabelMap?, fromHalfway: Transform)) -> LabelMap? {
        func carried(_ one: (labels: LabelMap?, fromHalfway: Transform)) -> LabelMap? {
            one.labels?.resampled(onto: grid, through: one.fromHalfway, interpolation: .linear)
        }
        switch (carried(first), carried(second)) {
        case (nil, nil): return nil
        case (let one?, nil), (nil, let one?): return one
        case (var a?, let b?):
            for i in a.labels.indices {
                let (p, q) = (a.labels[i], b.labels[i])
                a.labels[i] = p == q || q == 0 ? p : p == 0 ? q : 0
            }
            let known = Set(a.legend.labels.map(\.value)), names = Set(a.legend.labels.map(\.name))
            let more = b.legend.labels.filter { !known.contains($0.value) && !names.contains($0.name) }
            return LabelMap(grid: grid, labels: a.labels, legend: Legend(a.legend.labels + more))
        }
    }
}

extension Grid {
    /// A grid of cubes along the axes of the world that takes in every labelled voxel and a margin; nil where nothing is labelled.
    ///
    /// - Parameters:
    ///   - maps: labels, each with the map from its world to that of the grid.
    ///   - spacing: the edge of a cube, mm. It grows where more than 4 million cubes would be needed.
    public static func enclosing(_ maps: [(labels: LabelMap, to: Affine)], margin: Double, spacing: Double) -> Grid? {
        var low = Vector3(repeating: .infinity), high = -low
        for (map, to) in maps {
            let n = map.grid.size, world = to * map.grid.worldFromVoxel
            for (i, label) in map.labels.enumerated() where label != 0 {
                // Only the ends of runs along x can be extreme.
                let x = i % n.x
                if x > 0, x < n.x - 1, map.labels[i - 1] != 0, map.labels[i + 1] != 0 { continue }
                let p = world(Vector3(map.grid.index(at: i)))
                (low, high) = (pointwiseMin(low, p), pointwiseMax(high, p))
            }
        }
        guard low.x.isFinite else { return nil }
        (low, high) = (low - margin, high + margin)
        let box = high - low
        var edge = spacing
        while box.x * box.y * box.z > 4e6 * edge * edge * edge { edge *= 1.25 }
        let n = (box / edge).rounded(.up) + 1
        return Grid(unchecked: Index3(Int(n.x), Int(n.y), Int(n.z)), Affine(linear: Matrix3(diagonal: Vector3(repeating: edge)), translation: low))
    }
}
