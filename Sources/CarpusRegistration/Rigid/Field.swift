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

    @inline(__always) static func row(
        _ weight: Float, _ slope: Float, _ x: SIMD3<Float>, _ gradient: SIMD3<Float>, _ gain: Float, _ scale: Float
    ) -> SIMD16<Float> {
        let turn = RigidMotion.row(weight, slope, x, gradient, 0, 0), u = x * scale, c = gain * slope
        return SIMD16(
            lowHalf: SIMD8(turn[0], turn[1], turn[2], turn[3], turn[4], turn[5], turn[6], c * u.x),
            highHalf: SIMD8(c * u.y, c * u.z, c * u.x * u.x, c * u.y * u.y, c * u.z * u.z, c * u.x * u.y, c * u.x * u.z, c * u.y * u.z))
    }

    static func step(_ p: [Double]) -> Affine { RigidMotion.step(p) }
}

/// Any affine change with such a field.
enum AffineMotionWithField: Motion {
    static var count: Int { 12 }
    static var fieldCount: Int { 9 }

    @inline(__always) static func row(
        _ weight: Float, _ slope: Float, _ x: SIMD3<Float>, _ gradient: SIMD3<Float>, _ gain: Float, _ scale: Float
    ) -> SIMD32<Float> {
        var low = AffineMotion.row(weight, slope, x, gradient, 0, 0)
        let u = x * scale, c = gain * slope
        (low[13], low[14], low[15]) = (c * u.x, c * u.y, c * u.z)
        let squares = SIMD8(c * u.x * u.x, c * u.y * u.y, c * u.z * u.z, c * u.x * u.y, c * u.x * u.z, c * u.y * u.z, 0, 0)
        return SIMD32(lowHalf: low, highHalf: SIMD16(lowHalf: squares, highHalf: .zero))
    }

    static func step(_ p: [Double]) -> Affine { AffineMotion.step(p) }
}
