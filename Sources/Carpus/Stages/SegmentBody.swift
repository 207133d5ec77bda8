public import CarpusCore
public import CarpusPerfusion
public import CarpusPipeline

/// Tissue told from air.
public enum SegmentBody: Stage {
    public static let name = "segment.body"
    public static let version = 1
    public static let summary = "Tells the body from air by the signal before the agent's arrival, so that the noise of air is not counted."

    public typealias Parameters = BodyMask.Parameters

    /// A dynamic series.
    public struct Inputs: Codable, Sendable {
        /// The series, motion corrected.
        public var series: TimeSeries

        public init(series: TimeSeries) { self.series = series }
    }

    /// The mask.
    public struct Outputs: Codable, Sendable {
        /// The body, on the series' grid.
        public var labels: LabelMap
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let found = try BodyMask.find(inputs.series, parameters: parameters)
        return Outputs(labels: found.labels, findings: Findings(found.findings))
    }

    public static func methods(_ p: Parameters) -> String {
        "The body was told from air in the mean of the frames before the agent, averaged over 3 x 3 voxels: what exceeds the middle of air by \(p.noiseFactor) of its standard deviations (a share of \(p.brightShare) of what is bright, where no noise of air stood out), in large pieces, with the holes they close within slices."
    }
}

extension BodyMask.Parameters: StageParameters {}
