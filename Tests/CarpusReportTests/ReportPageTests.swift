import CarpusCore
import Foundation
import Testing

@testable import CarpusReport

@Suite struct ReportPageTests {
    private func empty(title: String = "Wrist") -> ReportContent {
        ReportContent(title: title, subject: "01", analysis: .init(name: "wrist-ra", version: 1, digest: "abc123"), toolkit: "0.1")
    }

    @Test func emptyInputsGiveAPage() throws {
        let html = try ReportPage.html(empty())
        #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
        for text in ["Not for diagnosis.", "Nothing doubtful was found.", "Nothing was measured.", "Nothing was drawn.", "abc123", "wrist-ra, version 1"] { #expect(html.contains(text)) }
        #expect(!html.contains("box missing"))
    }

    @Test func everythingIsEscaped() throws {
        let evil = "<script>alert(\"1\")</script>"
        var c = empty(title: evil)
        c.visits = [.init(evil, side: nil)]
        c.figures = [.init(Figure(title: evil, caption: evil, altText: evil, png: Data([1])), step: evil, occasion: evil)]
        c.findings = [.init(Finding(.warning, evil, evil, evidence: [evil: evil]), step: evil, occasion: evil)]
        c.measurements = [.init(.notScorable(evil, unit: evil, region: evil, because: evil, method: evil), step: evil, occasion: evil)]
        c.steps = [.init(evil, stage: evil, occasion: evil, status: "failed", reason: evil, parameters: [.init(evil, evil)], methods: evil)]
        let html = try ReportPage.html(c)
        #expect(!html.contains("<script") && !html.contains("alert(\"") && html.contains("&lt;script&gt;"))
    }

    @Test func nothingOutsideIsAskedFor() throws {
        var c = empty()
        c.figures = [.init(try Montage.draw(bright(try grid("LPS"), towards: "LA")), step: "view", occasion: "01")]
        let html = try ReportPage.html(c)
        for text in ["http://", "https://", "<script", "<link", "@import", "url("] { #expect(!html.contains(text)) }
        #expect(html.contains("src=\"data:image/png;base64,iVBORw0KGgo") && html.contains("alt=\"Slices: montage of"))
        #expect(html == (try ReportPage.html(c)))
    }

    @Test func whatCouldNotBeScoredComesFirstWithItsReason() throws {
        var c = empty()
        c.measurements = [.init(.notScorable("volume", unit: "mL", region: "synovitis", because: "no series t1gd was found", method: "m/1"), step: "volumes", occasion: "01")]
        let html = try ReportPage.html(c)
        let box = try #require(html.range(of: "box missing")), table = try #require(html.range(of: "<tr class=\"not-scorable\">"))
        #expect(box.lowerBound < table.lowerBound)
        #expect(html[box.lowerBound...].contains("no series t1gd was found"))
        let row = html[table.lowerBound...].prefix(while: { $0 != "\n" })
        #expect(row.contains("<td class=\"number\">–</td>") && row.contains("not scorable") && row.contains("no series t1gd was found") && !row.contains(">0<"))
    }

    @Test func changesHaveSignsAndTheirOwnTable() throws {
        var c = empty()
        c.visits = [.init("01", side: .left), .init("02", side: .left)]
        c.measurements = [
            .init(Measurement("volume-change", 0.12345, unit: "mL", region: "net", method: "m/1"), step: "change", occasion: "01>02"),
            .init(Measurement("volume-change", 0.45678, unit: "mL", region: "decrease", method: "m/1"), step: "change", occasion: "01>02"),
            .init(Measurement("volume", 1.23456, unit: "mL", region: "lunate", method: "m/1"), step: "bones", occasion: "01"),
        ]
        let html = try ReportPage.html(c)
        let visit = try #require(html.range(of: "<h3>Visit 01</h3>")), change = try #require(html.range(of: "<h3>Change, visit 01 → 02</h3>"))
        #expect(visit.lowerBound < change.lowerBound && html.contains(">+0.123<") && html.contains(">1.23<"))
        #expect(html.contains(">0.457<"), "a decrease says its direction by name")
    }

    @Test func findingsGoFromSeriousToNoteAndMethodsAreToldOnce() throws {
        var c = empty()
        c.findings = [.init(Finding(.note, "a", "Small."), step: "s", occasion: ""), .init(Finding(.serious, "b", "Grave."), step: "s", occasion: "")]
        c.steps = ["01", "02"].map { .init("even", stage: "correct.bias/1", occasion: $0, status: "done", methods: "N4 was used.") }
        let html = try ReportPage.html(c)
        #expect(try #require(html.range(of: "Grave.")).lowerBound < (try #require(html.range(of: "Small."))).lowerBound)
        #expect(html.components(separatedBy: "N4 was used.").count == 2)
    }

    @Test func longListsAreFolded() throws {
        var c = empty()
        c.measurements = (1...60).map { .init(Measurement("volume", Double($0), unit: "mL", region: "marrow-\($0)", method: "m/1"), step: "bones", occasion: "01") }
        #expect(try ReportPage.html(c).contains("<details><summary>bones (m/1): 60 rows</summary>"))
    }
}
