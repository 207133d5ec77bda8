import CarpusPipeline
import Foundation

/// The days of a subject's visits from BIDS' table of sessions, `sub-ID/sub-ID_sessions.tsv`, column `acq_time`.
struct SessionDays {
    private var days: [String: VisitDate] = [:]

    /// - Throws: `IOError` for a table that cannot be read. None is no fault, nor is one without the column, nor a cell that is no date.
    init(of subject: String, in folder: URL) throws {
        let file = folder.appending(path: "sub-\(subject)/sub-\(subject)_sessions.tsv")
        guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { return }
        for row in try TabTable(file, needs: ["session_id"]).rows {
            guard let session = row["session_id"], let date = row["acq_time"].flatMap({ VisitDate($0) }) else { continue }
            days[session.hasPrefix("ses-") ? String(session.dropFirst(4)) : session] = date
        }
    }

    subscript(visit: String) -> VisitDate? { days[visit] }
}
