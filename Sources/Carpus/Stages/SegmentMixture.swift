public import CarpusCore
public import CarpusPipeline
public import CarpusSegmentation

/// Oedema inside bones, without a network of its own.
public enum SegmentMixture: Stage {
    public static let name = "segment.mixture"
    public static let version = 1
    public static let summary = "Labels bone marrow oedema: the bright part of a mixture of two normal distributions of the signal inside bones, on STIR."

    public typealias Parameters = MixtureSegmentation.Parameters

    /// An image, and the bones.
    public struct Inputs: Codable, Sendable {
        /// STIR, or T2 with fat suppression.
        public var image: Volume<Float>
        /// The bones on its grid: an anatomy map, or any map whose labels are bones.
        public var bones: LabelMap
    }

    /// The labels.
    public struct Outputs: Codable, Sendable {
        /// One label.
        public var labels: LabelMap
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try MixtureSegmentation.segment(inputs.image, in: inputs.bones, parameters: parameters)
        return Outputs(labels: result.labels, findings: Findings(result.findings))
    }

    public static func methods(_: Parameters) -> String {
        "Bone marrow oedema is the brighter component of a mixture of two normal distributions (Dempster, Laird and Rubin 1977) of the signal inside the bones, where the two are far enough apart."
    }
}

extension MixtureSegmentation.Parameters: StageParameters {}
