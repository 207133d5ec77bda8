/// Balanced accuracy of subjects drawn again and again: what `GradeAgreement.balanced` says of their table, without making one.
public struct ResampledBalance: Sendable {
    /// Each pair's grade of the reference by its place, and whether the other's grade is near enough.
    private let rows: [Int], hits: [Bool]
    private let grades: Int

    /// Pairs of grades, the reference first.
    ///
    /// - Parameter distance: how many grades apart still count as right.
    public init(_ pairs: [(Int, Int)], within distance: Int = 0) {
        let all = Set(pairs.map(\.0)).sorted(), place = Dictionary(uniqueKeysWithValues: all.enumerated().map { ($1, $0) })
        grades = all.count
        rows = pairs.compactMap { place[$0.0] }
        hits = pairs.map { abs($0.0 - $0.1) <= distance }
    }

    /// Its value over pairs by index; nil for none.
    public func value(over sample: [Int]) -> Double? {
        var totals = [Int](repeating: 0, count: grades), right = totals
        for i in sample {
            totals[rows[i]] += 1
            if hits[i] { right[rows[i]] += 1 }
        }
        let shares = zip(right, totals).compactMap { $1 > 0 ? Double($0) / Double($1) : nil }
        return shares.isEmpty ? nil : Moments.mean(shares)
    }
}

/// Areas under the curves of subjects drawn again and again: what `ReceiverOperating` says of them, sorted only once.
public struct ResampledCurve: Sendable {
    /// Subjects by falling value.
    private let order: [Int]
    private let isPositive: [Bool]
    /// At each place of the order, whether the next value is another.
    private let endsTie: [Bool]

    /// Values and what the reference says of them.
    public init(_ values: [Double], isPositive: [Bool]) {
        precondition(values.count == isPositive.count, "a value and a truth each")
        let order = values.indices.sorted { values[$0] > values[$1] }
        endsTie = order.indices.map { $0 + 1 == order.count || values[order[$0 + 1]] != values[order[$0]] }
        (self.order, self.isPositive) = (order, isPositive)
    }

    /// Area under the ROC curve of subjects by index; nil when they are of one class.
    public func area(over sample: [Int]) -> Double? {
        var sum = 0.0
        let (positives, negatives) = walk(sample) { found, wrong, newFound, newWrong in sum += Double(newWrong) * Double(2 * found - newFound) / 2 }
        return positives > 0 && negatives > 0 ? sum / (Double(positives) * Double(negatives)) : nil
    }

    /// Average precision of subjects by index; nil when none is positive.
    public func averagePrecision(over sample: [Int]) -> Double? {
        let positives = sample.count { isPositive[$0] }
        guard positives > 0 else { return nil }
        var sum = 0.0
        _ = walk(sample) { found, wrong, newFound, _ in sum += Double(newFound) / Double(positives) * (Double(found) / Double(found + wrong)) }
        return sum
    }

    /// Goes down the cut-offs that the sample has, with the positives and negatives so far and those of this cut-off.
    private func walk(_ sample: [Int], _ step: (_ found: Int, _ wrong: Int, _ newFound: Int, _ newWrong: Int) -> Void) -> (Int, Int) {
        var weights = [Int](repeating: 0, count: order.count)
        for i in sample { weights[i] += 1 }
        var found = 0, wrong = 0, newFound = 0, newWrong = 0
        for (at, i) in order.enumerated() {
            if isPositive[i] { newFound += weights[i] } else { newWrong += weights[i] }
            guard endsTie[at], newFound + newWrong > 0 else { continue }
            (found, wrong) = (found + newFound, wrong + newWrong)
            step(found, wrong, newFound, newWrong)
            (newFound, newWrong) = (0, 0)
        }
        return (found, wrong)
    }
}
