import Foundation

/// One slice: in-plane work only, since slices are too far apart for a derivative across them.
struct Plane: Sendable {
    /// Pixels along x, which runs fastest, and y.
    let width: Int, height: Int
    /// Pixel size, mm.
    let spacing: (x: Double, y: Double)
    /// The values.
    var values: [Float]

    /// The same pixels with other values.
    func with(_ values: [Float]) -> Plane { Plane(width: width, height: height, spacing: spacing, values: values) }

    /// Smoothed with a Gaussian of standard deviation `sigma` mm; the outermost value holds beyond the border.
    func smoothed(_ sigma: Double) -> Plane {
        var out = values
        let kx = Self.kernel(sigma / spacing.x), ky = Self.kernel(sigma / spacing.y)
        if width > 1 {
            let radius = kx.count - 1
            var padded = [Float](repeating: 0, count: width + 2 * radius)
            for y in 0..<height {
                for i in padded.indices { padded[i] = values[y * width + min(max(i - radius, 0), width - 1)] }
                padded.withUnsafeBufferPointer { p in
                    out.withUnsafeMutableBufferPointer { o in
                        for x in 0..<width {
                            var sum = kx[0] * p[x + radius]
                            for j in 1..<kx.count { sum += kx[j] * (p[x + radius - j] + p[x + radius + j]) }
                            o[y * width + x] = sum
                        }
                    }
                }
            }
        }
        guard height > 1 else { return with(out) }
        let source = out
        source.withUnsafeBufferPointer { s in
            out.withUnsafeMutableBufferPointer { o in
                for y in 0..<height {
                    for x in 0..<width { o[y * width + x] = ky[0] * s[y * width + x] }
                    for j in 1..<ky.count {
                        let a = max(0, y - j) * width, b = min(height - 1, y + j) * width, w = ky[j]
                        for x in 0..<width { o[y * width + x] += w * (s[a + x] + s[b + x]) }
                    }
                }
            }
        }
        return with(out)
    }

    /// Half of a Gaussian of unit sum, the centre first.
    private static func kernel(_ sigma: Double) -> [Float] {
        let radius = max(1, Int((3.5 * sigma).rounded(.up)))
        let taps = (0...radius).map { exp(-Double($0 * $0) / (2 * max(sigma, 1e-3) * max(sigma, 1e-3))) }
        let sum = taps.reduce(0, +) * 2 - taps[0]
        return taps.map { Float($0 / sum) }
    }

    /// The factor by which smoothing with `sigma` mm lowers the standard deviation of white noise.
    func noiseGain(_ sigma: Double) -> Double {
        func gain(_ s: Double) -> Double {
            let k = Self.kernel(s).map(Double.init)
            return (k.reduce(0) { $0 + 2 * $1 * $1 } - k[0] * k[0]).squareRoot()
        }
        return (width > 1 ? gain(sigma / spacing.x) : 1) * (height > 1 ? gain(sigma / spacing.y) : 1)
    }

    /// Grey closing by a disc of radius `radius` mm: dark lines narrower than the disc are filled from their surroundings.
    func closed(_ radius: Double) -> Plane { dilated(radius).map { -$0 }.dilated(radius).map { -$0 } }

    /// Another value for each pixel.
    func map(_ f: (Float) -> Float) -> Plane { with(values.map(f)) }

    /// The largest value within `radius` mm.
    func dilated(_ radius: Double) -> Plane {
        var out = values
        let reach = Int(radius / spacing.y + 1e-9)
        values.withUnsafeBufferPointer { v in
            out.withUnsafeMutableBufferPointer { o in
                for dy in -reach...reach {
                    let rest = radius * radius - Double(dy * dy) * spacing.y * spacing.y
                    let half = Int(max(0, rest).squareRoot() / spacing.x + 1e-9)
                    for y in max(0, -dy)..<max(max(0, -dy), min(height, height - dy)) {
                        for dx in -half...half {
                            let from = max(0, -dx), to = min(width, width - dx)
                            guard from < to else { continue }
                            let target = y * width, source = (y + dy) * width + dx
                            for x in from..<to { o[target + x] = max(o[target + x], v[source + x]) }
                        }
                    }
                }
            }
        }
        return with(out)
    }

    /// The length of the in-plane gradient, per mm.
    func gradient() -> [Float] {
        var out = [Float](repeating: 0, count: values.count)
        for y in 0..<height {
            let up = max(0, y - 1), down = min(height - 1, y + 1)
            for x in 0..<width {
                let left = max(0, x - 1), right = min(width - 1, x + 1)
                let gx = right > left ? (values[y * width + right] - values[y * width + left]) / Float(Double(right - left) * spacing.x) : 0
                let gy = down > up ? (values[down * width + x] - values[up * width + x]) / Float(Double(down - up) * spacing.y) : 0
                out[y * width + x] = (gx * gx + gy * gy).squareRoot()
            }
        }
        return out
    }
}
