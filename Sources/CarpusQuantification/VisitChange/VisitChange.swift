public import CarpusCore

/// How the measures of one wrist changed between two visits.
///
/// Of each measure Q of a region: `Q-change`, `Q-relative-change`, `Q-symmetrised-change`, both of the first and last in a year, and
/// `Q-change-direction`, 1, 0 or -1, whose reason begins with *increase*, *within-noise* or *decrease*. Grades have no relative changes:
/// half of grade 2 is not grade 1.
public struct VisitChange: Sendable, Hashable {
    /// What is compared, and when it counts.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The quantities that are compared.
        public var quantities = ["volume", "fraction", "thickness", "mean-thickness", "ramris"]
        /// The least changes that are more than error; of several that speak of a measure the most exact one.
        public var detectable: [DetectableRule] = []

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? { detectable.lazy.compactMap(\.complaint).first }
    }

    /// Changes in the order of the baseline's measures; what only the follow-up has comes last.
    public let measurements: [Measurement]
    /// Doubts about the dates, and which changes no limit is known for.
    public let findings: [Finding]

    /// Compares two visits.
    ///
    /// - Parameters:
    ///   - days: from the baseline to the follow-up; nil when the dates are not known.
    ///   - method: the name and version of the stage.
    /// - Throws: `QuantificationError` for parameters out of range, and for measures of several wrists or visits.
    public init(from baseline: [Measurement], to followup: [Measurement], days: Int?, parameters: Parameters = .init(), method: String) throws {
        if let complaint = parameters.complaint { throw QuantificationError(.badParameter, complaint) }
        let before = baseline.filter { parameters.quantities.contains($0.quantity) }, after = followup.filter { parameters.quantities.contains($0.quantity) }
        let old = try SiteMeasures(before), new = try SiteMeasures(after)
        var rows: [Measurement] = [], seen: Set<[String]> = [], unknown: Set<String> = []
        for row in before + after where seen.insert([row.quantity, row.region]).inserted {
            let rule = parameters.detectable.rule(for: row.quantity, of: row.region)
            if rule == nil { unknown.insert(row.quantity) }
            rows += MeasureChange(quantity: row.quantity, region: row.region, unit: row.unit, before: old[row.quantity, row.region], after: new[row.quantity, row.region], days: days, rule: rule, method: method).rows
        }
        var findings: [Finding] = []
        if !unknown.isEmpty {
            findings.append(Finding(.note, "change.no-limit", "No smallest detectable change is known for some measures: whether they changed is not told.", evidence: ["measures": unknown.sorted().joined(separator: ", ")]))
        }
        if let days, days <= 0 {
            findings.append(Finding(.warning, "change.dates", "The follow-up is not dated after the baseline; changes in a year are not given.", evidence: ["days": "\(days)"]))
        }
        (measurements, self.findings) = (rows, findings)
    }

    /// Days of a year, in which annual changes are counted.
    public static let daysPerYear = 365.25
}
