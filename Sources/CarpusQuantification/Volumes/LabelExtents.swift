import CarpusCore

/// How many voxels each label has, how many of them on its boundary, and whether it reaches the border of the field.
struct LabelExtents {
    struct Extent: Equatable {
        var voxels = 0
        /// Voxels that share a face with a voxel of another label.
        var boundary = 0
        /// Whether a voxel lies at the border of an axis of more than one voxel.
        var touchesBorder = false
    }
    private var extents: [UInt16: Extent] = [:]

    init(of map: LabelMap) {
        let size = map.grid.size, steps = [1, size.x, size.x * size.y]
        var dense = [Extent](repeating: Extent(), count: Int(map.labels.max() ?? 0) + 1)
        map.labels.withUnsafeBufferPointer { labels in
            var i = 0
            for z in 0..<size.z {
                for y in 0..<size.y {
                    for x in 0..<size.x {
                        defer { i += 1 }
                        let label = labels[i]
                        guard label != 0 else { continue }
                        let at = Index3(x, y, z)
                        var isBoundary = false
                        for axis in 0..<3 where size[axis] > 1 {
                            if at[axis] == 0 || at[axis] == size[axis] - 1 { dense[Int(label)].touchesBorder = true }
                            if at[axis] > 0 && labels[i - steps[axis]] != label { isBoundary = true }
                            if at[axis] < size[axis] - 1 && labels[i + steps[axis]] != label { isBoundary = true }
                        }
                        dense[Int(label)].voxels += 1
                        if isBoundary { dense[Int(label)].boundary += 1 }
                    }
                }
            }
        }
        for (label, extent) in dense.enumerated() where extent.voxels > 0 { extents[UInt16(label)] = extent }
    }

    subscript(label: UInt16) -> Extent { extents[label] ?? Extent() }
}
