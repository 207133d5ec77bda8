import CarpusCore
import CarpusReport
import Foundation
import Testing

@testable import Carpus

@Suite struct CohortColumnsTests {
    /// The table's lines of two participants: both measured by two steps of one method, but the first step failed for the second.
    private func table() throws -> URL {
        var table = MeasureTable()
        func row(_ value: Double, _ region: String = "lunate", _ quantity: String = "volume") -> CarpusCore.Measurement {
            var m = Measurement(quantity, value, unit: "mL", region: region, method: "measure.volumes/4")
            m.visit = "01"
            return m
        }
        table.add([row(1), row(2), row(7, "marrow-3"), row(3, "synovitis/total", "ramris")], of: "01")
        table.add([row(4), row(5, "synovitis/total", "ramris")], of: "02")
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).tsv")
        try table.write(to: file)
        return file
    }

    @Test func whatCannotBeToldApartIsLeftOut() throws {
        let file = try table()
        defer { try? FileManager.default.removeItem(at: file) }
        var columns = CohortColumns()
        try MeasureLines(file: file).forEachParticipant { columns.learn($1) }
        #expect(columns.columns.map(\.name) == ["volume@lunate", "volume@lunate#2", "volume@marrow-3", "ramris@synovitis/total"])
        var rows: [[Double?]] = []
        try MeasureLines(file: file).forEachParticipant { participant, lines in rows += columns.rows(of: participant, lines).map { $0.cells.map { $0?.value } } }
        #expect(rows == [[1, 2, 7, 3], [nil, nil, nil, 5]], "the second participant's lunate is of one of two steps")
    }

    @Test func gradesGoBeforeBonesAndNumberedPiecesAreNotShown() throws {
        let file = try table()
        defer { try? FileManager.default.removeItem(at: file) }
        let steps = #"[{"step": "bones", "stage": "s", "occasion": "01", "status": "failed", "reason": "no marrow"}, {"step": "view", "stage": "d", "occasion": "01", "status": "not-scorable", "reason": "no labels"}]"#
        let subjects = #"[{"subject": "01", "steps": [], "files": []}, {"subject": "02", "steps": "# + steps + #", "files": []}, {"subject": "03", "steps": [], "files": []}]"#
        var survey = CohortSurvey(subjects: try JSONDecoder().decode([RunRecord.Subject].self, from: Data(subjects.utf8)))
        try MeasureLines(file: file).forEachParticipant { survey.look(at: $0, $1) }
        #expect(survey.shown.map { survey.columns.columns[$0].name } == ["volume@lunate", "volume@lunate#2", "ramris@synovitis/total"])
        let missing = survey.dropOuts.map { "\($0.reason): \($0.numbers), \($0.steps), \($0.participants)" }
        #expect(missing == ["no labels: 0, 1, [\"sub-02\"]", "nothing was measured: 0, 0, [\"sub-03\"]", "step bones failed: no marrow: 0, 1, [\"sub-02\"]"])
    }

    @Test func numberedPiecesAreTold() {
        for name in ["marrow-3", "enhancement-12", "lesion/synovitis-1"] { #expect(WristAnatomy.isNumberedPiece(name), "\(name)") }
        for name in ["extensor-1", "metacarpal-1-base", "synovitis/extensor-4", "lunate", "net/increase", "T2"] { #expect(!WristAnatomy.isNumberedPiece(name), "\(name)") }
    }
}
