import CarpusQuantification
import Foundation

/// A run's `measures.tsv` against the truth's, occasion by occasion: same region and measure, and the same side where both tell one.
struct MeasureComparison {
    private struct Key: Hashable {
        let region, measure: String

        init(_ row: MeasuredRow) { (region, measure) = (row.region, row.measure) }
    }
    private let result, truth: MeasuredTable?
    private var compared = 0, notScorable = 0, lacking = 0, unknown = 0

    init(_ result: MeasuredTable?, against truth: MeasuredTable?) { (self.result, self.truth) = (result, truth) }

    /// The lines of one occasion; none where a side has no table.
    ///
    /// - Throws: `IOError` when a table can no longer be read.
    mutating func rows(of occasion: EvaluatedOccasion) throws -> [EvaluationRow] {
        guard let result, let truth else { return [] }
        let theirRows = try truth.rows(of: occasion)
        var left = Dictionary(grouping: theirRows, by: Key.init), rows: [EvaluationRow] = []
        for mine in try result.rows(of: occasion) {
            let candidates = left[Key(mine)] ?? []
            guard let i = candidates.firstIndex(where: { $0.side == mine.side }) ?? candidates.firstIndex(where: { $0.side == nil || mine.side == nil }) else {
                rows.append(Self.row(mine, "missing", nil, "1", "\(mine.measure) is missing in the truth"))
                unknown += 1
                continue
            }
            let theirs = candidates[i]
            left[Key(mine)]?.remove(at: i)
            if mine.value != nil && theirs.value != nil && mine.unit == theirs.unit { compared += 1 } else { notScorable += 1 }
            rows += Self.errors(mine, theirs)
        }
        let without = theirRows.filter { row in
            guard let i = left[Key(row)]?.firstIndex(where: { $0.side == row.side }) else { return false }
            left[Key(row)]?.remove(at: i)
            return true
        }
        lacking += without.count
        return rows + without.map { Self.row($0, "missing", nil, "1", "\($0.measure) is missing in the result") }
    }

    /// How many rows were compared so far and how many could not be; which side has no table, where only one has.
    var summary: [EvaluationRow] {
        guard result != nil, truth != nil else {
            if result == nil && truth == nil { return [] }
            return [.missing(.measures, nil, region: Self.all, "the \(result == nil ? "result" : "truth") has no measures.tsv")]
        }
        let counts = [("rows-compared", compared), ("rows-not-scorable", notScorable), ("rows-missing-in-result", lacking), ("rows-missing-in-truth", unknown)]
        return counts.map { EvaluationRow(kind: .measures, participant: nil, session: nil, region: Self.all, measure: $0.0, value: Double($0.1), unit: "1", note: nil) }
    }

    /// The name under which counts of rows stand.
    static let all = "(all)"

    /// The error and the relative error; without a number on both sides one line that says why.
    private static func errors(_ mine: MeasuredRow, _ theirs: MeasuredRow) -> [EvaluationRow] {
        guard let a = mine.value, let b = theirs.value else {
            let (side, silent) = mine.value == nil ? ("result", mine) : ("truth", theirs)
            return [row(mine, mine.measure + "-error", nil, mine.unit, "not-scorable in the \(side)" + (silent.reason.map { ": \($0)" } ?? ""))]
        }
        guard mine.unit == theirs.unit else {
            return [row(mine, mine.measure + "-error", nil, mine.unit, "the truth is in \(theirs.unit), which cannot be compared")]
        }
        let status = mine.status == "ok" ? nil : mine.status + (mine.reason.map { ": \($0)" } ?? "")
        return [
            row(mine, mine.measure + "-error", a - b, mine.unit, status),
            row(mine, mine.measure + "-relative-error", b == 0 ? nil : (a - b) / b, "1", b == 0 ? "the truth is 0" : status),
        ]
    }

    private static func row(_ row: MeasuredRow, _ measure: String, _ value: Double?, _ unit: String, _ note: String?) -> EvaluationRow {
        let notes = [row.side.map { "side \($0)" }, note].compactMap(\.self)
        return EvaluationRow(
            kind: .measures, participant: row.occasion.participant, session: row.occasion.session, region: row.region, measure: measure, value: value, unit: unit,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
}
