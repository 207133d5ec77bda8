/// One line of an evaluation: what was compared, where, and the number.
public struct EvaluationRow: Sendable, Hashable, Encodable {
    /// What was compared.
    public enum Kind: String, Sendable, Hashable, Encodable { case labels, measures, transform }
    public var kind: Kind
    /// `sub-01`; nil when it is not known, or the line is about all.
    public var participant: String?
    /// `ses-01`, or `ses-01>ses-02` for a pair.
    public var session: String?
    /// Region of the label map or the table, or the points where a transform was looked at.
    public var region: String
    /// `dice`, `volume-error`, `missing`, ...
    public var measure: String
    /// Nil where there is no number.
    public var value: Double?
    /// UCUM: `1`, `mm`, `mL`.
    public var unit: String
    /// What has to be known to read it.
    public var note: String?

    /// A line for something that one side lacks.
    static func missing(_ kind: Kind, _ occasion: EvaluatedOccasion?, region: String, _ note: String) -> EvaluationRow {
        EvaluationRow(kind: kind, participant: occasion?.participant, session: occasion?.session, region: region, measure: "missing", value: nil, unit: "1", note: note)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case kind, participant, session, region, measure, value, unit, note }

    // By hand, because what is nil has to stand there as null: every line has the same keys.
    public func encode(to encoder: any Encoder) throws {
        var c = encoder.container(keyedBy: CodingKeys.self)
        try c.encode(kind, forKey: .kind)
        try c.encode(participant, forKey: .participant)
        try c.encode(session, forKey: .session)
        try c.encode(region, forKey: .region)
        try c.encode(measure, forKey: .measure)
        try c.encode(value, forKey: .value)
        try c.encode(unit, forKey: .unit)
        try c.encode(note, forKey: .note)
    }

    static let columns = CodingKeys.allCases.map(\.rawValue)

    /// The first line of a table, without its end.
    public static var head: String { TabTable.line(columns) }

    /// The line of a table, without its end.
    public var line: String { TabTable.line(cells) }

    /// The line as it stands in a table; floats read back the same.
    var cells: [String?] { [kind.rawValue, participant, session, region, measure, value.map { "\($0)" }, unit, note] }
}

/// Whose results, and when.
struct EvaluatedOccasion: Hashable, Comparable, CustomStringConvertible {
    /// `sub-01`, nil when it is not told.
    var participant: String?
    /// `ses-01`, or `ses-01>ses-02`, nil when it is not told.
    var session: String?

    /// What a path inside an output folder tells.
    init(path: String) {
        let parts = path.split(separator: "/").map(String.init)
        participant = parts.dropLast().first { $0.hasPrefix("sub-") }
        session = parts.dropLast().first { $0.hasPrefix("ses-") }?.replacing("_to_", with: ">")
    }

    init(participant: String?, session: String?) { (self.participant, self.session) = (participant, session) }

    /// The visit a change starts from, or the visit itself.
    var first: EvaluatedOccasion {
        EvaluatedOccasion(participant: participant, session: session?.split(separator: ">").first.map(String.init))
    }

    var description: String { [participant, session].compactMap(\.self).joined(separator: " ") }

    static func < (a: Self, b: Self) -> Bool { (a.participant ?? "", a.session ?? "") < (b.participant ?? "", b.session ?? "") }
}
