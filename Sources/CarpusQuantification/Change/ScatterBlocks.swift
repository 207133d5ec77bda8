import CarpusCore

/// By what factor values scatter more than they should, block by block, linear between the blocks' middles.
struct ScatterBlocks {
    private let count: Index3, voxels: Vector3
    private let factors: [Float]
    /// The factor over the whole body.
    let typical: Double

    init(_ z: Volume<Float>, body: [UInt8], blockSize: Double) {
        let grid = z.grid, size = grid.size
        var count = Index3(repeating: 1)
        if blockSize > 0 {
            for axis in 0..<3 { count[axis] = max(1, Int((Double(size[axis]) * grid.spacing[axis] / blockSize).rounded())) }
        }
        let voxels = Vector3(size) / Vector3(count)
        var values = [[Float]](repeating: [], count: count.x * count.y * count.z)
        for i in Robust.sample(body, limit: 2_000_000) where z.scalars[i].isFinite {
            let b = (Vector3(grid.index(at: i)) + 0.5) / voxels
            values[Int(b.x) + count.x * (Int(b.y) + count.y * Int(b.z))].append(z.scalars[i])
        }
        let whole = max(1, Robust.scatter(Robust.sample(body).map { z.scalars[$0] }.filter(\.isFinite)))
        nonisolated(unsafe) var factors = [Float](repeating: whole, count: values.count)
        for (i, block) in values.enumerated() where block.count >= 500 { factors[i] = max(1, Robust.scatter(block)) }
        (self.count, self.voxels, self.factors, typical) = (count, voxels, factors, Double(whole))
    }

    /// Divides values by the factor where they are.
    func divide(_ z: inout Volume<Float>) {
        let size = z.grid.size
        guard factors.contains(where: { $0 != 1 }) else { return }
        z.scalars.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(size.y * size.z) { row in
                for x in 0..<size.x where out[row * size.x + x] != 0 {
                    out[row * size.x + x] /= factor(at: Vector3(Double(x), Double(row % size.y), Double(row / size.y)))
                }
            }
        }
    }

    private func factor(at index: Vector3) -> Float {
        let top = Vector3(count &- 1), p = ((index + 0.5) / voxels - 0.5).clamped(lowerBound: .zero, upperBound: top)
        let low = p.rounded(.down), f = SIMD3<Float>(p - low)
        var sum: Float = 0
        for corner in 0..<8 {
            let step = Index3(corner & 1, corner >> 1 & 1, corner >> 2)
            var weight: Float = 1, at = Index3(Int(low.x), Int(low.y), Int(low.z))
            for axis in 0..<3 {
                weight *= step[axis] == 1 ? f[axis] : 1 - f[axis]
                at[axis] = min(at[axis] + step[axis], count[axis] - 1)
            }
            if weight > 0 { sum += weight * factors[at.x + count.x * (at.y + count.y * at.z)] }
        }
        return sum
    }
}
