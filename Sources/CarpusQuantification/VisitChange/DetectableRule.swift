/// The smallest change of a measure that is more than error.
public struct DetectableRule: Sendable, Hashable, Codable {
    /// The quantity: `volume`, `thickness`, …
    public var measure: String
    /// A region, or what stands before the slash of several: `synovitis` is also `synovitis/radiocarpal`. All regions when absent.
    public var region: String?
    /// In the measure's own unit.
    public var absolute: Double?
    /// As a share of the mean of both visits, as the symmetrised change is.
    public var relative: Double?

    /// A rule; a change has to exceed all that is given.
    public init(measure: String, region: String? = nil, absolute: Double? = nil, relative: Double? = nil) {
        (self.measure, self.region, self.absolute, self.relative) = (measure, region, absolute, relative)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable { case measure, region, absolute, relative }

    // A misspelt limit would be no limit.
    public init(from decoder: any Decoder) throws {
        try decoder.refuseMembers(except: CodingKeys.allCases.map(\.rawValue), of: "a smallest detectable change")
        let c = try decoder.container(keyedBy: CodingKeys.self)
        measure = try c.decode(String.self, forKey: .measure)
        region = try c.decodeIfPresent(String.self, forKey: .region)
        absolute = try c.decodeIfPresent(Double.self, forKey: .absolute)
        relative = try c.decodeIfPresent(Double.self, forKey: .relative)
    }

    /// What is wrong with it, nil when nothing is.
    public var complaint: String? {
        guard absolute != nil || relative != nil else { return "the smallest detectable change of \(name) has neither 'absolute' nor 'relative'" }
        let fine = [absolute, relative].allSatisfy { $0.map { $0 >= 0 && $0.isFinite } ?? true }
        return fine ? nil : "the smallest detectable change of \(name) has to be a number that is not negative"
    }

    private var name: String { measure + (region.map { " of \($0)" } ?? "") }

    /// How exactly it speaks of a measure of a region: the longer its own region, the more exactly; nil when it does not.
    func precision(for quantity: String, of place: String) -> Int? {
        guard quantity == measure else { return nil }
        guard let region else { return 0 }
        return place == region || place.hasPrefix(region + "/") ? region.count : nil
    }
}

extension [DetectableRule] {
    /// The rule that speaks most exactly of a measure; the first among equals.
    func rule(for quantity: String, of region: String) -> DetectableRule? {
        var best: (rule: DetectableRule, precision: Int)?
        for rule in self {
            if let precision = rule.precision(for: quantity, of: region), precision > best?.precision ?? -1 { best = (rule, precision) }
        }
        return best?.rule
    }
}
