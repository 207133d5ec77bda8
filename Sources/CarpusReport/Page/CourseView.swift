import CarpusCore

/// Volumes and grades visit by visit, each beside the one before, with the change that was told.
struct CourseView {
    struct Part { let caption: String, isFolded: Bool, columns: [String], lines: [Line] }
    struct Line { let name, rank: String, cells: [Cell], verdict: String }
    struct Cell { let text, rank: String }
    let parts: [Part]
    /// Why numbers are to be looked at, each reason once.
    let doubts: [String]

    /// Nil when no volume or grade was measured.
    init?(_ c: ReportContent) {
        let visits = c.visits.map(\.id), rows = Self.rows(c, visits), table = Lookup(c.measurements)
        guard !rows.isEmpty else { return nil }
        var seen: Set<Lookup.Key> = [], told: Set<String> = []
        let keys = rows.filter { seen.insert(Lookup.Key($0.value.quantity, $0.value.region, at: "")).inserted }.map(\.value)
        let columns = visits.enumerated().flatMap { i, visit in i == 0 ? ["Visit \(visit)"] : ["Visit \(visit)", "Change"] }
        func lines(where fits: (Measurement) -> Bool) -> [Line] { keys.filter(fits).map { Self.line($0, visits, table) } }
        let whole = lines { !Self.isSite($0) }, sites = lines(where: Self.isSite)
        parts = [
            Part(caption: "Volumes and grades", isFolded: false, columns: columns, lines: whole),
            Part(caption: "Site by site: \(Numbers.count(sites.count, "row"))", isFolded: true, columns: columns, lines: sites),
        ].filter { !$0.lines.isEmpty }
        doubts = rows.filter { $0.value.status == .review }.compactMap(\.value.reason).filter { told.insert($0).inserted }
    }

    /// Volumes and grades of visits. Components that nobody named, a step with more volumes than a table shows unfolded, are left to the measurements.
    private static func rows(_ c: ReportContent, _ visits: [String]) -> [ReportContent.Sourced<Measurement>] {
        var named: [[String]: Int] = [:]
        for row in c.measurements where row.value.quantity == "volume" { named[[row.step, row.occasion], default: 0] += 1 }
        return c.measurements.filter { row in
            guard ["volume", "ramris"].contains(row.value.quantity), visits.contains(row.value.visit ?? row.occasion) else { return false }
            return row.value.region.contains("/") || named[[row.step, row.occasion], default: 0] <= MeasurementGroup.longest
        }
    }

    /// Whether it belongs to one site of a lesion: `synovitis/radiocarpal`.
    private static func isSite(_ m: Measurement) -> Bool { m.region.contains("/") && !m.region.hasSuffix("/total") }

    private static func line(_ key: Measurement, _ visits: [String], _ table: Lookup) -> Line {
        var cells: [Cell] = [], verdict = ""
        for (i, visit) in visits.enumerated() {
            cells.append(cell(table[key.quantity, key.region, visit], signed: false))
            guard i > 0 else { continue }
            let pair = "\(visits[i - 1])>\(visit)"
            cells.append(cell(table[key.quantity + "-change", key.region, pair], signed: true))
            // The direction's reason begins with the verdict: increase, within-noise or decrease.
            let reason = table[key.quantity + "-change-direction", key.region, pair]?.reason ?? ""
            verdict = String(reason.prefix { ![":", ",", ";", " "].contains($0) }).replacing("-", with: " ")
        }
        let worst = ["not-scorable", "review"].first { rank in cells.contains { $0.rank == rank } } ?? "ok"
        let unit = Wording.unit(key.unit), what = key.quantity == "ramris" ? "RAMRIS grade" : key.quantity
        return Line(
            name: "\(key.region.replacing("/", with: ", ")): \(what)\(unit.isEmpty ? "" : " [\(unit)]")", rank: worst, cells: cells,
            verdict: [Wording.status(worst), verdict].filter { !$0.isEmpty }.joined(separator: "; "))
    }

    private static func cell(_ m: Measurement?, signed: Bool) -> Cell {
        guard let m else { return Cell(text: "–", rank: "") }
        return Cell(text: m.value.map { signed ? Numbers.signed($0) : Numbers.short($0) } ?? "–", rank: m.status.rawValue)
    }
}

/// Measurements by what, where and when.
private struct Lookup {
    struct Key: Hashable {
        let quantity, region, occasion: String

        init(_ quantity: String, _ region: String, at occasion: String) { (self.quantity, self.region, self.occasion) = (quantity, region, occasion) }
    }
    private var rows: [Key: Measurement] = [:]

    /// Of several that are alike the first counts.
    init(_ measurements: [ReportContent.Sourced<Measurement>]) {
        for row in measurements {
            let key = Key(row.value.quantity, row.value.region, at: row.value.visit ?? row.occasion)
            if rows[key] == nil { rows[key] = row.value }
        }
    }

    subscript(quantity: String, region: String, occasion: String) -> Measurement? {
        rows[Key(quantity, region, at: occasion)]
    }
}
