import CarpusCore
import Foundation

/// How a map may change: small steps `x ↦ x + δ(x)` before it, in mm about a middle.
protocol Motion: SendableMetatype {
    /// A bin of the joint histogram: how much lies in it, and how that changes with each parameter.
    associatedtype Row: SIMD where Row.Scalar == Float
    /// Parameters of the map.
    static var count: Int { get }
    /// Parameters of the field, which come after those of the map: 9, or 0 for none.
    static var fieldCount: Int { get }
    /// What a sample at `x` adds to a bin: its weight, and the weight's change `slope` a unit of value, times the change of the
    /// value with place, `gradient`, and with the gain of the field, `gain`.
    static func row(_ weight: Float, _ slope: Float, _ x: SIMD3<Float>, _ gradient: SIMD3<Float>, _ gain: Float, _ scale: Float) -> Row
    /// The map of a step.
    static func step(_ p: [Double]) -> Affine
}

/// No motion: only how much lies in a bin, where a pose is looked at and not followed.
enum NoMotion: Motion {
    static var count: Int { 0 }
    static var fieldCount: Int { 0 }

    @inline(__always) static func row(_ weight: Float, _: Float, _: SIMD3<Float>, _: SIMD3<Float>, _: Float, _: Float) -> SIMD2<Float> {
        SIMD2(weight, 0)
    }

    static func step(_: [Double]) -> Affine { .identity }
}

/// Turning and shifting: three angles in radians, three shifts in mm.
enum RigidMotion: Motion {
    static var count: Int { 6 }
    static var fieldCount: Int { 0 }

    @inline(__always) static func row(_ weight: Float, _ slope: Float, _ x: SIMD3<Float>, _ gradient: SIMD3<Float>, _: Float, _: Float) -> SIMD8<Float> {
        let g = gradient * slope
        return SIMD8(weight, x.y * g.z - x.z * g.y, x.z * g.x - x.x * g.z, x.x * g.y - x.y * g.x, g.x, g.y, g.z, 0)
    }

    static func step(_ p: [Double]) -> Affine {
        let w = Vector3(p[0], p[1], p[2]), angle = w.length
        return RigidTransform(axis: angle > 0 ? w : Vector3(1, 0, 0), angle: angle, translation: Vector3(p[3], p[4], p[5])).affine
    }
}

/// Any affine change: the nine numbers of a matrix by rows, then three shifts in mm.
enum AffineMotion: Motion {
    static var count: Int { 12 }
    static var fieldCount: Int { 0 }

    @inline(__always) static func row(_ weight: Float, _ slope: Float, _ x: SIMD3<Float>, _ gradient: SIMD3<Float>, _: Float, _: Float) -> SIMD16<Float> {
        let g = gradient * slope
        return SIMD16(weight, x.x * g.x, x.y * g.x, x.z * g.x, x.x * g.y, x.y * g.y, x.z * g.y, x.x * g.z, x.y * g.z, x.z * g.z, g.x, g.y, g.z, 0, 0, 0)
    }

    static func step(_ p: [Double]) -> Affine {
        Affine(
            linear: Matrix3(rows: Vector3(1 + p[0], p[1], p[2]), Vector3(p[3], 1 + p[4], p[5]), Vector3(p[6], p[7], 1 + p[8])),
            translation: Vector3(p[9], p[10], p[11]))
    }
}
