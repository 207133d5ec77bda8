import CarpusCore
public import CarpusPipeline
public import CarpusQuantification

/// How measures changed between two visits.
public enum CompareMeasures: Stage {
    public static let name = "compare.measures"
    public static let version = 1
    public static let summary = "Tells how volumes, widths and grades changed between two visits, in a year, and whether that is more than measurement error."

    /// What is compared, and when it counts.
    public struct Parameters: StageParameters {
        /// The quantities that are compared.
        public var quantities = VisitChange.Parameters().quantities
        /// The least changes that are more than error, each with `measure`, `region` (or all), and `absolute`, in the measure's unit, or `relative`, as a share of the mean of both visits, or both.
        public var detectable: [DetectableRule] = []
        /// A table like measures.tsv in which each subject was measured twice, beside the protocol: limits are estimated from it where `detectable` has none.
        public var retest: String?
        /// In what these are estimated: absolute, or relative where errors grow with the value.
        public var retestScale = DetectableRule.Scale.absolute
        /// The defaults.
        public init() {}

        public var complaint: String? { rules.complaint }

        fileprivate var rules: VisitChange.Parameters {
            var rules = VisitChange.Parameters()
            (rules.quantities, rules.detectable) = (quantities, detectable)
            return rules
        }
    }

    /// The measures of two visits, and their days.
    public struct Inputs: Codable, Sendable {
        /// Measures of the earlier visit.
        public var baseline: [Measurements]
        /// Measures of the later visit.
        public var followup: [Measurements]
        /// The day of the earlier visit, `baseline.date`.
        public var baselineDate: VisitDate?
        /// The day of the later visit, `followup.date`.
        public var followupDate: VisitDate?

        public init(baseline: [Measurements], followup: [Measurements], baselineDate: VisitDate? = nil, followupDate: VisitDate? = nil) {
            (self.baseline, self.followup, self.baselineDate, self.followupDate) = (baseline, followup, baselineDate, followupDate)
        }
    }

    /// The changes.
    public struct Outputs: Codable, Sendable {
        /// Rows `QUANTITY-change`, `QUANTITY-relative-change`, … of each region.
        public var changes: Measurements
        /// What is doubtful about them.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let days = inputs.baselineDate.flatMap { first in inputs.followupDate.map { first.days(to: $0) } }
        let change = try VisitChange(
            from: inputs.baseline.flatMap(\.rows), to: inputs.followup.flatMap(\.rows), days: days, parameters: parameters.rules, method: method)
        return Outputs(changes: Measurements(change.measurements), findings: Findings(change.findings))
    }

    public static func methods(_: Parameters) -> String {
        "Changes of measures between visits are differences, shares of the baseline, symmetrised shares (of the mean of both visits) and rates per year of 365.25 days; "
            + "a change is called increase or decrease only where it exceeds the smallest detectable change."
    }
}
