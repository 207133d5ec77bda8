import CarpusCore

/// The frame halfway between two scans that a rigid map of the whole aligns.
struct PartFrame: Sendable {
    /// Points of the first scan's world to the second's.
    let whole: RigidTransform
    let firstFromHalfway, secondFromHalfway: Affine

    init(whole: RigidTransform) {
        let half = whole.half
        (self.whole, firstFromHalfway, secondFromHalfway) = (whole, half.inverse.affine, half.affine)
    }

    /// The map of the whole scans for a part that moves with a velocity of its own in this frame.
    func whole(with velocity: RigidVelocity) -> RigidTransform {
        guard let back = firstFromHalfway.inverse,
              let map = RigidTransform(nearest: secondFromHalfway * velocity.flow(1).affine * back, centre: firstFromHalfway(velocity.centre)) else {
            preconditionFailure("rigid maps compose to rigid maps")
        }
        return map
    }
}
