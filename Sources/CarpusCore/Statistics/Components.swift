/// Connected pieces of a set of voxels; neighbours share a face, an edge or a corner (26 in space, 8 in a plane).
public struct Components: Sendable {
    /// The component of each voxel, 0 for none, numbered as they are met in memory.
    public private(set) var labels: [Int32]
    /// Voxels of each component; entry 0 is that of component 1.
    public private(set) var sizes: [Int] = []

    /// The components of the voxels of a box of given size where `isInside` holds; x runs fastest.
    public init(size: Index3, isInside: (Int) -> Bool) {
        labels = [Int32](repeating: 0, count: size.x * size.y * size.z)
        for i in labels.indices where isInside(i) { labels[i] = -1 }
        var stack: [Int] = []
        for seed in labels.indices where labels[seed] == -1 {
            let name = Int32(sizes.count + 1)
            var count = 0
            labels[seed] = name
            stack.append(seed)
            while let at = stack.popLast() {
                count += 1
                let vx = at % size.x, vy = at / size.x % size.y, vz = at / (size.x * size.y)
                for z in max(0, vz - 1)...min(size.z - 1, vz + 1) {
                    for y in max(0, vy - 1)...min(size.y - 1, vy + 1) {
                        for x in max(0, vx - 1)...min(size.x - 1, vx + 1) {
                            let neighbour = x + size.x * (y + size.y * z)
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

    /// Components by falling size; equal ones as they are met in memory.
    public var largestFirst: [Int] {
        sizes.indices.sorted { sizes[$0] != sizes[$1] ? sizes[$0] > sizes[$1] : $0 < $1 }.map { $0 + 1 }
    }
}
