/// An affine map of space: `linear · p + translation`.
///
/// Maps are named target-from-source, so that neighbours cancel: `worldFromVoxel`, `movingFromFixed`.
public struct Affine: Hashable, Sendable, Codable {
    /// The part that turns, scales and shears.
    public var linear: Matrix3
    /// Where the origin goes.
    public var translation: Vector3

    /// A map from its two parts.
    @inlinable public init(linear: Matrix3 = .identity, translation: Vector3 = .zero) {
        (self.linear, self.translation) = (linear, translation)
    }

    /// The map that changes nothing.
    public static let identity = Affine()

    /// The image of a point.
    @inlinable public func callAsFunction(_ p: Vector3) -> Vector3 { linear * p + translation }

    /// First `b`, then `a`: `worldFromVoxel = worldFromPatient * patientFromVoxel`.
    @inlinable public static func * (a: Affine, b: Affine) -> Affine {
        Affine(linear: a.linear * b.linear, translation: a(b.translation))
    }

    /// The way back, or nil when the linear part is singular.
    public var inverse: Affine? {
        linear.inverse.map { Affine(linear: $0, translation: -1 * ($0 * translation)) }
    }

    /// The four rows of the homogeneous 4 × 4 matrix.
    public var matrixRows: [[Double]] {
        let (a, b, c) = linear.rows
        return [[a.x, a.y, a.z, translation.x], [b.x, b.y, b.z, translation.y], [c.x, c.y, c.z, translation.z], [0, 0, 0, 1]]
    }

    /// A map from the first three rows of a homogeneous matrix.
    public init(matrixRows r: [[Double]]) {
        precondition(r.count >= 3 && r.prefix(3).allSatisfy { $0.count == 4 }, "an affine needs three rows of four numbers")
        self.init(
            linear: Matrix3(rows: Vector3(r[0][0], r[0][1], r[0][2]), Vector3(r[1][0], r[1][1], r[1][2]), Vector3(r[2][0], r[2][1], r[2][2])),
            translation: Vector3(r[0][3], r[1][3], r[2][3]))
    }
}
