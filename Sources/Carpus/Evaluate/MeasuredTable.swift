import CarpusIO
import Foundation

/// A row of `measures.tsv` as it is read back.
struct MeasuredRow {
    let occasion: EvaluatedOccasion
    let side: String?
    let region, measure: String
    /// Nil when it is not scorable.
    let value: Double?
    let unit, status: String
    let reason: String?

    fileprivate init(_ row: TabTable.Row) throws {
        let number = try row.number("value")
        occasion = .init(participant: row["participant_id"], session: row["session_id"])
        (side, region, measure) = (row["side"], row["region"] ?? "n/a", row["measure"] ?? "n/a")
        (value, unit, status, reason) = (row["status"] == "not-scorable" ? nil : number, row["unit"] ?? "1", row["status"] ?? "ok", row["reason"])
    }
}

/// A `measures.tsv` of any length: of each occasion it knows where the rows stand, and reads them when they are asked for.
struct MeasuredTable {
    private let table: TabTable
    private var places: [EvaluatedOccasion: [TabTable.Stretch]] = [:]

    /// Looks through a table with the columns of `MeasureTable`, in any order.
    ///
    /// - Throws: `IOError` when it cannot be read or a value is no number.
    init(_ url: URL) throws {
        table = try TabTable(url, needs: ["participant_id", "session_id", "side", "region", "measure", "value", "unit", "status", "reason"])
        var last: EvaluatedOccasion?, places = places
        try table.forEachRow { row in
            let occasion = try MeasuredRow(row).occasion
            if occasion == last, let end = places[occasion]?.indices.last {
                places[occasion]?[end].count += 1
            } else {
                places[occasion, default: []].append(TabTable.Stretch(start: row.start, number: row.number, count: 1))
            }
            last = occasion
        }
        self.places = places
    }

    /// Everyone and every time the table has rows for.
    var occasions: Set<EvaluatedOccasion> { Set(places.keys) }

    /// The rows of an occasion in the order of the file; none where there are none.
    ///
    /// - Throws: `IOError` when the file can no longer be read.
    func rows(of occasion: EvaluatedOccasion) throws -> [MeasuredRow] {
        try (places[occasion] ?? []).flatMap { try table.rows(of: $0).map(MeasuredRow.init) }
    }
}
