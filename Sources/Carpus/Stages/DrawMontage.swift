public import CarpusCore
public import CarpusPipeline
public import CarpusReport

/// A picture of a scan to look at.
public enum DrawMontage: Stage {
    public static let name = "draw.montage"
    public static let version = 2
    public static let summary = "Draws slices of a volume side by side in radiological convention, with the outlines of labels."

    public typealias Parameters = Montage.Parameters

    /// A scan, and labels to outline.
    public struct Inputs: Codable, Sendable {
        /// What is shown in grey.
        public var image: Volume<Float>
        /// What is outlined, on any grid in the image's world.
        public var labels: LabelMap?
    }

    /// The picture.
    public struct Outputs: Codable, Sendable {
        /// The picture with its words.
        public var figure: FigureArtifact
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        Outputs(figure: FigureArtifact(try Montage.draw(inputs.image, labels: inputs.labels, parameters: parameters)))
    }
}

extension Montage.Parameters: StageParameters {}
