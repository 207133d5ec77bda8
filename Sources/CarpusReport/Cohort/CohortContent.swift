public import CarpusCore

/// A measure of a region, as a column of a table of many subjects.
public struct CohortColumn: Sendable, Hashable {
    /// `volume@synovitis`.
    public let name: String
    /// What was measured, where, and its unit in UCUM.
    public let measure, region, unit: String

    /// The name for readers: what, where, and what else tells it from others.
    var title: String { name.replacing("@", with: ", ").replacing("/", with: ", ") }

    /// A column of given name, measure, region and unit.
    public init(name: String, measure: String, region: String, unit: String) {
        (self.name, self.measure, self.region, self.unit) = (name, measure, region, unit)
    }
}

/// What stands in a cell: a number and whether it may be used. Without a number there is a reason, and never a zero.
public struct CohortCell: Sendable, Hashable {
    /// The number, in the column's unit.
    public let value: Double?
    /// Whether it may be used.
    public let status: Measurement.Status
    /// Why it is not simply ok.
    public let reason: String?

    /// A cell of given number, status and reason.
    public init(value: Double?, status: Measurement.Status, reason: String?) { (self.value, self.status, self.reason) = (value, status, reason) }
}

/// One participant at one session, or between two (`ses-01>ses-02`).
public struct CohortRow: Sendable, Hashable {
    /// `sub-01`, `ses-01`.
    public let participant, session: String
    /// Which wrist, when known.
    public let side: Laterality?
    /// One a column; nil where nothing was measured.
    public let cells: [CohortCell?]

    /// A row of given cells.
    public init(participant: String, session: String, side: Laterality?, cells: [CohortCell?]) {
        (self.participant, self.session, self.side, self.cells) = (participant, session, side, cells)
    }
}

/// Why numbers are missing, and for whom.
public struct DropOut: Sendable, Hashable {
    /// A sentence's part: "no series at visit 02 was recognised as 't1gd'".
    public let reason: String
    /// Numbers, and steps, that are missing for this reason.
    public let numbers, steps: Int
    /// The first participants by name.
    public let participants: [String]
    /// How many participants there are in all.
    public let count: Int

    /// A reason and whom it concerns.
    public init(reason: String, numbers: Int, steps: Int, participants: [String], count: Int) {
        (self.reason, self.numbers, self.steps, self.participants, self.count) = (reason, numbers, steps, participants, count)
    }
}

/// The values of one column over all visits, counted in bins of equal width.
public struct Distribution: Sendable, Hashable {
    /// What is counted.
    public let column: CohortColumn
    /// From the lowest to the highest value.
    public let range: ClosedRange<Double>
    /// How many values lie in each bin; those that may be used, and those to be looked at before.
    public private(set) var sure, doubtful: [Int]

    /// An empty distribution of values of a range.
    public init(_ column: CohortColumn, range: ClosedRange<Double>, bins: Int = 20) {
        precondition(bins > 0, "a distribution has bins")
        (self.column, self.range) = (column, range)
        sure = Array(repeating: 0, count: bins)
        doubtful = sure
    }

    /// Counts a value of the range.
    public mutating func add(_ value: Double, status: Measurement.Status) {
        let width = range.upperBound - range.lowerBound
        let i = width > 0 ? min(sure.count - 1, max(0, Int((value - range.lowerBound) / width * Double(sure.count)))) : 0
        if status == .ok { sure[i] += 1 } else { doubtful[i] += 1 }
    }

    /// How many values there are.
    public var count: Int { sure.reduce(0, +) + doubtful.reduce(0, +) }
}

/// The values of one column from visit to visit.
public struct Course: Sendable, Hashable {
    /// What is followed.
    public let column: CohortColumn
    /// From the lowest to the highest value.
    public let range: ClosedRange<Double>
    /// Visits, in order.
    public let sessions: [String]
    /// One line a participant and side: a value a visit, nil where there is none.
    public private(set) var lines: [[Double?]] = []
    /// Participants beyond those that are drawn.
    public private(set) var untold = 0
    /// As many lines are drawn at most, so that a page does not grow with a study.
    public static let most = 100

    /// No lines yet, over given visits.
    public init(_ column: CohortColumn, range: ClosedRange<Double>, sessions: [String]) { (self.column, self.range, self.sessions) = (column, range, sessions) }

    /// Adds a participant's values; a single one makes no line.
    public mutating func add(_ values: [Double?]) {
        precondition(values.count == sessions.count, "a value a visit")
        guard values.compactMap({ $0 }).count > 1 else { return }
        if lines.count < Self.most { lines.append(values) } else { untold += 1 }
    }
}
