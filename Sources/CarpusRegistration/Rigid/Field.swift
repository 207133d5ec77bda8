import CarpusCore

/// How much brighter one image is than the other from place to place: 1 plus a quadratic without its constant.
struct Field: Sendable, Equatable {
    /// Of x, y, z, x², y², z², xy, xz, yz.
    var coefficients = [Double](repeating: 0, count: 9)

    /// As the inner loop takes it.
    var lanes: (linear: SIMD3<Float>, squares: SIMD3<Float>, products: SIMD3<Float>) {
        let c = coefficients.map(Float.init)
        return (SIMD3(c[0], c[1], c[2]), SIMD3(c[3], c[4], c[5]), SIMD3(c[6], c[7], c[8]))
    }
}

/// Turning and shifting while the target's brightness varies slowly over space, as receive coils make it: a quadratic in place.
enum RigidMotionWithField: Motion {
    static var count: Int { 6 }
    static var fieldCount: Int { 9 }

    @inline(__always) static func change(_ x: SIMD3<Float>, _ gradient: SIMD3<Float>, _ gain: Float, _ scale: Float) -> SIMD16<Float> {
        let turn = RigidMotion.change(x, gradient, 0, 0), u = x * scale, c = gain
        return SIMD16(
            lowHalf: SIMD8(turn[0], turn[1], turn[2], turn[3], turn[4], turn[5], turn[6], c * u.x),
            highHalf: SIMD8(c * u.y, c * u.z, c * u.x * u.x, c * u.y * u.y, c * u.z * u.z, c * u.x * u.y, c * u.x * u.z, c * u.y * u.z))
    }

    static func step(_ p: [Double]) -> Affine { RigidMotion.step(p) }
}

/// Any affine change, the nine numbers of a matrix by rows and three shifts in mm, with such a field.
enum AffineMotionWithField: Motion {
    static var count: Int { 12 }
    static var fieldCount: Int { 9 }
    typealias Row = SIMD32<Float>

    /// The first 24 lanes of a row; the others stay 0.
    struct Change {
        let a, b, c: SIMD8<Float>
    }

    @inline(__always) static func change(_ x: SIMD3<Float>, _ g: SIMD3<Float>, _ gain: Float, _ scale: Float) -> Change {
        let u = x * scale, v = u * gain
        return Change(
            a: SIMD8(0, x.x * g.x, x.y * g.x, x.z * g.x, x.x * g.y, x.y * g.y, x.z * g.y, x.x * g.z),
            b: SIMD8(x.y * g.z, x.z * g.z, g.x, g.y, g.z, v.x, v.y, v.z),
            c: SIMD8(v.x * u.x, v.y * u.y, v.z * u.z, v.x * u.y, v.x * u.z, v.y * u.z, 0, 0))
    }

    // Eight lanes at a time: the compiler takes 32 apart one by one.
    @inline(__always) static func add(_ change: Change, _ weight: Float, _ slope: Float, to row: UnsafeMutablePointer<SIMD32<Float>>) {
        let lanes = UnsafeMutableRawPointer(row).assumingMemoryBound(to: SIMD8<Float>.self)
        var first = change.a * slope
        first[0] = weight
        lanes[0] += first
        lanes[1] += change.b * slope
        lanes[2] += change.c * slope
    }

    static func step(_ p: [Double]) -> Affine {
        Affine(
            linear: Matrix3(rows: Vector3(1 + p[0], p[1], p[2]), Vector3(p[3], 1 + p[4], p[5]), Vector3(p[6], p[7], 1 + p[8])),
            translation: Vector3(p[9], p[10], p[11]))
    }
}
