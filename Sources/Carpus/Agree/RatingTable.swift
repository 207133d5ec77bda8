import CarpusIO
import Foundation

/// What several raters or methods said of the same subjects, for one measure.
struct RatingTable {
    /// Which columns of a tidy table hold what.
    struct Columns {
        /// Who rated; the first of `candidates` that is there when it is not named.
        var rater: String?
        /// The number.
        var value = "value"
        /// What keeps subjects apart; `identity` as far as it is there when none is named.
        var subject: [String] = []
        /// A table of its own for each value of these columns; `measure`, if it is there, when none is named.
        var groups: [String] = []

        static let candidates = ["rater", "reader", "method"]
        static let identity = ["participant_id", "session_id", "side", "region"]
    }

    /// One subject: at one visit, on one side, in one region, as far as the table tells these apart.
    struct Subject: Hashable {
        /// Its cells in the columns that keep subjects apart.
        let key: [String]
        /// The key without the visit.
        let patient: [String]
        /// The visit, where there is a column `session_id`.
        let session: String?
    }

    let measure: String?
    /// The unit where the table has one.
    let unit: String
    /// In the order of the file.
    let raters: [String]
    let subjects: [Subject]
    /// `values[subject][rater]`, nil where it is missing or not scorable.
    let values: [[Double?]]

    /// The tables of a file, in the order in which their measures appear.
    ///
    /// - Throws: `IOError` for a column that is missing, a value that is no number, and a rater who gave one subject two values.
    static func read(_ url: URL, _ columns: Columns) throws -> [RatingTable] {
        let table = try TabTable(url, needs: [columns.value] + columns.subject + columns.groups)
        guard let rater = columns.rater ?? Columns.candidates.first(where: table.header.contains), table.header.contains(rater) else {
            throw IOError(.malformed, at: url, "there is no column '\(columns.rater ?? "rater")'; name the column that tells who rated")
        }
        let apart = columns.subject.isEmpty ? Columns.identity.filter(table.header.contains) : columns.subject
        guard !apart.isEmpty else {
            throw IOError(.malformed, at: url, "there is none of the columns \(Columns.identity.joined(separator: ", ")); name the columns that keep subjects apart")
        }
        var parts = OrderedGroups<String?, TabTable.Row>()
        let groups = columns.groups.isEmpty ? ["measure"] : columns.groups
        for row in table.rows {
            let names = groups.compactMap { row[$0] }
            parts.add(row, to: names.isEmpty ? nil : names.joined(separator: "/"))
        }
        return try parts.groups.map { try RatingTable(measure: $0.key, rows: $0.members, rater: rater, value: columns.value, apart: apart, url: url) }
    }

    private init(measure: String?, rows: [TabTable.Row], rater: String, value: String, apart: [String], url: URL) throws {
        var raters: [String] = [], subjects: [Subject] = [], places: [Subject: Int] = [:], given: [[String: Double?]] = [], units: [String] = []
        for row in rows {
            guard let who = row[rater] else { throw IOError(.malformed, at: url, "line \(row.number) does not tell the \(rater)") }
            let subject = Subject(key: apart.map { row[$0] ?? "n/a" }, patient: apart.filter { $0 != "session_id" }.map { row[$0] ?? "n/a" }, session: apart.contains("session_id") ? row["session_id"] : nil)
            if !raters.contains(who) { raters.append(who) }
            if let unit = row["unit"], !units.contains(unit) { units.append(unit) }
            let at = places[subject] ?? subjects.count
            if at == subjects.count {
                places[subject] = at
                given.append([:])
                subjects.append(subject)
            }
            guard given[at][who] == nil else {
                throw IOError(.inconsistent, at: url, "line \(row.number): '\(who)' has two values for \(subject.key.joined(separator: " "))\(measure.map { ", \($0)" } ?? ""); name more columns that keep subjects apart")
            }
            given[at].updateValue(row["status"] == "not-scorable" ? nil : try row.number(value), forKey: who)
        }
        guard units.count < 2 else { throw IOError(.inconsistent, at: url, "\(measure ?? "the values") come in different units: \(units.joined(separator: ", "))") }
        (self.measure, self.raters, self.subjects, unit) = (measure, raters, subjects, units.first ?? "1")
        values = given.map { row in raters.map { row[$0] ?? nil } }
    }

    /// Whether all values are whole numbers from 0 to 10, as grades are.
    var looksLikeGrades: Bool { areWhole(in: 0...10) }

    /// Whether all values are whole numbers of a range.
    func areWhole(in range: ClosedRange<Double>) -> Bool { values.joined().compactMap(\.self).allSatisfy { $0 == $0.rounded() && range.contains($0) } }

    /// Subjects whom two raters both rated.
    func pairs(_ a: Int, _ b: Int) -> (x: [Double], y: [Double]) {
        var x: [Double] = [], y: [Double] = []
        for row in values {
            if let one = row[a], let other = row[b] {
                x.append(one)
                y.append(other)
            }
        }
        return (x, y)
    }

    /// Subjects whom all raters rated.
    var complete: [[Double]] { values.map { $0.compactMap(\.self) }.filter { $0.count == raters.count } }

    /// The same raters' changes from each patient's first visit to the last; nil where the table knows no visits.
    var changes: RatingTable? {
        var patients = OrderedGroups<[String], Int>()
        for (i, subject) in subjects.enumerated() where subject.session != nil { patients.add(i, to: subject.patient) }
        var kept: [Subject] = [], differences: [[Double?]] = []
        for (patient, members) in patients.groups where members.count > 1 {
            // As people count: ses-9 before ses-10.
            let ordered = members.sorted { (subjects[$0].session ?? "").localizedStandardCompare(subjects[$1].session ?? "") == .orderedAscending }
            guard let first = ordered.first, let last = ordered.last else { continue }
            kept.append(Subject(key: patient, patient: patient, session: nil))
            differences.append(raters.indices.map { r in values[last][r].flatMap { end in values[first][r].map { end - $0 } } })
        }
        return kept.isEmpty ? nil : RatingTable(measure: measure, unit: unit, raters: raters, subjects: kept, values: differences)
    }

    private init(measure: String?, unit: String, raters: [String], subjects: [Subject], values: [[Double?]]) {
        (self.measure, self.unit, self.raters, self.subjects, self.values) = (measure, unit, raters, subjects, values)
    }
}

/// Members by key, keys in the order in which they first came.
struct OrderedGroups<Key: Hashable, Member> {
    private(set) var groups: [(key: Key, members: [Member])] = []
    private var places: [Key: Int] = [:]

    mutating func add(_ member: Member, to key: Key) {
        if let at = places[key] {
            groups[at].members.append(member)
        } else {
            places[key] = groups.count
            groups.append((key, [member]))
        }
    }
}
