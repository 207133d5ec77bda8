import CarpusCore
import Foundation

/// How sure a difference is: its standard deviation from noise, from what registration leaves, and from what is seen.
enum ChangeSignificance {
    /// The difference in standard deviations, 0 outside the body, and the scatter factor over the whole body.
    ///
    /// The model's variance is `noise² + (|gradient| · registrationError)²`. Where the difference scatters more than that
    /// says (by its median absolute value over blocks, which change does not move until it fills half of one), the model is
    /// widened to what is seen; it is never narrowed.
    static func zScore(
        of difference: Volume<Float>, mean: Volume<Float>, noise: Float, registrationError: Double, blockSize: Double, body: [UInt8]
    ) -> (z: Volume<Float>, scatter: Double) {
        let grid = difference.grid, size = grid.size
        var z = difference
        z.scalars.withUnsafeMutableBufferPointer { buffer in
            mean.scalars.withUnsafeBufferPointer { values in
                nonisolated(unsafe) let (out, signal) = (buffer.baseAddress!, values.baseAddress!)
                let variance = noise * noise, error = Float(registrationError), spacing = SIMD3<Float>(grid.spacing)
                Parallel.forEach(size.y * size.z) { row in
                    for i in row * size.x..<(row + 1) * size.x where !out[i].isNaN {
                        let slope = gradient(signal, Index3(i - row * size.x, row % size.y, row / size.y), size, spacing)
                        out[i] = body[i] == 0 ? 0 : out[i] / (variance + error * error * slope).squareRoot()
                    }
                }
            }
        }
        let scatter = ScatterBlocks(z, body: body, blockSize: blockSize)
        scatter.divide(&z)
        return (z, scatter.typical)
    }

    /// The standard deviation of the difference in the flattest quarter of the body, where edges play no part.
    ///
    /// It takes in what a difference of neighbours cannot see: noise that an interpolating reconstruction made smooth.
    static func flatScatter(of difference: Volume<Float>, mean: Volume<Float>, at voxels: [Int]) -> Float {
        let grid = mean.grid, spacing = SIMD3<Float>(grid.spacing)
        let slopes = mean.scalars.withUnsafeBufferPointer { signal in
            voxels.map { gradient(signal.baseAddress!, grid.index(at: $0), grid.size, spacing) }
        }
        let limit = Robust.quantiles(slopes, [0.25])[0]
        return Robust.scatter(voxels.indices.filter { slopes[$0] <= limit }.map { difference.scalars[voxels[$0]] })
    }

    /// The squared length of the gradient by central differences, per mm²; one-sided beside what is not known.
    @inline(__always) private static func gradient(_ v: UnsafePointer<Float>, _ at: Index3, _ size: Index3, _ spacing: SIMD3<Float>) -> Float {
        let i = at.x + size.x * (at.y + size.y * at.z)
        @inline(__always) func slope(_ p: Int, _ n: Int, _ step: Int, _ mm: Float) -> Float {
            let low = p > 0 && !v[i - step].isNaN ? v[i - step] : v[i]
            let high = p < n - 1 && !v[i + step].isNaN ? v[i + step] : v[i]
            let inner = p > 0 && p < n - 1 && !v[i - step].isNaN && !v[i + step].isNaN
            return (high - low) / (inner ? 2 * mm : mm)
        }
        let x = slope(at.x, size.x, 1, spacing.x), y = slope(at.y, size.y, size.x, spacing.y), z = slope(at.z, size.z, size.x * size.y, spacing.z)
        return x * x + y * y + z * z
    }

    /// Voxels beyond the threshold in clusters of one sign (26 neighbours) of at least `leastVoxels`: 1 where the signal
    /// went down, 2 where it went up.
    static func clusters(_ z: Volume<Float>, assessed: [UInt8], threshold: Double, leastVoxels: Int) -> [UInt16] {
        var labels = [UInt16](repeating: 0, count: z.grid.count)
        let limit = Float(threshold)
        for (label, sign) in [(UInt16(1), Float(-1)), (2, 1)] {
            let pieces = Components(grid: z.grid) { assessed[$0] != 0 && sign * z.scalars[$0] > limit }
            for i in labels.indices where pieces.labels[i] > 0 && pieces.sizes[Int(pieces.labels[i]) - 1] >= leastVoxels { labels[i] = label }
        }
        return labels
    }

    /// How many voxels of each label 1 and 2 stand at half height or above.
    ///
    /// A strong change is beyond any threshold well outside its edge, where voxels are filled in part and kernels reach over.
    /// At half of its height a blurred edge stands where the sharp one did; so a voxel belongs to the volume of a change when
    /// it differs at least half as much as the one that differs most within 1.5 mm, or one voxel.
    static func atHalfHeight(_ labels: [UInt16], difference: Volume<Float>) -> (decrease: Int, increase: Int) {
        guard labels.contains(where: { $0 != 0 }) else { return (0, 0) }
        let peaks = Peaks.around(difference, reach: 1.5)
        var counts = [0, 0, 0]
        for i in labels.indices where labels[i] != 0 && 2 * abs(difference.scalars[i]) >= peaks[i] { counts[Int(labels[i])] += 1 }
        return (counts[1], counts[2])
    }
}

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
