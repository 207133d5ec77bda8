import CarpusCore

/// Between the hand's frame (distal, radial, palmar; a wrist of size 1) and the world of a specimen (LPS, mm): an arm stretched out
/// overhead, palm to the front. A right hand is the mirror image of a left one.
struct WristFrame: Sendable {
    let size: Float
    /// The sign of L along radial: the thumb of a left hand points to the right.
    let leftPerRadial: Float

    init(size: Double, side: Laterality) { (self.size, leftPerRadial) = (Float(size), side == .left ? -1 : 1) }

    /// Hand's frame from world.
    @inline(__always) func hand(_ world: SIMD3<Float>) -> SIMD3<Float> { SIMD3(world.z, leftPerRadial * world.x, -world.y) / size }

    /// World from the hand's frame, as an affine map; it mirrors for a right hand.
    var worldFromHand: Affine {
        let s = Double(size)
        return Affine(linear: Matrix3(columns: Vector3(0, 0, s), Vector3(Double(leftPerRadial) * s, 0, 0), Vector3(0, -s, 0)))
    }

    /// A motion of the world as the hand's frame sees it.
    func inHand(_ motion: RigidTransform) -> RigidMotion {
        let hand = worldFromHand
        guard let back = hand.inverse, let rigid = RigidTransform(nearest: back * motion.affine * hand, centre: .zero) else { preconditionFailure("a frame can be inverted") }
        return RigidMotion(rigid)
    }
}
