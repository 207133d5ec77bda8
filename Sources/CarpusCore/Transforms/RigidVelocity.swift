import Foundation

/// A steady turning and sliding: the velocity field `ω × (p - centre) + u` whose flow over one unit of time is a rigid map, the
/// logarithm of that map.
public struct RigidVelocity: Sendable, Hashable {
    /// Turning, radians.
    public var turning: Vector3
    /// Sliding of the centre, mm.
    public var sliding: Vector3
    /// The point about which it is told, mm.
    public let centre: Vector3

    /// A velocity from its parts.
    public init(turning: Vector3 = .zero, sliding: Vector3 = .zero, centre: Vector3) {
        (self.turning, self.sliding, self.centre) = (turning, sliding, centre)
    }

    /// The logarithm of a rigid map, told about a point.
    public init(of map: RigidTransform, about centre: Vector3) {
        let q = map.rotation, v = Vector3(q.x, q.y, q.z), angle = map.angle
        turning = v.length > 0 ? v * (angle / v.length) : .zero
        self.centre = centre
        sliding = Self.slide(turning).inverse.map { $0 * (map.affine(centre) - centre) } ?? .zero
    }

    /// The velocity at a point, mm.
    @inlinable public func callAsFunction(_ p: Vector3) -> Vector3 { turning.cross(p - centre) + sliding }

    /// The rigid map of the flow over a share of the unit of time; negative shares flow back.
    public func flow(_ share: Double) -> RigidTransform {
        let w = turning * share
        return RigidTransform(axis: w.length > 0 ? w : Vector3(1, 0, 0), angle: w.length, centre: centre, translation: Self.slide(w) * (sliding * share))
    }

    /// What makes the shift of the centre from its velocity: the mean of the rotations on the way (Rodrigues' formula, integrated).
    private static func slide(_ w: Vector3) -> Matrix3 {
        let angle = w.length
        let cross = Matrix3(columns: w.cross(Vector3(1, 0, 0)), w.cross(Vector3(0, 1, 0)), w.cross(Vector3(0, 0, 1)))
        // Below this the series is exact to the last bit.
        let (a, b) = angle < 1e-4 ? (0.5, 1.0 / 6) : ((1 - cos(angle)) / (angle * angle), (angle - sin(angle)) / (angle * angle * angle))
        let square = cross * cross, one = Matrix3.identity
        return Matrix3(columns: one.x + cross.x * a + square.x * b, one.y + cross.y * a + square.y * b, one.z + cross.z * a + square.z * b)
    }
}
