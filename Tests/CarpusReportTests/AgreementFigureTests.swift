import CarpusReport
import Foundation
import FoundationXML
import Testing

@Suite struct AgreementFigureTests {
    private let x = [1.0, 2, 3, 4, 5.5, 5.5], y = [1.2, 1.7, 3.4, 4.1, 5.0, 5.0]

    private var blandAltman: BlandAltmanFigure {
        BlandAltmanFigure(
            title: "volume: limits <of> agreement & more", first: "net", second: "reader", unit: "mL", x: x, y: y, bias: IntervalValue(0.1, lower: -0.2, upper: 0.4),
            lowerLimit: IntervalValue(-0.6, lower: -1.1, upper: -0.1), upperLimit: IntervalValue(0.8, lower: 0.3, upper: 1.3))
    }

    private var curve: CutoffCurveFigure {
        CutoffCurveFigure(.receiverOperating, title: "grades", points: [SIMD2(0, 0.5), SIMD2(0.25, 1), SIMD2(1, 1)], area: IntervalValue(0.9375, lower: 0.7, upper: 1), prevalence: 0.5, marks: [.init("both ≥ 2", x: 0.25, y: 1)])
    }

    /// Elements of a drawing by name, after a parser that refuses what is not well-formed.
    private func elements(_ figure: VectorFigure) throws -> [String: Int] {
        final class Counter: NSObject, XMLParserDelegate {
            var counts: [String: Int] = [:]
            func parser(_: XMLParser, didStartElement name: String, namespaceURI _: String?, qualifiedName _: String?, attributes _: [String: String]) { counts[name, default: 0] += 1 }
        }
        let counter = Counter(), parser = XMLParser(data: figure.svg)
        parser.delegate = counter
        #expect(parser.parse())
        return counter.counts
    }

    @Test func drawingsAreShapesWithWords() throws {
        let figures = [
            try blandAltman.draw(), try curve.draw(), try ScatterFigure(title: "t", first: "a", second: "b", unit: "1", x: x, y: y).draw(),
            try ConfusionFigure(title: "t", rows: "a", columns: "b", grades: [0, 1, 2], counts: [[3, 1, 0], [0, 2, 1], [0, 0, 4]], remark: "kappa 0.8").draw(),
        ]
        for figure in figures {
            let found = try elements(figure)
            #expect(found["title"] == 1 && found["desc"] == 1 && (found["path"] ?? 0) > 20 && found["image"] == nil, "\(figure.title)")
        }
        #expect(String(decoding: figures[0].svg, as: UTF8.self).contains("limits &lt;of&gt; agreement &amp; more"))
    }

    @Test func equalNumbersMakeEqualBytes() throws {
        #expect(try blandAltman.draw() == blandAltman.draw() && curve.draw() == curve.draw())
    }

    @Test func wordsTellTheNumbers() throws {
        #expect(try blandAltman.draw().altText == "volume: limits <of> agreement & more: 6 pairs, bias of net less reader 0.100 (−0.200 to 0.400); limits of agreement −0.600 (−1.10 to −0.100) to 0.800 (0.300 to 1.30).")
        #expect(try curve.draw().altText == "grades: ROC curve, area under the curve 0.938 (0.700 to 1.00).")
        let table = ConfusionFigure(title: "grades", rows: "truth", columns: "net", grades: [0, 2], counts: [[3, 1], [0, 2]], remark: "")
        #expect(try table.draw().altText.contains("5 of 6 pairs have the same grade"))
    }

    @Test func littleDataIsDrawnToo() throws {
        let one = BlandAltmanFigure(title: "t", first: "a", second: "b", unit: "1", x: [2], y: [2], bias: nil, lowerLimit: nil, upperLimit: nil)
        #expect(try one.draw().altText.contains("too few pairs"))
        #expect(try !ScatterFigure(title: "t", first: "a", second: "b", unit: "1", x: [], y: []).draw().svg.isEmpty)
        #expect(throws: ReportError.self) { try ConfusionFigure(title: "t", rows: "a", columns: "b", grades: Array(0...40), counts: [[Int]](repeating: [Int](repeating: 1, count: 41), count: 41)).draw() }
    }
}
