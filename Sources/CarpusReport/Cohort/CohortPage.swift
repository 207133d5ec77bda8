import CarpusCore
import Foundation
import Mustache

/// The page about many subjects, `index.html`: what is there, who dropped out and why, distributions, courses, and a table that can be sorted.
///
/// It is written in pieces, since its table grows with the study: `head`, a `row` each, `foot`.
public struct CohortPage {
    /// What the page says above the table.
    public struct Content: Sendable {
        /// What stands above it, the version of Carpus, and the protocol.
        public var title, toolkit, protocolName: String
        /// The protocol's own version.
        public var protocolVersion: Int
        /// How many participants and rows there are, and how many cells have which status.
        public var participants, rows, ok, review, notScorable: Int
        /// The columns that are shown; all stand in `group.tsv`.
        public var columns: [CohortColumn]
        /// How many there are.
        public var allColumns: Int
        /// What is missing, and why.
        public var dropOuts: [DropOut]
        /// Distributions and courses.
        public var figures: [VectorFigure]

        /// All that stands around the rows.
        public init(
            title: String, toolkit: String, protocolName: String, protocolVersion: Int, participants: Int, rows: Int, ok: Int, review: Int, notScorable: Int, columns: [CohortColumn], allColumns: Int,
            dropOuts: [DropOut], figures: [VectorFigure]
        ) {
            (self.title, self.toolkit, self.protocolName, self.protocolVersion) = (title, toolkit, protocolName, protocolVersion)
            (self.participants, self.rows, self.ok, self.review, self.notScorable) = (participants, rows, ok, review, notScorable)
            (self.columns, self.allColumns, self.dropOuts, self.figures) = (columns, allColumns, dropOuts, figures)
        }
    }

    private let library: MustacheLibrary

    /// - Throws: `ReportError` when a template is damaged.
    public init() throws {
        var library = MustacheLibrary()
        for (name, source) in ["head": CohortTemplates.head, "row": CohortTemplates.row, "foot": CohortTemplates.foot] {
            do { try library.register(source, named: name) } catch { throw ReportError(.template, "the page's template \(name) is damaged: \(error)") }
        }
        self.library = library
    }

    /// Everything before the rows.
    public func head(_ content: Content) throws -> String { try render(HeadView(content), "head") }
    /// One row of the table, of the columns that are shown.
    ///
    /// - Parameter hasPage: whether the participant has a report beside the page, `sub-ID.html`.
    public func row(_ row: CohortRow, hasPage: Bool) throws -> String { try render(RowView(row, hasPage: hasPage), "row") }
    /// Everything behind the rows.
    public func foot(_ content: Content) throws -> String { try render(FootView(script: CohortScript.source, toolkit: content.toolkit), "foot") }

    private func render(_ view: Any, _ name: String) throws -> String {
        guard let text = library.render(view, withTemplate: name) else { throw ReportError(.template, "the page's template is missing") }
        return text
    }
}

/// What the templates see: texts only, ready to be escaped.
private struct HeadView {
    struct Head { let name, detail: String }
    struct Drop { let reason, who: String, what: What? }
    /// What is missing, where it was counted.
    struct What { let counts: String }
    struct Picture { let source, alt: String }
    let title, `protocol`, participants, cells, untold: String
    let style = PageStyle.css + "\n" + CohortTemplates.style, scriptDigest = PageFrame.digest(of: CohortScript.source)
    let heads: [Head]
    let drops: [Drop]
    let figures: [Picture]

    init(_ c: CohortPage.Content) {
        title = c.title
        `protocol` = "\(c.protocolName), version \(c.protocolVersion), by Carpus \(c.toolkit)"
        participants = "\(c.participants), in \(Numbers.count(c.rows, "row"))"
        cells = "\(c.ok) ok, \(c.review) review, \(c.notScorable) not scorable"
        untold = c.allColumns > c.columns.count ? "\(c.columns.count) of \(c.allColumns) measures are shown; all stand in group.tsv." : "The same stands in group.tsv."
        heads = c.columns.map { Head(name: $0.title, detail: Wording.unit($0.unit)) }
        drops = c.dropOuts.map { drop in
            let more = drop.count - drop.participants.count
            let counts = [(drop.numbers, "number"), (drop.steps, "step")].filter { $0.0 > 0 }.map { Numbers.count($0.0, $0.1) }.joined(separator: ", ")
            return Drop(
                reason: drop.reason, who: drop.participants.joined(separator: ", ") + (more > 0 ? " and \(more) more" : ""), what: counts.isEmpty ? nil : What(counts: counts))
        }
        figures = c.figures.map { Picture(source: "data:image/svg+xml;base64," + $0.svg.base64EncodedString(), alt: $0.altText) }
    }
}

private struct RowView {
    struct Cell { let value, text, status, reason: String }
    let participant, session, side: String
    let page: String?
    let cells: [Cell]

    init(_ row: CohortRow, hasPage: Bool) {
        (participant, session, side) = (row.participant, row.session.replacing(">", with: " → "), row.side?.rawValue ?? "")
        page = hasPage ? row.participant + ".html" : nil
        cells = row.cells.map { cell in
            guard let cell else { return Cell(value: "", text: "–", status: "absent", reason: "not measured") }
            guard let value = cell.value else { return Cell(value: "", text: Wording.status(cell.status.rawValue), status: cell.status.rawValue, reason: cell.reason ?? "") }
            return Cell(value: "\(value)", text: Numbers.short(value), status: cell.status.rawValue, reason: cell.reason ?? "")
        }
    }
}

private struct FootView { let script, toolkit: String }
