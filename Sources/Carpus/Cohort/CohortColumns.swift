import CarpusCore
import CarpusReport

/// Which columns a table of many subjects has, and which rows a participant's lines make.
///
/// A column is a measure of a region by a method; where a participant has it twice on one occasion, a second column holds the second. One who then has it only
/// once gets neither: the table of measurements does not tell which of two steps is missing.
struct CohortColumns {
    /// What tells one column from another.
    private struct Key: Hashable {
        let measure, region, method: String
        let repetition: Int

        /// The same, the first time.
        var first: Key { Key(measure: measure, region: region, method: method, repetition: 0) }
    }
    private var order: [Key] = []
    private var units: [Key: String] = [:]
    private var at: [Key: Int] = [:]
    /// How often a column's measure stands on one occasion at most.
    private var most: [Key: Int] = [:]

    /// Learns the columns of a participant's lines.
    mutating func learn(_ lines: [MeasureLines.Line]) {
        for (key, line) in Self.keyed(lines) where at[key] == nil {
            at[key] = order.count
            order.append(key)
            units[key] = line.unit
        }
        for (key, _) in Self.keyed(lines) { most[key.first] = max(most[key.first] ?? 0, key.repetition + 1) }
    }

    /// The columns, in the order they were met; a name tells the method only where two methods give the same measure.
    var columns: [CohortColumn] {
        var methods: [String: Set<String>] = [:]
        for key in order { methods["\(key.measure)@\(key.region)", default: []].insert(key.method) }
        return order.map { key in
            let plain = "\(key.measure)@\(key.region)"
            let name = plain + ((methods[plain]?.count ?? 0) > 1 ? "@\(key.method)" : "") + (key.repetition > 0 ? "#\(key.repetition + 1)" : "")
            return CohortColumn(name: name, measure: key.measure, region: key.region, unit: units[key] ?? "")
        }
    }

    /// A participant's rows: one an occasion and side, in the order they were met, visits before pairs of visits.
    func rows(of participant: String, _ lines: [MeasureLines.Line]) -> [CohortRow] {
        var groups = OrderedGroups<[String?], (Key, MeasureLines.Line)>()
        for (key, line) in Self.keyed(lines) { groups.add((key, line), to: [line.session, line.side?.rawValue]) }
        let all = groups.groups.map { place, entries -> CohortRow in
            var cells = [CohortCell?](repeating: nil, count: order.count)
            let times = Dictionary(entries.map { ($0.0.first, 1) }, uniquingKeysWith: +)
            for (key, line) in entries where times[key.first] == most[key.first] { if let i = at[key] { cells[i] = CohortCell(value: line.value, status: line.status, reason: line.reason) } }
            return CohortRow(participant: participant, session: place[0] ?? "", side: place[1].flatMap { Laterality(rawValue: $0) }, cells: cells)
        }
        return all.filter { !$0.session.contains(">") } + all.filter { $0.session.contains(">") }
    }

    /// Each line with its key: how often the same was met before on the same occasion is part of it.
    private static func keyed(_ lines: [MeasureLines.Line]) -> [(Key, MeasureLines.Line)] {
        var met: [[String]: Int] = [:]
        return lines.map { line in
            let place = [line.session, line.side?.rawValue ?? "", line.measure, line.region, line.method], n = met[place, default: 0]
            met[place] = n + 1
            return (Key(measure: line.measure, region: line.region, method: line.method, repetition: n), line)
        }
    }
}
