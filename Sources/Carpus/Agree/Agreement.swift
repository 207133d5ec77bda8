import CarpusIO
public import CarpusQuantification
public import Foundation

/// How well raters, readers or methods agree: every statistic of a tidy table of values.
public struct Agreement: Sendable, Encodable {
    /// What can be set.
    public struct Options: Sendable, Hashable {
        /// Column that tells who rated; `rater`, `reader` or `method` when nil.
        public var rater: String?
        /// Column of the number.
        public var value = "value"
        /// Columns that keep subjects apart; `participant_id session_id side region`, as far as they are there, when empty.
        public var subject: [String] = []
        /// Columns whose values are looked at one by one; `measure`, if it is there, when empty.
        public var groups: [String] = []
        /// The rater who is taken for the truth; nil when none is.
        public var reference: String?
        /// The reference's value from which a subject is positive; above 0 when nil.
        public var positive: Double?
        /// Whether the values are grades; nil looks at them.
        public var grades: Bool?
        /// How many raters' mean a result will be, for the smallest detectable difference and change.
        public var averaged = 1
        /// The sensitivity or specificity that a cut-off has to reach.
        public var least = 0.95
        /// Intervals that have no formula.
        public var bootstrap = Bootstrap()

        /// The defaults.
        public init() {}
    }

    /// The statistics, by measure.
    public let rows: [AgreementRow]
    /// With a reference, what every cut-off gives; made when it is asked for, as each value is a cut-off.
    public var curves: [AgreementCurve] { measures.flatMap(\.curves) }
    /// What they are of; for figures.
    let measures: [MeasureAgreement]

    private enum CodingKeys: String, CodingKey { case rows, curves }

    /// All statistics of a table.
    ///
    /// - Throws: `IOError` for a table that cannot be read, has one rater only, or not the reference.
    public init(of url: URL, options: Options = .init()) throws {
        let columns = RatingTable.Columns(rater: options.rater, value: options.value, subject: options.subject, groups: options.groups)
        let tables = try RatingTable.read(url, columns)
        guard tables.contains(where: { $0.raters.count > 1 }) else { throw IOError(.inconsistent, at: url, "no measure has values of two raters; agreement needs two") }
        if let reference = options.reference, !tables.contains(where: { $0.raters.contains(reference) }) {
            throw IOError(.inconsistent, at: url, "the reference '\(reference)' is none of the raters: \(Set(tables.flatMap(\.raters)).sorted().joined(separator: ", "))")
        }
        if options.grades == true, let odd = tables.first(where: { !$0.areWhole(in: -1000...1000) }) {
            throw IOError(.inconsistent, at: url, "\(odd.measure ?? "the values") are no grades: not all are whole numbers up to 1000; leave --scale to their look, or give grades")
        }
        measures = tables.filter { $0.raters.count > 1 }.map { MeasureAgreement(table: $0, options: options) }
        rows = measures.flatMap(\.rows)
    }

    /// Lines and curves.
    public func encode(to encoder: any Encoder) throws {
        var c = encoder.container(keyedBy: CodingKeys.self)
        try c.encode(rows, forKey: .rows)
        try c.encode(curves, forKey: .curves)
    }

    /// The lines as a tab-separated table, without the last line's end.
    public var tsv: String { TabTable.text(AgreementRow.columns, rows.map(\.cells)) }
}
