import CarpusCore
import Crypto
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
        for text in ["Not for diagnosis.", "Nothing doubtful was found.", "Nothing was measured.", "No step has methods to tell.", "the protocol has no step that shows an alignment (draw.flicker)", "abc123", "wrist-ra, version 1"] { #expect(html.contains(text)) }
        #expect(!html.contains("box missing"))
    }

    @Test func everythingIsEscaped() throws {
        let evil = "<script>alert(\"1\")</script>"
        var c = empty(title: evil)
        c.visits = [.init(evil, side: nil)]
        c.figures = [.init(Figure(title: evil, caption: evil, altText: evil, section: .perfusion, png: Data([1]), webp: Data([1])), step: evil, occasion: evil)]
        c.findings = [.init(Finding(.warning, evil, evil, evidence: [evil: evil]), step: evil, occasion: evil)]
        c.measurements = [.init(.notScorable(evil, unit: evil, region: evil, because: evil, method: evil), step: evil, occasion: evil)]
        c.steps = [.init(evil, stage: evil, occasion: evil, status: "failed", reason: evil, parameters: [.init(evil, evil)], methods: evil)]
        var stack = try BrowseStack.make(bright(try grid("LPS"), towards: "LA"), anatomy: patch(named: evil))
        (stack.title, stack.caption, stack.altText) = (evil, evil, evil)
        for i in stack.layers.indices { stack.layers[i].name = evil }
        c.stacks = [.init(stack, step: evil, occasion: evil)]
        let html = try ReportPage.html(c)
        #expect(html.components(separatedBy: "<script").count == 2 && html.components(separatedBy: "</script").count == 2, "the page's own script and no other")
        #expect(!html.contains("alert(\"") && html.contains("&lt;script&gt;"))
    }

    @Test func nothingOutsideIsAskedFor() throws {
        var c = empty()
        c.figures = [.init(try Montage.draw(bright(try grid("LPS"), towards: "LA")), step: "view", occasion: "01")]
        let html = try ReportPage.html(c)
        for text in ["http://", "https://", "src=\"//", "<link", "@import", "url(", "fetch(", "import("] { #expect(!html.contains(text), "\(text)") }
        #expect(html.contains("src=\"data:image/webp;base64,UklGR") && html.contains("alt=\"Slices: montage of"))
        #expect(html == (try ReportPage.html(c)))
    }

    @Test func thePolicyAllowsThePagesOwnScriptAndNoOther() throws {
        let html = try ReportPage.html(empty())
        let open = try #require(html.range(of: "<script>")), close = try #require(html.range(of: "</script>"))
        let digest = Data(SHA256.hash(data: Data(html[open.upperBound..<close.lowerBound].utf8))).base64EncodedString()
        #expect(html.contains("content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'\""))
    }

    @Test func everySectionIsThereAndTheNavigationLeadsToIt() throws {
        let html = try ReportPage.html(empty())
        var from = html.startIndex
        for section in ReportSection.allCases {
            #expect(html.contains("<a href=\"#\(section.rawValue)\">"))
            from = try #require(html.range(of: "<section id=\"\(section.rawValue)\">", range: from..<html.endIndex), "\(section), in its order").upperBound
        }
    }

    @Test func anEmptySectionSaysWhichStepGaveNothingAndWhy() throws {
        var c = empty()
        c.steps = [.init("view-change", stage: "draw.change", occasion: "01>02", status: "not-scorable", reason: "no series t1gd was found")]
        let html = try ReportPage.html(c)
        #expect(html.contains("Nothing to show: step view-change (visit 01 → 02) was not scorable, because no series t1gd was found."))
        #expect(html.contains("the protocol has no step that shows maps or curves"))
    }

    @Test func picturesStandInTheirSections() throws {
        var c = empty()
        c.figures = [.init(try InputFigure.draw(times: [0, 1, 2], plasma: [0, 1, 0], isSampled: true, origin: "o"), step: "input", occasion: "01")]
        c.stacks = [.init(try BrowseStack.make(bright(try grid("LPS"), towards: "LA")), step: "view", occasion: "01")]
        let html = try ReportPage.html(c), parts = html.components(separatedBy: "<section id=\"")
        #expect(try #require(parts.first { $0.hasPrefix("perfusion") }).contains("alt=\"Arterial input:"))
        let images = try #require(parts.first { $0.hasPrefix("images") })
        #expect(images.contains("class=\"viewer\"") && images.contains("class=\"sheet\"") && !images.contains("<img alt") && !images.contains("name=\"linked\""), "one series has nothing to be linked with")
    }

    @Test func aSheetThatSeveralViewersShowStandsOnThePageOnce() throws {
        var c = empty()
        let image = bright(try grid("LPS"), towards: "LA"), sheet = try BrowseStack.make(image).layers[0].sheet.base64EncodedString()
        c.stacks = [.init(try BrowseStack.make(image), step: "view", occasion: "01"), .init(try FlickerStack.make(fixed: image, moving: image, aligned: image), step: "switch", occasion: "01")]
        let html = try ReportPage.html(c)
        #expect(html.components(separatedBy: sheet).count == 2 && html.contains("data-same=\"sheet-1\""))
    }

    @Test func aLongListOfWhatIsMissingIsFolded() throws {
        var c = empty()
        c.steps = (1...8).map { .init("step-\($0)", stage: "s/1", occasion: "01", status: "failed", reason: "reason \($0)") }
        let html = try ReportPage.html(c), fold = try #require(html.range(of: "<summary>and 3 more</summary>"))
        #expect(html[..<fold.lowerBound].contains("reason 5") && !html[..<fold.lowerBound].contains("reason 6") && html[fold.upperBound...].contains("reason 8"))
    }

    @Test func theSummaryShowsEachVisitBesideTheOneBefore() throws {
        var c = empty()
        c.visits = [.init("01", side: .left), .init("02", side: .left)]
        func row(_ m: CarpusCore.Measurement, _ occasion: String) -> ReportContent.Sourced<CarpusCore.Measurement> { .init(m, step: "s", occasion: occasion) }
        c.measurements = [
            row(Measurement("ramris", 7, unit: "1", region: "synovitis/total", method: "m/1"), "01"), row(Measurement("ramris", 9, unit: "1", region: "synovitis/total", status: .review, reason: "doubt", method: "m/1"), "02"),
            row(Measurement("ramris-change", 2, unit: "1", region: "synovitis/total", method: "c/1"), "01>02"),
            row(Measurement("ramris-change-direction", 1, unit: "1", region: "synovitis/total", status: .review, reason: "increase: beyond 1", method: "c/1"), "01>02"),
            row(Measurement("volume", 1.25, unit: "mL", region: "synovitis/radiocarpal", method: "m/1"), "01"),
            row(.notScorable("volume", unit: "mL", region: "synovitis/radiocarpal", because: "it lies outside", method: "m/1"), "02"),
        ]
        let html = try ReportPage.html(c)
        #expect(html.contains("<tr><th scope=\"row\">synovitis, total: RAMRIS grade</th><td class=\"number ok\">7.00</td><td class=\"number review\">9.00</td><td class=\"number ok\">+2.00 (increase)</td><td class=\"status review\">visit 01: ok; visit 02: review; change 01 → 02: ok</td></tr>"))
        #expect(html.contains("<tr><th scope=\"row\">synovitis, radiocarpal: volume [mL]</th><td class=\"number ok\">1.25</td><td class=\"number not-scorable\">not scorable</td><td class=\"number \">–</td><td class=\"status not-scorable\">visit 01: ok; visit 02: not scorable</td></tr>"))
        #expect(html.contains("looked at: 1 reason</summary>\n<ul>\n<li>doubt</li>"))
    }

    @Test func aChangeThatNoLimitJudgesHasNoVerdict() throws {
        var c = empty()
        c.visits = [.init("01", side: nil), .init("02", side: nil)]
        c.measurements = [("ramris", 1.0, "01"), ("ramris", 3, "02"), ("ramris-change", 2, "01>02")].map { quantity, value, occasion in
            .init(Measurement(quantity, value, unit: "1", region: "synovitis/total", method: "m/1"), step: "s", occasion: occasion)
        }
        c.measurements.append(.init(.notScorable("ramris-change-direction", unit: "1", region: "synovitis/total", because: "no smallest detectable change is known", method: "c/1"), step: "s", occasion: "01>02"))
        let html = try ReportPage.html(c)
        #expect(html.contains("<td class=\"number ok\">+2.00</td><td class=\"status ok\">ok</td></tr>"))
    }

    @Test func eachPairOfVisitsHasItsOwnVerdictWhicheverPairsThereAre() throws {
        var c = empty()
        c.visits = ["01", "02", "03"].map { .init($0, side: nil) }
        func row(_ quantity: String, _ value: Double, _ occasion: String) -> ReportContent.Sourced<CarpusCore.Measurement> {
            .init(Measurement(quantity, value, unit: "1", region: "synovitis/total", method: "m/1"), step: "s", occasion: occasion)
        }
        c.measurements = [
            row("ramris", 5, "01"), row("ramris", 2, "02"), row("ramris", 6, "03"),
            row("ramris-change", -3, "01>02"), row("ramris-change-direction", -1, "01>02"), row("ramris-change", 1, "01>03"), row("ramris-change-direction", 0, "01>03"),
        ]
        let html = try ReportPage.html(c), cells = ["5.00", "2.00", "−3.00 (decrease)", "6.00", "+1.00 (within noise)"]
        #expect(html.contains("<th scope=\"col\" class=\"number\">Change 01 → 02</th><th scope=\"col\" class=\"number\">Visit 03</th><th scope=\"col\" class=\"number\">Change 01 → 03</th>"))
        #expect(html.contains(cells.map { "<td class=\"number ok\">\($0)</td>" }.joined()))
    }

    @Test func whatTwoStepsMeasureStaysApartAndNumberedPiecesAreNoPlaces() throws {
        var c = empty()
        c.visits = [.init("01", side: nil), .init("02", side: nil)]
        func row(_ value: Double, _ region: String, _ step: String, _ occasion: String) -> ReportContent.Sourced<CarpusCore.Measurement> {
            .init(Measurement("volume", value, unit: "mL", region: region, method: "m/1"), step: step, occasion: occasion)
        }
        // The atlas failed at the second visit.
        c.measurements = [row(1, "lunate", "atlas", "01"), row(2, "lunate", "network", "01"), row(3, "lunate", "network", "02"), row(4, "marrow-3", "bones", "01"), row(5, "marrow-3", "bones", "02")]
        let html = try ReportPage.html(c), summary = try #require(html.components(separatedBy: "<section id=\"").first { $0.hasPrefix("summary") })
        #expect(summary.contains("lunate: volume [mL] (atlas)</th><td class=\"number ok\">1.00</td><td class=\"number \">–</td>"))
        #expect(summary.contains("lunate: volume [mL] (network)</th><td class=\"number ok\">2.00</td><td class=\"number ok\">3.00</td>"))
        #expect(!summary.contains("marrow-3"))
    }

    @Test func aColourThatMeansSomethingElseHasALegendOfItsOwn() throws {
        var c = empty()
        let image = bright(try grid("LPS"), towards: "LA"), map = try patch(named: "lunate")
        c.stacks = try [map, map, try patch(named: "scaphoid")].enumerated().map { i, labels in
            var how = SliceStack.Parameters()
            how.title = "T\(i)"
            return .init(try BrowseStack.make(image, anatomy: labels, parameters: how), step: "view-\(i)", occasion: "01")
        }
        let html = try ReportPage.html(c)
        #expect(html.contains("<summary>Anatomy</summary>") && html.contains("<summary>Anatomy, T2</summary>") && !html.contains("<summary>Anatomy, T1</summary>"))
    }

    @Test func inputQualityTellsWhatWasFoundAndMissing() throws {
        var c = empty()
        c.steps = [.init("input.t1", stage: "input/1", occasion: "01", status: "done"), .init("input.stir", stage: "input", occasion: "01", status: "not-scorable", reason: "no series fits")]
        c.findings = [.init(Finding(.note, "dicom.x", "The patient lay prone."), step: "input.t1", occasion: "01")]
        let part = try #require(try ReportPage.html(c).components(separatedBy: "<section id=\"").first { $0.hasPrefix("quality") })
        #expect(part.contains("<td>t1</td><td>01</td><td class=\"status\">found</td><td>1 finding</td>") && part.contains("<td>stir</td><td>01</td><td class=\"status\">missing</td><td>no series fits</td>"))
        #expect(part.contains("The patient lay prone."))
    }

    @Test func aDoubtThatSeriesShareIsToldOnce() throws {
        var c = empty()
        c.steps = ["t1", "stir"].map { .init("input.\($0)", stage: "input/1", occasion: "01", status: "done") }
        c.findings = c.steps.map { .init(Finding(.note, "dicom.x", "The patient lay prone."), step: $0.name, occasion: "01") }
        let part = try #require(try ReportPage.html(c).components(separatedBy: "<section id=\"").first { $0.hasPrefix("quality") })
        #expect(part.components(separatedBy: "The patient lay prone.").count == 2 && part.contains("(input.t1, visit 01; input.stir, visit 01)"))
    }

    @Test func whatMattersMostIsMissingFirst() throws {
        var c = empty()
        func missing(_ quantity: String, _ region: String, _ reason: String) -> ReportContent.Sourced<CarpusCore.Measurement> {
            .init(.notScorable(quantity, unit: "1", region: region, because: reason, method: "m/1"), step: "s", occasion: "01")
        }
        c.measurements = [missing("thickness", "sheath/extensor-1", "not axial"), missing("volume", "synovitis/radiocarpal", "cut"), missing("volume", "synovitis/total", "cut"), missing("ramris", "oedema/total", "no stir")]
        c.steps = [.init("change", stage: "compare.progression/1", occasion: "01", status: "failed", reason: "broken")]
        let html = try ReportPage.html(c), box = try #require(html.components(separatedBy: "box missing").last?.components(separatedBy: "</ul>").first)
        let places = try ["broken", "cut", "no stir", "not axial"].map { try #require(box.range(of: $0)?.lowerBound) }
        #expect(places == places.sorted() && box.contains("synovitis/total volume, synovitis/radiocarpal volume"))
    }

    @Test func inputQualityTellsNoiseSuppressionAndAgent() throws {
        var c = empty()
        c.steps = [.init("dark", stage: "check.suppression/1", occasion: "01", status: "done")]
        c.findings = [.init(Finding(.warning, "suppression.uneven", "Fat shines at the edge."), step: "dark", occasion: "01"), .init(Finding(.note, "volumes.x", "Of no series."), step: "volumes", occasion: "01")]
        c.measurements = [
            .init(Measurement("signal-to-noise", 12, unit: "1", region: "tissue", method: "measure.noise/1"), step: "noise-t1", occasion: "01"),
            .init(Measurement("fat-bright-share", 0.3, unit: "1", region: "fat", status: .review, reason: "uneven", method: "check.suppression/1"), step: "dark", occasion: "01"),
            .init(Measurement("volume", 1, unit: "mL", region: "synovitis", method: "measure.volumes/4"), step: "volumes", occasion: "01"),
        ]
        let part = try #require(try ReportPage.html(c).components(separatedBy: "<section id=\"").first { $0.hasPrefix("quality") })
        #expect(part.contains("Fat shines at the edge.") && !part.contains("Of no series."))
        #expect(part.contains("<td>noise-t1, visit 01</td><td>signal-to-noise</td><td class=\"number\">12") && part.contains("<td>dark, visit 01</td><td>fat-bright-share</td>"), "\(part)")
        #expect(!part.contains("synovitis"))
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

    /// A label map with one label of a given name.
    private func patch(named name: String) throws -> LabelMap {
        let g = try grid("LPS")
        return LabelMap(grid: g, labels: (0..<g.count).map { $0 % 7 == 0 ? 1 : 0 }, legend: Legend([Label(value: 1, name: name, color: [1, 2, 3])]))
    }
}
