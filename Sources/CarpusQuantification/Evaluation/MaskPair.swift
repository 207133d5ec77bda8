public import CarpusCore

/// Two sets of voxels on one grid, a result and the truth, cropped to the box around both with one empty voxel on each side.
///
/// What is outside the grid counts as outside both sets, so that cropping changes nothing that is measured here.
public struct MaskPair: Sendable {
    /// Voxels of the crop along each axis.
    public let size: Index3
    /// Distance between neighbouring voxel centres, mm.
    public let spacing: Vector3
    /// Volume of one voxel, mm³.
    public let voxelVolume: Double
    /// Voxels of the whole grid.
    public let gridCount: Int
    /// Length of the diagonal of the whole grid, outer face to outer face, mm.
    public let gridDiagonal: Double
    /// The sets on the crop, x running fastest.
    let result, truth: [Bool]
    /// Voxels of both sets, of the result alone, and of the truth alone.
    public let both, onlyResult, onlyTruth: Int

    /// Voxels of the result.
    public var resultCount: Int { both + onlyResult }
    /// Voxels of the truth.
    public var truthCount: Int { both + onlyTruth }

    /// The pair of two sets, each one flag a voxel of the grid, x running fastest.
    public init(result: [Bool], truth: [Bool], grid: Grid) {
        precondition(result.count == grid.count && truth.count == grid.count, "a mask needs one flag a voxel")
        var box = VoxelBox()
        for i in 0..<grid.count where result[i] || truth[i] { box.add(grid.index(at: i)) }
        self.init(grid: grid, box: box, inResult: { result[$0] }, inTruth: { truth[$0] })
    }

    /// The pair of the voxels of the grid where the closures hold; none may lie outside the box.
    init(grid: Grid, box: VoxelBox, inResult: (Int) -> Bool, inTruth: (Int) -> Bool) {
        let size = box.isEmpty ? Index3(repeating: 2) : box.high &- box.low &+ 3
        var a = [Bool](repeating: false, count: size.x * size.y * size.z), b = a
        var (shared, first, second) = (0, 0, 0)
        if !box.isEmpty {
            for z in box.low.z...box.high.z {
                for y in box.low.y...box.high.y {
                    var from = grid.offset(box.low.x, y, z), to = 1 + size.x * (y - box.low.y + 1 + size.y * (z - box.low.z + 1))
                    for _ in box.low.x...box.high.x {
                        let r = inResult(from), t = inTruth(from)
                        if r || t {
                            (a[to], b[to]) = (r, t)
                            if r && t { shared += 1 } else if r { first += 1 } else { second += 1 }
                        }
                        (from, to) = (from + 1, to + 1)
                    }
                }
            }
        }
        (self.size, spacing, voxelVolume, gridCount) = (size, grid.spacing, grid.voxelVolume, grid.count)
        gridDiagonal = (grid.spacing * Vector3(grid.size)).length
        (result, truth, both, onlyResult, onlyTruth) = (a, b, shared, first, second)
    }
}

/// A box of voxels, both ends in it.
struct VoxelBox: Sendable, Equatable {
    var low = Index3(repeating: .max), high = Index3(repeating: .min)

    var isEmpty: Bool { low.x > high.x }

    mutating func add(_ at: Index3) {
        low = pointwiseMin(low, at)
        high = pointwiseMax(high, at)
    }

    mutating func add(_ other: VoxelBox) {
        low = pointwiseMin(low, other.low)
        high = pointwiseMax(high, other.high)
    }

    /// The box around each label of a map, by value; background's is empty.
    static func boxes(of map: LabelMap) -> [VoxelBox] {
        var boxes = [VoxelBox](repeating: VoxelBox(), count: Int(map.labels.max() ?? 0) + 1)
        let size = map.grid.size
        map.labels.withUnsafeBufferPointer { labels in
            var i = 0
            for z in 0..<size.z {
                for y in 0..<size.y {
                    for x in 0..<size.x {
                        let label = Int(labels[i])
                        if label != 0 { boxes[label].add(Index3(x, y, z)) }
                        i += 1
                    }
                }
            }
        }
        return boxes
    }
}
