import CarpusCore
import Foundation

/// Values of one image as those expected in another: the conditional mean over a joint histogram, and how much of the other's
/// variance it tells (the correlation ratio; Roche et al., MICCAI 1998).
struct ContrastMap: Sendable {
    private let top: Float
    private let bottom: Float
    private let means: [Float]
    /// The share of variance told, 0 to 1.
    let ratio: Double

    private static let bins = 48

    /// - Parameters:
    ///   - a: the values to be mapped.
    ///   - b: those of the other image at the same places.
    ///   - weights: how much each place counts.
    init(from a: UnsafeBufferPointer<Float>, to b: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>) {
        let bins = Self.bins
        (bottom, top) = Self.range(a, weights)
        var sums = [Double](repeating: 0, count: bins + 1), counts = sums
        var total = 0.0, all = 0.0, squares = 0.0
        let scale = Float(bins) / max(top - bottom, .leastNormalMagnitude)
        // A part of the places tells the curve as well.
        for i in stride(from: 0, to: a.count, by: max(1, a.count / 300_000)) where weights[i] > 0.5 {
            let u = min(max((a[i] - bottom) * scale, 0), Float(bins)), k = min(Int(u), bins - 1), r = Double(u) - Double(k), y = Double(b[i])
            sums[k] += (1 - r) * y
            counts[k] += 1 - r
            sums[k + 1] += r * y
            counts[k + 1] += r
            (total, all, squares) = (total + y, all + 1, squares + y * y)
        }
        let mean = all > 0 ? total / all : 0
        let expected = (0...bins).map { k -> Double in
            var sum = 1e-6 * mean, count = 1e-6
            for j in -2...2 where (0...bins).contains(k + j) {
                let w = exp(-Double(j * j) / 1.6)
                (sum, count) = (sum + w * sums[k + j], count + w * counts[k + j])
            }
            return sum / count
        }
        let between = (0...bins).reduce(0.0) { $0 + counts[$1] * (expected[$1] - mean) * (expected[$1] - mean) }
        ratio = squares - total * mean > 0 ? between / (squares - total * mean) : 0
        means = expected.map(Float.init)
    }

    /// The expected value.
    @inline(__always) func callAsFunction(_ v: Float) -> Float {
        let u = min(max((v - bottom) / max(top - bottom, .leastNormalMagnitude), 0), 1) * Float(Self.bins), k = min(Int(u), Self.bins - 1)
        return means[k] + (u - Float(k)) * (means[k + 1] - means[k])
    }

    /// Between which nearly all values lie.
    private static func range(_ a: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>) -> (Float, Float) {
        let sample = stride(from: 0, to: a.count, by: max(1, a.count / 50_000)).filter { weights[$0] > 0.5 }.map { a[$0] }.sorted()
        guard let least = sample.first, let last = sample.last else { return (0, 1) }
        let high = sample[sample.count * 995 / 1000]
        return (least, high > least ? high : last)
    }
}
