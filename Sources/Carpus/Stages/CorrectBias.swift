public import CarpusCore
public import CarpusPipeline
public import CarpusRegistration

/// Evens out the slow change of brightness across an image that the coil makes.
public enum CorrectBias: Stage {
    public static let name = "correct.bias"
    public static let version = 1
    public static let summary = "Divides an image by the smooth field of the receive coil's sensitivity (N4, ITK)."

    public typealias Parameters = BiasField.Parameters

    /// An image, and the tissue in it.
    public struct Inputs: Codable, Sendable {
        /// The image to correct.
        public var image: Volume<Float>
        /// Tissue from which the field is estimated; found by threshold when absent.
        public var mask: LabelMap?
    }

    /// The image evened out, and what it was divided by.
    public struct Outputs: Codable, Sendable {
        /// The corrected image.
        public var corrected: Volume<Float>
        /// The field, about 1.
        public var field: Volume<Float>
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let (corrected, field) = try BiasField.correct(inputs.image, mask: inputs.mask, parameters: parameters)
        return Outputs(corrected: corrected, field: field)
    }

    public static func methods(_: Parameters) -> String {
        "Intensity inhomogeneity was corrected with N4 (Tustison et al., IEEE Trans Med Imaging 2010)."
    }
}

extension BiasField.Parameters: StageParameters {}
