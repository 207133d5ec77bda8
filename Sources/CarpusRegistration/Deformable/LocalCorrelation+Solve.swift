import CarpusCore

extension LocalCorrelation {
    /// No step goes further, in the smallest spacing.
    private static let longest: Float = 0.7

    /// The step that the normal equations about each voxel ask for, mm along the grid's axes, and its mean length in the smallest spacing.
    ///
    /// - Parameters:
    ///   - equations: three planes of pull and six of the symmetric matrix, smoothed.
    ///   - stiffness: the share of the mean of the matrices' diagonals that is added to each: what images do not tell, does not move.
    func solve(_ equations: Planes, stiffness: Double) -> (step: Planes, size: Double) {
        let n = grid.count, size = grid.size, smallest = Float(grid.spacing.min()), limit = Self.longest * smallest
        let keep = max(Float(Self.meanDiagonal(equations, size) * stiffness), 1e-12)
        var step = Planes(size: size, depth: 3), lengths = [Double](repeating: 0, count: size.z)
        let counted = lengths.count * size.x * size.y
        equations.values.withUnsafeBufferPointer { values in
            step.values.withUnsafeMutableBufferPointer { buffer in
                lengths.withUnsafeMutableBufferPointer { sums in
                    guard let base = buffer.baseAddress, let from = values.baseAddress else { return }
                    nonisolated(unsafe) let out = base, h = from, total = sums
                    Parallel.forEach(size.z) { z in
                        var sum: Double = 0
                        for i in z &* size.x &* size.y..<(z &+ 1) &* size.x &* size.y {
                            let (p, q, s) = (h[i], h[n &+ i], h[2 &* n &+ i])
                            let a = h[3 &* n &+ i] + keep, b = h[4 &* n &+ i] + keep, c = h[5 &* n &+ i] + keep
                            let d = h[6 &* n &+ i], e = h[7 &* n &+ i], f = h[8 &* n &+ i]
                            let m0 = b * c - f * f, m1 = e * f - d * c, m2 = d * f - e * b
                            let scale = 1 / (a * m0 + d * m1 + e * m2)
                            var u = SIMD3(
                                m0 * p + m1 * q + m2 * s, m1 * p + (a * c - e * e) * q + (d * e - a * f) * s,
                                m2 * p + (d * e - a * f) * q + (a * b - d * d) * s) * scale
                            let length = (u * u).sum().squareRoot()
                            if !(length <= limit) { u = length.isFinite ? u * (limit / length) : .zero }
                            sum += Double(min(length, limit))
                            (out[i], out[n &+ i], out[2 &* n &+ i]) = (u.x, u.y, u.z)
                        }
                        total[z] = sum
                    }
                }
            }
        }
        return (step, lengths.reduce(0, +) / Double(counted) / Double(smallest))
    }

    private static func meanDiagonal(_ equations: Planes, _ size: Index3) -> Double {
        let area = size.x * size.y, n = equations.voxels
        var sums = [Double](repeating: 0, count: size.z)
        equations.values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { buffer in
                nonisolated(unsafe) let h = values, out = buffer
                Parallel.forEach(size.z) { z in
                    var sum = 0.0
                    for i in z * area..<(z + 1) * area { sum += Double(h[3 * n + i] + h[4 * n + i] + h[5 * n + i]) }
                    out[z] = sum
                }
            }
        }
        return sums.reduce(0, +) / Double(3 * n)
    }
}
