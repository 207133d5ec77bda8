public import CarpusCore
public import CarpusPipeline
public import CarpusReport

/// A series to look through in the page.
public enum DrawViewer: Stage {
    public static let name = "draw.viewer"
    public static let version = 1
    public static let summary = "Makes all slices of a volume, with labels over them, ready for the page, where one scrolls, sets the window and sees several series at one place."

    public typealias Parameters = SliceStack.Parameters

    /// A scan, and what lies over it.
    public struct Inputs: Codable, Sendable {
        /// What is shown in grey.
        public var image: Volume<Float>
        /// Tissue, on any grid in the image's world.
        public var anatomy: LabelMap?
        /// Lesions, likewise.
        public var lesions: LabelMap?
        /// Classes of curves, or any other labels, likewise.
        public var classes: LabelMap?

        public init(image: Volume<Float>, anatomy: LabelMap? = nil, lesions: LabelMap? = nil, classes: LabelMap? = nil) {
            (self.image, self.anatomy, self.lesions, self.classes) = (image, anatomy, lesions, classes)
        }
    }

    /// The slices.
    public struct Outputs: Codable, Sendable {
        /// Pixels to look at, not to measure on.
        public var stack: StackArtifact
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        Outputs(stack: StackArtifact(content: try BrowseStack.make(inputs.image, anatomy: inputs.anatomy, lesions: inputs.lesions, classes: inputs.classes, parameters: parameters)))
    }
}

extension SliceStack.Parameters: StageParameters {}
