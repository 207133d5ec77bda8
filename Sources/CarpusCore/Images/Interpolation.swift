/// How a value between voxel centres is made.
public enum Interpolation: String, Sendable, Hashable, Codable, CaseIterable {
    /// The value of the nearest voxel.
    case nearest
    /// Linear between the eight voxels around.
    case linear
    /// Cubic B-spline through the voxel values (Thévenaz, Blu and Unser 2000), mirrored at the borders.
    case cubic
}

/// Cubic B-spline coefficients: the recursive filter of Unser 1999 (IEEE Signal Processing Magazine 16(6)), pole
/// `sqrt(3) - 2`, whole-sample mirror at both ends.
enum CubicSpline {
    static let pole = 3.0.squareRoot() - 2

    /// Replaces samples by coefficients along every axis longer than one voxel.
    static func coefficients(of volume: Volume<Float>) -> [Float] {
        var c = volume.scalars
        let size = volume.grid.size
        let strides = [1, size.x, size.x * size.y]
        for axis in 0..<3 where size[axis] > 1 {
            let n = size[axis], stride = strides[axis], lines = c.count / n
            c.withUnsafeMutableBufferPointer { buffer in
                nonisolated(unsafe) let data = buffer.baseAddress!
                Parallel.forEach(blocksOf: lines) { range in
                    var line = [Double](repeating: 0, count: n)
                    for l in range {
                        let start = axis == 0 ? l * n : axis == 1 ? (l / size.x) * size.x * size.y + l % size.x : l
                        for i in 0..<n { line[i] = Double(data[start + i * stride]) }
                        filter(&line)
                        for i in 0..<n { data[start + i * stride] = Float(line[i]) }
                    }
                }
            }
        }
        return c
    }

    static func filter(_ line: inout [Double]) {
        let n = line.count, z = pole, horizon = min(n, 28)   // pole^28 is below 1e-16
        var sum = line[0], power = z
        if horizon < n {
            for i in 1..<horizon { sum += power * line[i]; power *= z }
        } else {
            // Exact for short lines: the mirrored signal has the period 2n - 2.
            var back = 1.0
            for _ in 0..<(2 * n - 2) { back *= z }
            var total = line[0], p = z
            for i in 1..<n { total += p * line[i]; p *= z }
            var i = n - 2
            while i > 0 { total += p * line[i]; p *= z; i -= 1 }
            sum = total / (1 - back)
        }
        line[0] = sum
        for i in 1..<n { line[i] += z * line[i - 1] }
        line[n - 1] = z / (z * z - 1) * (line[n - 1] + z * line[n - 2])
        for i in (0..<(n - 1)).reversed() { line[i] = z * (line[i + 1] - line[i]) }
        for i in 0..<n { line[i] *= 6 }
    }

    /// The four weights at a fraction past the second of four knots.
    @inline(__always) static func weights(_ t: Double) -> SIMD4<Double> {
        let s = 1 - t
        return SIMD4(s * s * s, 4 - 6 * t * t + 3 * t * t * t, 4 - 6 * s * s + 3 * s * s * s, t * t * t) / 6
    }

    /// An index folded back into 0..<n by mirroring at the first and the last sample.
    @inline(__always) static func mirrored(_ i: Int, _ n: Int) -> Int {
        if i >= 0 && i < n { return i }
        if n == 1 { return 0 }
        let period = 2 * n - 2
        let m = ((i % period) + period) % period
        return m < n ? m : period - m
    }
}
