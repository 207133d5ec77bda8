import CarpusCore

/// How a map may change: small steps `x ↦ x + δ(x)` before it, in mm about a middle.
protocol Motion: SendableMetatype {
    /// A bin of the joint histogram: how much lies in it, and how that changes with each parameter.
    associatedtype Row: SIMD where Row.Scalar == Float
    /// What a sample adds to a bin, its weight left out.
    associatedtype Change = Row
    /// Parameters of the map.
    static var count: Int { get }
    /// Parameters of the field, which come after those of the map: 9, or 0 for none.
    static var fieldCount: Int { get }
    /// How the value of a sample changes with each parameter, after a 0 in the place of the bin's weight.
    ///
    /// - Parameters:
    ///   - x: where the sample lies, mm.
    ///   - gradient: how the value changes a mm.
    ///   - gain: how it changes with the gain of the field.
    ///   - scale: from mm to the field's unit.
    static func change(_ x: SIMD3<Float>, _ gradient: SIMD3<Float>, _ gain: Float, _ scale: Float) -> Change
    /// Adds a sample to a bin: its weight, and how that changes with the value, `slope`.
    static func add(_ change: Change, _ weight: Float, _ slope: Float, to row: UnsafeMutablePointer<Row>)
    /// The map of a step.
    static func step(_ p: [Double]) -> Affine
}

extension Motion where Change == Row {
    @inline(__always) static func add(_ change: Row, _ weight: Float, _ slope: Float, to row: UnsafeMutablePointer<Row>) {
        var sum = change * slope
        sum[0] = weight
        row.pointee += sum
    }
}

/// No motion: only how much lies in a bin, where a pose is looked at and not followed.
enum NoMotion: Motion {
    static var count: Int { 0 }
    static var fieldCount: Int { 0 }

    @inline(__always) static func change(_: SIMD3<Float>, _: SIMD3<Float>, _: Float, _: Float) -> SIMD2<Float> { .zero }

    static func step(_: [Double]) -> Affine { .identity }
}

/// Turning and shifting: three angles in radians, three shifts in mm.
enum RigidMotion: Motion {
    static var count: Int { 6 }
    static var fieldCount: Int { 0 }

    @inline(__always) static func change(_ x: SIMD3<Float>, _ g: SIMD3<Float>, _: Float, _: Float) -> SIMD8<Float> {
        SIMD8(0, x.y * g.z - x.z * g.y, x.z * g.x - x.x * g.z, x.x * g.y - x.y * g.x, g.x, g.y, g.z, 0)
    }

    static func step(_ p: [Double]) -> Affine {
        let w = Vector3(p[0], p[1], p[2]), angle = w.length
        return RigidTransform(axis: angle > 0 ? w : Vector3(1, 0, 0), angle: angle, translation: Vector3(p[3], p[4], p[5])).affine
    }
}
