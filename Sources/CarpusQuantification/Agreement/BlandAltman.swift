import Foundation

/// Limits of agreement of two methods (Bland and Altman, Lancet 327, 1986; intervals of 1999, Stat Methods Med Res 8).
public struct BlandAltman: Sendable, Hashable {
    /// Mean of the differences first minus second, or, of logarithms, the ratio.
    public let bias: Estimate
    /// Bias ∓ 1.96 standard deviations of the differences, or the ratios of these.
    public let lowerLimit, upperLimit: Estimate
    /// Standard deviation of the differences (of logarithms, where these were taken); nil for fewer than two pairs.
    public let deviation: Double?
    /// Whether logarithms were taken: bias and limits are ratios then.
    public let isRatio: Bool

    /// The limits of pairs.
    ///
    /// - Parameter logarithms: compares ratios, for errors that grow with the value; all values have to be positive, or there is no answer.
    public init(_ x: [Double], _ y: [Double], logarithms: Bool = false, level: Double = 0.95) {
        precondition(x.count == y.count, "pairs")
        isRatio = logarithms
        guard x.count > 1 else {
            let none = Estimate.none("fewer than two pairs")
            (bias, lowerLimit, upperLimit, deviation) = (x.count == 1 && !logarithms ? Estimate(x[0] - y[0], note: none.note) : none, none, none, nil)
            return
        }
        if logarithms, !(x + y).allSatisfy({ $0 > 0 }) {
            let none = Estimate.none("values that are not positive have no ratio")
            (bias, lowerLimit, upperLimit, deviation) = (none, none, none, nil)
            return
        }
        let d = zip(x, y).map { logarithms ? log($0) - log($1) : $0 - $1 }
        let n = Double(d.count), mean = Moments.mean(d), spread = Moments.deviation(d) ?? 0
        let t = Distributions.studentQuantile(1 - (1 - level) / 2, degrees: n - 1), reach = Self.reach
        func estimate(_ value: Double, _ error: Double) -> Estimate {
            let ends = [value, value - t * error, value + t * error].map { logarithms ? exp($0) : $0 }
            return Estimate(ends[0], lower: ends[1], upper: ends[2])
        }
        let limitError = spread * (1 / n + reach * reach / (2 * (n - 1))).squareRoot()
        deviation = spread
        bias = estimate(mean, spread / n.squareRoot())
        lowerLimit = estimate(mean - reach * spread, limitError)
        upperLimit = estimate(mean + reach * spread, limitError)
    }

    /// How many standard deviations the limits lie from the bias: 95 % of normal differences.
    public static let reach = 1.96
}
