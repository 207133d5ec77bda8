import CarpusCore
import CarpusReport
import Foundation
import Testing

struct CohortPageTests {
    private let column = CohortColumn(name: "volume@synovitis", measure: "volume", region: "synovitis", unit: "mL")

    private func page(_ rows: [CohortRow], dropOuts: [DropOut] = [], figures: [VectorFigure] = []) throws -> String {
        let content = CohortPage.Content(
            title: "Wrist <script>", toolkit: "0", protocolName: "p", protocolVersion: 1, participants: 2, rows: rows.count, ok: 1, review: 0, notScorable: 1, columns: [column], allColumns: 1,
            dropOuts: dropOuts, figures: figures)
        let page = try CohortPage()
        return try page.head(content) + rows.map { try page.row($0, hasPage: $0.participant == "sub-02") }.joined() + page.foot(content)
    }

    @Test func whatIsNotScorableHasNoNumberAndAReason() throws {
        let html = try page([
            CohortRow(participant: "sub-01", session: "ses-01", side: .left, cells: [CohortCell(value: nil, status: .notScorable, reason: "no \"t1gd\" <here>")]),
            CohortRow(participant: "sub-02", session: "ses-01>ses-02", side: nil, cells: [CohortCell(value: 1.25, status: .ok, reason: nil)]),
        ])
        #expect(html.contains("class=\"number not-scorable\" data-value=\"\" title=\"no &quot;t1gd&quot; &lt;here&gt;\">not scorable</td>"))
        #expect(html.contains("data-value=\"1.25\"") && html.contains("ses-01 → ses-02") && html.contains("<a href=\"sub-02.html\">sub-02</a>") && !html.contains("sub-01.html"))
        #expect(html.contains("Wrist &lt;script&gt;") && html.components(separatedBy: "<script>").count == 2, "only our own script")
    }

    @Test func dropOutsTellHowManyAndWho() throws {
        let html = try page([], dropOuts: [DropOut(reason: "no stir", numbers: 12, steps: 1, participants: ["sub-01", "sub-02"], count: 5)])
        #expect(html.contains("no stir: 12 numbers, 1 step <span class=\"soft\">(sub-01, sub-02 and 3 more)</span>"))
        #expect(try page([]).contains("Nothing is missing."))
    }

    @Test func everyValueIsCountedOnce() throws {
        var d = Distribution(column, range: 0...10, bins: 5)
        for value in [0, 1.9, 2, 9.9, 10] { d.add(value, status: value == 2 ? .review : .ok) }
        #expect(d.sure == [2, 0, 0, 0, 2] && d.doubtful == [0, 1, 0, 0, 0] && d.count == 5)
        var one = Distribution(column, range: 3...3)
        one.add(3, status: .ok)
        #expect(one.count == 1)
        for figure in [try d.draw(), try one.draw()] { #expect(String(decoding: figure.svg, as: UTF8.self).contains("<title>volume, synovitis</title>")) }
    }

    @Test func aCourseNeedsTwoVisitsAndDoesNotGrowWithoutEnd() throws {
        var c = Course(column, range: 0...1, sessions: ["ses-01", "ses-02", "ses-03"])
        c.add([0.5, nil, nil])
        #expect(c.lines.isEmpty)
        for i in 0..<130 { c.add([0, nil, Double(i) / 130]) }
        #expect(c.lines.count == Course.most && c.untold == 30)
        #expect(try c.draw().altText.contains("100 of 130 wrists"))
    }
}
