import CarpusCore
import CarpusIO
import CarpusPipeline
import CarpusReport
import Foundation

/// What a run of several subjects leaves for all of them: `group.tsv` with its dictionary, and the page `index.html`.
///
/// The table of measurements is read as often as needed, and one participant at a time, so that memory does not grow with the study.
struct CohortFiles {
    let output: URL
    let plan: Plan
    let record: RunRecord

    private var lines: MeasureLines { MeasureLines(file: output.appending(path: "measures.tsv")) }

    /// - Returns: the page.
    /// - Throws: `IOError` when a file cannot be read or written, `ReportError` when a figure cannot be drawn.
    func write() throws -> URL {
        var survey = CohortSurvey(subjects: record.subjects)
        try lines.forEachParticipant { survey.look(at: $0, $1) }
        let columns = survey.columns.columns
        try table(survey.columns, columns)
        try OutputFile.write(to: output.appending(path: "group.json")) { try JSONEncoder.readable.encode(Self.dictionary(columns)).write(to: $0) }
        let page = output.appending(path: "index.html")
        try self.page(survey, columns, to: page)
        return page
    }

    /// Takes away what an earlier run of several subjects left: it would tell numbers that are no longer those of the other files.
    ///
    /// - Throws: `IOError` when a file that is there cannot be removed.
    func remove() throws {
        for name in ["index.html", "group.tsv", "group.json"] {
            let file = output.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false)) else { continue }
            do { try FileManager.default.removeItem(at: file) } catch {
                throw IOError(.cannotWrite, at: file, "the file of an earlier run of several subjects cannot be removed: \(error.localizedDescription)")
            }
        }
    }

    /// One row a participant and occasion; behind each measure its status, so that what is missing is never read as a zero.
    private func table(_ known: CohortColumns, _ columns: [CohortColumn]) throws {
        try OutputFile.write(to: output.appending(path: "group.tsv")) { url in
            let head = ["participant_id", "session_id", "side"] + columns.flatMap { [$0.name, $0.name + ":status"] }
            try Self.filled(url) { handle in
                try handle.write(contentsOf: Data((TabTable.line(head) + "\n").utf8))
                try lines.forEachParticipant { participant, lines in
                    for row in known.rows(of: participant, lines) {
                        let cells: [String?] = [row.participant, row.session, row.side?.rawValue] + row.cells.flatMap { [$0?.value.map { "\($0)" }, $0?.status.rawValue] }
                        try handle.write(contentsOf: Data((TabTable.line(cells) + "\n").utf8))
                    }
                }
            }
        }
    }

    private static func dictionary(_ columns: [CohortColumn]) -> JSON {
        var members: [String: JSON] = [
            "participant_id": .object(["Description": .string("Subject, sub-<label>")]),
            "session_id": .object(["Description": .string("Visit, ses-<label>; A>B for a change from visit A to visit B")]),
            "side": .object(["Description": .string("Side of the wrist: L or R")]),
        ]
        for c in columns {
            members[c.name] = .object(["Description": .string("\(c.measure) of \(c.region); n/a where it was not scorable or not measured, and for participants who have it from fewer steps than others"), "Units": .string(c.unit)])
            members[c.name + ":status"] = .object(["Description": .string("ok: use it; review: look before using it; not-scorable: there is no number; n/a: not measured on this occasion")])
        }
        return .object(members)
    }

    private func page(_ survey: CohortSurvey, _ columns: [CohortColumn], to file: URL) throws {
        let shown = survey.shown
        var figures = CohortPictures(survey)
        try lines.forEachParticipant { participant, lines in figures.add(survey.columns.rows(of: participant, lines)) }
        let content = CohortPage.Content(
            title: plan.analysis.reportTitle, toolkit: Version.current, protocolName: plan.analysis.name, protocolVersion: plan.analysis.version, participants: record.subjects.count, rows: survey.rowCount,
            ok: survey.counts[.ok] ?? 0, review: survey.counts[.review] ?? 0, notScorable: survey.counts[.notScorable] ?? 0, columns: shown.map { columns[$0] }, allColumns: columns.count,
            dropOuts: survey.dropOuts, figures: try figures.drawn())
        let page = try CohortPage()
        try OutputFile.write(to: file) { url in
            try Self.filled(url) { handle in
                try handle.write(contentsOf: Data(page.head(content).utf8))
                try lines.forEachParticipant { participant, lines in
                    let hasPage = FileManager.default.fileExists(atPath: output.appending(path: participant + ".html").path(percentEncoded: false))
                    for row in survey.columns.rows(of: participant, lines) {
                        let narrow = CohortRow(participant: row.participant, session: row.session, side: row.side, cells: shown.map { row.cells[$0] })
                        guard narrow.cells.contains(where: { $0 != nil }) else { continue }
                        try handle.write(contentsOf: Data(page.row(narrow, hasPage: hasPage).utf8))
                    }
                }
                try handle.write(contentsOf: Data(page.foot(content).utf8))
            }
        }
    }

    /// A file written in pieces.
    private static func filled(_ url: URL, _ body: (FileHandle) throws -> Void) throws {
        try Data().write(to: url)
        let handle = try FileHandle(forWritingTo: url)
        do { try body(handle) } catch {
            try? handle.close()   // the first error is the one to tell
            throw error
        }
        try handle.close()
    }
}
