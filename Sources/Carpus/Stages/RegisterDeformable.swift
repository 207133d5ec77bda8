import CarpusCore
public import CarpusPipeline
public import CarpusRegistration

/// Aligns one image to another by turning, shifting and bending it.
public enum RegisterDeformable: Stage {
    public static let name = "register.deformable"
    public static let version = 4
    public static let summary = "Finds the smooth deformation that lays one image on another, from a rigid start (local correlation, low bending energy)."

    public typealias Parameters = DeformableRegistration.Parameters

    public typealias Inputs = RegistrationInputs
    public typealias Outputs = RegistrationOutputs

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try DeformableRegistration.align(
            fixed: inputs.fixed, moving: inputs.moving, fixedMask: inputs.fixedMask, movingMask: inputs.movingMask, parameters: parameters)
        return Outputs(result.movingFromFixed, of: inputs, result.findings)
    }

    public static func methods(_: Parameters) -> String {
        "Images were aligned rigidly by mutual information, then by a spline field of low bending energy that raises local correlation (Avants et al., Med Image Anal 2008; Gauss-Newton steps) after contrast was matched by local conditional means (Roche et al., MICCAI 1998), and interpolated once by cubic B-spline."
    }
}

extension DeformableRegistration.Parameters: StageParameters {}
