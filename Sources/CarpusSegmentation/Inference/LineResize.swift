import CarpusCore

/// How values between samples are made when an array is resized.
enum ResizeOrder: Int, Sendable, Hashable, Codable {
    /// The nearest sample.
    case nearest = 0
    /// Linear between two samples.
    case linear = 1
    /// Cubic B-spline through the samples.
    case cubic = 3
}

/// Resizes lines of `n` samples to `m`, as scikit-image's `resize` (mode `edge`) and scipy's `zoom` (`grid_mode`, mode `nearest`) do along an axis:
/// sample `o` lies at `(o + 0.5) n / m - 0.5`, and beyond the ends the last sample stands. A resize along several axes is one along each.
struct LineResize: Sendable {
    private let from, to: Int
    private let order: ResizeOrder
    private let first: [Int]
    private let weights: [SIMD4<Double>]
    /// scipy repeats the last sample twelve times before it looks for spline coefficients.
    private static let padding = 12

    init(from n: Int, to m: Int, order: ResizeOrder) {
        (from, to, self.order) = (n, m, order)
        var first: [Int] = [], weights: [SIMD4<Double>] = []
        for o in 0..<m {
            let at = (Double(o) + 0.5) * Double(n) / Double(m) - 0.5, inside = min(max(at, 0), Double(n - 1))
            switch order {
            case .nearest:
                first.append(min(n - 1, max(0, Int((at + 0.5).rounded(.down)))))
                weights.append(SIMD4(1, 0, 0, 0))
            case .linear:
                let base = min(Int(inside), max(0, n - 2)), t = inside - Double(base)
                first.append(base)
                weights.append(SIMD4(1 - t, t, 0, 0))
            case .cubic:
                // Half a sample beyond the ends the spline of the repeated last sample is followed, not cut off.
                let base = at.rounded(.down), t = at - base, s = 1 - t
                first.append(Int(base) - 1 + Self.padding)
                weights.append(SIMD4(s * s * s, 4 - 6 * t * t + 3 * t * t * t, 4 - 6 * s * s + 3 * s * s * s, t * t * t) / 6)
            }
        }
        (self.first, self.weights) = (first, weights)
    }

    /// `values` of a shape resized along one axis.
    static func resize(_ values: [Float], shape: [Int], axis: Int, to m: Int, order: ResizeOrder) -> [Float] {
        let n = shape[axis], inner = shape[(axis + 1)...].reduce(1, *), lines = n == 0 ? 0 : values.count / n
        let line = LineResize(from: n, to: m, order: order)
        return [Float](unsafeUninitializedCapacity: lines * m) { out, initialized in
            nonisolated(unsafe) let target = out.baseAddress!
            values.withUnsafeBufferPointer { buffer in
                nonisolated(unsafe) let source = buffer.baseAddress!
                Parallel.forEach(blocksOf: (lines + 7) / 8) { line.resize(source, target, groups: $0, lines: lines, inner: inner) }
            }
            initialized = lines * m
        }
    }

    /// Eight lines at a time, side by side in a vector.
    private func resize(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, groups: Range<Int>, lines: Int, inner: Int) {
        let padding = order == .cubic ? Self.padding : 0
        // Three more than the line, so that four taps can always be read.
        withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: from + 2 * padding + 3) { line in
            line.initialize(repeating: .zero)
            for group in groups {
                var inAt = SIMD8<Int>(), outAt = SIMD8<Int>()
                let used = min(8, lines - 8 * group)
                for lane in 0..<8 {
                    let l = 8 * group + min(lane, used - 1)
                    inAt[lane] = l / inner * from * inner + l % inner
                    outAt[lane] = l / inner * to * inner + l % inner
                }
                let sideBySide = used == 8 && inAt[7] - inAt[0] == 7 && outAt[7] - outAt[0] == 7
                for i in 0..<from {
                    if sideBySide {
                        line[i + padding] = SIMD8<Double>(UnsafeRawPointer(source + inAt[0] + i * inner).loadUnaligned(as: SIMD8<Float>.self))
                    } else {
                        for lane in 0..<8 { line[i + padding][lane] = Double(source[inAt[lane] + i * inner]) }
                    }
                }
                if order == .cubic { filter(line) }
                for o in 0..<to {
                    let value = sample(line, o)
                    if sideBySide {
                        UnsafeMutableRawPointer(target + outAt[0] + o * inner).storeBytes(of: SIMD8<Float>(value), as: SIMD8<Float>.self)
                    } else {
                        for lane in 0..<used { target[outAt[lane] + o * inner] = Float(value[lane]) }
                    }
                }
            }
        }
    }

    @inline(__always) private func sample(_ line: UnsafeMutableBufferPointer<SIMD8<Double>>, _ o: Int) -> SIMD8<Double> {
        let i = first[o], w = weights[o]
        switch order {
        case .nearest: return line[i]
        case .linear: return w.y == 0 ? line[i] : line[i] * w.x + line[i + 1] * w.y
        case .cubic: return (line[i] * w.x + line[i + 1] * w.y) + (line[i + 2] * w.z + line[i + 3] * w.w)
        }
    }

    /// Samples to B-spline coefficients (Unser, IEEE Signal Processing Magazine 16, 1999), the padded line mirrored at both ends.
    private func filter(_ line: UnsafeMutableBufferPointer<SIMD8<Double>>) {
        let n = from + 2 * Self.padding, pole = 3.0.squareRoot() - 2
        for i in 0..<Self.padding {
            line[i] = line[Self.padding]
            line[n - 1 - i] = line[n - 1 - Self.padding]
        }
        // The padded line is long enough for its start to be summed over 28 samples: pole to the 28th is below 1e-15.
        var sum = line[0], power = pole
        for i in 1..<min(n, 28) {
            sum += line[i] * power
            power *= pole
        }
        line[0] = sum
        for i in 1..<n { line[i] += line[i - 1] * pole }
        line[n - 1] = (line[n - 1] + line[n - 2] * pole) * (pole / (pole * pole - 1))
        for i in stride(from: n - 2, through: 0, by: -1) { line[i] = (line[i + 1] - line[i]) * pole }
        for i in 0..<n { line[i] *= 6 }
    }
}
