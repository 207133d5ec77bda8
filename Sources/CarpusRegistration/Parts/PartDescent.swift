import CarpusCore

/// The search for a part's motion: Gauss and Newton's steps on robust least squares, on a pyramid.
struct PartDescent: Sendable {
    /// How a search ended.
    enum Outcome: Sendable {
        /// The part moves like this in the halfway frame; how far that takes it and the error to expect, root mean square over the part, mm.
        case moved(RigidVelocity, motion: Double, error: Double)
        /// The part stays with the whole, because of this.
        case left(String)
    }

    private let first, second: [SplineImage]
    private let frame: PartFrame
    private let parameters: PartRegistration.Parameters
    /// The volume of what a voxel of the coarser scan tells, mm³, and the largest distance of its voxels, mm.
    private let voxelVolume, thickness: Double

    /// Points of a part, at least.
    private static let leastPoints = 80
    /// The levels of the pyramid, mm.
    private static let spacings = [1.6, 0.8, 0.4]
    /// How much larger errors are than noise that is independent from voxel to voxel would make them, and what slices leave, as a share of
    /// their thickness: both read off virtual wrists, see Docs/Validation.md.
    private static let inflation = 2.0, sliceShare = 0.06

    init(first: Volume<Float>, second: Volume<Float>, frame: PartFrame, _ parameters: PartRegistration.Parameters) {
        (self.first, self.second) = (Self.pyramid(first), Self.pyramid(second))
        (self.frame, self.parameters) = (frame, parameters)
        voxelVolume = max(first.grid.voxelVolume, second.grid.voxelVolume)
        thickness = max(first.grid.spacing.max(), second.grid.spacing.max())
    }

    private static func pyramid(_ volume: Volume<Float>) -> [SplineImage] {
        var clean = volume, known: [UInt8]?
        if !volume.scalars.allFinite {
            known = volume.scalars.map { $0.isFinite ? 1 : 0 }
            clean = volume.map { $0.isFinite ? $0 : 0 }
        }
        return Pyramid(clean, mask: known, spacings: spacings).levels
    }

    func align(_ part: PartSamples.Part) -> Outcome {
        guard part.points.count >= Self.leastPoints else { return .left("it is too small to tell how it moved") }
        var velocity = RigidVelocity(centre: part.centre), system: PartEquations?
        for level in first.indices {
            for _ in 0..<20 {
                guard let normal = normal(part, velocity, level) else { return .left("less than \(Int(100 * parameters.leastCoverage)) % of it lies in both scans") }
                guard let step = normal.step(from: velocity) else { return .left("nothing in it tells how it moved") }
                velocity.turning += step.turning
                velocity.sliding += step.sliding
                system = normal
                if size(step, over: part) < (level == first.count - 1 ? 0.002 : 0.01) { break }
            }
        }
        let motion = size(velocity, over: part)
        guard motion <= parameters.largestMotion else { return .left("it seemed to move by \((motion * 10).rounded() / 10) mm") }
        guard let error = system?.error(over: part, centre: velocity.centre) else { return .left("nothing in it tells how it moved") }
        let fromNoise = Self.inflation * error, fromSlices = Self.sliceShare * thickness
        return .moved(velocity, motion: motion, error: (fromNoise * fromNoise + fromSlices * fromSlices).squareRoot())
    }

    /// How far a motion takes the points of a part, root mean square, mm.
    private func size(_ v: RigidVelocity, over part: PartSamples.Part) -> Double {
        (part.points.reduce(0) { $0 + v($1).dot(v($1)) } / Double(part.points.count)).squareRoot()
    }

    /// The equations at a motion; nil where too little of the part lies in both scans.
    private func normal(_ part: PartSamples.Part, _ velocity: RigidVelocity, _ level: Int) -> PartEquations? {
        let back = frame.firstFromHalfway * velocity.flow(-0.5).affine, forth = frame.secondFromHalfway * velocity.flow(0.5).affine
        let firstMap = first[level].grid.voxelFromWorld * back, secondMap = second[level].grid.voxelFromWorld * forth
        // Gradients a voxel, turned into those a mm of the halfway frame.
        let firstTurn = firstMap.linear.transposed, secondTurn = secondMap.linear.transposed
        var pairs: [PartPair] = []
        pairs.reserveCapacity(part.points.count)
        first[level].read { a in
            second[level].read { b in
                for p in part.points {
                    guard let f = a.sample(SIMD3<Float>(firstMap(p))), let m = b.sample(SIMD3<Float>(secondMap(p))) else { continue }
                    pairs.append(PartPair(
                        point: p - part.centre, first: Double(f.value), second: Double(m.value),
                        firstGradient: firstTurn * Vector3(f.gradient), secondGradient: secondTurn * Vector3(m.gradient)))
                }
            }
        }
        guard Double(pairs.count) >= parameters.leastCoverage * Double(part.points.count) else { return nil }
        let independent = max(1, part.volume * Double(pairs.count) / Double(part.points.count) / voxelVolume)
        return PartEquations(pairs, independent: independent, parameters)
    }
}
