import CarpusCore

/// Connected pieces of a set of voxels; neighbours share a face, an edge or a corner (26 in space).
struct Components {
    /// The component of each voxel, 0 for none, numbered as they are met in memory.
    private(set) var labels: [Int32]
    /// Voxels of each component; entry 0 is that of component 1.
    private(set) var sizes: [Int] = []

    /// The components of the voxels where `isInside` holds.
    init(grid: Grid, isInside: (Int) -> Bool) {
        let size = grid.size
        labels = [Int32](repeating: 0, count: grid.count)
        for i in labels.indices where isInside(i) { labels[i] = -1 }
        var stack: [Int] = []
        for seed in labels.indices where labels[seed] == -1 {
            let name = Int32(sizes.count + 1)
            var count = 0
            labels[seed] = name
            stack.append(seed)
            while let at = stack.popLast() {
                count += 1
                let v = grid.index(at: at)
                for z in max(0, v.z - 1)...min(size.z - 1, v.z + 1) {
                    for y in max(0, v.y - 1)...min(size.y - 1, v.y + 1) {
                        for x in max(0, v.x - 1)...min(size.x - 1, v.x + 1) {
                            let neighbour = grid.offset(x, y, z)
                            if labels[neighbour] == -1 {
                                labels[neighbour] = name
                                stack.append(neighbour)
                            }
                        }
                    }
                }
            }
            sizes.append(count)
        }
    }
}
