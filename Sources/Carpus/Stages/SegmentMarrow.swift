public import CarpusCore
public import CarpusPipeline
public import CarpusSegmentation

/// The bones' marrow, without a network.
public enum SegmentMarrow: Stage {
    public static let name = "segment.marrow"
    public static let version = 2
    public static let summary = "Finds the bones' marrow on a T1- or GRE-like wrist by a marker-based watershed; components are numbered, not named."

    public typealias Parameters = MarrowSegmentation.Parameters

    /// An image, and where to look.
    public struct Inputs: Codable, Sendable {
        /// A T1- or GRE-like image of the wrist.
        public var image: Volume<Float>
        /// Where to look; the whole hand when absent.
        public var mask: LabelMap?
    }

    /// The labels.
    public struct Outputs: Codable, Sendable {
        /// One label a component, the largest first.
        public var labels: LabelMap
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try MarrowSegmentation.segment(inputs.image, inside: inputs.mask, parameters: parameters)
        return Outputs(labels: result.labels, findings: Findings(result.findings))
    }

    public static func methods(_: Parameters) -> String {
        "Bone marrow was found by a marker-based watershed (Beucher and Meyer 1993) on the in-plane gradient; components were checked for a cortical rim and are not anatomically named."
    }
}

extension MarrowSegmentation.Parameters: StageParameters {}
