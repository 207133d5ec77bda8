import Foundation

/// How two raters' grades fall together: counts by the one's grade (rows) and the other's (columns).
public struct ConfusionMatrix: Sendable, Hashable, Encodable {
    /// The grades, ascending.
    public let grades: [Int]
    /// Counts, `counts[row][column]`.
    public let counts: [[Int]]

    /// Counts of pairs of grades. Grades that neither uses are not in the table unless they are listed.
    public init(_ pairs: [(Int, Int)], grades: [Int]? = nil) {
        let all = grades ?? Set(pairs.flatMap { [$0.0, $0.1] }).sorted()
        var place: [Int: Int] = [:]
        for (i, grade) in all.enumerated() { place[grade] = i }
        var table = [[Int]](repeating: [Int](repeating: 0, count: all.count), count: all.count)
        for (a, b) in pairs {
            guard let row = place[a], let column = place[b] else { preconditionFailure("every grade is listed") }
            table[row][column] += 1
        }
        (self.grades, counts) = (all, table)
    }

    /// A table of counts that was made elsewhere.
    public init(counts: [[Int]], grades: [Int]? = nil) {
        precondition(counts.allSatisfy { $0.count == counts.count } && grades?.count ?? counts.count == counts.count, "a square table")
        (self.counts, self.grades) = (counts, grades ?? Array(counts.indices))
    }

    /// All pairs.
    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// How often each grade stands in rows and in columns.
    var margins: (rows: [Int], columns: [Int]) {
        (counts.map { $0.reduce(0, +) }, counts.indices.map { j in counts.reduce(0) { $0 + $1[j] } })
    }
}

/// Cohen's kappa: agreement beyond chance, with all disagreements alike or weighed by distance.
public enum Kappa {
    /// What a disagreement counts.
    public enum Weights: String, Sendable, Hashable, CaseIterable, Encodable {
        /// Every one the same.
        case none
        /// By its distance, or by the square of it, in grades.
        case linear, quadratic

        /// The share of agreement of two grades at these positions of the table, 1 for the same.
        func agreement(_ i: Double, _ j: Double, span: Double) -> Double {
            switch self {
            case .none: i == j ? 1 : 0
            case .linear: 1 - abs(i - j) / span
            case .quadratic: 1 - (i - j) * (i - j) / (span * span)
            }
        }
    }

    /// Kappa with its large-sample interval (Fleiss, Cohen and Everitt, Psychol Bull 72, 1969).
    ///
    /// Distances are between the grades' values, so that a grade nobody gave keeps its width. None where chance alone would agree
    /// always: both raters gave one and the same grade throughout.
    public static func estimate(_ table: ConfusionMatrix, weights: Weights, level: Double = 0.95) -> Estimate {
        let n = Double(table.total), grades = table.grades.map(Double.init)
        guard n > 0 else { return .none("no pairs") }
        guard grades.count > 1, let first = grades.first, let last = grades.last else { return .none("only one grade was given") }
        let margins = table.margins, rows = margins.rows.map { Double($0) / n }, columns = margins.columns.map { Double($0) / n }
        func w(_ i: Int, _ j: Int) -> Double { weights.agreement(grades[i], grades[j], span: last - first) }
        let places = grades.indices
        var observed = 0.0, chance = 0.0
        for i in places {
            for j in places {
                observed += w(i, j) * Double(table.counts[i][j]) / n
                chance += w(i, j) * rows[i] * columns[j]
            }
        }
        guard chance < 1 else { return .none("only one grade was given") }
        let kappa = (observed - chance) / (1 - chance)
        let rowMean = places.map { i in places.reduce(0) { $0 + columns[$1] * w(i, $1) } }
        let columnMean = places.map { j in places.reduce(0) { $0 + rows[$1] * w($1, j) } }
        var sum = 0.0
        for i in places {
            for j in places {
                let term = w(i, j) * (1 - chance) - (rowMean[i] + columnMean[j]) * (1 - observed)
                sum += Double(table.counts[i][j]) / n * term * term
            }
        }
        let centre = observed * chance - 2 * chance + observed
        let variance = max(0, sum - centre * centre) / (n * pow(1 - chance, 4))
        let half = Distributions.normalQuantile(1 - (1 - level) / 2) * variance.squareRoot()
        return Estimate(kappa, lower: kappa - half, upper: kappa + half)
    }
}
