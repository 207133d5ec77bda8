/// The voxels around a label, and how far from it they lie.
public struct LabelNeighbourhood: Sendable, Hashable {
    /// The first voxel, and the number of voxels along each axis.
    public let start, size: Index3

    /// The number of voxels.
    public var count: Int { size.x * size.y * size.z }

    /// The voxels within a margin in mm of the box that holds a label, as far as the grid has them; nil where the label does not occur.
    public init?(of label: UInt16, in map: LabelMap, margin: Double) {
        let m = (Vector3(repeating: margin) / map.grid.spacing).rounded(.up)
        self.init(of: label, in: map, extra: Index3(Int(m.x), Int(m.y), Int(m.z)))
    }

    /// The same with a margin in voxels.
    public init?(of label: UInt16, in map: LabelMap, voxels: Int) { self.init(of: label, in: map, extra: Index3(repeating: voxels)) }

    private init?(of label: UInt16, in map: LabelMap, extra: Index3) {
        let n = map.grid.size
        var low = n, high = Index3(repeating: -1)
        map.labels.withUnsafeBufferPointer { labels in
            var i = 0
            for z in 0..<n.z {
                for y in 0..<n.y {
                    for x in 0..<n.x {
                        if labels[i] == label {
                            let at = Index3(x, y, z)
                            (low, high) = (pointwiseMin(low, at), pointwiseMax(high, at))
                        }
                        i += 1
                    }
                }
            }
        }
        guard high.x >= 0 else { return nil }
        start = pointwiseMax(low &- extra, .zero)
        size = pointwiseMin(high &+ extra &+ 1, n) &- start
    }

    /// Calls a function for each voxel of the box: its offset in the map, its index, and the squared distance to the label, mm².
    public func forEach(distancesTo label: UInt16, in map: LabelMap, _ body: (Int, Index3, Double) -> Void) {
        var set = [Bool](repeating: false, count: count)
        forEachVoxel(of: map.grid) { k, i, _ in set[k] = map.labels[i] == label }
        let squared = DistanceTransform.squaredDistances(to: set, size: size, spacing: map.grid.spacing)
        forEachVoxel(of: map.grid) { k, i, at in body(i, at, squared[k]) }
    }

    /// Calls a function for each voxel of the box: its offset in the box, its offset in the grid, its index in the grid.
    @inlinable public func forEachVoxel(of grid: Grid, _ body: (Int, Int, Index3) -> Void) {
        var k = 0
        for z in start.z..<start.z + size.z {
            for y in start.y..<start.y + size.y {
                for x in start.x..<start.x + size.x {
                    body(k, grid.offset(x, y, z), Index3(x, y, z))
                    k += 1
                }
            }
        }
    }
}
