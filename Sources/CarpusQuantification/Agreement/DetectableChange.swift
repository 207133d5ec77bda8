/// The least difference and change that are more than error, and how large changes are beside their spread.
public enum DetectableChange {
    /// Smallest detectable difference between two raters' scores, 1.96 SD(x - y)/√k, where a result is the mean of k raters.
    public static func difference(_ x: [Double], _ y: [Double], averaged k: Int = 1) -> Estimate {
        scaled(x, y, by: 1.96 / Double(k).squareRoot())
    }

    /// Smallest detectable change from two raters' *changes*, 1.96 SD(Δx - Δy)/(√2 √k) (Bruynesteyn et al., Ann Rheum Dis 64, 2005).
    public static func change(_ x: [Double], _ y: [Double], averaged k: Int = 1) -> Estimate {
        scaled(x, y, by: 1.96 / (2.0.squareRoot() * Double(k).squareRoot()))
    }

    /// Smallest detectable change from test and retest, 1.96 √2 SEM with SEM = SD(x - y)/√2.
    public static func retest(_ x: [Double], _ y: [Double]) -> Estimate { scaled(x, y, by: 1.96) }

    private static func scaled(_ x: [Double], _ y: [Double], by factor: Double) -> Estimate {
        precondition(x.count == y.count, "pairs")
        guard let deviation = Moments.deviation(zip(x, y).map(-)) else { return .none("fewer than two pairs") }
        return Estimate(factor * deviation)
    }

    /// Standardised response mean: mean change over the standard deviation of the changes. None where all changes are the same.
    public static func responseMean(_ changes: [Double]) -> Estimate {
        guard let deviation = Moments.deviation(changes) else { return .none("fewer than two changes") }
        // Differences of values carry the values' rounding, which is more than that of the differences.
        guard !Moments.isConstant(changes, within: 1e-9) else { return .none("all changes are the same") }
        return Estimate(Moments.mean(changes) / deviation)
    }
}
