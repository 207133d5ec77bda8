public import CarpusCore
import CarpusPipeline
public import Foundation

/// All measurements of a run as a table: `measures.tsv` and its data dictionary.
public struct MeasureTable: Sendable {
    /// One row: whose, when, and the measurement.
    public struct Row: Sendable {
        public let subject: String
        public let measurement: CarpusCore.Measurement
    }
    /// The rows, by subject, visit and step.
    public private(set) var rows: [Row] = []

    /// An empty table.
    public init() {}

    /// Adds a subject's measurements.
    public mutating func add(_ measurements: [CarpusCore.Measurement], of subject: String) {
        rows += measurements.map { Row(subject: subject, measurement: $0) }
    }

    static let columns: [(name: String, description: String)] = [
        ("participant_id", "Subject, sub-<label>"), ("session_id", "Visit, ses-<label>; A>B for a change from visit A to visit B"),
        ("side", "Side of the wrist: L or R"), ("region", "Anatomical region, lesion or component"),
        ("measure", "What was measured: volume, mean-signal, volume-change, ..."), ("value", "The number; n/a when there is none"),
        ("unit", "Unit in UCUM"), ("status", "ok: use it; review: look before using it; not-scorable: there is no number, and the reason says why"),
        ("reason", "Why the status is not ok"), ("method", "Stage and version that measured it"),
    ]

    /// The table as tab-separated text; floats read back as the same numbers, missing values are n/a.
    public var tsv: String { ([Self.head] + rows.map { Self.line($0.measurement, of: $0.subject) }).joined(separator: "\n") + "\n" }

    /// The first line.
    static let head = TabTable.line(columns.map(\.name))

    /// One row's line.
    static func line(_ m: CarpusCore.Measurement, of subject: String) -> String {
        TabTable.line(["sub-\(subject)", m.visit.map(session), m.side?.rawValue, m.region, m.quantity, m.value.map { "\($0)" }, m.unit, m.status.rawValue, m.reason, m.method])
    }

    /// Writes the table, whole or not at all.
    public func write(to url: URL) throws { try OutputFile.write(tsv, to: url) }

    /// `ses-01`, or `ses-01>ses-02` for a pair.
    private static func session(_ visit: String) -> String {
        visit.split(separator: ">").map { "ses-\($0)" }.joined(separator: ">")
    }

    /// The data dictionary, as BIDS wants it beside a table.
    public static var dictionary: String {
        let members = columns.map { name, description in
            let levels = name == "status" ? ", \"Levels\": {\"ok\": \"use it\", \"review\": \"look before using it\", \"not-scorable\": \"no number; see reason\"}" : ""
            return "  \"\(name)\": {\"Description\": \(JSON.string(description).canonical)\(levels)}"
        }
        return "{\n" + members.joined(separator: ",\n") + "\n}\n"
    }
}
