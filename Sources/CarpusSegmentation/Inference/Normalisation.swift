import CarpusCore

/// How a channel's intensities are brought to the scale a network knows. Names and rules are nnU-Net v2's.
public struct Normalisation: Sendable, Hashable, Codable {
    /// The rule.
    public enum Scheme: String, Sendable, Hashable, Codable, CaseIterable {
        /// Mean 0 and standard deviation 1 of this image.
        case zScore = "z-score"
        /// Clipped to two percentiles of the training images, then by their mean and standard deviation.
        case fixed
        /// Least value 0, largest 1.
        case unit
        /// Divided by 255.
        case byte
        /// As it is.
        case none
    }
    /// What the training images' foreground was like.
    public struct Statistics: Sendable, Hashable, Codable {
        public var mean, deviation, lowest, highest: Double
        /// Mean and standard deviation, and the percentiles to clip to.
        public init(mean: Double, deviation: Double, lowest: Double, highest: Double) {
            (self.mean, self.deviation, self.lowest, self.highest) = (mean, deviation, lowest, highest)
        }
    }
    /// The rule.
    public var scheme: Scheme
    /// Whether only voxels that are not 0 in some channel, holes filled, count and change.
    public var isMasked = false
    /// What `fixed` needs.
    public var statistics: Statistics?

    private enum CodingKeys: String, CodingKey { case scheme, isMasked = "masked", statistics }

    /// A rule.
    public init(_ scheme: Scheme, isMasked: Bool = false, statistics: Statistics? = nil) {
        (self.scheme, self.isMasked, self.statistics) = (scheme, isMasked, statistics)
    }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        scheme = try c.decode(Scheme.self, forKey: .scheme)
        isMasked = try c.decodeIfPresent(Bool.self, forKey: .isMasked) ?? false
        statistics = try c.decodeIfPresent(Statistics.self, forKey: .statistics)
    }

    /// Normalises values in place.
    ///
    /// - Parameter foreground: which voxels count where the rule is masked.
    func apply(to values: inout [Float], foreground: [Bool]) {
        switch scheme {
        case .none: break
        case .byte: Self.scale(&values, minus: 0, by: 1 / 255)
        case .unit:
            let (low, high) = values.reduce((Float.infinity, -Float.infinity)) { (min($0.0, $1), max($0.1, $1)) }
            Self.scale(&values, minus: Double(low), by: 1 / max(Double(high) - Double(low), 1e-8))
        case .fixed:
            guard let s = statistics else { preconditionFailure("the manifest was checked: a fixed normalisation has its statistics") }
            for i in values.indices { values[i] = min(max(values[i], Float(s.lowest)), Float(s.highest)) }
            Self.scale(&values, minus: s.mean, by: 1 / max(s.deviation, 1e-8))
        case .zScore:
            let mask = isMasked ? foreground : nil
            let (mean, deviation) = Self.moments(values, mask)
            guard let mask else { return Self.scale(&values, minus: mean, by: 1 / max(deviation, 1e-8)) }
            for i in values.indices where mask[i] { values[i] = Float((Double(values[i]) - mean) / max(deviation, 1e-8)) }
        }
    }

    private static func scale(_ values: inout [Float], minus mean: Double, by factor: Double) {
        for i in values.indices { values[i] = Float((Double(values[i]) - mean) * factor) }
    }

    /// Mean and population standard deviation.
    private static func moments(_ values: [Float], _ mask: [Bool]?) -> (mean: Double, deviation: Double) {
        func sum(_ f: (Double) -> Double) -> Double {
            var total = 0.0
            if let mask { for i in values.indices where mask[i] { total += f(Double(values[i])) } } else { for v in values { total += f(Double(v)) } }
            return total
        }
        let n = Double(max(1, mask.map { $0.count { $0 } } ?? values.count)), mean = sum { $0 } / n
        return (mean, (sum { ($0 - mean) * ($0 - mean) } / n).squareRoot())
    }
}
