import CarpusCore
public import CarpusPipeline
public import CarpusRegistration

/// Aligns one image to another by turning and shifting it.
public enum RegisterRigid: Stage {
    public static let name = "register.rigid"
    public static let version = 4
    public static let summary = "Finds the rotation and translation that lay one image on another (mutual information, multi-resolution)."

    public typealias Parameters = RigidRegistration.Parameters

    public typealias Inputs = RegistrationInputs
    public typealias Outputs = RegistrationOutputs

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try RigidRegistration.align(
            fixed: inputs.fixed, moving: inputs.moving, fixedMask: inputs.fixedMask, movingMask: inputs.movingMask, parameters: parameters)
        return Outputs(.rigid(result.movingFromFixed), of: inputs, result.findings)
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
