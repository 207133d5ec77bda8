public import CarpusCore
import Foundation

/// How a wrist lies in the scanner at a visit: laid down anew each time, with a little motion of every bone, and moving a little
/// between and within series.
public struct Positioning: Sendable, Hashable {
    /// From the specimen's world to the scanner's, as the visit begins.
    public let scannerFromSpecimen: RigidTransform
    /// How each bone lies against the first visit, in the specimen's world; none for the first visit.
    public let boneMotions: [RigidTransform]
    /// From the scanner's world to that of the slices: how the operator tilts and shifts them to follow the wrist.
    public let sliceTilt: RigidTransform
    /// Factor on all signal.
    public let gain: Double
    /// Seed of what else differs between visits: coil, noise, fat suppression.
    public let seed: UInt64

    init(seed: UInt64, visit: Int, frame: WristFrame) {
        var s = RandomStream(seed: seed, "visit-\(visit)")
        scannerFromSpecimen = Self.drawn(&s, degrees: 4, shift: Vector3(6, 5, 5), centre: .zero)
        // Slices follow the wrist, but never quite.
        let slips = Self.drawn(&s, degrees: 2, shift: Vector3(1.5, 1, 1.5), centre: .zero)
        sliceTilt = RigidTransform(nearest: slips.affine * scannerFromSpecimen.affine, centre: .zero) ?? scannerFromSpecimen
        gain = visit == 0 ? 1 : exp(s.normal(0, 0.12))
        let world = frame.worldFromHand
        // Small enough that the gap between two bones, a millimetre at least, stays open.
        boneMotions = visit == 0 ? [] : Self.bonePlaces.map { Self.drawn(&s, degrees: 0.5, shift: Vector3(repeating: 0.1), centre: world($0)) }
        self.seed = s.next()
    }

    /// Where the wrist lies during a series: it has moved a little since the visit began.
    public func placement(series: String) -> RigidTransform {
        var s = RandomStream(seed: seed, "placement-\(series)")
        let moved = Self.drawn(&s, degrees: 0.4, shift: Vector3(0.35, 0.25, 0.35), centre: scannerFromSpecimen.translation)
        return RigidTransform(nearest: moved.affine * scannerFromSpecimen.affine, centre: .zero) ?? scannerFromSpecimen
    }

    /// How a bone lies against the first visit, 0 to 14.
    public func boneMotion(_ bone: Int) -> Affine { boneMotions.isEmpty ? .identity : boneMotions[bone].affine }

    /// Where the wrist lies at every frame of a dynamic series: it drifts, and jumps once.
    public func placements(series: String, frames: Int) -> [RigidTransform] {
        let start = placement(series: series)
        var s = RandomStream(seed: seed, "frames-\(series)")
        let drift = Self.drawn(&s, degrees: 0.25, shift: Vector3(0.2, 0.15, 0.25), centre: start.translation)
        let jump = Self.drawn(&s, degrees: 1.2, shift: Vector3(1.0, 0.6, 1.2), centre: start.translation)
        let jumpFrame = frames > 4 ? s.integer(frames / 3...frames - 2) : frames
        return (0..<frames).map { frame in
            // A still patient moves in small steps rather than all the time.
            let share = (Double(frame) / Double(max(frames, 1)) * 4).rounded(.down) / 4
            let slow = Self.part(share, of: drift)
            let motion = frame >= jumpFrame ? jump.affine * slow.affine : slow.affine
            return RigidTransform(nearest: motion * start.affine, centre: .zero) ?? start
        }
    }

    /// A rotation about a random axis with that standard deviation in degrees, and a normal shift, mm.
    private static func drawn(_ s: inout RandomStream, degrees: Double, shift: Vector3, centre: Vector3) -> RigidTransform {
        let axis = Vector3(s.normal(), s.normal(), s.normal()), angle = s.normal(0, degrees, limit: 2) * .pi / 180
        let t = Vector3(s.normal(0, shift.x, limit: 2), s.normal(0, shift.y, limit: 2), s.normal(0, shift.z, limit: 2))
        return RigidTransform(axis: axis, angle: angle, centre: centre, translation: t)
    }

    /// A share of a motion: of its angle and of its shift.
    private static func part(_ share: Double, of motion: RigidTransform) -> RigidTransform {
        let v = Vector3(motion.rotation.x, motion.rotation.y, motion.rotation.z)
        return RigidTransform(axis: v.length > 0 ? v : Vector3(1, 0, 0), angle: motion.angle * share, centre: motion.centre, translation: motion.translation * share)
    }

    /// About where the bones' middles lie in the hand's frame: a motion has to turn about a place in the bone to be small there.
    private static let bonePlaces: [Vector3] = [
        (-31, 6.5, 0), (-33, -17, -1), (-11, 9.5, 2), (-17, -6, 0), (-9, -17, -1), (-8, -20, 12), (4, 19, 8), (4, 12, -1), (0, 0, 0), (3, -13, 1),
        (16, 30, 12), (19, 13, -5), (19, 0, -5), (18, -10, -4), (16, -20, -1),
    ].map { Vector3($0.0, $0.1, $0.2) }
}
