import CarpusCore

/// Volumes and grades visit by visit, and between visits the change that was told.
struct CourseView {
    struct Part { let caption: String, isFolded: Bool, columns: [String], lines: [Line] }
    struct Line { let name, rank: String, cells: [Cell], verdict: String }
    struct Cell { let text, rank: String }
    let parts: [Part]
    /// Why numbers are to be looked at, each reason once; nil where none is.
    let doubts: Doubts?
    struct Doubts { let count: String, reasons: [String] }

    /// Nil when no volume or grade was measured.
    init?(_ c: ReportContent) {
        let visits = c.visits.map(\.id), rows = Self.rows(c, visits), table = MeasuredWhere(c.measurements)
        guard !rows.isEmpty else { return nil }
        let columns = Self.columns(visits, pairs: Set(c.measurements.map { $0.value.visit ?? $0.occasion }.filter { $0.contains(">") }))
        var seen: Set<MeasuredWhere.Key> = [], told: Set<String> = []
        let keys = rows.filter { seen.insert(MeasuredWhere.Key($0, at: "")).inserted }
        func lines(where fits: (Measurement) -> Bool) -> [Line] {
            keys.filter { fits($0.value) }.map { key in
                Self.line(key, isAlone: keys.count { $0.value.quantity == key.value.quantity && $0.value.region == key.value.region } == 1, columns, table)
            }
        }
        let whole = lines { !Self.isSite($0) }, sites = lines(where: Self.isSite)
        parts = [
            Part(caption: "Volumes and grades", isFolded: false, columns: columns.map(\.title), lines: whole),
            Part(caption: "Site by site: \(Numbers.count(sites.count, "row"))", isFolded: true, columns: columns.map(\.title), lines: sites),
        ].filter { !$0.lines.isEmpty }
        let reasons = rows.filter { $0.value.status == .review }.compactMap(\.value.reason).filter { told.insert($0).inserted }
        doubts = reasons.isEmpty ? nil : Doubts(count: Numbers.count(reasons.count, "reason"), reasons: reasons)
    }

    /// Volumes and grades of visits. Pieces that are only numbered are left to the measurements: their numbers go by size, and the third of one visit is not the third of another.
    private static func rows(_ c: ReportContent, _ visits: [String]) -> [ReportContent.Sourced<Measurement>] {
        c.measurements.filter { row in
            ["volume", "ramris"].contains(row.value.quantity) && visits.contains(row.value.visit ?? row.occasion) && !WristAnatomy.isNumberedPiece(row.value.region)
        }
    }

    /// A visit, or a pair of visits, which stands behind its later visit.
    private struct Column {
        let occasion: String
        var isChange: Bool { occasion.contains(">") }
        var title: String { isChange ? "Change \(occasion.replacing(">", with: " → "))" : "Visit \(occasion)" }
    }

    private static func columns(_ visits: [String], pairs: Set<String>) -> [Column] {
        visits.flatMap { visit in [Column(occasion: visit)] + visits.map { "\($0)>\(visit)" }.filter(pairs.contains).map(Column.init) }
    }

    /// Whether it belongs to one site of a lesion: `synovitis/radiocarpal`.
    private static func isSite(_ m: Measurement) -> Bool { m.region.contains("/") && !m.region.hasSuffix("/total") }

    /// - Parameter isAlone: whether no other step measures the same; a change between visits is told of a measure, not of a step, and could not be placed otherwise.
    private static func line(_ key: ReportContent.Sourced<Measurement>, isAlone: Bool, _ columns: [Column], _ table: MeasuredWhere) -> Line {
        let m = key.value
        let measured = columns.map { column in
            column.isChange ? isAlone ? table[m.quantity + "-change", m.region, nil, column.occasion] : nil : table[m.quantity, m.region, key.step, column.occasion]
        }
        let cells = zip(columns, measured).map { column, found -> Cell in
            guard let found else { return Cell(text: "–", rank: "") }
            guard let value = found.value else { return Cell(text: "not scorable", rank: found.status.rawValue) }
            let word = column.isChange ? direction(table[m.quantity + "-change-direction", m.region, nil, column.occasion]?.value) : ""
            return Cell(text: (column.isChange ? Numbers.signed(value) : Numbers.short(value)) + word, rank: found.status.rawValue)
        }
        let unit = Wording.unit(m.unit), what = m.quantity == "ramris" ? "RAMRIS grade" : m.quantity
        return Line(
            name: "\(m.region.replacing("/", with: ", ")): \(what)\(unit.isEmpty ? "" : " [\(unit)]")" + (isAlone ? "" : " (\(key.step))"),
            rank: ["not-scorable", "review"].first { rank in cells.contains { $0.rank == rank } } ?? "ok", cells: cells, verdict: standing(columns, measured))
    }

    /// The verdict against the smallest detectable change, which has a value only where that is known.
    private static func direction(_ value: Double?) -> String {
        guard let value else { return "" }
        return value > 0 ? " (increase)" : value < 0 ? " (decrease)" : " (within noise)"
    }

    /// The status in a word where it is one, else column by column.
    private static func standing(_ columns: [Column], _ measured: [Measurement?]) -> String {
        let words = zip(columns, measured).compactMap { column, m in m.map { (column.title, Wording.status($0.status.rawValue)) } }
        guard let first = words.first, words.contains(where: { $0.1 != first.1 }) else { return words.first?.1 ?? "" }
        return words.map { "\($0.0.lowercased()): \($0.1)" }.joined(separator: "; ")
    }
}

/// Measurements by what, where, by which step and when.
private struct MeasuredWhere {
    struct Key: Hashable {
        let quantity, region: String, step: String?, occasion: String

        init(_ row: ReportContent.Sourced<Measurement>, at occasion: String) { (quantity, region, step, self.occasion) = (row.value.quantity, row.value.region, row.step, occasion) }
        init(_ quantity: String, _ region: String, _ step: String?, _ occasion: String) { (self.quantity, self.region, self.step, self.occasion) = (quantity, region, step, occasion) }
    }
    private var rows: [Key: Measurement] = [:]

    /// Of several that are alike the first counts; what two steps tell of one measure is found under neither where no step is named.
    init(_ measurements: [ReportContent.Sourced<Measurement>]) {
        var steps: [Key: Set<String>] = [:]
        for row in measurements {
            let occasion = row.value.visit ?? row.occasion, key = Key(row, at: occasion), any = Key(row.value.quantity, row.value.region, nil, occasion)
            if rows[key] == nil { rows[key] = row.value }
            steps[any, default: []].insert(row.step)
            rows[any] = steps[any]?.count == 1 ? rows[key] : nil
        }
    }

    subscript(quantity: String, region: String, step: String?, occasion: String) -> Measurement? { rows[Key(quantity, region, step, occasion)] }
}
