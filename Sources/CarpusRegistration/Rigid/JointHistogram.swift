import CarpusCore
import Foundation

/// How well two images agree at a pose, and how that changes with the pose: to be made small.
struct Evaluation: Sendable {
    var cost = Double.infinity
    var gradient: [Double] = []
    /// By rows, symmetric; empty when it was not asked for.
    var hessian: [Double] = []
    /// The gradient, block by block of samples.
    var blockGradients: [[Double]] = []
    /// The share of samples that found a value.
    var inside = 0.0

    /// The same among the parameters of the map and of both directions' fields.
    func spread(map: Int, field: Int, backward: Bool) -> Evaluation {
        let all = map + 2 * field, own = map + field
        let place = (0..<own).map { $0 < map || !backward ? $0 : $0 + field }
        var out = self
        func widened(_ g: [Double]) -> [Double] {
            var wide = [Double](repeating: 0, count: all)
            for i in 0..<own { wide[place[i]] = g[i] }
            return wide
        }
        out.gradient = widened(gradient)
        out.blockGradients = blockGradients.map(widened)
        guard !hessian.isEmpty else { return out }
        out.hessian = [Double](repeating: 0, count: all * all)
        for i in 0..<own { for j in 0..<own { out.hessian[place[i] * all + place[j]] = hessian[i * own + j] } }
        return out
    }

    /// The sum of two.
    static func + (a: Evaluation, b: Evaluation) -> Evaluation {
        Evaluation(
            cost: a.cost + b.cost, gradient: zip(a.gradient, b.gradient).map(+), hessian: zip(a.hessian, b.hessian).map(+),
            blockGradients: a.blockGradients + b.blockGradients, inside: (a.inside + b.inside) / 2)
    }
}

/// A joint histogram of two images with its change by each parameter of a motion.
struct JointHistogram<M: Motion> {
    let bins: Int
    /// Rows of the target's values within columns of the source's, block after block.
    let rows: [M.Row]
    let counts: [Int]

    /// Minus the mutual information in nats, its gradient, and the Hessian of Thévenaz and Unser (IEEE Trans Image Process 9,
    /// 2000), which leaves out second derivatives of the images.
    func information(hessian: Bool, blockwise: Bool) -> Evaluation {
        let n = bins * bins, k = M.count + M.fieldCount, derivatives = k > 0, total = counts.reduce(0, +)
        var sum = Array(rows[0..<n])
        for b in 1..<max(1, counts.count) { for i in 0..<n { sum[i] += rows[b * n + i] } }
        let scale = 1 / Double(max(1, total))
        var source = [Double](repeating: 0, count: bins), target = source
        for f in 0..<bins {
            for m in 0..<bins {
                let p = Double(sum[f * bins + m][0]) * scale
                source[f] += p
                target[m] += p
            }
        }
        let sourceLog = source.map { log(max($0, 1e-12)) }, targetLog = target.map { log(max($0, 1e-12)) }
        var out = Evaluation(cost: 0), ratios = [Float](repeating: 0, count: n)
        let slopes = Slopes(count: derivatives ? k : 0, bins: bins, hessian: hessian)
        for f in 0..<bins {
            for m in 0..<bins {
                let row = sum[f * bins + m], p = Double(row[0]) * scale
                guard p > 1e-12 else { continue }
                let ratio = log(p) - targetLog[m]
                out.cost -= p * (ratio - sourceLog[f])
                guard derivatives else { continue }
                ratios[f * bins + m] = Float(ratio)
                slopes.add(target: m, ratio: ratio, weight: 1 / (p + 1e-7)) { Double(row[$0 + 1]) * scale }
            }
        }
        (out.gradient, out.hessian) = slopes.finished(target: target)
        guard derivatives else { return out }
        if blockwise {
            for b in counts.indices {
                var g = M.Row.zero
                for i in 0..<n { g -= rows[b * n + i] * ratios[i] }
                out.blockGradients.append((1...k).map { Double(g[$0]) * scale })
            }
        }
        return out
    }
}

/// Gradient and Hessian while bins are added up. Most of an alignment's time on small images goes here, so that it is plain memory without checks.
private final class Slopes {
    private let count: Int, bins: Int
    private let gradient, hessian, change, d: UnsafeMutableBufferPointer<Double>

    init(count: Int, bins: Int, hessian: Bool) {
        (self.count, self.bins) = (count, bins)
        func zeros(_ n: Int) -> UnsafeMutableBufferPointer<Double> {
            let memory = UnsafeMutableBufferPointer<Double>.allocate(capacity: n)
            memory.initialize(repeating: 0)
            return memory
        }
        (gradient, self.hessian, change, d) = (zeros(count), zeros(hessian ? count * count : 0), zeros(count * bins), zeros(count))
    }

    deinit { for memory in [gradient, hessian, change, d] { memory.deallocate() } }

    /// One bin: the change of its probability by each parameter.
    @inline(__always)
    func add(target m: Int, ratio: Double, weight: Double, derivative: (Int) -> Double) {
        let d = d, gradient = gradient, change = change, hessian = hessian
        for i in 0..<count {
            d[i] = derivative(i)
            gradient[i] -= d[i] * ratio
            change[m * count + i] += d[i]
        }
        guard !hessian.isEmpty else { return }
        for i in 0..<count {
            let own = d[i], at = i * count
            for j in 0...i { hessian[at + j] += own * d[j] * weight }
        }
    }

    /// The gradient and, by rows, the Hessian, from which the part of the target's own distribution is taken.
    func finished(target: [Double]) -> (gradient: [Double], hessian: [Double]) {
        if !hessian.isEmpty {
            for m in 0..<bins where target[m] > 1e-9 {
                for i in 0..<count { for j in 0...i { hessian[i * count + j] -= change[m * count + i] * change[m * count + j] / target[m] } }
            }
            for i in 0..<count { for j in 0..<i { hessian[j * count + i] = hessian[i * count + j] } }
        }
        return (Array(gradient), Array(hessian))
    }
}
