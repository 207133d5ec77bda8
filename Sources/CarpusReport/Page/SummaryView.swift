import CarpusCore

/// What stands first: what could not be scored, the facts, and the course of what was measured.
struct SummaryView {
    let missing: MissingView?
    let visits, side, `protocol`, stepCounts, measurementCounts, findingCounts: String
    let course: CourseView?

    init(_ c: ReportContent) {
        missing = MissingView(c)
        `protocol` = "\(c.analysis.name), version \(c.analysis.version)"
        visits = c.visits.isEmpty ? "none" : c.visits.map(\.id).joined(separator: ", ")
        side = Self.side(c.visits)
        stepCounts = Self.tally(c.steps.map(\.status), order: ["done", "not-scorable", "failed"], none: "none run")
        measurementCounts = Self.tally(c.measurements.map(\.value.status.rawValue), order: ["ok", "review", "not-scorable"], none: "none")
        findingCounts = Self.tally(c.findings.map(\.value.severity.rawValue), order: ["serious", "warning", "note"], none: "none")
        course = CourseView(c)
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
