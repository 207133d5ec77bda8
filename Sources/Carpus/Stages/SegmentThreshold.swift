public import CarpusCore
public import CarpusPipeline
public import CarpusSegmentation

/// What is brighter than a threshold.
public enum SegmentThreshold: Stage {
    public static let name = "segment.threshold"
    public static let version = 2
    public static let summary = "Labels what is brighter than a threshold, Otsu's or a given one, inside a mask; small components are removed."

    public typealias Parameters = ThresholdSegmentation.Parameters

    /// An image, and where to look.
    public struct Inputs: Codable, Sendable {
        /// The image.
        public var image: Volume<Float>
        /// Where to look; everywhere when absent.
        public var mask: LabelMap?
    }

    /// The labels.
    public struct Outputs: Codable, Sendable {
        /// One label.
        public var labels: LabelMap
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try ThresholdSegmentation.segment(inputs.image, inside: inputs.mask, parameters: parameters)
        return Outputs(labels: result.labels, findings: Findings(result.findings))
    }

    public static func methods(_: Parameters) -> String {
        "Voxels were labelled by threshold (Otsu, IEEE Trans Syst Man Cybern 1979, unless a threshold was given), and small components removed."
    }
}

extension ThresholdSegmentation.Parameters: StageParameters {}
