import CarpusCore
import Foundation

/// Separable smoothing by kernels given by their variance, so that widths add up as slice profiles do.
enum Smoothing {
    /// One half of a symmetric kernel of unit sum, the centre first; the variance is in voxels squared.
    ///
    /// Narrow kernels have three taps with exactly the variance asked for; a sampled Gaussian would be too narrow there.
    static func kernel(variance v: Double) -> [Float] {
        guard v > 0 else { return [1] }
        if v <= 0.4 { return [Float(1 - v), Float(v / 2)] }
        let radius = Int((4 * v.squareRoot()).rounded(.up))
        let taps = (0...radius).map { exp(-Double($0 * $0) / (2 * v)) }
        let sum = taps.reduce(0, +) * 2 - taps[0]
        return taps.map { Float($0 / sum) }
    }

    /// The volume smoothed along each axis with the given variances in mm²; the outermost value holds beyond the border.
    static func smoothed(_ volume: consuming Volume<Float>, variance: Vector3) -> Volume<Float> {
        let grid = volume.grid, spacing = grid.spacing
        var scalars = (consume volume).scalars
        for axis in 0..<3 where grid.size[axis] > 1 && variance[axis] > 0 {
            let kernel = kernel(variance: variance[axis] / (spacing[axis] * spacing[axis]))
            scalars = axis == 0 ? alongRows(scalars, grid.size, kernel) : acrossRows(scalars, grid.size, axis, kernel)
        }
        return Volume(grid: grid, scalars: scalars)
    }

    /// Smoothing that knows of gaps: NaN neither spreads nor is filled.
    static func smoothedKeepingGaps(_ volume: consuming Volume<Float>, variance: Vector3) -> Volume<Float> {
        guard volume.scalars.contains(where: \.isNaN) else { return smoothed(volume, variance: variance) }
        var weights = smoothed(volume.map { $0.isNaN ? 0 : 1 }, variance: variance)
        for i in volume.scalars.indices where volume.scalars[i].isNaN { (volume.scalars[i], weights.scalars[i]) = (0, .nan) }
        var sums = smoothed(volume, variance: variance)
        for i in sums.scalars.indices { sums.scalars[i] /= weights.scalars[i] }
        return sums
    }

    private static func alongRows(_ scalars: [Float], _ size: Index3, _ kernel: [Float]) -> [Float] {
        let n = size.x, radius = kernel.count - 1
        return filled(scalars) { from, to in
            nonisolated(unsafe) let (from, to) = (from, to)
            Parallel.forEach(blocksOf: size.y * size.z) { rows in
                var padded = [Float](repeating: 0, count: n + 2 * radius)
                for row in rows {
                    let source = from + row * n, target = to + row * n
                    for i in padded.indices { padded[i] = source[min(max(i - radius, 0), n - 1)] }
                    padded.withUnsafeBufferPointer { p in
                        let centre = p.baseAddress! + radius
                        for x in 0..<n {
                            var sum = kernel[0] * centre[x]
                            for j in 1...radius { sum += kernel[j] * (centre[x - j] + centre[x + j]) }
                            target[x] = sum
                        }
                    }
                }
            }
        }
    }

    private static func acrossRows(_ scalars: [Float], _ size: Index3, _ axis: Int, _ kernel: [Float]) -> [Float] {
        let n = size.x, last = size[axis] - 1
        return filled(scalars) { from, to in
            nonisolated(unsafe) let (from, to) = (from, to)
            Parallel.forEach(size.y * size.z) { row in
                let y = row % size.y, z = row / size.y, here = axis == 1 ? y : z
                /// Where the row a few steps along the axis begins.
                func start(_ i: Int) -> Int {
                    let k = min(max(i, 0), last)
                    return n * (axis == 1 ? k + size.y * z : y + size.y * k)
                }
                let target = to + row * n, centre = from + row * n
                for x in 0..<n { target[x] = kernel[0] * centre[x] }
                for j in 1..<kernel.count {
                    let (a, b, w) = (from + start(here - j), from + start(here + j), kernel[j])
                    for x in 0..<n { target[x] += w * (a[x] + b[x]) }
                }
            }
        }
    }

    private static func filled(_ scalars: [Float], _ body: (UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        [Float](unsafeUninitializedCapacity: scalars.count) { out, count in
            scalars.withUnsafeBufferPointer { body($0.baseAddress!, out.baseAddress!) }
            count = scalars.count
        }
    }
}
