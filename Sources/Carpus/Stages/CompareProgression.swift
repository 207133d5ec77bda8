public import CarpusCore
public import CarpusPipeline
public import CarpusQuantification

/// What changed between two visits.
public enum CompareProgression: Stage {
    public static let name = "compare.progression"
    public static let version = 1
    public static let summary = "Subtracts two visits of one sequence half-way between them, scaled by noise; swapping the visits only flips the sign."

    public typealias Parameters = ProgressionMap.Parameters

    /// Two visits and the way between.
    public struct Inputs: Codable, Sendable {
        /// The earlier scan.
        public var baseline: Volume<Float>
        /// The later scan.
        public var followup: Volume<Float>
        /// World points of the baseline to those of the follow-up.
        public var transform: Transform
        /// Where change is looked for, on any grid in the baseline's world; all tissue when absent.
        public var mask: LabelMap?

        public init(baseline: Volume<Float>, followup: Volume<Float>, transform: Transform, mask: LabelMap? = nil) {
            (self.baseline, self.followup, self.transform, self.mask) = (baseline, followup, transform, mask)
        }
    }

    /// The map and its parts, all on the half-way grid.
    public struct Outputs: Codable, Sendable {
        /// Follow-up minus baseline, both scaled alike.
        public var difference: Volume<Float>
        /// The difference over its standard deviation.
        public var z: Volume<Float>
        /// Where the change is significant: 1 decrease, 2 increase of signal.
        public var significant: LabelMap
        /// The baseline as it was compared.
        public var baseline: Volume<Float>
        /// The follow-up as it was compared.
        public var followup: Volume<Float>
        /// World points of the baseline to those of the half-way grid; brings the maps back to the baseline.
        public var halfwayFromBaseline: Transform
        /// Volumes of change.
        public var changes: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let r = try ProgressionMap.compute(
            baseline: inputs.baseline, followup: inputs.followup, followupFromBaseline: inputs.transform, mask: inputs.mask, parameters: parameters, method: method)
        return Outputs(
            difference: r.difference, z: r.z, significant: r.significant, baseline: r.baseline, followup: r.followup,
            halfwayFromBaseline: r.halfwayFromBaseline, changes: Measurements(r.measurements), findings: Findings(r.findings))
    }

    public static func methods(_: Parameters) -> String {
        "Change between visits was mapped half-way between the rigidly aligned scans: equal interpolation of both, intensities matched on stable tissue, the difference divided by the standard deviation expected from noise and residual misregistration, and clusters beyond a threshold kept; volumes of change are measured at half height."
    }

}

extension ProgressionMap.Parameters: StageParameters {}
