import CarpusCore
import Foundation
import Mustache

/// One HTML file that needs nothing beside it: no network, pictures inside, and one small script of its own that the page's policy names by its digest.
public enum ReportPage {
    /// The page of a subject.
    ///
    /// - Throws: `ReportError` when a template of ours is damaged.
    public static func html(_ content: ReportContent) throws -> String {
        var library = MustacheLibrary()
        for (name, source) in [PageTemplate.all, BodyTemplates.all, ViewerTemplates.all].joined() {
            do { try library.register(source, named: name) } catch { throw ReportError(.template, "the page's template \(name) is damaged: \(error)") }
        }
        guard let html = library.render(PageView(content), withTemplate: "page") else { throw ReportError(.template, "the page's template is missing") }
        return html
    }
}

/// What the templates see: texts only, ready to be escaped.
///
/// Every name a template asks for stands in the type it is asked of, or mustache would look for it further out; what may be absent there
/// bears a name that no type further out has.
struct PageView {
    let heading, subject, toolkit: String
    let style = PageStyle.css, script = PageScript.source, scriptDigest = PageScript.digest
    let sections: [SectionView]

    init(_ c: ReportContent) {
        (heading, subject, toolkit) = (c.title, c.subject, c.toolkit)
        var register = SheetRegister()
        sections = ReportSection.allCases.map { SectionView($0, c, &register) }
    }
}

/// A part of the page: what it is called, what stands in it, or why nothing does.
struct SectionView {
    let id, title: String
    let why: String?
    let summary: SummaryView?
    let quality: QualityView?
    let viewer: ViewerView?
    let groups: [MeasurementGroup]
    let hasGroups: Bool
    let figures: [FigureView]
    let findings: [FindingView]
    let methods: [MethodView]
    let provenance: ProvenanceView?

    init(_ section: ReportSection, _ c: ReportContent, _ register: inout SheetRegister) {
        (id, title) = (section.rawValue, section.title)
        summary = section == .summary ? SummaryView(c) : nil
        quality = section == .quality ? QualityView(c) : nil
        viewer = ViewerView(c.stacks.filter { $0.value.section == section }, &register)
        groups = section == .measurements ? MeasurementGroup.all(in: c) : []
        hasGroups = !groups.isEmpty
        figures = c.figures.filter { $0.value.section == section }.map(FigureView.init)
        // Stable by hand: within one severity findings stay in the order of the steps.
        findings = section == .findings ? Finding.Severity.allCases.reversed().flatMap { severity in c.findings.filter { $0.value.severity == severity }.map(FindingView.init) } : []
        methods = section == .methods ? MethodView.all(in: c.steps) : []
        provenance = section == .provenance ? ProvenanceView(c) : nil
        let isEmpty = summary == nil && quality == nil && viewer == nil && provenance == nil && groups.isEmpty && figures.isEmpty && findings.isEmpty && methods.isEmpty
        why = isEmpty ? section.absence(in: c.steps) : nil
    }
}

extension ReportSection {
    /// Why nothing stands in it, as a sentence.
    func absence(in steps: [ReportContent.Step]) -> String {
        switch self {
        case .findings: return "Nothing doubtful was found."
        case .methods: return "No step has methods to tell."
        case .measurements: return "Nothing was measured."
        default: break
        }
        let own = steps.filter { step in stages.contains { step.stage == $0 || step.stage.hasPrefix($0 + "/") } }
        guard !own.isEmpty else { return "Nothing to show: the protocol has no step that \(deed), or there is no visit for it." }
        let reasons = own.filter { $0.status != "done" }.map { step in
            let place = Wording.occasion(step.occasion)
            return "step \(step.name)\(place.isEmpty ? "" : " (\(place))") \(step.status == "failed" ? "failed" : "was not scorable"), because \(step.reason ?? "no reason was given")"
        }
        return reasons.isEmpty ? "Nothing was drawn." : "Nothing to show: \(reasons.joined(separator: "; "))."
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
