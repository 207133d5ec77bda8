import Foundation

/// One muscle of the hand, or the square pronator: a rounded block with axes of its own.
struct Muscle: Sendable {
    let name: String
    let centre: SIMD3<Float>
    /// Along, across, and out of the muscle.
    let along, across, out: SIMD3<Float>
    let half: SIMD3<Float>
    private let inverse: SIMD3<Float>
    /// No point of it is farther from the centre.
    let reach: Float

    init(_ name: String, _ centre: SIMD3<Float>, _ half: SIMD3<Float>, along: SIMD3<Float>, across: SIMD3<Float> = SIMD3(0, 1, 0)) {
        (self.name, self.centre, self.half) = (name, centre, half)
        self.along = CordBuilder.unit(along)
        self.across = CordBuilder.unit(across - self.along * (across * self.along).sum())
        let a = self.along, b = self.across
        out = SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
        (inverse, reach) = (1 / half, 1.25 * half.max())
    }

    /// About the signed distance to its surface, and the point in its own axes.
    @inline(__always) func distance(_ p: SIMD3<Float>) -> (distance: Float, local: SIMD3<Float>) {
        let d = p - centre, local = SIMD3((d * along).sum(), (d * across).sum(), (d * out).sum())
        let x = pointwiseMax(local, -local) * inverse, power = x * x.squareRoot()
        let slope = power * inverse * 2.5, total = (power * x).sum() - 1
        return (Swift.max(total / Swift.max((slope * slope).sum().squareRoot(), 0.05), -6), local)
    }

    /// The same, moved and sized at random.
    func varied(_ stream: inout RandomStream) -> Muscle {
        let shift = SIMD3<Float>(Float(stream.normal(0, 1, limit: 2)), Float(stream.normal(0, 0.4, limit: 2)), Float(stream.normal(0, 0.3, limit: 2)))
        let size = SIMD3<Float>((0..<3).map { _ in Float(stream.normal(1, 0.06, limit: 2)) })
        return Muscle(name, centre + shift, half * size, along: along, across: across)
    }

    /// The muscles of an average wrist. They may reach into bones, which take their place.
    static let all: [Muscle] = [
        Muscle("abductor-pollicis-brevis", SIMD3(18, 20.5, 21.5), SIMD3(23, 11.5, 5.4), along: SIMD3(0.9, 0.42, 0.1)),
        Muscle("opponens-pollicis", SIMD3(20, 25, 14.8), SIMD3(19, 10, 5.2), along: SIMD3(0.85, 0.5, 0.15)),
        Muscle("flexor-pollicis-brevis", SIMD3(26, 15, 18.5), SIMD3(16, 6, 4), along: SIMD3(0.82, 0.55, 0.1)),
        Muscle("adductor-pollicis", SIMD3(42, 24, 9), SIMD3(21, 15, 4.4), along: SIMD3(0.3, 0.88, 0.32), across: SIMD3(0.95, -0.28, -0.1)),
        Muscle("first-dorsal-interosseous", SIMD3(41, 29, 0.5), SIMD3(23, 9.5, 6.5), along: SIMD3(0.9, 0.4, 0.1)),
        Muscle("second-dorsal-interosseous", SIMD3(43, 9.8, -6), SIMD3(30, 6.6, 4.9), along: SIMD3(1, 0.11, 0)),
        Muscle("third-dorsal-interosseous", SIMD3(43, -4.6, -5.7), SIMD3(30, 6.6, 4.8), along: SIMD3(1, -0.03, 0)),
        Muscle("fourth-dorsal-interosseous", SIMD3(42, -18, -3.7), SIMD3(29, 6.6, 4.7), along: SIMD3(1, -0.17, 0.03)),
        Muscle("first-palmar-interosseous", SIMD3(45, 10.6, 2.2), SIMD3(27, 6.8, 3.7), along: SIMD3(1, 0.11, 0)),
        Muscle("second-palmar-interosseous", SIMD3(45, -4.7, 2.6), SIMD3(27, 6.8, 3.8), along: SIMD3(1, -0.03, 0)),
        Muscle("third-palmar-interosseous", SIMD3(44, -18.4, 4), SIMD3(26, 6.8, 3.7), along: SIMD3(1, -0.17, 0.03)),
        Muscle("abductor-digiti-minimi", SIMD3(21, -26.5, 8.5), SIMD3(28, 6.4, 7.8), along: SIMD3(0.97, -0.22, -0.06)),
        Muscle("flexor-digiti-minimi", SIMD3(21, -20, 14.2), SIMD3(21, 7.5, 4.8), along: SIMD3(0.95, -0.28, -0.1)),
        Muscle("opponens-digiti-minimi", SIMD3(26, -18.5, 7.6), SIMD3(19, 6.4, 3.8), along: SIMD3(0.95, -0.28, -0.06)),
        Muscle("first-lumbrical", SIMD3(44, 18, 10.6), SIMD3(22, 2.3, 2.9), along: SIMD3(1, 0.23, -0.08)),
        Muscle("second-lumbrical", SIMD3(44, 7.1, 10.6), SIMD3(22, 2.4, 2.9), along: SIMD3(1, 0.03, -0.08)),
        Muscle("third-lumbrical", SIMD3(44, -4, 10.4), SIMD3(22, 2.4, 2.9), along: SIMD3(1, -0.1, -0.08)),
        Muscle("fourth-lumbrical", SIMD3(44, -14.2, 9.9), SIMD3(22, 2.2, 2.7), along: SIMD3(1, -0.28, -0.07)),
        Muscle("pronator-quadratus", SIMD3(-54, -4.5, 9.6), SIMD3(20, 17, 2.9), along: SIMD3(1, 0, 0), across: SIMD3(0, 1, 0.1)),
        Muscle("pronator-quadratus-deep", SIMD3(-54, -6, 4), SIMD3(18, 5.5, 4.2), along: SIMD3(1, 0, 0)),
        Muscle("deep-extensors", SIMD3(-70, -4.5, -5.5), SIMD3(22, 5.5, 4.6), along: SIMD3(1, 0, 0)),
    ]
}
