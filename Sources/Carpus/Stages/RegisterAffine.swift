import CarpusCore
public import CarpusPipeline
import CarpusRegistration

/// Aligns one image to another by turning, shifting, scaling and shearing it.
public enum RegisterAffine: Stage {
    public static let name = "register.affine"
    public static let version = 2
    public static let summary = "Finds the affine map that lays one image on another, from a rigid start (mutual information, multi-resolution)."

    public typealias Inputs = RegistrationInputs
    public typealias Outputs = RegistrationOutputs

    /// How images are aligned.
    public struct Parameters: StageParameters {
        /// Levels of the pyramid, 1 to 6, each twice as coarse as the next.
        public var levels = 3
        /// The spacing of the last level in mm; an axis that is coarser stays as it is.
        public var finestSpacing = 0.8
        /// Places of both images compared at each level, at most.
        public var samples = 40_000
        /// How far in degrees the starts are turned about each axis; 0 for no turned starts.
        public var startAngle = 20.0
        /// The defaults.
        public init() {}

        public var complaint: String? { search.complaint }

        var search: RigidRegistration.Parameters {
            var p = RigidRegistration.Parameters()
            (p.levels, p.finestSpacing, p.samples, p.startAngle) = (levels, finestSpacing, samples, startAngle)
            return p
        }
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try AffineRegistration.align(
            fixed: inputs.fixed, moving: inputs.moving, fixedMask: inputs.fixedMask, movingMask: inputs.movingMask, parameters: parameters.search)
        return Outputs(.affine(result.movingFromFixed), of: inputs, result.findings)
    }

    public static func methods(_: Parameters) -> String {
        "Images were aligned rigidly and then affinely by maximising mutual information (Mattes et al., IEEE Trans Med Imaging 2003; Thévenaz and Unser, IEEE Trans Image Process 2000) of samples of both images and a slowly varying gain between them on a multi-resolution pyramid, and interpolated once by cubic B-spline."
    }
}
