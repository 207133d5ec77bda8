import Foundation

/// How two rows of numbers go together.
public enum Correlation {
    /// Pearson's r with Fisher's interval.
    public static func pearson(_ x: [Double], _ y: [Double], level: Double = 0.95) -> Estimate {
        precondition(x.count == y.count, "pairs")
        guard x.count > 1 else { return .none("fewer than two pairs") }
        guard !Moments.isConstant(x), !Moments.isConstant(y) else { return .none("one side does not vary") }
        let r = min(1, max(-1, Moments.products(x, y) / (Moments.products(x, x) * Moments.products(y, y)).squareRoot()))
        return fisher(r, error: 1 / Double(x.count - 3).squareRoot(), pairs: x.count, level)
    }

    /// Spearman's rho: Pearson's r of the ranks, ties at their mean rank. Its interval is Fisher's with the variance of Bonett and
    /// Wright (Psychometrika 65, 2000), (1 + r²/2)/(n - 3).
    public static func spearman(_ x: [Double], _ y: [Double], level: Double = 0.95) -> Estimate {
        let plain = pearson(ranks(x), ranks(y))
        guard let r = plain.value else { return plain }
        return fisher(r, error: ((1 + r * r / 2) / Double(x.count - 3)).squareRoot(), pairs: x.count, level)
    }

    /// Lin's concordance: r, less what differs in mean and spread (Biometrics 45, 1989; variance as corrected in 56, 2000).
    public static func concordance(_ x: [Double], _ y: [Double], level: Double = 0.95) -> Estimate {
        precondition(x.count == y.count, "pairs")
        guard x.count > 1 else { return .none("fewer than two pairs") }
        let n = Double(x.count), gap = Moments.mean(x) - Moments.mean(y)
        let vx = Moments.products(x, x) / n, vy = Moments.products(y, y) / n, together = vx + vy + gap * gap
        guard !Moments.isConstant(x + y) else { return .none("all values are the same") }
        let c = 2 * Moments.products(x, y) / n / together
        guard x.count > 2, let r = pearson(x, y).value, abs(r) < 1, r != 0, abs(c) < 1 else { return Estimate(c, note: "no interval") }
        let u2 = gap * gap / (vx * vy).squareRoot(), c2 = c * c, r2 = r * r
        let variance = ((1 - r2) * c2 / ((1 - c2) * r2) + 2 * c2 * c * (1 - c) * u2 / (r * (1 - c2) * (1 - c2)) - c2 * c2 * u2 * u2 / (2 * r2 * (1 - c2) * (1 - c2))) / (n - 2)
        guard variance >= 0 else { return Estimate(c, note: "no interval") }
        let half = z(level) * variance.squareRoot()
        return Estimate(c, lower: tanh(atanh(c) - half), upper: tanh(atanh(c) + half))
    }

    /// Ranks from 1; equal values share their mean rank.
    public static func ranks(_ x: [Double]) -> [Double] {
        let order = x.indices.sorted { x[$0] < x[$1] }
        var ranks = [Double](repeating: 0, count: x.count), start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, x[order[end + 1]] == x[order[start]] { end += 1 }
            for i in start...end { ranks[order[i]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }

    private static func fisher(_ r: Double, error: Double, pairs: Int, _ level: Double) -> Estimate {
        guard pairs > 3 else { return Estimate(r, note: "no interval: fewer than four pairs") }
        guard abs(r) < 1 else { return Estimate(r, lower: r, upper: r) }
        return Estimate(r, lower: tanh(atanh(r) - z(level) * error), upper: tanh(atanh(r) + z(level) * error))
    }

    private static func z(_ level: Double) -> Double { Distributions.normalQuantile(1 - (1 - level) / 2) }
}
