public import CarpusCore
public import CarpusPipeline
public import CarpusQuantification

/// What changed between two visits.
public enum CompareProgression: Stage {
    public static let name = "compare.progression"
    public static let version = 3
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
        /// How each bone moved by itself, see `register.parts`; needs an anatomy.
        public var motions: MotionsArtifact?
        /// Where bones and regions lie in the baseline's world, on any grid; volumes of change are then told by region too.
        public var baselineAnatomy: LabelMap?
        /// The same in the follow-up's world.
        public var followupAnatomy: LabelMap?
        /// Where change is looked for, on any grid in the baseline's world; all tissue when absent.
        public var mask: LabelMap?

        public init(
            baseline: Volume<Float>, followup: Volume<Float>, transform: Transform, motions: MotionsArtifact? = nil,
            baselineAnatomy: LabelMap? = nil, followupAnatomy: LabelMap? = nil, mask: LabelMap? = nil
        ) {
            (self.baseline, self.followup, self.transform, self.motions) = (baseline, followup, transform, motions)
            (self.baselineAnatomy, self.followupAnatomy, self.mask) = (baselineAnatomy, followupAnatomy, mask)
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
            baseline: inputs.baseline, followup: inputs.followup, followupFromBaseline: inputs.transform, motions: inputs.motions?.content,
            baselineAnatomy: inputs.baselineAnatomy, followupAnatomy: inputs.followupAnatomy, mask: inputs.mask, parameters: parameters, method: method)
        return Outputs(
            difference: r.difference, z: r.z, significant: r.significant, baseline: r.baseline, followup: r.followup,
            halfwayFromBaseline: r.halfwayFromBaseline, changes: Measurements(r.measurements), findings: Findings(r.findings))
    }

    public static func methods(_: Parameters) -> String {
        "Change between visits was mapped half-way between the rigidly aligned scans, each bone by itself where motions of bones were given: equal interpolation of both, intensities matched on stable tissue, the difference divided by the standard deviation expected from noise and residual misregistration, and clusters beyond a threshold kept; volumes of change are measured at half height."
    }

}

extension ProgressionMap.Parameters: StageParameters {}
