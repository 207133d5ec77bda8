import CarpusQuantification

/// One statistic of agreement: of what, between whom, and the number with its interval.
public struct AgreementRow: Sendable, Hashable, Encodable {
    /// The measure that was rated; nil when the table names none.
    public var measure: String?
    /// `icc`, `kappa-quadratic`, `bias`, ... as in Docs/Definitions.md.
    public var statistic: String
    /// `A|B`, or `all`; the reference stands last.
    public var raters: String
    /// The number and its interval, nil where the data do not define them.
    public var value, lower, upper: Double?
    /// UCUM.
    public var unit: String
    /// Subjects it is of.
    public var n: Int
    /// Why there is no number or no interval, and what was left out.
    public var note: String?

    init(_ table: RatingTable, _ statistic: String, _ raters: String, _ estimate: Estimate, n: Int, unit: String = "1", note: String? = nil) {
        (measure, self.statistic, self.raters, self.unit, self.n) = (table.measure, statistic, raters, unit, n)
        (value, lower, upper) = (estimate.value, estimate.lower, estimate.upper)
        let notes = [estimate.note, note].compactMap(\.self)
        self.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case measure, statistic, raters, value, lower, upper, unit, n, note }

    // By hand, because what is nil has to stand there as null: every line has the same keys.
    public func encode(to encoder: any Encoder) throws {
        var c = encoder.container(keyedBy: CodingKeys.self)
        try c.encode(measure, forKey: .measure)
        try c.encode(statistic, forKey: .statistic)
        try c.encode(raters, forKey: .raters)
        try c.encode(value, forKey: .value)
        try c.encode(lower, forKey: .lower)
        try c.encode(upper, forKey: .upper)
        try c.encode(unit, forKey: .unit)
        try c.encode(n, forKey: .n)
        try c.encode(note, forKey: .note)
    }

    static let columns = CodingKeys.allCases.map(\.rawValue)

    /// The line as it stands in a table; floats read back the same.
    var cells: [String?] { [measure, statistic, raters] + [value, lower, upper].map { $0.map { "\($0)" } } + [unit, "\(n)", note] }
}
