/// How often grades agree, exactly or nearly; rows of the table are the reference where there is one.
public enum GradeAgreement {
    /// Percentage of exact agreement as a share: the diagonal of the table (global accuracy).
    public static func exact(_ table: ConfusionMatrix, level: Double = 0.95) -> Estimate { share(table, within: 0, level) }

    /// Percentage of close agreement as a share: at most one grade apart.
    public static func close(_ table: ConfusionMatrix, level: Double = 0.95) -> Estimate { share(table, within: 1, level) }

    private static func share(_ table: ConfusionMatrix, within distance: Int, _ level: Double) -> Estimate {
        Proportion.wald(hits(table, distance).reduce(0, +), of: table.total, level: level)
    }

    /// Mean over the reference's grades of the share within `distance` grades: 0 for balanced accuracy, 1 for the ±1 kind (Rohrbach et al., 2019).
    ///
    /// Grades that the reference never gave have no share and are left out.
    public static func balanced(_ table: ConfusionMatrix, within distance: Int = 0) -> Estimate {
        let rows = table.margins.rows
        let shares = zip(hits(table, distance), rows).compactMap { $1 > 0 ? Double($0) / Double($1) : nil }
        return shares.isEmpty ? .none("no pairs") : Estimate(Moments.mean(shares))
    }

    /// Pairs of each row that lie within a distance of grades.
    private static func hits(_ table: ConfusionMatrix, _ distance: Int) -> [Int] {
        table.counts.indices.map { i in
            table.counts.indices.reduce(0) { $0 + (abs(table.grades[i] - table.grades[$1]) <= distance ? table.counts[i][$1] : 0) }
        }
    }
}

/// Shares of a whole with their intervals.
public enum Proportion {
    /// The plain interval, p ± z √(p(1-p)/n), cut at 0 and 1. Too short for small numbers and shares near the ends.
    public static func wald(_ hits: Int, of total: Int, level: Double = 0.95) -> Estimate {
        guard total > 0 else { return .none("nothing to count") }
        let p = Double(hits) / Double(total), half = z(level) * (p * (1 - p) / Double(total)).squareRoot()
        return Estimate(p, lower: max(0, p - half), upper: min(1, p + half))
    }

    /// Wilson's score interval (J Am Stat Assoc 22, 1927), which holds for small numbers too.
    public static func wilson(_ hits: Int, of total: Int, level: Double = 0.95) -> Estimate {
        guard total > 0 else { return .none("nothing to count") }
        let n = Double(total), p = Double(hits) / n, z2 = z(level) * z(level)
        let centre = (p + z2 / (2 * n)) / (1 + z2 / n)
        let half = z(level) / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).squareRoot()
        return Estimate(p, lower: max(0, centre - half), upper: min(1, centre + half))
    }

    private static func z(_ level: Double) -> Double { Distributions.normalQuantile(1 - (1 - level) / 2) }
}
