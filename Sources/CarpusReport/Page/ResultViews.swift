import CarpusCore

/// What could not be scored, first on the page: what failed, then numbers and steps that gave none, by reason; totals, grades and volumes before the rest.
struct MissingView {
    struct Row { let what, reason: String, `where`: String? }
    /// The rest of a list, which is folded.
    struct Rest { let count: Int, others: [Row] }
    /// Longer lists are folded behind so many rows, so that the numbers are not pushed off the first screen.
    private static let shown = 5
    let headline: String
    let rows: [Row]
    let rest: Rest?

    /// Nil when everything was scored.
    init?(_ c: ReportContent) {
        var found: [(rank: Int, row: Row)] = [], told: Set<String> = []
        let missing = c.measurements.filter { $0.value.status == .notScorable }
        for m in missing {
            let reason = m.value.reason ?? "no reason was given", visit = m.value.visit ?? m.occasion
            guard told.insert("\(visit)\u{0}\(reason)").inserted else { continue }
            let alike = missing.map(\.value).enumerated().filter { ($0.element.visit ?? missing[$0.offset].occasion) == visit && ($0.element.reason ?? "no reason was given") == reason }
                .map { (rank: Self.rank($0.element), name: "\($0.element.region) \($0.element.quantity)", order: $0.offset) }.sorted { ($0.rank, $0.order) < ($1.rank, $1.order) }
            let what = alike.prefix(8).map(\.name).joined(separator: ", ") + (alike.count > 8 ? " and \(alike.count - 8) more" : "")
            found.append((alike.first?.rank ?? 2, Row(what: what, reason: reason, where: Self.place(visit))))
        }
        for step in c.steps where step.status != "done" {
            // A number that is missing says it already, and for the reader's purpose better.
            let reason = step.reason ?? "no reason was given", hasFailed = step.status == "failed"
            if !hasFailed, !told.insert("\(step.occasion)\u{0}\(reason)").inserted { continue }
            found.append((hasFailed ? -1 : 1, Row(what: "\(step.name) \(hasFailed ? "failed" : "was not done")", reason: reason, where: Self.place(step.occasion))))
        }
        let rows = found.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element.row)
        guard !rows.isEmpty else { return nil }
        self.rows = Array(rows.prefix(Self.shown))
        rest = rows.count > Self.shown ? Rest(count: rows.count - Self.shown, others: Array(rows.dropFirst(Self.shown))) : nil
        let failed = c.steps.filter { $0.status == "failed" }.count
        headline = missing.isEmpty && failed > 0 ? "Not everything succeeded" : "Not everything could be scored"
    }

    /// 0 for grades and volumes of a whole lesion, 1 for those of a site, 2 for all else.
    private static func rank(_ m: Measurement) -> Int {
        guard m.quantity == "ramris" || m.quantity == "volume" else { return 2 }
        return !m.region.contains("/") || m.region.hasSuffix("/total") ? 0 : 1
    }

    private static func place(_ occasion: String) -> String? { occasion.isEmpty ? nil : Wording.occasion(occasion) }
}

/// A doubt as it is shown.
struct FindingView {
    let severity, severityWord, sentence, code, origin: String
    let evidence: String?

    init(_ f: ReportContent.Sourced<Finding>) {
        (severity, sentence, code) = (f.value.severity.rawValue, f.value.sentence, f.value.code)
        severityWord = severity.prefix(1).uppercased() + severity.dropFirst()
        origin = Wording.origin(f.step, f.occasion)
        let seen = f.value.evidence.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        evidence = seen.isEmpty ? nil : seen.joined(separator: "; ")
    }
}

/// The numbers of one visit, or of the change between two; a table for each step.
struct MeasurementGroup {
    struct Table { let caption: String, folded: Bool, rows: [Row] }
    struct Row { let region, quantity, value, unit, status, statusWord, reason: String }
    /// Tables longer than this are folded, for they list components nobody named.
    static let longest = 30
    let heading: String
    let tables: [Table]

    /// Visits in their order, then changes, then what concerns the subject.
    static func all(in c: ReportContent) -> [MeasurementGroup] {
        let found = c.measurements.map { $0.value.visit ?? $0.occasion }
        let changes = found.filter { $0.contains(">") }, others = found.filter { !$0.contains(">") }
        return ordered(c.visits.map(\.id) + others.filter { !$0.isEmpty } + changes + [""]).compactMap { visit in
            let own = c.measurements.filter { ($0.value.visit ?? $0.occasion) == visit }
            guard !own.isEmpty else { return nil }
            let tables = ordered(own.map(\.step)).map { step in table(step, own.filter { $0.step == step }.map(\.value)) }
            let heading = visit.contains(">") ? "Change, " + Wording.occasion(visit) : visit.isEmpty ? "All visits" : "Visit \(visit)"
            return MeasurementGroup(heading: heading + side(of: own), tables: tables)
        }
    }

    private static func side(of rows: [ReportContent.Sourced<Measurement>]) -> String {
        let sides = Set(rows.map(\.value.side))
        guard sides.count == 1, let side = sides.first, let side else { return "" }
        return side == .left ? ", left wrist" : ", right wrist"
    }

    static func table(_ step: String, _ measurements: [Measurement]) -> Table {
        let rows = measurements.map(row), methods = ordered(measurements.map(\.method)).joined(separator: ", ")
        let flagged = [("review", "to review"), ("not-scorable", "not scorable")].compactMap { status, word in
            let n = rows.filter { $0.status == status }.count
            return n == 0 ? nil : "\(n) \(word)"
        }
        let folded = rows.count > longest
        let counts = (folded ? [Numbers.count(rows.count, "row")] : []) + flagged
        return Table(caption: "\(step) (\(methods))" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", ")), folded: folded, rows: rows)
    }

    private static func row(_ m: Measurement) -> Row {
        let change = m.quantity.hasSuffix("-change")
        // An increase and a decrease say their direction by name; only what may go either way needs a sign.
        let signed = change && m.region != "increase" && m.region != "decrease"
        let value = m.value.map { signed ? Numbers.signed($0) : Numbers.short($0) } ?? "–"
        return Row(
            region: m.region, quantity: m.quantity, value: value, unit: Wording.unit(m.unit), status: m.status.rawValue,
            statusWord: Wording.status(m.status.rawValue), reason: m.reason ?? "")
    }

    /// Each once, in order of appearance.
    private static func ordered(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
