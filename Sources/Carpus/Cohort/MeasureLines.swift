import CarpusCore
import CarpusIO
import Foundation

/// The lines of a run's `measures.tsv`, participant by participant: memory holds one participant at a time.
struct MeasureLines {
    let file: URL

    /// One line.
    struct Line {
        let session: String
        let side: Laterality?
        let region, measure, unit, method: String
        let value: Double?
        let status: CarpusCore.Measurement.Status
        let reason: String?

        init(_ row: TabTable.Row, in file: URL) throws {
            guard let status = row["status"].flatMap(CarpusCore.Measurement.Status.init(rawValue:)) else { throw IOError(.malformed, at: file, "line \(row.number) is no measurement") }
            (session, side, region) = (row["session_id"] ?? "", row["side"].flatMap(Laterality.init(rawValue:)), row["region"] ?? "")
            (measure, unit, method, value) = (row["measure"] ?? "", row["unit"] ?? "", row["method"] ?? "", try row.number("value"))
            (self.status, reason) = (status, row["reason"])
        }
    }

    /// Hands over each participant's lines, in the order of the file.
    ///
    /// - Throws: `IOError` when the file cannot be read or a line is not one of a run; what `body` throws.
    func forEachParticipant(_ body: (_ participant: String, _ lines: [Line]) throws -> Void) throws {
        var participant: String?, lines: [Line] = []
        try TabTable(file, needs: MeasureTable.columns.map(\.name)).forEachRow { row in
            let own = row["participant_id"] ?? ""
            if let known = participant, known != own {
                try body(known, lines)
                lines = []
            }
            participant = own
            lines.append(try Line(row, in: file))
        }
        if let participant { try body(participant, lines) }
    }
}
