import Foundation

/// The outline of the arm and hand: the deep fascia, and the fat and skin upon it; hand frame, mm.
struct Outline: Sendable {
    private let growth: SIMD4<Float>
    private let fatness: Float
    private let skinFactor: Float
    private let thumbGrowth: Float
    private let coarse: SmoothNoise
    private let fine: SmoothNoise

    init(_ shape: WristShape) {
        var stream = shape.stream("soft-outline")
        growth = SIMD4((0..<4).map { _ in Float(stream.uniform(-0.15, 0.7)) })
        thumbGrowth = Float(stream.uniform(-0.3, 1.2))
        skinFactor = Float(exp(stream.normal(0, 0.08)) * (1 - 0.003 * (shape.ageYears - 50)))
        fatness = Float(shape.fatness)
        coarse = SmoothNoise(seed: shape.seed, "soft-fat-coarse", wavelength: 26)
        fine = SmoothNoise(seed: shape.seed, "soft-fat-fine", wavelength: 9)
    }

    /// Distal coordinate; radial and palmar coordinates of the middle; half-widths radially, ulnarly, dorsally and palmarly; exponent.
    private static let knots: [[Float]] = [
        [-84, -2.5, 2.0, 22.0, 22.0, 19.5, 19.5, 2.4], [-58, -1.5, 2.0, 23.5, 23.5, 18.6, 18.6, 2.4],
        [-42, 0.0, 2.0, 25.8, 27.3, 18.7, 17.8, 2.6], [-30, 0.0, 2.0, 27.8, 29.6, 18.9, 17.8, 2.8],
        [-16, 0.0, 2.0, 28.4, 29.6, 18.8, 18.6, 2.7], [-4, 0.0, 2.2, 28.3, 30.0, 18.8, 20.4, 2.6],
        [10, 0.0, 2.4, 27.0, 30.5, 19.2, 21.0, 2.6], [30, -1.0, 2.0, 27.5, 32.5, 18.6, 17.6, 2.9],
        [50, -2.0, 1.6, 30.0, 34.5, 17.4, 15.8, 3.0], [78, -4.0, 1.2, 31.5, 38.5, 15.8, 14.0, 3.1],
    ]

    /// The section at a distal coordinate.
    private struct Section {
        var middle: SIMD2<Float>
        /// Radial, ulnar, dorsal, palmar.
        var half: SIMD4<Float>
        var exponent: Float
    }

    private func section(at distal: Float) -> Section {
        let knots = Self.knots
        var i = 0
        while i < knots.count - 2 && distal > knots[i + 1][0] { i += 1 }
        let t = min(max((distal - knots[i][0]) / (knots[i + 1][0] - knots[i][0]), 0), 1), s = t * t * (3 - 2 * t)
        // Smooth within a span, so that sections join without an edge round the arm; nearly linear in the mean.
        let u = 0.5 * (t + s)
        func at(_ k: Int) -> Float { knots[i][k] + u * (knots[i + 1][k] - knots[i][k]) }
        return Section(middle: SIMD2(at(1), at(2)), half: SIMD4(at(3), at(4), at(5), at(6)) + growth, exponent: at(7))
    }

    /// The middle of the section at a distal coordinate, (radial, palmar).
    func middle(at distal: Float) -> SIMD2<Float> { section(at: distal).middle }

    /// Signed distance to the deep fascia (negative inside), thickness of the fat upon it, and thickness of the skin.
    func layers(at p: SIMD3<Float>) -> (fascia: Float, fat: Float, skin: Float) {
        let s = section(at: p.x), d = SIMD2(p.y, p.z) - s.middle
        let half = SIMD2(d.x > 0 ? s.half.x : s.half.y, d.y < 0 ? s.half.z : s.half.w)
        let e = s.exponent, x = max(abs(d.x) / half.x, 1e-4), y = max(abs(d.y) / half.y, 1e-4)
        let px = pow(x, e - 1), py = pow(y, e - 1), total = px * x + py * y, k = pow(total, 1 / e)
        let slope = ((px / half.x) * (px / half.x) + (py / half.y) * (py / half.y)).squareRoot() * k / total
        var fascia = (k - 1) / slope
        fascia = Blend.min(fascia, thumb(p), width: 9)
        fascia = Blend.min(Blend.min(fascia, thenar(p), width: 7), hypothenar(p), width: 7)
        // Where on the circumference: -1 dorsal, 1 palmar; -1 ulnar, 1 radial.
        let n = d / half, around = n / max((n.x * n.x + n.y * n.y).squareRoot(), 1e-3)
        let side: Float = around.x > 0 ? 2.0 : 2.6, front: Float = around.y > 0 ? 2.7 : 1.45
        var fat = side * around.x * around.x + front * around.y * around.y
        fat *= 1.25 - 0.25 * Blend.step(p.x, from: -75, to: -10)
        // At the crease of the wrist the skin is close to the tendons.
        let crease = (p.x + 16) / 14
        fat *= 1 - 0.3 * max(1 - crease * crease, 0) * Blend.step(around.y, from: 0, to: 0.7)
        fat += 0.8 * Blend.step(p.x, from: 5, to: 30) * Blend.step(around.y, from: 0.2, to: 0.8)
        fat *= (0.35 + 0.65 * fatness) * (1 + 0.45 * coarse(p) + 0.25 * fine(p))
        let palm = Blend.step(p.x, from: -25, to: 0) * Blend.step(around.y, from: 0, to: 0.5)
        let skin = skinFactor * (1.25 + 0.2 * Blend.step(around.y, from: -0.3, to: 0.5) + 0.3 * palm)
        return (fascia, max(fat, 0.6), min(max(skin, 1.05), 2))
    }

    private func thumb(_ p: SIMD3<Float>) -> Float {
        let a = SIMD3<Float>(6, 23, 12), axis = SIMD3<Float>(72, 47.5, 17), d = p - a
        let t = min(max((d * axis).sum() / (axis * axis).sum(), 0), 1)
        let away = d - axis * t
        return (away * away).sum().squareRoot() - (12.0 - 1.6 * t + thumbGrowth)
    }

    /// The ball of the thumb and that of the little finger.
    private func thenar(_ p: SIMD3<Float>) -> Float {
        Self.ball(p - SIMD3<Float>(22, 24, 17), slope: 0.44, half: SIMD3<Float>(26, 13, 10) + thumbGrowth * 0.6)
    }

    private func hypothenar(_ p: SIMD3<Float>) -> Float {
        Self.ball(p - SIMD3<Float>(20, -20, 9.5), slope: -0.2, half: SIMD3<Float>(25, 11.5, 11) + thumbGrowth * 0.4)
    }

    /// Near its surface the distance to an ellipsoid, whose first axis leaves the arm's by a slope towards radial.
    private static func ball(_ d: SIMD3<Float>, slope: Float, half: SIMD3<Float>) -> Float {
        let n = 1 / (1 + slope * slope).squareRoot(), q = SIMD3((d.x + slope * d.y) * n, (d.y - slope * d.x) * n, d.z)
        let u = q / half, k = (u * u).sum().squareRoot(), g = u / half
        return k < 1e-3 ? -10 : (k - 1) * k / (g * g).sum().squareRoot()
    }
}
