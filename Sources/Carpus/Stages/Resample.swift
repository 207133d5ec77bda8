public import CarpusCore
public import CarpusPipeline

/// Sees an image on the grid of another.
public enum Resample: Stage {
    public static let name = "resample"
    public static let version = 1
    public static let summary = "Puts an image on the grid of another, through a transform when one is given."

    /// How values are made.
    public struct Parameters: StageParameters {
        /// How a value between voxel centres is made: nearest, linear or cubic.
        public var interpolation = Interpolation.cubic
        /// The defaults.
        public init() {}
    }

    /// An image, a grid, and the way between.
    public struct Inputs: Codable, Sendable {
        /// The image to resample.
        public var image: Volume<Float>
        /// The image whose grid is taken.
        public var onto: Volume<Float>
        /// World points of `onto` to those of `image`; the identity when absent.
        public var transform: Transform?
    }

    /// The image on the new grid.
    public struct Outputs: Codable, Sendable {
        /// NaN where the image says nothing.
        public var image: Volume<Float>
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) -> Outputs {
        Outputs(image: inputs.image.resampled(onto: inputs.onto.grid, through: inputs.transform ?? .identity, interpolation: parameters.interpolation))
    }
}
