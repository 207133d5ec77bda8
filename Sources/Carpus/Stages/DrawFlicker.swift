public import CarpusCore
public import CarpusPipeline
public import CarpusReport

/// How well two images lie on each other, to see by switching between them.
public enum DrawFlicker: Stage {
    public static let name = "draw.flicker"
    public static let version = 1
    public static let summary = "Makes the slices of a fixed image, and of the moving one before and after alignment, ready for the page, where one switches between them."

    public typealias Parameters = SliceStack.Parameters

    /// Both images of a registration, and what it gave.
    public struct Inputs: Codable, Sendable {
        /// The image that stayed.
        public var fixed: Volume<Float>
        /// The image that was moved, as it was taken.
        public var moving: Volume<Float>
        /// The same on the fixed grid, after alignment.
        public var aligned: Volume<Float>

        public init(fixed: Volume<Float>, moving: Volume<Float>, aligned: Volume<Float>) { (self.fixed, self.moving, self.aligned) = (fixed, moving, aligned) }
    }

    /// The slices.
    public struct Outputs: Codable, Sendable {
        /// Pixels to look at, not to measure on.
        public var stack: StackArtifact
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        Outputs(stack: StackArtifact(content: try FlickerStack.make(fixed: inputs.fixed, moving: inputs.moving, aligned: inputs.aligned, parameters: parameters)))
    }
}
