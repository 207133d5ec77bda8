import Foundation

/// Distribution functions that intervals need, to about 1e-12: normal, Student's t, F.
///
/// The incomplete beta function is the continued fraction of Abramowitz and Stegun 26.5.8 (Lentz's way of summing it); quantiles are
/// found by halving, which needs no good start and ends at the last bit.
enum Distributions {
    /// Probability of a standard normal number up to z.
    static func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// The standard normal number below which a probability lies.
    static func normalQuantile(_ p: Double) -> Double {
        precondition(p > 0 && p < 1, "a quantile's probability lies between 0 and 1")
        return p > 0.5 ? -normalQuantile(1 - p) : root(of: { normal($0) - p }, from: -40, to: 0)
    }

    /// Probability of Student's t up to t, for `degrees` of freedom.
    static func student(_ t: Double, degrees: Double) -> Double {
        let tail = 0.5 * beta(degrees / (degrees + t * t), degrees / 2, 0.5)
        return t > 0 ? 1 - tail : tail
    }

    /// The t below which a probability of at least 1/2 lies.
    static func studentQuantile(_ p: Double, degrees: Double) -> Double {
        precondition(p >= 0.5 && p < 1 && degrees > 0, "upper quantiles only")
        // The tail, not the sum, is compared: near 1 it has the digits.
        let tail = 2 * (1 - p)
        var high = 2.0
        while beta(degrees / (degrees + high * high), degrees / 2, 0.5) > tail, high < 1e150 { high *= 2 }
        return root(of: { tail - beta(degrees / (degrees + $0 * $0), degrees / 2, 0.5) }, from: 0, to: high)
    }

    /// Probability of F up to f.
    static func fisher(_ f: Double, _ d1: Double, _ d2: Double) -> Double { f <= 0 ? 0 : beta(d1 * f / (d1 * f + d2), d1 / 2, d2 / 2) }

    /// The F below which a probability lies; the degrees of freedom need not be whole.
    static func fisherQuantile(_ p: Double, _ d1: Double, _ d2: Double) -> Double {
        precondition(p > 0 && p < 1 && d1 > 0 && d2 > 0, "a quantile's probability lies between 0 and 1, degrees of freedom are positive")
        let x = root(of: { beta($0, d1 / 2, d2 / 2) - p }, from: 0, to: 1)
        // Close to 1 the complement has more digits.
        guard x > 0.5 else { return x * d2 / ((1 - x) * d1) }
        let y = root(of: { (1 - p) - beta($0, d2 / 2, d1 / 2) }, from: 0, to: 1, falling: true)
        return (1 - y) * d2 / (y * d1)
    }

    /// The regularised incomplete beta function I_x(a, b).
    static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        // The fraction converges fast below this point; beyond it the mirrored one does.
        if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
        let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
        return min(1, front * fraction(x, a, b))
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func kept(_ v: Double) -> Double { abs(v) < tiny ? tiny : v }
        var c = 1.0, d = 1 / kept(1 - (a + b) * x / (a + 1)), h = d
        for m in 1...10_000 {
            let m = Double(m)
            for term in [m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))] {
                d = 1 / kept(1 + term * d)
                c = kept(1 + term / c)
                h *= c * d
            }
            if abs(c * d - 1) < 1e-16 { break }
        }
        return h
    }

    /// Where a rising function (or a falling one) passes zero.
    private static func root(of f: (Double) -> Double, from low: Double, to high: Double, falling: Bool = false) -> Double {
        var low = low, high = high
        for _ in 0..<2_000 {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { break }
            if (f(middle) < 0) != falling { low = middle } else { high = middle }
        }
        return low + (high - low) / 2
    }
}
