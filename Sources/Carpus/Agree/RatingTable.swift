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

    let measure: String?
    /// The unit where the table has one.
    let unit: String
    /// In the order of the file.
    let raters: [String]
    /// The cells of each subject in the columns that keep subjects apart: at one visit, on one side, in one region, as far as the table tells.
    private let subjects: [[String]]
    /// Which of these columns is the visit.
    private let visitColumn: Int?
    /// What the raters said of the first subject, of the second, ...; nil where it is missing or not scorable.
    private let ratings: [Double?]

    /// The tables of a file, in the order in which their measures appear. The file is read line by line, and of a line no more is kept than its
    /// value and the subject it is of.
    ///
    /// - Throws: `IOError` for a column that is missing, a value that is no number, a rater who gave one subject two values, and visits of one patient
    ///   whose names do not tell which came first.
    static func read(_ url: URL, _ columns: Columns) throws -> [RatingTable] {
        let table = try TabTable(url, needs: [columns.value] + columns.subject + columns.groups)
        guard let rater = columns.rater ?? Columns.candidates.first(where: table.header.contains), table.header.contains(rater) else {
            throw IOError(.malformed, at: url, "there is no column '\(columns.rater ?? "rater")'; name the column that tells who rated")
        }
        let apart = columns.subject.isEmpty ? Columns.identity.filter(table.header.contains) : columns.subject
        guard !apart.isEmpty else {
            throw IOError(.malformed, at: url, "there is none of the columns \(Columns.identity.joined(separator: ", ")); name the columns that keep subjects apart")
        }
        let groups = columns.groups.isEmpty ? ["measure"] : columns.groups
        var names = SharedNames(), builders: [RatingTableBuilder] = [], places: [String?: Int] = [:]
        try table.forEachRow { row in
            let parts = groups.compactMap { row[$0] }, measure = parts.isEmpty ? nil : names.shared(parts.joined(separator: "/"))
            let at = places[measure] ?? builders.count
            if at == builders.count {
                places[measure] = at
                builders.append(RatingTableBuilder(measure: measure, url: url))
            }
            guard let who = row[rater] else { throw IOError(.malformed, at: url, "line \(row.number) does not tell the \(rater)") }
            let value = row["status"] == "not-scorable" ? nil : try row.number(columns.value)
            try builders[at].add(value, by: who, of: apart.map { names.shared(row[$0] ?? "n/a") }, unit: row["unit"], line: row.number)
        }
        return try builders.map { try RatingTable($0, visitColumn: apart.firstIndex(of: "session_id")) }
    }

    private init(_ builder: RatingTableBuilder, visitColumn: Int?) throws {
        guard builder.units.count < 2 else {
            throw IOError(.inconsistent, at: builder.url, "\(builder.measure ?? "the values") come in different units: \(builder.units.joined(separator: ", "))")
        }
        let raters = builder.raters.count
        self.init(
            measure: builder.measure, unit: builder.units.first ?? "1", raters: builder.raters, subjects: builder.subjects, visitColumn: visitColumn,
            ratings: builder.subjects.indices.flatMap { i in (0..<raters).map { builder.rating(of: i, by: $0) } })
        for (patient, visits) in visitsByPatient {
            guard let (a, b) = zip(visits, visits.dropFirst()).first(where: { Self.order($0, $1) == .orderedSame }) else { continue }
            throw IOError(.inconsistent, at: builder.url, "of the visits '\(a)' and '\(b)' of \(patient.joined(separator: " ")) nothing tells which came first; write the names of visits in one way")
        }
    }

    private init(measure: String?, unit: String, raters: [String], subjects: [[String]], visitColumn: Int?, ratings: [Double?]) {
        (self.measure, self.unit, self.raters, self.subjects, self.visitColumn, self.ratings) = (measure, unit, raters, subjects, visitColumn, ratings)
    }

    /// How many subjects there are.
    var count: Int { subjects.count }

    /// What a rater said of a subject; nil where it is missing or not scorable.
    private subscript(subject: Int, rater: Int) -> Double? { ratings[subject * raters.count + rater] }

    /// Whether all values are whole numbers from 0 to 10, as grades are.
    var looksLikeGrades: Bool { areWhole(in: 0...10) }

    /// Whether all values are whole numbers of a range.
    func areWhole(in range: ClosedRange<Double>) -> Bool { ratings.allSatisfy { value in value.map { $0 == $0.rounded() && range.contains($0) } ?? true } }

    /// Subjects whom two raters both rated.
    func pairs(_ a: Int, _ b: Int) -> (x: [Double], y: [Double]) {
        var x: [Double] = [], y: [Double] = []
        for i in subjects.indices {
            if let one = self[i, a], let other = self[i, b] {
                x.append(one)
                y.append(other)
            }
        }
        return (x, y)
    }

    /// What one rater said, where he said something.
    func given(by rater: Int) -> [Double] { subjects.indices.compactMap { self[$0, rater] } }

    /// Subjects whom all raters rated.
    var complete: [[Double]] {
        subjects.indices.compactMap { i in
            let row = raters.indices.compactMap { self[i, $0] }
            return row.count == raters.count ? row : nil
        }
    }

    /// The same raters' changes from each patient's first visit to the last; nil where the table knows no visits.
    var changes: RatingTable? {
        guard let visitColumn else { return nil }
        var kept: [[String]] = [], differences: [Double?] = []
        for (patient, members) in patients(visitColumn) where members.count > 1 {
            guard let first = members.first, let last = members.last else { continue }
            kept.append(patient)
            differences += raters.indices.map { r in self[last, r].flatMap { end in self[first, r].map { end - $0 } } }
        }
        return kept.isEmpty ? nil : RatingTable(measure: measure, unit: unit, raters: raters, subjects: kept, visitColumn: nil, ratings: differences)
    }

    /// Each patient, and his places among the subjects by rising visit; subjects without a visit are left out.
    private func patients(_ visitColumn: Int) -> [(key: [String], members: [Int])] {
        var patients = OrderedGroups<[String], Int>()
        for (i, cells) in subjects.enumerated() where cells[visitColumn] != "n/a" {
            patients.add(i, to: cells.indices.filter { $0 != visitColumn }.map { cells[$0] })
        }
        return patients.groups.map { ($0.key, $0.members.sorted { Self.order(subjects[$0][visitColumn], subjects[$1][visitColumn]) == .orderedAscending }) }
    }

    /// The names of each patient's visits, rising.
    private var visitsByPatient: [(patient: [String], visits: [String])] {
        guard let visitColumn else { return [] }
        return patients(visitColumn).map { ($0.key, $0.members.map { subjects[$0][visitColumn] }) }
    }

    /// As people count, whatever the language: ses-9 before ses-10.
    private static func order(_ a: String, _ b: String) -> ComparisonResult { a.compare(b, options: .numeric) }
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
