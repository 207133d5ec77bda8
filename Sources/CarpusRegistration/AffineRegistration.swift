public import CarpusCore

/// Lays one image on another by any affine map, from where a rigid alignment ended: turns and shifts, and scale and shear, as
/// gradients that are not quite linear, wrong voxel sizes and other people's wrists make them.
public enum AffineRegistration {
    /// An alignment and how sure it is.
    public struct Result: Sendable {
        /// World points of the fixed image to those of the moving one; never mirrored.
        public let movingFromFixed: Affine
        /// Mutual information at the end, nats.
        public let metric: Double
        /// The rigid alignment it began from, with its verdict.
        public let rigid: RigidRegistration.Result
        /// Doubts about it, those about the rigid alignment among them.
        public let findings: [Finding]
    }

    /// Aligns two images with Carpus's own engine; the parameters' engine is not asked.
    ///
    /// - Parameters:
    ///   - fixedMask: where the fixed image is compared, anything but 0 counting, on its grid; everywhere when nil.
    ///   - movingMask: the same for the moving image.
    /// - Throws: `RegistrationError` as `RigidRegistration.align` does.
    public static func align(
        fixed: Volume<Float>, moving: Volume<Float>, fixedMask: LabelMap? = nil, movingMask: LabelMap? = nil,
        parameters: RigidRegistration.Parameters = .init()
    ) throws -> Result {
        if let complaint = parameters.complaint { throw RegistrationError(.badParameter, "affine registration: \(complaint)") }
        let doubts = try RegistrationGate(fixed: fixed, moving: moving, fixedMask: fixedMask, movingMask: movingMask).findings
        guard let alignment = try RigidAlignment(fixed: fixed, moving: moving, fixedMask: fixedMask, movingMask: movingMask, parameters) else {
            let rigid = RigidRegistration.identical(fixed)
            return Result(movingFromFixed: .identity, metric: 0, rigid: rigid, findings: doubts + rigid.findings)
        }
        let rigid = alignment.rigid
        guard let found = alignment.affine, found.movingFromFixed.linear.determinant > 0 else {
            throw RegistrationError(.noOverlap, "the images lost each other on the way from a rigid to an affine map; check that both show the same wrist")
        }
        var findings = doubts + rigid.findings.filter { $0.code != "registration.not-converged" }
        let scale = found.movingFromFixed.linear.determinant
        if !(0.7...1.4).contains(scale) {
            findings.append(Finding(
                .warning, "registration.scaled", "The images differ much in size; look at the alignment.", evidence: ["ratio of volumes": "\((scale * 100).rounded() / 100)"]))
        }
        if !found.converged {
            findings.append(Finding(
                .warning, "registration.not-converged", "The alignment was still moving when its iterations ran out; look at it, or allow more.",
                evidence: ["iterations": "\(found.iterations)"]))
        }
        return Result(movingFromFixed: found.movingFromFixed, metric: found.metric, rigid: rigid, findings: findings)
    }
}
