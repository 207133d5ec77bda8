public import CarpusCore
public import CarpusPipeline
public import CarpusRegistration

/// Aligns each rigid part, the bones of a wrist, by itself.
public enum RegisterParts: Stage {
    public static let name = "register.parts"
    public static let version = 1
    public static let summary = "Finds how each bone moved by itself between two scans of one contrast, from where the whole was aligned."

    public typealias Parameters = PartRegistration.Parameters

    /// Two scans, how the whole lies, and where the parts are.
    public struct Inputs: Codable, Sendable {
        /// The scan that stays.
        public var fixed: Volume<Float>
        /// The scan that is moved.
        public var moving: Volume<Float>
        /// World points of the fixed scan to those of the moving one, for the whole; rigid.
        public var transform: Transform
        /// Where the parts are in the fixed scan's world, on any grid.
        public var fixedAnatomy: LabelMap?
        /// Where the parts are in the moving scan's world, on any grid.
        public var movingAnatomy: LabelMap?

        public init(fixed: Volume<Float>, moving: Volume<Float>, transform: Transform, fixedAnatomy: LabelMap? = nil, movingAnatomy: LabelMap? = nil) {
            (self.fixed, self.moving, self.transform, self.fixedAnatomy, self.movingAnatomy) = (fixed, moving, transform, fixedAnatomy, movingAnatomy)
        }
    }

    /// What was found.
    public struct Outputs: Codable, Sendable {
        /// The motion of the whole and of each part.
        public var motions: MotionsArtifact
        /// For each part how far it moved against the whole (`part-motion`, root mean square, mm) and the error to expect of its
        /// alignment (`registration-error`, mm).
        public var measurements: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        guard inputs.fixedAnatomy != nil || inputs.movingAnatomy != nil else {
            throw NotScorable(because: "no map of the anatomy says where the parts are, at neither visit")
        }
        let result = try PartRegistration.align(
            fixed: inputs.fixed, moving: inputs.moving, whole: try whole(inputs.transform, inputs.fixed.grid.centre),
            fixedAnatomy: inputs.fixedAnatomy, movingAnatomy: inputs.movingAnatomy, parameters: parameters)
        let rows = result.motions.parts.flatMap { part in
            [
                Measurement("part-motion", part.motion, unit: "mm", region: part.name, method: "\(name)/\(version)"),
                Measurement("registration-error", part.error, unit: "mm", region: part.name, method: "\(name)/\(version)"),
            ]
        } + result.motions.left.sorted { $0.key < $1.key }.map {
            .notScorable("registration-error", unit: "mm", region: $0.key, because: $0.value, method: "\(name)/\(version)")
        }
        return Outputs(motions: MotionsArtifact(content: result.motions), measurements: Measurements(rows), findings: Findings(result.findings))
    }

    /// A transform as a rigid one about a point.
    private static func whole(_ transform: Transform, _ centre: Vector3) throws -> RigidTransform {
        guard let affine = transform.asAffine, let rigid = RigidTransform(nearest: affine, centre: centre), rigid.affine.linear.distance(to: affine.linear) < 1e-4 else {
            throw RegistrationError(.badParameter, "parts are aligned from a rigid transform of the whole, and this one is not rigid; register the scans with register.rigid first")
        }
        return rigid
    }

    public static func methods(_: Parameters) -> String {
        "Each bone was then aligned by itself, half-way between the scans, by robust least squares of their signals over the bone and a rim around it."
    }
}

extension PartRegistration.Parameters: StageParameters {}
