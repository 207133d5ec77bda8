public import CarpusCore
public import CarpusPipeline
public import CarpusRegistration

/// Aligns one image to another by turning, shifting and bending it.
public enum RegisterDeformable: Stage {
    public static let name = "register.deformable"
    public static let version = 1
    public static let summary = "Finds the smooth deformation that lays one image on another, from a rigid start (local correlation, never folding)."

    public typealias Parameters = DeformableRegistration.Parameters

    /// Two images, and where to look.
    public struct Inputs: Codable, Sendable {
        /// The image that stays.
        public var fixed: Volume<Float>
        /// The image that is moved.
        public var moving: Volume<Float>
        /// Where the fixed image is compared; everywhere when absent.
        public var fixedMask: LabelMap?
        /// Where the moving image is compared; everywhere when absent.
        public var movingMask: LabelMap?
    }

    /// The map, and the moving image on the fixed grid.
    public struct Outputs: Codable, Sendable {
        /// Fixed world points to moving ones.
        public var transform: Transform
        /// The moving image on the fixed grid, interpolated once by cubic B-spline; NaN where it says nothing.
        public var aligned: Volume<Float>
        /// What is doubtful about the alignment.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try DeformableRegistration.align(
            fixed: inputs.fixed, moving: inputs.moving, fixedMask: inputs.fixedMask, movingMask: inputs.movingMask, parameters: parameters)
        return Outputs(
            transform: result.movingFromFixed,
            aligned: inputs.moving.resampled(onto: inputs.fixed.grid, through: result.movingFromFixed, interpolation: .cubic),
            findings: Findings(result.findings))
    }

    public static func methods(_: Parameters) -> String {
        "Images were aligned rigidly by mutual information, then by a smooth field without folds that maximises local correlation (Avants et al., Med Image Anal 2008) after contrast was matched by conditional means (Roche et al., MICCAI 1998), and interpolated once by cubic B-spline."
    }
}

extension DeformableRegistration.Parameters: StageParameters {}
