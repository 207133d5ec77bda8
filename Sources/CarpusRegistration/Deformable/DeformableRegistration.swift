public import CarpusCore

/// Lays one image on another where turning and shifting is not enough, as joints bend and skin gives way: a smooth field that
/// never folds, from where a rigid alignment ended.
///
/// Contrast is matched by the mean of one image given the other (correlation ratio), about each place by itself; then the local correlation of both images
/// (Avants et al., Med Image Anal 12, 2008) grows against the bending energy of a spline field (Rueckert et al., IEEE Trans Med Imaging 18, 1999) by
/// steps of Gauss and Newton. The pyramid shrinks in plane first. Swapping the images gives the inverse, and results are the same to the last bit, whatever the number of threads.
public enum DeformableRegistration {
    /// How images are aligned. Lengths without a unit are in the smallest spacing of a level.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Levels of the pyramid, 1 to 6, each twice as coarse as the next.
        public var levels = 3
        /// The spacing of the last level in mm; an axis that is coarser stays as it is.
        public var finestSpacing = 0.8
        /// Iterations at each level but the last before contrast is matched again and as many follow, at most.
        public var iterations = 15
        /// The same at the last level.
        public var lastIterations = 7
        /// The distance of the field's splines in the smallest spacing.
        public var cell = 4.0
        /// The standard deviation of the Gaussian window of local correlation, in cells.
        public var window = 0.6
        /// How much bending the field costs, mm.
        public var stiffness = 8.0
        /// The distance in mm over which displacements are expected to change direction: stretching costs as much as bending that way.
        public var range = 20.0
        /// The mean length of a step at which a level ends.
        public var smallestStep = 0.01
        /// The rigid alignment it begins from; not among what protocols set.
        public var rigid = RigidRegistration.Parameters()

        private enum CodingKeys: String, CodingKey {
            case levels, finestSpacing, iterations, lastIterations, cell, window, stiffness, range, smallestStep
        }

        /// The defaults.
        public init() {}

        /// What is out of range, nil when nothing is.
        public var complaint: String? {
            if !(1...6).contains(levels) { return "'levels' must be 1 to 6" }
            if !(finestSpacing > 0 && finestSpacing.isFinite) { return "'finestSpacing' must be above 0 mm" }
            if !(1...1000).contains(iterations) || !(1...1000).contains(lastIterations) { return "'iterations' and 'lastIterations' must be 1 to 1000" }
            if !(cell >= 1 && cell <= 16) { return "'cell' must be 1 to 16" }
            if !(window >= 0.5 && window <= 10) { return "'window' must be 0.5 to 10" }
            if !(stiffness > 0 && stiffness <= 1e6) { return "'stiffness' must be above 0 and at most 1000000" }
            if !(range >= 1 && range <= 1e6) { return "'range' must be 1 to 1000000 mm" }
            if !(smallestStep >= 0 && smallestStep < 1) { return "'smallestStep' must be 0 to 1" }
            return rigid.complaint.map { "of 'rigid', \($0)" }
        }
    }

    /// An alignment and how sure it is.
    public struct Result: Sendable {
        /// World points of the fixed image to those of the moving one: a rigid map chained with a field.
        public let movingFromFixed: Transform
        /// The way back, not approximated anew but found with it.
        public let fixedFromMoving: Transform
        /// The rigid alignment it began from, with its verdict.
        public let rigid: RigidRegistration.Result
        /// The least and the largest factor by which tissue changes its volume from voxel to voxel; above 0, nothing folds.
        public let jacobian: ClosedRange<Double>
        /// How far a point that goes there and comes back misses its place at worst, mm.
        public let inverseConsistency: Double
        /// How far the bent alignment can be trusted; nil when nothing was moved.
        public let verdict: DeformableVerdict?
        /// The mean local correlation of the images after the rigid map and at the end, 0 to 1.
        public let correlation: (before: Double, after: Double)
        /// Iterations over all levels, those of the rigid alignment not counted.
        public let iterations: Int
        /// Doubts about it, those about the rigid alignment among them.
        public let findings: [Finding]
    }

    /// Aligns two images.
    ///
    /// - Parameters:
    ///   - fixedMask: where the fixed image is compared, anything but 0 counting, on its grid; everywhere when nil.
    ///   - movingMask: the same for the moving image.
    /// - Throws: `RegistrationError` when a parameter is out of range, and as `RigidRegistration.align` does.
    public static func align(
        fixed: Volume<Float>, moving: Volume<Float>, fixedMask: LabelMap? = nil, movingMask: LabelMap? = nil, parameters: Parameters = .init()
    ) throws -> Result {
        if let complaint = parameters.complaint { throw RegistrationError(.badParameter, "deformable registration: \(complaint)") }
        let rigid = try RigidRegistration.align(fixed, moving, fixedMask, movingMask, parameters.rigid, bends: true)
        if fixed == moving {
            return Result(
                movingFromFixed: .identity, fixedFromMoving: .identity, rigid: rigid, jacobian: 1...1, inverseConsistency: 0, verdict: nil,
                correlation: (1, 1), iterations: 0, findings: rigid.findings)
        }
        // The field lies on the finer image; of two alike, the order does not depend on which one is called fixed.
        let swapped = fixed.grid.count == moving.grid.count ? moving.precedes(fixed) : moving.grid.count > fixed.grid.count
        let a = DeformableSide(fixed, mask: fixedMask), b = DeformableSide(moving, mask: movingMask)
        let there = swapped ? rigid.movingFromFixed.inverse : rigid.movingFromFixed
        let found = DeformableEngine(fixed: swapped ? b : a, moving: swapped ? a : b, parameters: parameters).run(from: there.affine)
        let forward = Transform.rigid(there) * .displacement(found.field.displacementField)
        let back = Transform.displacement(found.inverse.displacementField) * .rigid(there.inverse)
        let inverse = found.determinants.lowerBound > 0 ? 1 / found.determinants.upperBound...1 / found.determinants.lowerBound : found.determinants
        let verdict = DeformableVerdict(found, rigid: rigid.verdict)
        return Result(
            movingFromFixed: swapped ? back : forward, fixedFromMoving: swapped ? forward : back, rigid: rigid,
            jacobian: swapped ? inverse : found.determinants, inverseConsistency: found.inconsistency, verdict: verdict, correlation: found.correlation,
            iterations: found.iterations, findings: rigid.findings + doubts(found) + verdict.findings)
    }

    /// What is doubtful about a field.
    private static func doubts(_ found: DeformableEngine.Found) -> [Finding] {
        var findings: [Finding] = []
        func text(_ v: Double) -> String { "\((v * 100).rounded() / 100)" }
        if found.determinants.lowerBound <= 0 {
            findings.append(Finding(
                .serious, "registration.folded", "The field turns space inside out somewhere; do not carry labels through it.",
                evidence: ["least determinant": text(found.determinants.lowerBound)]))
        }
        if found.inconsistency > 0.5 * found.field.grid.spacing.min() {
            findings.append(Finding(
                .warning, "registration.inverse", "The way there and the way back miss each other somewhere; look at the alignment.",
                evidence: ["distance": text(found.inconsistency) + " mm"]))
        }
        if found.correlation.after < found.correlation.before {
            findings.append(Finding(
                .serious, "registration.not-better", "Bending the image made it no more alike than the rigid alignment; use that one.",
                evidence: ["before": text(found.correlation.before), "after": text(found.correlation.after)]))
        }
        return findings
    }
}
