public import CarpusCore
public import CarpusPerfusion
public import CarpusPipeline

/// T1 before the agent, voxel by voxel.
public enum FitT1: Stage {
    public static let name = "fit.t1"
    public static let version = 1
    public static let summary = "Maps T1 and S0 from spoiled gradient echoes at several flip angles, with errors and a code of how each fit ended."

    public typealias Parameters = RelaxationMaps.Parameters

    /// The volumes, in the order of `flipAngles`, and what is known beside them.
    public struct Inputs: Codable, Sendable {
        /// One volume for each flip angle, on one grid.
        public var volumes: [Volume<Float>]
        /// The flip angle reached over the one asked for, on the same grid.
        public var b1: Volume<Float>?
        /// Where T1 is wanted; the whole field when absent.
        public var region: LabelMap?

        public init(volumes: [Volume<Float>], b1: Volume<Float>? = nil, region: LabelMap? = nil) { (self.volumes, self.b1, self.region) = (volumes, b1, region) }
    }

    /// Maps on the volumes' grid.
    public struct Outputs: Codable, Sendable {
        /// T1, s.
        public var T1: Volume<Float>
        /// Scale of the signal.
        public var S0: Volume<Float>
        /// Root mean square of what the fit leaves, a share of the mean signal.
        public var fitError: Volume<Float>
        /// Standard error of T1, s; NaN for two volumes.
        public var T1Error: Volume<Float>
        /// How each fit ended.
        public var outcomes: LabelMap
        /// Median and quartiles of T1 in each region.
        public var medians: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let r = try RelaxationMaps.compute(inputs.volumes, b1: inputs.b1, region: inputs.region, parameters: parameters, method: "\(name)/\(version)")
        return Outputs(
            T1: r.t1, S0: r.scale, fitError: r.fitError, T1Error: r.t1Error, outcomes: r.outcomes, medians: Measurements(r.measurements), findings: Findings(r.findings))
    }

    public static func methods(_ p: Parameters) -> String {
        "T1 was mapped from spoiled gradient echoes at flip angles of \(p.flipAngles.map { "\($0)" }.joined(separator: ", ")) degrees by \(p.method.rawValue) least squares."
    }
}

extension RelaxationMaps.Parameters: StageParameters {}
