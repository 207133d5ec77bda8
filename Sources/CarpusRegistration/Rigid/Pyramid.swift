import CarpusCore

/// An image at the levels of a pyramid, the coarsest first: each voxel the mean of those it covers, and axes that are coarser
/// than a level stay as they are, so that thick slices are not blurred through the plane.
struct Pyramid: Sendable {
    let levels: [SplineImage]
    /// The same as values a voxel.
    let volumes: [Volume<Float>]

    /// - Parameters:
    ///   - mask: 1 where the image is compared; nil everywhere.
    ///   - soft: the axis of thick slices that are smoothed a little; see `ThickSlices`.
    ///   - spacings: the spacing wanted at each level, mm, the coarsest first, each half the one before.
    init(_ volume: Volume<Float>, mask: [UInt8]?, spacings: [Double], soft: Int? = nil) {
        var current = volume, share = mask.map { Volume(grid: volume.grid, scalars: $0.map(Float.init)) }
        var made: [SplineImage] = [], volumes: [Volume<Float>] = []
        for spacing in spacings.reversed() {
            let factors = Self.factors(current.grid, spacing)
            current = Self.pooled(current, factors)
            share = share.map { Self.pooled($0, factors) }
            volumes.append(current)
            made.append(SplineImage(current, mask: share.map { $0.scalars.map { $0 >= Self.leastShare ? UInt8(1) : 0 } }, soft: soft))
        }
        (levels, self.volumes) = (made.reversed(), volumes.reversed())
    }

    /// The share of a coarse voxel that must count for it to count: less than half, so that thin masks do not vanish.
    private static let leastShare: Float = 0.25

    /// How many voxels along each axis make one: whole numbers whose product with the spacing comes nearest to the one wanted.
    private static func factors(_ grid: Grid, _ spacing: Double) -> Index3 {
        var factors = Index3(repeating: 1)
        for axis in 0..<3 {
            let wanted = Int((spacing / grid.spacing[axis]).rounded())
            // An axis keeps at least eight voxels, or what it has.
            factors[axis] = max(1, min(wanted, grid.size[axis] / 8))
        }
        return factors
    }

    /// The means of blocks of voxels; what is left over at the far end is dropped.
    static func pooled(_ volume: Volume<Float>, _ f: Index3) -> Volume<Float> {
        if f == Index3(repeating: 1) { return volume }
        let n = volume.grid.size, m = Index3(n.x / f.x, n.y / f.y, n.z / f.z)
        let linear = volume.grid.worldFromVoxel.linear, step = Vector3(f)
        let map = Affine(linear: Matrix3(columns: linear.x * step.x, linear.y * step.y, linear.z * step.z), translation: volume.grid.worldFromVoxel((step - 1) / 2))
        guard let grid = try? Grid(size: m, worldFromVoxel: map) else { preconditionFailure("a grid derived from a sound one is sound") }
        let share = 1 / Float(f.x * f.y * f.z)
        let scalars = [Float](unsafeUninitializedCapacity: grid.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress!
            volume.scalars.withUnsafeBufferPointer { source in
                nonisolated(unsafe) let values = source.baseAddress!
                Parallel.forEach(m.z) { z in
                    withUnsafeTemporaryAllocation(of: Float.self, capacity: n.x) { row in
                        let sums = row.baseAddress!
                        for y in 0..<m.y {
                            sums.initialize(repeating: 0, count: n.x)
                            for c in 0..<f.z {
                                for b in 0..<f.y {
                                    let line = values + ((z * f.z + c) * n.y + y * f.y + b) * n.x
                                    for x in 0..<n.x { sums[x] += line[x] }
                                }
                            }
                            let target = out + (z * m.y + y) * m.x
                            for x in 0..<m.x {
                                var sum: Float = 0
                                for a in 0..<f.x { sum += sums[x &* f.x &+ a] }
                                target[x] = sum * share
                            }
                        }
                    }
                }
            }
            initialized = grid.count
        }
        return Volume(grid: grid, scalars: scalars)
    }
}
