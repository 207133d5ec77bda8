public import CarpusCore
import Synchronization

/// Lays one image on another by turning and shifting it: mutual information (Mattes et al., IEEE Trans Med Imaging 22, 2003;
/// Thévenaz and Unser, IEEE Trans Image Process 9, 2000) on a pyramid, from several starts.
///
/// Carpus's own engine looks samples of either image up in the other, finds along with the pose how the brightness of the
/// images differs slowly over space, and says how far the result can be trusted. ITK's is there for comparison.
///
/// The pyramid shrinks in plane first: axes coarser than a level's spacing stay as they are. Samples lie at the same places
/// in every run, so that results are the same to the last bit, whatever the number of threads.
public enum RigidRegistration {
    /// Who does the work.
    public enum Engine: String, Sendable, Hashable, Codable, CaseIterable {
        /// Carpus's own: always symmetric, with a verdict, in tenths of a second.
        case carpus
        /// ITK's, as a reference.
        case itk
    }

    /// How images are aligned.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Levels of the pyramid, 1 to 6, each twice as coarse as the next.
        public var levels = 3
        /// The spacing of the last level in mm; an axis that is coarser stays as it is.
        public var finestSpacing = 0.8
        /// Places compared at each level, at most; those of both images together in Carpus's own engine.
        public var samples = 40_000
        /// Bins of the joint histogram along each axis, 8 to 256.
        public var bins = 40
        /// Iterations at each level, at most.
        public var iterations = 200
        /// The step in mm below which a level ends.
        public var smallestStep = 0.002
        /// How far in degrees the starts are turned about each axis; 0 for no turned starts, and no others when the images
        /// do not convince.
        public var startAngle = 20.0
        /// Align in both directions and take the mean, so that swapping the images gives the inverse; of ITK's engine only,
        /// Carpus's own always does.
        public var symmetric = false
        /// Who does the work.
        public var engine = Engine.carpus

        /// The defaults.
        public init() {}

        /// What is out of range, nil when nothing is.
        public var complaint: String? {
            if !(1...6).contains(levels) { return "'levels' must be 1 to 6" }
            if !(finestSpacing > 0 && finestSpacing.isFinite) { return "'finestSpacing' must be above 0 mm" }
            if samples < 1000 { return "'samples' must be at least 1000" }
            if !(8...256).contains(bins) { return "'bins' must be 8 to 256" }
            if !(1...10_000).contains(iterations) { return "'iterations' must be 1 to 10000" }
            if !(smallestStep > 0 && smallestStep < 1) { return "'smallestStep' must be above 0 and below 1 mm" }
            return (0...90).contains(startAngle) ? nil : "'startAngle' must be 0 to 90 degrees"
        }
    }

    /// An alignment and how sure it is.
    public struct Result: Sendable {
        /// World points of the fixed image to those of the moving one.
        public let movingFromFixed: RigidTransform
        /// Mutual information at the end, nats; the more the better, 0 for images that know nothing of each other.
        public let metric: Double
        /// Iterations over all levels.
        public let iterations: Int
        /// Doubts about it.
        public let findings: [Finding]
        /// How far it can be trusted; nil when nothing was moved, and from ITK.
        public let verdict: RegistrationVerdict?
    }

    /// Aligns two images.
    ///
    /// - Parameters:
    ///   - fixedMask: where the fixed image is compared, anything but 0 counting, on its grid; everywhere when nil.
    ///   - movingMask: the same for the moving image.
    /// - Throws: `RegistrationError` when a parameter is out of range, a mask lies on another grid, an image holds one value
    ///   only or is placed where nobody can lie, or no overlap is found.
    public static func align(
        fixed: Volume<Float>, moving: Volume<Float>, fixedMask: LabelMap? = nil, movingMask: LabelMap? = nil, parameters: Parameters = .init()
    ) throws -> Result {
        try align(fixed, moving, fixedMask, movingMask, parameters, bends: false)
    }

    /// The same, and for images that are bent afterwards: what will do as a start is then not sought anew.
    static func align(
        _ fixed: Volume<Float>, _ moving: Volume<Float>, _ fixedMask: LabelMap?, _ movingMask: LabelMap?, _ parameters: Parameters, bends: Bool
    ) throws -> Result {
        if let complaint = parameters.complaint { throw RegistrationError(.badParameter, "rigid registration: \(complaint)") }
        let doubts = try RegistrationGate(fixed: fixed, moving: moving, fixedMask: fixedMask, movingMask: movingMask).findings
        let found = try search(fixed, moving, fixedMask, movingMask, parameters, bends: bends)
        return doubts.isEmpty ? found : Result(
            movingFromFixed: found.movingFromFixed, metric: found.metric, iterations: found.iterations, findings: doubts + found.findings, verdict: found.verdict)
    }

    private static func search(
        _ fixed: Volume<Float>, _ moving: Volume<Float>, _ fixedMask: LabelMap?, _ movingMask: LabelMap?, _ parameters: Parameters, bends: Bool
    ) throws -> Result {
        if parameters.engine == .carpus {
            let alignment = try RigidAlignment(fixed: fixed, moving: moving, fixedMask: fixedMask, movingMask: movingMask, parameters, bends: bends)
            return alignment?.rigid ?? identical(fixed)
        }
        let a = try Side(fixed, mask: fixedMask, name: "fixed"), b = try Side(moving, mask: movingMask, name: "moving")
        if fixed == moving { return identical(fixed) }
        guard parameters.symmetric else {
            let found = try PyramidDescent(fixed: a, moving: b, parameters).run()
            return Result(
                movingFromFixed: found.transform, metric: found.metric, iterations: found.iterations,
                findings: RegistrationDoubts(a, b, found, disagreement: nil).findings, verdict: nil)
        }
        return try symmetric(a, b, parameters)
    }

    /// What is said of an image beside itself.
    static func identical(_ image: Volume<Float>) -> Result {
        let note = Finding(.note, "registration.identical", "The two images are the same, voxel by voxel; nothing was moved.")
        return Result(movingFromFixed: RigidTransform(centre: image.grid.centre), metric: 0, iterations: 0, findings: [note], verdict: nil)
    }

    /// Both directions, in an order that does not depend on which image is called fixed, and the mean of the two.
    private static func symmetric(_ fixed: Side, _ moving: Side, _ parameters: Parameters) throws -> Result {
        let swapped = moving.volume.precedes(fixed.volume)
        let (a, b) = swapped ? (moving, fixed) : (fixed, moving)
        let found = Mutex<[Int: Swift.Result<PyramidDescent.Found, any Error>]>([:])
        Parallel.forEach(2) { direction in
            let one = Swift.Result { try PyramidDescent(fixed: direction == 0 ? a : b, moving: direction == 0 ? b : a, parameters).run() }
            found.withLock { $0[direction] = one }
        }
        let both = found.withLock { $0 }
        guard let there = try both[0]?.get(), let back = try both[1]?.get() else { preconditionFailure("both directions were tried") }
        let mean = meanTransform(there.transform, back.transform.inverse, centre: a.centre)
        // How far the two ways differ over the tissue tells how well the images determine the alignment.
        let disagreement = a.distance(between: there.transform, and: back.transform.inverse)
        let sum = PyramidDescent.Found(
            transform: swapped ? mean.inverse : mean, metric: (there.metric + back.metric) / 2, iterations: there.iterations + back.iterations, converged: there.converged && back.converged)
        return Result(
            movingFromFixed: sum.transform, metric: sum.metric, iterations: sum.iterations,
            findings: RegistrationDoubts(fixed, moving, sum, disagreement: disagreement).findings, verdict: nil)
    }

    /// The rigid map halfway from one to another: `a (a⁻¹ b)^½`.
    static func meanTransform(_ a: RigidTransform, _ b: RigidTransform, centre: Vector3) -> RigidTransform {
        guard let between = RigidTransform(nearest: a.inverse.affine * b.affine, centre: centre),
              let mean = RigidTransform(nearest: a.affine * between.half.affine, centre: centre) else {
            preconditionFailure("rigid maps compose to rigid maps")
        }
        return mean
    }
}
