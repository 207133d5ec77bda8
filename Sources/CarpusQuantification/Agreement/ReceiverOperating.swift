/// How well a number tells positives from negatives: ROC and precision-recall curves over all cut-offs "at least this".
public struct ReceiverOperating: Sendable, Hashable {
    /// What a cut-off gives.
    public struct Point: Sendable, Hashable, Encodable {
        /// Values of at least this are called positive.
        public let cutoff: Double
        /// True positives and false positives at it.
        public let truePositives, falsePositives: Int
    }
    /// Positives and negatives of the reference.
    public let positives, negatives: Int
    /// From the highest cut-off to the lowest, one for each value that occurs.
    public let points: [Point]

    /// The curve of values and what the reference says.
    public init(_ values: [Double], isPositive: [Bool]) {
        precondition(values.count == isPositive.count, "a value and a truth each")
        positives = isPositive.count { $0 }
        negatives = isPositive.count - positives
        var points: [Point] = [], found = 0, wrong = 0
        let order = values.indices.sorted { values[$0] > values[$1] }
        for (at, i) in order.enumerated() {
            if isPositive[i] { found += 1 } else { wrong += 1 }
            if at + 1 == order.count || values[order[at + 1]] != values[i] { points.append(Point(cutoff: values[i], truePositives: found, falsePositives: wrong)) }
        }
        self.points = points
    }

    /// Share of positives found at a point; none without positives.
    public func sensitivity(_ p: Point) -> Double { Double(p.truePositives) / Double(positives) }
    /// Share of negatives left alone at a point.
    public func specificity(_ p: Point) -> Double { 1 - Double(p.falsePositives) / Double(negatives) }
    /// Share of those called positive that are; the precision.
    public func precision(_ p: Point) -> Double { Double(p.truePositives) / Double(p.truePositives + p.falsePositives) }

    private var lacks: Estimate? {
        positives == 0 ? .none("no positives") : negatives == 0 ? .none("no negatives") : nil
    }

    /// Area under the ROC curve by trapezia: the probability that a positive has the higher value, ties half. None with one class only.
    public var area: Estimate {
        if let lacks { return lacks }
        var sum = 0.0, found = 0, wrong = 0
        for p in points {
            sum += Double(p.falsePositives - wrong) * Double(p.truePositives + found) / 2
            (found, wrong) = (p.truePositives, p.falsePositives)
        }
        return Estimate(sum / (Double(positives) * Double(negatives)))
    }

    /// Average precision: Σ (R_n - R_{n-1}) P_n, no interpolation.
    public var averagePrecision: Estimate {
        if positives == 0 { return .none("no positives") }
        var sum = 0.0, found = 0
        for p in points {
            sum += Double(p.truePositives - found) / Double(positives) * precision(p)
            found = p.truePositives
        }
        return Estimate(sum)
    }

    /// Which error a cut-off shuns.
    public enum Preference: String, Sendable, Hashable, CaseIterable, Encodable {
        /// The highest specificity among cut-offs of the least sensitivity asked for.
        case sensitivity
        /// The highest sensitivity among cut-offs of the least specificity asked for.
        case specificity
        /// Sensitivity and specificity together: Youden's index.
        case both
    }

    /// The cut-off that a preference chooses; the higher one among equals. Nil with one class only.
    ///
    /// - Parameter least: the sensitivity or specificity asked for, 0 to 1.
    public func cutoff(favouring preference: Preference, least: Double = 0.95) -> Point? {
        guard lacks == nil else { return nil }
        let allowed = points.filter {
            switch preference {
            case .sensitivity: sensitivity($0) >= least
            case .specificity: specificity($0) >= least
            case .both: true
            }
        }
        func gain(_ p: Point) -> Double {
            switch preference {
            case .sensitivity: specificity(p)
            case .specificity: sensitivity(p)
            case .both: sensitivity(p) + specificity(p)
            }
        }
        return allowed.reduce(nil) { best, p in best.map { gain(p) > gain($0) ? p : $0 } ?? p }
    }
}
