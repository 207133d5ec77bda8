public import CarpusCore
public import CarpusPipeline
public import CarpusQuantification

/// What the contrast agent added.
public enum SubtractContrast: Stage {
    public static let name = "subtract.contrast"
    public static let version = 1
    public static let summary = "Subtracts the image before gadolinium from the one after, both scaled alike on tissue that does not enhance."

    public typealias Parameters = SubtractionMap.Parameters

    /// Two images on one grid.
    public struct Inputs: Codable, Sendable {
        /// Before contrast.
        public var before: Volume<Float>
        /// After contrast.
        public var after: Volume<Float>
    }

    /// The difference and the ratio.
    public struct Outputs: Codable, Sendable {
        /// After minus before, in the units of the image after.
        public var difference: Volume<Float>
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try SubtractionMap.compute(before: inputs.before, after: inputs.after, parameters: parameters)
        return Outputs(difference: result.difference, findings: Findings(result.findings))
    }

    public static func methods(_: Parameters) -> String {
        "Contrast enhancement was taken as the difference of the aligned images before and after gadolinium, after matching their gain on tissue that does not enhance."
    }
}

extension SubtractionMap.Parameters: StageParameters {}
