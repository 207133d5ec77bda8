public import CarpusCore
import Synchronization

/// Finds how each rigid part of a body moved by itself between two scans of one contrast: the bones of a wrist, each of which lies
/// a little otherwise whenever the hand is laid down.
///
/// It begins where the whole was aligned. The scans are compared half-way between them, so that neither is interpolated more,
/// over the part and a rim around it, by least squares with a gain and an offset of the part's own; what changed counts little
/// (Tukey's weights). Motions that the images do not tell stay near none: a normal prior holds them. Swapping the scans gives the
/// inverse motions.
public enum PartRegistration {
    /// How parts are aligned.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The labels that are rigid parts; empty for the bones of the wrist, as `WristAnatomy` names them.
        public var parts: [String] = []
        /// How far the rim reaches around a part, mm; never into another part, nor nearer to it.
        public var rim = 1.2
        /// The standard deviation of the sliding that is expected, mm,
        public var expectedShift = 1.0
        /// and of the turning, degrees.
        public var expectedTurn = 2.0
        /// A part that seems to move farther than this, mm, is left with the whole.
        public var largestMotion = 5.0
        /// A part is left with the whole when less than this share of it lies in both scans.
        public var leastCoverage = 0.6

        /// The defaults.
        public init() {}

        /// What is out of range, nil when nothing is.
        public var complaint: String? {
            let lengths = [("rim", rim), ("expectedShift", expectedShift), ("expectedTurn", expectedTurn), ("largestMotion", largestMotion)]
            if let bad = lengths.first(where: { !($0.1 > 0 && $0.1.isFinite) }) { return "'\(bad.0)' must be above 0" }
            return leastCoverage > 0 && leastCoverage <= 1 ? nil : "'leastCoverage' must be above 0 and at most 1"
        }
    }

    /// The motions, and what is doubtful about them.
    public struct Result: Sendable {
        /// The whole and each part that could be told.
        public let motions: PartMotions
        /// Doubts: parts that stay with the whole, and why.
        public let findings: [Finding]
    }

    /// Aligns the parts.
    ///
    /// - Parameters:
    ///   - whole: world points of the fixed scan to those of the moving one, as found for all of the body.
    ///   - fixedAnatomy: where the parts are in the fixed scan's world, on any grid; at least one of the anatomies is needed.
    ///   - movingAnatomy: the same in the moving scan's world.
    /// - Throws: `RegistrationError` when a parameter is out of range, an image cannot be aligned, or nothing says where the parts are.
    public static func align(
        fixed: Volume<Float>, moving: Volume<Float>, whole: RigidTransform, fixedAnatomy: LabelMap?, movingAnatomy: LabelMap?, parameters: Parameters = .init()
    ) throws -> Result {
        if let complaint = parameters.complaint { throw RegistrationError(.badParameter, "registration of parts: \(complaint)") }
        if let fixedAnatomy, let movingAnatomy, let name = fixedAnatomy.legend.contradiction(with: movingAnatomy.legend) {
            throw RegistrationError(.badParameter, "the two anatomy maps do not mean the same by \(name); give maps of one legend")
        }
        let doubts = try RegistrationGate(fixed: fixed, moving: moving, fixedMask: nil, movingMask: nil).findings
        // The work is done in an order of its own, so that swapping the scans inverts the motions.
        let swapped = moving.precedes(fixed)
        let (a, b) = swapped ? (moving, fixed) : (fixed, moving)
        let frame = PartFrame(whole: swapped ? whole.inverse : whole)
        guard let samples = PartSamples(frame, first: swapped ? movingAnatomy : fixedAnatomy, second: swapped ? fixedAnatomy : movingAnatomy, parameters) else {
            throw RegistrationError(.noSignal, "no label says where a part is; give an anatomy map of one of the scans, with its legend, that names \(parameters.parts.isEmpty ? "bones of the wrist" : parameters.parts.joined(separator: ", "))")
        }
        let descent = PartDescent(first: a, second: b, frame: frame, parameters)
        let found = Mutex<[Int: PartDescent.Outcome]>([:])
        Parallel.forEach(samples.parts.count) { i in
            let outcome = descent.align(samples.parts[i])
            found.withLock { $0[i] = outcome }
        }
        let outcomes = found.withLock { all in samples.parts.indices.map { all[$0]! } }
        let parts = zip(samples.parts, outcomes).compactMap { part, outcome -> PartMotions.Part? in
            guard case .moved(let velocity, let motion, let error) = outcome else { return nil }
            return PartMotions.Part(label: part.label.value, name: part.label.name, movingFromFixed: frame.whole(with: velocity), motion: motion, error: error)
        }
        let left = zip(samples.parts, outcomes).compactMap { part, outcome -> (String, String)? in
            guard case .left(let reason) = outcome else { return nil }
            return (part.label.name, reason)
        }
        let motions = PartMotions(whole: frame.whole, parts: parts, left: Dictionary(uniqueKeysWithValues: left))
        let finding = Finding(
            .warning, "registration.parts-left", "Some parts could not be aligned by themselves and move with the whole; change at their edges is less sure.", evidence: motions.left)
        return Result(motions: swapped ? motions.inverse : motions, findings: doubts + (left.isEmpty ? [] : [finding]))
    }
}
