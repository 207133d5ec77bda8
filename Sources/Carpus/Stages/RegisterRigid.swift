public import CarpusCore
public import CarpusPipeline
public import CarpusRegistration

/// Aligns one image to another by turning and shifting it.
public enum RegisterRigid: Stage {
    public static let name = "register.rigid"
    public static let version = 2
    public static let summary = "Finds the rotation and translation that lay one image on another (mutual information, multi-resolution)."

    public typealias Parameters = RigidRegistration.Parameters

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
        let result = try RigidRegistration.align(
            fixed: inputs.fixed, moving: inputs.moving, fixedMask: inputs.fixedMask, movingMask: inputs.movingMask, parameters: parameters)
        let map = Transform.rigid(result.movingFromFixed)
        return Outputs(
            transform: map, aligned: inputs.moving.resampled(onto: inputs.fixed.grid, through: map, interpolation: .cubic),
            findings: Findings(result.findings))
    }

    public static func methods(_ parameters: Parameters) -> String {
        let how = switch parameters.engine {
        case .carpus: "mutual information (Mattes et al., IEEE Trans Med Imaging 2003; Thévenaz and Unser, IEEE Trans Image Process 2000) of samples of both images and a slowly varying gain between them on a multi-resolution pyramid"
        case .itk: "Mattes mutual information (Mattes et al., IEEE Trans Med Imaging 2003) on a multi-resolution pyramid with ITK 5.2"
        }
        return "Images were aligned rigidly by maximising \(how), and interpolated once by cubic B-spline."
    }
}

extension RigidRegistration.Parameters: StageParameters {}
