import CarpusCore

/// Intervals by drawing subjects again, with replacement (Efron and Tibshirani, 1993). The same seed gives the same interval.
public struct Bootstrap: Sendable, Hashable {
    /// How ends are found among the replicates.
    public enum Kind: String, Sendable, Hashable, CaseIterable, Encodable {
        /// Their plain quantiles.
        case percentile
        /// Quantiles shifted for bias and skewness: bias-corrected and accelerated.
        case bca
    }
    /// Replicates to draw.
    public var replicates = 2_000
    /// Where the random numbers start.
    public var seed: UInt64 = 1
    /// How ends are found.
    public var kind = Kind.bca
    /// The interval's level.
    public var level = 0.95

    /// The defaults.
    public init() {}

    /// The interval of a statistic of `count` subjects.
    ///
    /// Replicates in which the statistic is not defined (one class only, no variance) are left out, and the note says how many.
    ///
    /// - Parameter statistic: its value over subjects by index, some of them repeated; nil where it is not defined.
    public func estimate(count: Int, _ statistic: ([Int]) -> Double?) -> Estimate {
        guard count > 1, let value = statistic(Array(0..<count)) else { return .none("the data do not define it") }
        var generator = SplitMix(seed: seed), drawn: [Double] = []
        var sample = [Int](repeating: 0, count: count)
        for _ in 0..<replicates {
            for i in 0..<count { sample[i] = Int(generator.next().multipliedFullWidth(by: UInt64(count)).high) }
            if let v = statistic(sample), v.isFinite { drawn.append(v) }
        }
        let lost = replicates - drawn.count, note = lost > 0 ? "\(lost) of \(replicates) replicates do not define it" : nil
        guard drawn.count > replicates / 2 else { return Estimate(value, note: "no interval: \(note ?? "")") }
        let jackknife = kind == .bca ? (0..<count).map { left in statistic((0..<count).filter { $0 != left }) ?? value } : []
        let ends = Self.ends(of: drawn, value: value, jackknife: jackknife, kind: kind, level: level)
        return Estimate(value, lower: ends.lower, upper: ends.upper, note: note)
    }

    /// The ends among given replicates.
    ///
    /// - Parameter jackknife: the statistic with each subject left out in turn; for `bca`.
    static func ends(of replicates: [Double], value: Double, jackknife: [Double], kind: Kind, level: Double) -> (lower: Double, upper: Double) {
        let sorted = replicates.sorted(), alpha = (1 - level) / 2
        var shares = (alpha, 1 - alpha)
        if kind == .bca {
            let below = Double(sorted.count { $0 < value } + sorted.count { $0 <= value }) / Double(2 * sorted.count)
            // All replicates on one side tell nothing of the bias.
            if below > 0, below < 1 {
                let bias = Distributions.normalQuantile(below), speed = acceleration(jackknife)
                func share(_ p: Double) -> Double {
                    let z = bias + Distributions.normalQuantile(p)
                    return Distributions.normal(bias + z / (1 - speed * z))
                }
                shares = (share(alpha), share(1 - alpha))
            }
        }
        return (quantile(sorted, shares.0), quantile(sorted, shares.1))
    }

    private static func acceleration(_ jackknife: [Double]) -> Double {
        let mean = Moments.mean(jackknife)
        let (two, three) = jackknife.reduce(into: (0.0, 0.0)) { sum, v in
            let d = mean - v
            sum.0 += d * d
            sum.1 += d * d * d
        }
        return two > 0 ? three / (6 * two * two.squareRoot()) : 0
    }

    /// Linear between order statistics.
    private static func quantile(_ sorted: [Double], _ q: Double) -> Double {
        let at = min(max(q, 0), 1) * Double(sorted.count - 1), low = Int(at), f = at - Double(low)
        return low + 1 < sorted.count ? sorted[low] + (sorted[low + 1] - sorted[low]) * f : sorted[low]
    }
}
