/// One measure taken twice of one wrist while nothing can have changed.
public struct RetestPair: Sendable, Hashable {
    /// The quantity and its region.
    public var measure, region: String
    /// The first value and the second.
    public var test, retest: Double

    /// Two values of a measure.
    public init(measure: String, region: String, test: Double, retest: Double) {
        (self.measure, self.region, self.test, self.retest) = (measure, region, test, retest)
    }
}

extension DetectableRule {
    /// In what a smallest change is estimated.
    public enum Scale: String, Sendable, Hashable, Codable, CaseIterable {
        /// The measure's unit: errors are alike for small and large values.
        case absolute
        /// Shares of the mean of both: errors grow with the value.
        case relative
    }

    /// Smallest detectable changes from test and retest, 1.96 SD of the differences, by measure and region.
    ///
    /// A pair of zeros has no relative difference and is left out of the relative scale; pairs that are all equal tell no error and get no rule.
    ///
    /// - Parameter leastPairs: measures of fewer pairs get no rule.
    /// - Returns: a rule for each measure of each region, in the order in which they first occur.
    public static func estimated(from pairs: [RetestPair], scale: Scale = .absolute, leastPairs: Int = 3) -> [DetectableRule] {
        precondition(leastPairs > 1, "one pair has no spread")
        struct Key: Hashable { let measure, region: String }
        var order: [Key] = [], values: [Key: (x: [Double], y: [Double])] = [:]
        for pair in pairs {
            let key = Key(measure: pair.measure, region: pair.region), mean = (pair.test + pair.retest) / 2
            if scale == .relative, mean == 0 { continue }
            if values[key] == nil { order.append(key) }
            values[key, default: ([], [])].x.append(scale == .relative ? pair.test / mean : pair.test)
            values[key, default: ([], [])].y.append(scale == .relative ? pair.retest / mean : pair.retest)
        }
        return order.compactMap { key in
            guard let (x, y) = values[key], x.count >= leastPairs, let least = DetectableChange.retest(x, y).value, least > 0 else { return nil }
            return DetectableRule(measure: key.measure, region: key.region, absolute: scale == .absolute ? least : nil, relative: scale == .relative ? least : nil)
        }
    }
}
