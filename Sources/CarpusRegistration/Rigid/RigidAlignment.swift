import CarpusCore

/// Two images in an order that does not depend on which one is called fixed, and the way back to that name.
struct RigidAlignment {
    private let first, second: Subject
    private let engine: RigidEngine
    /// Whether the moving image came first.
    private let swapped: Bool
    /// The least voxels along an axis of either image.
    private let slices: Int
    private let found: RigidEngine.Found
    private let evidence: Evidence

    /// - Returns: nil when the two images are the same, voxel by voxel.
    init?(
        fixed: Volume<Float>, moving: Volume<Float>, fixedMask: LabelMap?, movingMask: LabelMap?, _ parameters: RigidRegistration.Parameters, bends: Bool = false
    ) throws {
        let spacings = (0..<parameters.levels).reversed().map { parameters.finestSpacing * Double(1 << $0) }
        let soft = ThickSlices.alike(fixed.grid, moving.grid, at: parameters.finestSpacing)
        let a = try Subject(fixed, mask: fixedMask, name: "fixed", spacings: spacings, soft: soft?.0)
        let b = try Subject(moving, mask: movingMask, name: "moving", spacings: spacings, soft: soft?.1)
        if fixed == moving { return nil }
        swapped = moving.precedes(fixed)
        (first, second) = swapped ? (b, a) : (a, b)
        slices = min(fixed.grid.size.min(), moving.grid.size.min())
        engine = RigidEngine(fixed: first, moving: second, parameters: parameters, bends: bends)
        (found, evidence) = try engine.run()
    }

    /// The rigid map and what is said of it.
    var rigid: RigidRegistration.Result {
        guard let there = RigidTransform(nearest: found.end.pose.movingFromFixed, centre: first.centre) else {
            preconditionFailure("rigid steps make a rigid map")
        }
        let map = swapped ? there.inverse : there
        let (fixed, moving) = swapped ? (second, first) : (first, second)
        let verdict = RegistrationVerdict(evidence, overlap: moving.shows(fixed.tissue, through: map.affine))
        let doubts = RegistrationDoubts(map, verdict, converged: found.end.converged, iterations: found.iterations, slices: slices)
        return RigidRegistration.Result(
            movingFromFixed: map, metric: evidence.information, iterations: found.iterations, findings: doubts.findings, verdict: verdict)
    }

    /// The affine map that follows from the rigid one, its metric in nats, and whether it came to rest.
    var affine: (movingFromFixed: Affine, metric: Double, iterations: Int, converged: Bool)? {
        let next = engine.affine(from: found), map = next.end.pose.movingFromFixed
        guard let named = swapped ? map.inverse : map, next.end.evaluation.cost.isFinite else { return nil }
        return (named, -next.end.evaluation.cost / 2, next.iterations, next.end.converged)
    }
}
