import Foundation

/// A rotation about a centre, followed by a translation: `R (p - centre) + centre + translation`.
public struct RigidTransform: Hashable, Sendable, Codable {
    /// Unit quaternion (x, y, z, w), w not negative.
    public let rotation: SIMD4<Double>
    /// The point the rotation leaves where it is, mm.
    public let centre: Vector3
    /// What is added after the rotation, mm.
    public let translation: Vector3

    /// A rigid transform; the quaternion is normalised.
    public init(rotation: SIMD4<Double> = SIMD4(0, 0, 0, 1), centre: Vector3 = .zero, translation: Vector3 = .zero) {
        let norm = (rotation * rotation).sum().squareRoot()
        precondition(norm > 0, "a rotation needs a quaternion that is not zero")
        self.rotation = rotation / (rotation.w < 0 ? -norm : norm)
        (self.centre, self.translation) = (centre, translation)
    }

    /// A rotation by an angle in radians about an axis.
    public init(axis: Vector3, angle: Double, centre: Vector3 = .zero, translation: Vector3 = .zero) {
        let half = sin(angle / 2) / max(axis.length, .leastNormalMagnitude)
        self.init(rotation: SIMD4(axis.x * half, axis.y * half, axis.z * half, cos(angle / 2)), centre: centre, translation: translation)
    }

    /// The rigid map nearest to an affine one, about a given centre: its rotation is the orthogonal polar factor.
    ///
    /// - Returns: nil when the affine is singular or mirrors.
    public init?(nearest affine: Affine, centre: Vector3) {
        guard let r = affine.linear.nearestOrthogonal, r.determinant > 0 else { return nil }
        self.init(rotation: Self.quaternion(of: r), centre: centre, translation: affine(centre) - centre)
    }

    /// The rotation as a matrix.
    public var matrix: Matrix3 {
        let (x, y, z, w) = (rotation.x, rotation.y, rotation.z, rotation.w)
        return Matrix3(
            rows: Vector3(1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
            Vector3(2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
            Vector3(2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)))
    }

    /// The same map as an affine one.
    public var affine: Affine {
        let r = matrix
        return Affine(linear: r, translation: centre + translation - r * centre)
    }

    /// The angle of the rotation, radians, 0 to pi.
    public var angle: Double { 2 * atan2(Vector3(rotation.x, rotation.y, rotation.z).length, rotation.w) }

    /// The way back, about the same centre.
    public var inverse: RigidTransform {
        let back = RigidTransform(rotation: SIMD4(-rotation.x, -rotation.y, -rotation.z, rotation.w), centre: centre)
        return RigidTransform(rotation: back.rotation, centre: centre, translation: -1 * (back.matrix * translation))
    }

    /// The rigid map that, done twice, gives this one: halfway along the screw motion, so that
    /// `t.half.inverse` is the half of `t.inverse`.
    public var half: RigidTransform {
        let q = rotation + SIMD4(0, 0, 0, 1)
        let h = RigidTransform(rotation: q, centre: centre)
        // (R_h + 1) t_h = t, so that two halves make the whole.
        let m = h.matrix
        let sum = Matrix3(columns: m.x + Vector3(1, 0, 0), m.y + Vector3(0, 1, 0), m.z + Vector3(0, 0, 1))
        let t = sum.inverse.map { $0 * translation } ?? translation * 0.5
        return RigidTransform(rotation: h.rotation, centre: centre, translation: t)
    }

    private static func quaternion(of m: Matrix3) -> SIMD4<Double> {
        let (a, b, c) = m.rows
        let candidates = [a.x + b.y + c.z, a.x - b.y - c.z, b.y - a.x - c.z, c.z - a.x - b.y]
        let best = candidates.indices.max { candidates[$0] < candidates[$1] }!
        let s = (candidates[best] + 1).squareRoot() * 2
        switch best {
        case 0: return SIMD4((c.y - b.z) / s, (a.z - c.x) / s, (b.x - a.y) / s, s / 4)
        case 1: return SIMD4(s / 4, (a.y + b.x) / s, (a.z + c.x) / s, (c.y - b.z) / s)
        case 2: return SIMD4((a.y + b.x) / s, s / 4, (b.z + c.y) / s, (a.z - c.x) / s)
        default: return SIMD4((a.z + c.x) / s, (b.z + c.y) / s, s / 4, (b.x - a.y) / s)
        }
    }
}
