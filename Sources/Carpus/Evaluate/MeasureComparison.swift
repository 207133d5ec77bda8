import CarpusQuantification
import Foundation

/// The rows of a run's `measures.tsv` against the truth's: same participant, session, region and measure, and the same side where
/// both tell one.
enum MeasureComparison {
    private struct Key: Hashable {
        let occasion: EvaluatedOccasion
        let region, measure: String

        init(_ row: MeasuredRow) { (occasion, region, measure) = (row.occasion, row.region, row.measure) }
    }

    static func rows(of result: [MeasuredRow]?, against truth: [MeasuredRow]?) -> [EvaluationRow] {
        guard let result, let truth else {
            if result == nil && truth == nil { return [] }
            return [.missing(.measures, nil, region: all, "the \(result == nil ? "result" : "truth") has no measures.tsv")]
        }
        var left = Dictionary(grouping: truth, by: Key.init), rows: [EvaluationRow] = []
        var compared = 0, notScorable = 0, unknown = 0
        for mine in result {
            let candidates = left[Key(mine)] ?? []
            guard let i = candidates.firstIndex(where: { $0.side == mine.side }) ?? candidates.firstIndex(where: { $0.side == nil || mine.side == nil }) else {
                rows.append(row(mine, "missing", nil, "1", "\(mine.measure) is missing in the truth"))
                unknown += 1
                continue
            }
            let theirs = candidates[i]
            left[Key(mine)]?.remove(at: i)
            if mine.value != nil && theirs.value != nil && mine.unit == theirs.unit { compared += 1 } else { notScorable += 1 }
            rows += errors(mine, theirs)
        }
        let lacking = truth.filter { row in
            guard let i = left[Key(row)]?.firstIndex(where: { $0.side == row.side }) else { return false }
            left[Key(row)]?.remove(at: i)
            return true
        }
        rows += lacking.map { row($0, "missing", nil, "1", "\($0.measure) is missing in the result") }
        let counts = [("rows-compared", compared), ("rows-not-scorable", notScorable), ("rows-missing-in-result", lacking.count), ("rows-missing-in-truth", unknown)]
        return rows + counts.map { EvaluationRow(kind: .measures, participant: nil, session: nil, region: all, measure: $0.0, value: Double($0.1), unit: "1", note: nil) }
    }

    /// The name under which counts of rows stand.
    static let all = "(all)"

    /// The error and the relative error; without a number on both sides one line that says why.
    private static func errors(_ mine: MeasuredRow, _ theirs: MeasuredRow) -> [EvaluationRow] {
        guard let a = mine.value, let b = theirs.value else {
            let (side, row) = mine.value == nil ? ("result", mine) : ("truth", theirs)
            return [Self.row(mine, mine.measure + "-error", nil, mine.unit, "not-scorable in the \(side)" + (row.reason.map { ": \($0)" } ?? ""))]
        }
        guard mine.unit == theirs.unit else {
            return [Self.row(mine, mine.measure + "-error", nil, mine.unit, "the truth is in \(theirs.unit), which cannot be compared")]
        }
        let status = mine.status == "ok" ? nil : mine.status + (mine.reason.map { ": \($0)" } ?? "")
        return [
            Self.row(mine, mine.measure + "-error", a - b, mine.unit, status),
            Self.row(mine, mine.measure + "-relative-error", b == 0 ? nil : (a - b) / b, "1", b == 0 ? "the truth is 0" : status),
        ]
    }

    private static func row(_ row: MeasuredRow, _ measure: String, _ value: Double?, _ unit: String, _ note: String?) -> EvaluationRow {
        let notes = [row.side.map { "side \($0)" }, note].compactMap(\.self)
        return EvaluationRow(
            kind: .measures, participant: row.occasion.participant, session: row.occasion.session, region: row.region, measure: measure, value: value, unit: unit,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }
}
