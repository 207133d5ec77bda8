/// The course of one tendon or nerve in the average wrist, as stations across the arm; mm.
///
/// The courses were laid out after axial sections of the wrist and then pushed apart from one another, from the bones and from the
/// fascia until all kept clear.
struct CordCourse: Sendable {
    /// What it is, as it stands in lists: "edc-index".
    let name: String
    /// 0 to 9 in the order of `WristAnatomy.tendonCompartments`; -1 for a nerve or artery, -2 for a tendon of no compartment.
    let compartment: Int
    /// Half the greater and half the lesser diameter of the cross section, a band with round ends.
    let halfFlat: Float, halfThick: Float
    /// The angle of the greater diameter from radial towards palmar.
    let twist: Float
    /// Where it ends, distal coordinate.
    let end: Float
    /// How much muscle surrounds the tendon at the proximal end of the model, and where the muscle ends.
    let belly: Float, bellyEnd: Float
    /// Radial and palmar coordinates every 8 mm from `first` on.
    let radial: [Float], palmar: [Float]

    /// The distal coordinate of the first station, and the step between stations.
    static let first: Float = -80, step: Float = 8

    init(
        _ name: String, compartment: Int, halfFlat: Float, halfThick: Float, twistDegrees: Float, end: Float, belly: Float = 0,
        bellyEnd: Float = -75, radial: [Float], palmar: [Float]
    ) {
        precondition(radial.count == palmar.count && radial.count > 1, "a course needs as many radial as palmar coordinates")
        (self.name, self.compartment, self.halfFlat, self.halfThick) = (name, compartment, halfFlat, halfThick)
        (twist, self.end, self.belly, self.bellyEnd) = (twistDegrees * .pi / 180, end, belly, bellyEnd)
        (self.radial, self.palmar) = (radial, palmar)
    }

    /// The middle at a distal coordinate: (radial, palmar), beyond the last station straight on.
    func middle(at distal: Float) -> SIMD2<Float> {
        let t = (distal - Self.first) / Self.step
        let i = min(max(Int(t.rounded(.down)), 0), radial.count - 2)
        return CatmullRom.value(at: t - Float(i), knot(i - 1), knot(i), knot(i + 1), knot(i + 2))
    }

    private func knot(_ i: Int) -> SIMD2<Float> {
        let n = radial.count
        if i < 0 { return 2 * knot(0) - knot(1) }
        if i >= n { return 2 * knot(n - 1) - knot(n - 2) }
        return SIMD2(radial[i], palmar[i])
    }
}

/// A smooth curve through knots (Catmull and Rom 1974).
enum CatmullRom {
    /// The value between `b` (t = 0) and `c` (t = 1); straight on outside.
    static func value<V: SIMD>(at t: Float, _ a: V, _ b: V, _ c: V, _ d: V) -> V where V.Scalar == Float {
        if t < 0 { return b + (c - a) * (0.5 * t) }
        if t > 1 { return c + (d - b) * (0.5 * (t - 1)) }
        let linear = c - a, square = 2 * a - 5 * b + 4 * c - d, cube = 3 * (b - c) + d - a
        return b + (linear * t + square * (t * t) + cube * (t * t * t)) * 0.5
    }

    /// Points about `spacing` apart along the curve through knots.
    static func points<V: SIMD>(through knots: [V], spacing: Float, length: (V) -> Float) -> [V] where V.Scalar == Float {
        precondition(knots.count > 1, "a curve needs two knots")
        var points = [knots[0]]
        for i in 0..<(knots.count - 1) {
            let b = knots[i], c = knots[i + 1]
            let a = i > 0 ? knots[i - 1] : 2 * b - c, d = i + 2 < knots.count ? knots[i + 2] : 2 * c - b
            let pieces = max(1, Int((length(c - b) / spacing).rounded(.up)))
            for k in 1...pieces { points.append(value(at: Float(k) / Float(pieces), a, b, c, d)) }
        }
        return points
    }
}
