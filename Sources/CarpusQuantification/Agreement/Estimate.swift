/// A statistic with its interval of confidence.
public struct Estimate: Sendable, Hashable, Encodable {
    /// The statistic; nil where the data do not define it.
    public var value: Double?
    /// The interval's ends; nil where there is none.
    public var lower, upper: Double?
    /// Why there is no value or no interval, or what has to be known to read it.
    public var note: String?

    /// A value and its interval.
    public init(_ value: Double?, lower: Double? = nil, upper: Double? = nil, note: String? = nil) {
        (self.value, self.lower, self.upper, self.note) = (value.finite, lower.finite, upper.finite, note)
    }

    /// No value, and why.
    static func none(_ why: String) -> Estimate { Estimate(nil, note: why) }
}

extension Optional<Double> {
    /// The number, unless it is none.
    fileprivate var finite: Double? { flatMap { $0.isFinite ? $0 : nil } }
}

/// Sums over plain arrays.
enum Moments {
    static func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(x.count) }

    /// Sum of products of deviations from the means.
    static func products(_ x: [Double], _ y: [Double]) -> Double {
        let mx = mean(x), my = mean(y)
        return zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
    }

    /// Standard deviation with n - 1; nil for fewer than two values.
    static func deviation(_ x: [Double]) -> Double? { x.count > 1 ? (products(x, x) / Double(x.count - 1)).squareRoot() : nil }

    /// Whether all values are the same but for rounding: they lie within a share of the largest.
    static func isConstant(_ x: [Double], within share: Double = rounding) -> Bool {
        guard let low = x.min(), let high = x.max() else { return true }
        return high - low <= share * max(abs(low), abs(high))
    }

    /// What rounding may make of equal values, as a share of them: sums of 0.1 are not exact.
    static let rounding = 1e-12
}
