import CarpusCore

/// Correlation of two images within a window about each voxel, and where it pulls.
///
/// Each window's values are taken to mean 0 and variance 1 (Avants et al., Med Image Anal 12, 2008); the least-squares problem of
/// what is left between the two, weighted by their correlation, is solved about each voxel (Lucas and Kanade, IJCAI 1981) along
/// the mean of both images' gradients, which converges in a tenth of the steps that gradient descent takes.
struct LocalCorrelation: Sendable {
    let grid: Grid
    /// Boxes about a voxel.
    let kernels: [[Float]]
    /// What is added to variances, so that noise in air is not taken for tissue; found at the first step.
    private var floor: Float?
    /// The mean correlation at the last step.
    private(set) var mean = 0.0

    /// The share of the mean local variance that is added to each.
    private static let floorShare: Float = 0.05

    /// - Parameter window: how far the window reaches from its middle, in the smallest spacing.
    init(grid: Grid, window: Double) {
        self.grid = grid
        kernels = grid.widths(window).map { $0 > 0 ? Taps.box(max(1, Int($0.rounded()))) : [1] }
    }

    /// The images changed: the floor of their variance is found anew.
    mutating func forget() { floor = nil }

    /// Weight, both values, their squares and product, each times the weight.
    func fillSums(_ sums: inout Planes, _ target: [Float], _ seen: Planes) {
        let n = grid.count
        sums.values.withUnsafeMutableBufferPointer { buffer in
            target.withUnsafeBufferPointer { a in
                seen.values.withUnsafeBufferPointer { b in
                    guard let base = buffer.baseAddress else { return }
                    nonisolated(unsafe) let out = base, f = a, m = b
                    Parallel.forEach(blocksOf: n) { block in
                        for i in block {
                            let w = m[n &+ i], x = f[i], y = m[i]
                            out[i] = w
                            out[n &+ i] = w * x
                            out[2 &* n &+ i] = w * y
                            out[3 &* n &+ i] = w * x * x
                            out[4 &* n &+ i] = w * y * y
                            out[5 &* n &+ i] = w * x * y
                        }
                    }
                }
            }
        }
    }

    /// Turns the windows' sums into what each voxel asks for: three planes of pull and six of its normal equations, 1/mm.
    mutating func pull(_ sums: inout Planes, _ target: [Float], _ seen: Planes) {
        let n = grid.count, size = grid.size, step = SIMD3<Float>(0.5 / grid.spacing), floor = self.floor ?? Self.floor(sums, n)
        self.floor = floor
        var found = [Double](repeating: 0, count: size.z), counted = found
        sums.values.withUnsafeMutableBufferPointer { buffer in
            target.withUnsafeBufferPointer { a in
                seen.values.withUnsafeBufferPointer { b in
                    found.withUnsafeMutableBufferPointer { totals in
                        counted.withUnsafeMutableBufferPointer { weights in
                            guard let base = buffer.baseAddress, let first = a.baseAddress, let second = b.baseAddress else { return }
                            nonisolated(unsafe) let out = base, f = first, m = second, total = totals, count = weights
                            Parallel.forEach(size.z) { z in
                                var sum = 0.0, all = 0.0
                                for y in 0..<size.y {
                                    for x in 0..<size.x {
                                        let i = x &+ size.x &* (y &+ size.y &* z)
                                        let w = out[i], weight = m[n &+ i]
                                        guard w > 1e-3, weight > 0 else {
                                            for k in 0..<9 { out[k &* n &+ i] = 0 }
                                            continue
                                        }
                                        let share = 1 / w, meanF = out[n &+ i] * share, meanM = out[2 &* n &+ i] * share
                                        let scaleF = 1 / (max(out[3 &* n &+ i] * share - meanF * meanF, 0) + floor).squareRoot()
                                        let scaleM = 1 / (max(out[4 &* n &+ i] * share - meanM * meanM, 0) + floor).squareRoot()
                                        let r = (out[5 &* n &+ i] * share - meanF * meanM) * scaleF * scaleM
                                        sum += Double(weight * max(r, 0) * r)
                                        all += Double(weight * max(r, 0))
                                        @inline(__always) func slope(_ at: Int, _ last: Int, _ stride: Int, _ step: Float) -> Float {
                                            guard at > 0, at < last else { return 0 }
                                            return step * ((f[i &+ stride] - f[i &- stride]) * scaleF + (m[i &+ stride] - m[i &- stride]) * scaleM) * 0.5
                                        }
                                        let gx = slope(x, size.x &- 1, 1, step.x), gy = slope(y, size.y &- 1, size.x, step.y)
                                        let gz = slope(z, size.z &- 1, size.x &* size.y, step.z)
                                        let trust = weight * max(r, 0), e = trust * ((f[i] - meanF) * scaleF - (m[i] - meanM) * scaleM)
                                        out[i] = e * gx
                                        out[n &+ i] = e * gy
                                        out[2 &* n &+ i] = e * gz
                                        out[3 &* n &+ i] = trust * gx * gx
                                        out[4 &* n &+ i] = trust * gy * gy
                                        out[5 &* n &+ i] = trust * gz * gz
                                        out[6 &* n &+ i] = trust * gx * gy
                                        out[7 &* n &+ i] = trust * gx * gz
                                        out[8 &* n &+ i] = trust * gy * gz
                                    }
                                }
                                (total[z], count[z]) = (sum, all)
                            }
                        }
                    }
                }
            }
        }
        mean = found.reduce(0, +) / max(counted.reduce(0, +), 1)
    }

    /// A share of the mean variance within windows.
    private static func floor(_ sums: Planes, _ n: Int) -> Float {
        var total = 0.0, count = 0.0
        for i in 0..<n where sums.values[i] > 1e-3 {
            let share = 1 / sums.values[i], a = sums.values[n + i] * share, b = sums.values[2 * n + i] * share
            total += Double(max(sums.values[3 * n + i] * share - a * a, 0) + max(sums.values[4 * n + i] * share - b * b, 0)) / 2
            count += 1
        }
        return max(floorShare * Float(total / max(1, count)), 1e-6)
    }
}
