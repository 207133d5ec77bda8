import CarpusCore
import CarpusPipeline
import CarpusReport
import Foundation

/// What a first reading of the measurements tells: columns, ranges, counts, and who dropped out.
struct CohortSurvey {
    private(set) var columns = CohortColumns()
    /// The lowest and highest value of each column that has one.
    private(set) var ranges: [Int: ClosedRange<Double>] = [:]
    private(set) var counts: [CarpusCore.Measurement.Status: Int] = [:]
    private(set) var rowCount = 0
    private var sessionSet: Set<String> = []
    private var drops: [String: DropOut] = [:]

    /// Columns and participants named on the page at most.
    private static let mostShown = 10, mostNamed = 12

    /// - Parameter record: of the run; its failed steps are drop-outs that no measurement tells.
    init(record: RunRecord) {
        for subject in record.subjects {
            for step in subject.steps where step.status == "failed" {
                miss("step \(step.step) failed: \(step.reason ?? "no reason was given")", participant: "sub-\(subject.subject)")
            }
        }
    }

    mutating func look(at participant: String, _ lines: [MeasureLines.Line]) {
        columns.learn(lines)
        for line in lines {
            counts[line.status, default: 0] += 1
            if !line.session.contains(">") { sessionSet.insert(line.session) }
            if line.status == .notScorable { miss(line.reason ?? "no reason was given", participant: participant) }
        }
        for row in columns.rows(of: participant, lines, hasPage: false) {
            rowCount += 1
            for (i, cell) in row.cells.enumerated() {
                guard let value = cell?.value else { continue }
                ranges[i] = ranges[i].map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
            }
        }
    }

    private mutating func miss(_ reason: String, participant: String) {
        var drop = drops[reason] ?? DropOut(reason: reason, what: 0, participants: [], count: 0)
        drop.what += 1
        // Lines come participant by participant: a known one is the last.
        if drop.last != participant {
            drop.count += 1
            if drop.participants.count < Self.mostNamed { drop.participants.append(participant) }
            drop.last = participant
        }
        drops[reason] = drop
    }

    /// Visits in the order of their names.
    var sessions: [String] { sessionSet.sorted { $0.localizedStandardCompare($1) == .orderedAscending } }

    /// What concerns most participants first.
    var dropOuts: [DropOut] { drops.values.sorted { ($1.count, $1.what, $0.reason) < ($0.count, $0.what, $1.reason) } }

    /// The columns that are shown on the page: totals and whole lesions before single sites, and only what somebody has a value of.
    var shown: [Int] {
        let all = columns.columns
        let whole = all.indices.filter { !all[$0].region.contains("/") || all[$0].region.hasSuffix("/total") }
        let others = all.indices.filter { !whole.contains($0) }
        return Array((whole + others).filter { ranges[$0] != nil && !all[$0].measure.contains("change") }.prefix(Self.mostShown)).sorted()
    }
}

/// The figures of the page, filled row by row.
struct CohortPictures {
    private let shown: [Int]
    private let sessions: [String]
    private var distributions: [Distribution] = []
    private var courses: [Course] = []

    init(_ survey: CohortSurvey) {
        let all = survey.columns.columns
        (shown, sessions) = (survey.shown, survey.sessions)
        for i in shown {
            guard let range = survey.ranges[i] else { continue }
            distributions.append(Distribution(all[i], range: range))
            courses.append(Course(all[i], range: range, sessions: sessions))
        }
    }

    /// Adds a participant's rows.
    mutating func add(_ rows: [CohortRow]) {
        let visits = rows.filter { !$0.session.contains(">") }
        for (n, column) in shown.enumerated() {
            for row in visits {
                if let cell = row.cells[column], let value = cell.value { distributions[n].add(value, status: cell.status) }
            }
            for side in Set(visits.map(\.side)).sorted(by: { ($0?.rawValue ?? "") < ($1?.rawValue ?? "") }) {
                courses[n].add(sessions.map { session in visits.first { $0.session == session && $0.side == side }?.cells[column]?.value })
            }
        }
    }

    /// Distributions, each followed by its course where somebody has two visits.
    func drawn() throws -> [VectorFigure] {
        try zip(distributions, courses).flatMap { d, c in try [d.draw()] + (c.lines.isEmpty ? [] : [c.draw()]) }
    }
}
