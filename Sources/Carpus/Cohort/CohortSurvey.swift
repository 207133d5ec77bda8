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
    private var drops: [String: Missing] = [:]
    private var unseen: Set<String>

    /// Columns and participants named on the page at most.
    private static let mostShown = 10, mostNamed = 12

    /// What is missing for one reason, and for whom.
    private struct Missing {
        var numbers = 0, steps = 0
        var participants: Set<String> = []
    }

    /// - Parameter subjects: of the run's record; steps that failed or were not scorable are missing though no measurement may tell it.
    init(subjects: [RunRecord.Subject]) {
        unseen = Set(subjects.map { "sub-\($0.subject)" })
        for subject in subjects {
            for step in subject.steps where step.status != "done" {
                let reason = (step.status == "failed" ? "step \(step.step) failed: " : "") + (step.reason ?? "no reason was given")
                drops[reason, default: Missing()].steps += 1
                drops[reason, default: Missing()].participants.insert("sub-\(subject.subject)")
            }
        }
    }

    mutating func look(at participant: String, _ lines: [MeasureLines.Line]) {
        columns.learn(lines)
        unseen.remove(participant)
        for line in lines {
            counts[line.status, default: 0] += 1
            if !line.session.isEmpty, !line.session.contains(">") { sessionSet.insert(line.session) }
            guard line.status == .notScorable else { continue }
            drops[line.reason ?? "no reason was given", default: Missing()].numbers += 1
            drops[line.reason ?? "no reason was given", default: Missing()].participants.insert(participant)
        }
        for row in columns.rows(of: participant, lines) {
            rowCount += 1
            for (i, cell) in row.cells.enumerated() {
                guard let value = cell?.value else { continue }
                ranges[i] = ranges[i].map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
            }
        }
    }

    /// Visits in the order of their names.
    var sessions: [String] { sessionSet.sorted { $0.localizedStandardCompare($1) == .orderedAscending } }

    /// What concerns most participants first.
    var dropOuts: [DropOut] {
        var all = drops
        if !unseen.isEmpty { all["nothing was measured", default: Missing()].participants = unseen }
        return all.map { reason, missing in
            DropOut(reason: reason, numbers: missing.numbers, steps: missing.steps, participants: Array(missing.participants.sorted().prefix(Self.mostNamed)), count: missing.participants.count)
        }.sorted { ($1.count, $1.numbers, $0.reason) < ($0.count, $0.numbers, $1.reason) }
    }

    /// The columns that are shown on the page: totals of grades and volumes of lesions before other regions, those before single sites; only what somebody has a
    /// value of, and no pieces that are merely numbered, which are not the same in two people.
    var shown: [Int] {
        let all = columns.columns, lesions = Set(WristAnatomy.lesionLegend.labels.map(\.name))
        func rank(_ c: CohortColumn) -> Int {
            if c.measure == "ramris" && c.region.hasSuffix("/total") || c.measure == "volume" && lesions.contains(c.region) { return 0 }
            return c.region.contains("/") ? 2 : 1
        }
        let fit = all.indices.filter { ranges[$0] != nil && !all[$0].measure.contains("change") && !WristAnatomy.isNumberedPiece(all[$0].region) }
        return Array(fit.sorted { (rank(all[$0]), $0) < (rank(all[$1]), $1) }.prefix(Self.mostShown)).sorted()
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
