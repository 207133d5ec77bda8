public import CarpusCore
public import CarpusPipeline
public import CarpusSegmentation

/// What is bright, by fuzzy clusters.
public enum SegmentFuzzy: Stage {
    public static let name = "segment.fuzzy"
    public static let version = 2
    public static let summary = "Labels the brightest of several fuzzy clusters inside a mask, on a subtraction or on STIR."

    public typealias Parameters = FuzzySegmentation.Parameters

    /// An image, and where to look.
    public struct Inputs: Codable, Sendable {
        /// What the agent added, or another image in which lesions are bright.
        public var image: Volume<Float>
        /// Where to look, and what clusters are made of; everywhere when absent.
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
        let result = try FuzzySegmentation.segment(inputs.image, inside: inputs.mask, parameters: parameters)
        return Outputs(labels: result.labels, findings: Findings(result.findings))
    }

    public static func methods(_ p: Parameters) -> String {
        "Voxels of the brightest of \(p.clusters) fuzzy clusters (Bezdek 1981; applied to inflammation of the hand by Tripoliti et al., Artif Intell Med 2007) were labelled \(p.label), and small components removed."
    }
}

extension FuzzySegmentation.Parameters: StageParameters {}
