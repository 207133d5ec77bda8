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
        var stream = RandomStream(seed: shape.seed, "soft-outline")
        growth = SIMD4((0..<4).map { _ in Float(stream.uniform(0, 1)) })
        thumbGrowth = Float(stream.uniform(-0.3, 1.2))
        skinFactor = Float(exp(stream.normal(0, 0.08)) * (1 - 0.003 * (shape.ageYears - 50)))
        fatness = Float(shape.fatness)
        coarse = SmoothNoise(seed: shape.seed, "soft-fat-coarse", wavelength: 26)
        fine = SmoothNoise(seed: shape.seed, "soft-fat-fine", wavelength: 9)
    }

    /// Distal coordinate; radial and palmar coordinates of the middle; half-widths radially, ulnarly, dorsally and palmarly; exponent.
    private static let knots: [[Float]] = [
        [-84, -2.5, 2.5, 23.0, 23.0, 20.0, 21.5, 2.4], [-58, -1.5, 2.5, 24.0, 23.5, 19.0, 20.5, 2.4],
        [-42, 0.0, 2.2, 26.0, 27.5, 19.0, 19.5, 2.6], [-30, 0.0, 2.0, 28.0, 29.8, 19.2, 19.5, 2.8],
        [-16, 0.0, 2.0, 28.7, 29.8, 19.0, 20.0, 2.7], [-4, 0.0, 2.2, 28.8, 30.3, 19.0, 21.0, 2.6],
        [10, 0.0, 2.4, 28.0, 31.5, 19.4, 21.5, 2.6], [30, -1.0, 2.0, 28.0, 33.0, 18.8, 20.0, 2.9],
        [50, -2.0, 1.6, 30.0, 35.0, 17.6, 17.8, 3.0], [78, -4.0, 1.2, 31.5, 39.0, 16.0, 16.0, 3.1],
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
        fascia = Blend.min(fascia, thenar(p), width: 7)
        // Where on the circumference: -1 dorsal, 1 palmar; -1 ulnar, 1 radial.
        let n = d / half, around = n / max((n.x * n.x + n.y * n.y).squareRoot(), 1e-3)
        let side = around.x > 0 ? Float(2.5) : 3.4, front: Float = around.y > 0 ? 3.3 : 1.7
        var fat = side * around.x * around.x + front * around.y * around.y
        fat *= 1.25 - 0.25 * Blend.step(p.x, from: -75, to: -10)
        fat += 0.8 * Blend.step(p.x, from: 5, to: 30) * Blend.step(around.y, from: 0.2, to: 0.8)
        fat *= (0.35 + 0.65 * fatness) * (1 + 0.45 * coarse(p) + 0.25 * fine(p))
        let palm = Blend.step(p.x, from: -25, to: 0) * Blend.step(around.y, from: 0, to: 0.5)
        let skin = skinFactor * (1.25 + 0.2 * Blend.step(around.y, from: -0.3, to: 0.5) + 0.3 * palm)
        return (fascia, max(fat, 0.6), min(max(skin, 1.05), 2))
    }

    private func thumb(_ p: SIMD3<Float>) -> Float {
        let a = SIMD3<Float>(6, 22, 12), axis = SIMD3<Float>(72, 46, 15.5), d = p - a
        let t = min(max((d * axis).sum() / (axis * axis).sum(), 0), 1)
        let away = d - axis * t
        return (away * away).sum().squareRoot() - (12.0 - 1.6 * t + thumbGrowth)
    }

    private func thenar(_ p: SIMD3<Float>) -> Float {
        let d = p - SIMD3<Float>(22, 24, 17)
        // Axes along the ball of the thumb; near its surface this is the distance.
        let along = 0.909 * d.x + 0.404 * d.y + 0.101 * d.z, across = -0.406 * d.x + 0.914 * d.y, out = -0.092 * d.x - 0.041 * d.y + 0.995 * d.z
        let q = SIMD3(along, across, out), half = SIMD3<Float>(26, 13, 10) + thumbGrowth * 0.6
        let u = q / half, k = (u * u).sum().squareRoot(), g = u / half
        return k < 1e-3 ? -10 : (k - 1) * k / (g * g).sum().squareRoot()
    }
}
