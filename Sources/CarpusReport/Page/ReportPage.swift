import CarpusCore
import Foundation
import Mustache

/// One HTML file that needs nothing beside it: no network, no script, pictures inside.
public enum ReportPage {
    /// The page of a subject.
    public static func html(_ content: ReportContent) throws -> String {
        let sources = [
            "page": PageTemplate.page, "summary": PageTemplate.summary, "findings": PageTemplate.findings, "provenance": PageTemplate.provenance,
            "measurements": BodyTemplates.measurements, "table": BodyTemplates.table, "figures": BodyTemplates.figures, "methods": BodyTemplates.methods,
        ]
        var library = MustacheLibrary()
        for (name, source) in sources {
            do { try library.register(source, named: name) } catch { throw ReportError(.template, "the page's template \(name) is damaged: \(error)") }
        }
        guard let html = library.render(PageView(content), withTemplate: "page") else { throw ReportError(.template, "the page's template is missing") }
        return html
    }
}

/// What the templates see: texts only, ready to be escaped.
///
/// Every name a template asks for stands in the type it is asked of, or mustache would look for it further out.
struct PageView {
    let title, subject, toolkit, visits, side, `protocol`, digest, stepCounts, measurementCounts, findingCounts: String
    let style = PageStyle.css
    let missing: MissingView?
    let findings: [FindingView]
    let groups: [MeasurementGroup]
    let figures: [FigureView]
    let methods: [MethodView]
    let steps: StepTable?

    init(_ c: ReportContent) {
        (title, subject, toolkit, digest) = (c.title, c.subject, c.toolkit, c.analysis.digest)
        `protocol` = "\(c.analysis.name), version \(c.analysis.version)"
        visits = c.visits.isEmpty ? "none" : c.visits.map(\.id).joined(separator: ", ")
        side = Self.side(c.visits)
        stepCounts = Self.tally(c.steps.map(\.status), order: ["done", "not-scorable", "failed"], none: "none run")
        measurementCounts = Self.tally(c.measurements.map(\.value.status.rawValue), order: ["ok", "review", "not-scorable"], none: "none")
        findingCounts = Self.tally(c.findings.map(\.value.severity.rawValue), order: ["serious", "warning", "note"], none: "none")
        missing = MissingView(c)
        // Stable by hand: within one severity findings stay in the order of the steps.
        findings = Finding.Severity.allCases.reversed().flatMap { severity in c.findings.filter { $0.value.severity == severity }.map(FindingView.init) }
        groups = MeasurementGroup.all(in: c)
        figures = c.figures.map(FigureView.init)
        methods = MethodView.all(in: c.steps)
        steps = c.steps.isEmpty ? nil : StepTable(rows: c.steps.map(StepView.init))
    }

    private static func side(_ visits: [ReportContent.Visit]) -> String {
        let names = visits.map { $0.side.map { $0 == .left ? "left" : "right" } ?? "not known" }
        guard let first = names.first else { return "not known" }
        return Set(names).count == 1 ? first : zip(visits, names).map { "\($0.id): \($1)" }.joined(separator: ", ")
    }

    private static func tally(_ words: [String], order: [String], none: String) -> String {
        let others = Set(words).subtracting(order).sorted()
        let parts = (order + others).compactMap { word -> String? in
            let n = words.filter { $0 == word }.count
            return n == 0 ? nil : "\(n) \(Wording.status(word))"
        }
        return parts.isEmpty ? none : parts.joined(separator: ", ")
    }
}

/// Words for readers in place of words for files.
enum Wording {
    static func status(_ raw: String) -> String { raw == "not-scorable" ? "not scorable" : raw }

    /// `visit 01`, `visit 01 → 02`, or nothing for what concerns the whole subject.
    static func occasion(_ raw: String) -> String {
        raw.isEmpty ? "" : "visit " + raw.replacingOccurrences(of: ">", with: " → ")
    }

    static func origin(_ step: String, _ occasion: String) -> String {
        [step, Self.occasion(occasion)].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// UCUM's `1` is for machines; people read nothing.
    static func unit(_ raw: String) -> String { raw == "1" ? "" : raw }
}
