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

/// Volumes and grades visit by visit, each beside the one before, with the change that was told.
struct CourseView {
    struct Part { let caption: String, isFolded: Bool, columns: [String], lines: [Line] }
    struct Line { let name, rank: String, cells: [Cell], verdict: String }
    struct Cell { let text, rank: String }
    let parts: [Part]
    /// Why numbers are to be looked at, each reason once.
    let doubts: [String]

    private static let quantities = ["volume", "ramris"]

    /// Nil when no volume or grade was measured. Components that nobody named, a table of more than thirty, are left to the measurements.
    init?(_ c: ReportContent) {
        let visits = c.visits.map(\.id), named = Dictionary(grouping: c.measurements.filter { $0.value.quantity == "volume" }, by: { "\($0.step)\u{0}\($0.occasion)" })
        let rows = c.measurements.filter { row in
            Self.quantities.contains(row.value.quantity) && visits.contains(Self.visit(row)) && (row.value.region.contains("/") || (named["\(row.step)\u{0}\(row.occasion)"]?.count ?? 0) <= MeasurementGroup.longest)
        }
        guard !rows.isEmpty else { return nil }
        var seen: Set<String> = []
        let keys = rows.filter { seen.insert(Self.key($0.value)).inserted }.map(\.value)
        let places = Dictionary(c.measurements.map { ("\(Self.visit($0))\u{0}\(Self.key($0.value))", $0.value) }, uniquingKeysWith: { first, _ in first })
        let lines = keys.map { key in (key, Self.line(key, visits, places)) }
        let columns = visits.enumerated().flatMap { i, visit in i == 0 ? ["Visit \(visit)"] : ["Visit \(visit)", "Change"] }
        let whole = lines.filter { !$0.0.region.contains("/") || $0.0.region.hasSuffix("/total") }.map(\.1), sites = lines.filter { $0.0.region.contains("/") && !$0.0.region.hasSuffix("/total") }.map(\.1)
        parts = [Part(caption: "Volumes and grades", isFolded: false, columns: columns, lines: whole), Part(caption: "Site by site: \(Numbers.count(sites.count, "row"))", isFolded: true, columns: columns, lines: sites)]
            .filter { !$0.lines.isEmpty }
        var told: Set<String> = []
        doubts = rows.filter { $0.value.status == .review }.compactMap(\.value.reason).filter { told.insert($0).inserted }
    }

    private static func visit(_ row: ReportContent.Sourced<Measurement>) -> String { row.value.visit ?? row.occasion }
    private static func key(_ m: Measurement) -> String { "\(m.quantity)\u{0}\(m.region)" }

    private static func line(_ key: Measurement, _ visits: [String], _ places: [String: Measurement]) -> Line {
        var cells: [Cell] = [], verdict = ""
        for (i, visit) in visits.enumerated() {
            cells.append(cell(places["\(visit)\u{0}\(Self.key(key))"], signed: false))
            guard i > 0 else { continue }
            let pair = "\(visits[i - 1])>\(visit)"
            cells.append(cell(places["\(pair)\u{0}\(key.quantity)-change\u{0}\(key.region)"], signed: true))
            // The direction's reason begins with the verdict: increase, within-noise or decrease.
            let reason = places["\(pair)\u{0}\(key.quantity)-change-direction\u{0}\(key.region)"]?.reason ?? ""
            verdict = String(reason.prefix { ![":", ",", ";", " "].contains($0) }).replacing("-", with: " ")
        }
        let ranks = cells.map(\.rank), worst = ["not-scorable", "review"].first { ranks.contains($0) } ?? "ok"
        let unit = Wording.unit(key.unit), what = key.quantity == "ramris" ? "RAMRIS grade" : key.quantity
        return Line(name: "\(key.region.replacing("/", with: ", ")): \(what)\(unit.isEmpty ? "" : " [\(unit)]")", rank: worst, cells: cells, verdict: [Wording.status(worst), verdict].filter { !$0.isEmpty }.joined(separator: "; "))
    }

    private static func cell(_ m: Measurement?, signed: Bool) -> Cell {
        guard let m else { return Cell(text: "–", rank: "") }
        return Cell(text: m.value.map { signed ? Numbers.signed($0) : Numbers.short($0) } ?? "–", rank: m.status.rawValue)
    }
}
