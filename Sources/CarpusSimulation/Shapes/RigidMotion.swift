import CarpusCore

/// A rotation and a shift in single precision, for the inner loops: `rotation * p + shift`.
struct RigidMotion: Sendable, Hashable {
    /// Columns of the rotation.
    var x = SIMD3<Float>(1, 0, 0), y = SIMD3<Float>(0, 1, 0), z = SIMD3<Float>(0, 0, 1)
    /// What is added after the rotation, mm.
    var shift = SIMD3<Float>(0, 0, 0)

    /// The motion that leaves everything where it is.
    static let identity = RigidMotion()

    init() {}

    /// A motion in single precision.
    init(_ motion: RigidTransform) {
        let a = motion.affine, m = a.linear
        (x, y, z) = (Self.single(m.x), Self.single(m.y), Self.single(m.z))
        shift = Self.single(a.translation)
    }

    @inline(__always) func callAsFunction(_ p: SIMD3<Float>) -> SIMD3<Float> { x * p.x + y * p.y + z * p.z + shift }

    /// A direction turned, not shifted.
    @inline(__always) func turned(_ d: SIMD3<Float>) -> SIMD3<Float> { x * d.x + y * d.y + z * d.z }

    /// The way back.
    var inverse: RigidMotion {
        var r = RigidMotion()
        (r.x, r.y, r.z) = (SIMD3(x.x, y.x, z.x), SIMD3(x.y, y.y, z.y), SIMD3(x.z, y.z, z.z))
        r.shift = -r.turned(shift)
        return r
    }

    /// The box round a moved box.
    func callAsFunction(_ box: Box) -> Box { Box(around: box.corners.map { self($0) }) }

    private static func single(_ v: Vector3) -> SIMD3<Float> { SIMD3(Float(v.x), Float(v.y), Float(v.z)) }
}
