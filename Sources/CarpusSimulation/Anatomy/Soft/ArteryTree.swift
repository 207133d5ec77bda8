import Foundation

/// The deep vessels: radial and ulnar artery with their companion veins, the arches of palm and dorsum with their branches, and twigs
/// at random.
struct ArteryTree {
    private var stream: RandomStream
    private let widening: Float
    private let great: [String: [SIMD4<Float>]]

    init(_ shape: WristShape, cords: CordSet, prominence: Float) {
        stream = RandomStream(seed: shape.seed, "soft-arteries")
        // Vessels differ more from one another than other parts do.
        widening = prominence * Float(exp(stream.normal(0, 0.1)))
        great = cords.arteries
    }

    /// Adds all of it.
    mutating func grow(into branches: inout BranchBuilder) {
        let ulnar = great["artery-ulnar"] ?? [], radial = great["artery-radial"] ?? []
        precondition(!ulnar.isEmpty && !radial.isEmpty, "a wrist has two great arteries")
        // The superficial arch goes on from the ulnar artery; in a third it is incomplete.
        let arch = varied([(32, -5.5, 17.6, 1.0), (37, 2.5, 16.8, 0.95), (35.5, 10.5, 16.8, 0.85), (29, 16.5, 18.6, 0.7)], 0.9)
        let complete = stream.chance(0.65)
        branches.add(.artery, through: (ulnar.map(wide) + (complete ? arch : Array(arch.dropLast(2)))))
        let deep = varied([(21, 20.5, -1.5, 1.1), (25.5, 16.5, 5.2, 1.0), (26.5, 8, 5.6, 0.9), (24.5, -3, 5.8, 0.8), (22, -12, 7.2, 0.7)], 0.5)
        branches.add(.artery, through: radial.map(wide) + deep)
        for y: Float in [-17, -3.6, 10] { digital(&branches, from: arch[y < -10 ? 0 : 1], y: y, palmar: 12.6) }
        for (i, y) in zip(1...3, [10, -4.5, -17] as [Float]) {
            let start = deep[i + 1]
            branches.add(.artery, through: [start] + varied([(40, y, 3.5, 0.55), (66, y * 1.25, 3, 0.45)], 0.6))
        }
        let dorsal = varied([(0, 20, -8.7, 0.5), (1, 10, -10.9, 0.45), (0.5, 1, -11.3, 0.42), (-1, -9, -10.8, 0.4), (-3, -18, -8.6, 0.4)], 0.35)
        branches.add(.artery, through: [wide(radial[min(40, radial.count - 1)]) * SIMD4(1, 1, 1, 0.5)] + dorsal)
        if stream.chance(0.6) {
            let start = radial[min(30, radial.count - 1)]
            let palm = varied([(-6, 20, 17.5, 0.65), (6, 18, 21, 0.6), (20, 15.5, 21.5, 0.55)], 0.6)
            branches.add(.artery, through: [wide(start) * SIMD4(1, 1, 1, 0.6)] + palm + [arch[3]])
        }
        for palmar: Float in [1.8, -1.8] {
            branches.add(.artery, through: varied([(-84, -5, palmar, 0.6), (-62, -6, palmar, 0.55), (-40, -7, palmar, 0.4)], 0.6))
        }
        companions(&branches, of: ulnar)
        companions(&branches, of: Array(radial.prefix(44)))
        for _ in 0..<stream.integer(8...14) {
            twig(&branches, from: stream.chance(0.5) ? ulnar[stream.integer(0...(ulnar.count - 1))] : radial[stream.integer(0...(radial.count - 1))])
        }
    }

    private func wide(_ p: SIMD4<Float>) -> SIMD4<Float> { SIMD4(p.x, p.y, p.z, p.w * widening) }

    private mutating func varied(_ knots: [(Float, Float, Float, Float)], _ deviation: Double) -> [SIMD4<Float>] {
        knots.map { k in
            SIMD4(
                k.0 + Float(stream.normal(0, 2.2 * deviation, limit: 2)), k.1 + Float(stream.normal(0, 1.5 * deviation, limit: 2)),
                k.2 + Float(stream.normal(0, 0.6 * deviation, limit: 2)), max(k.3 * widening * Float(exp(stream.normal(0, 0.12))), 0.4))
        }
    }

    private mutating func digital(_ branches: inout BranchBuilder, from start: SIMD4<Float>, y: Float, palmar: Float) {
        let first = SIMD4(start.x, start.y, start.z, start.w * 0.7)
        branches.add(.artery, through: [first] + varied([(50, 0.8 * y, palmar + 1.6, 0.7), (62, y, palmar, 0.65), (82, y * 1.3, palmar - 2, 0.6)], 0.6))
    }

    /// Two veins beside an artery that wind a little round it.
    private mutating func companions(_ branches: inout BranchBuilder, of artery: [SIMD4<Float>]) {
        for side: Float in [0, .pi] {
            var angle = side + Float(stream.uniform(-0.4, 0.4)), radius = Float(stream.uniform(0.45, 0.85)) * widening, knots: [SIMD4<Float>] = []
            for (i, a) in artery.enumerated() where i % 3 == 0 {
                angle += Float(stream.normal(0, 0.22))
                radius = min(max(radius * Float(exp(stream.normal(0, 0.08))), 0.4), 1.1 * widening)
                let out = Turn.unit(angle) * (a.w * widening + radius + 0.15)
                knots.append(SIMD4(a.x, a.y + out.x, a.z + out.y, radius))
            }
            branches.add(.vein, through: knots)
        }
    }

    /// A thin branch that wanders.
    private mutating func twig(_ branches: inout BranchBuilder, from start: SIMD4<Float>) {
        let kind = stream.chance(0.5) ? BranchKind.artery : .vein, angle = Float(stream.uniform(-Double.pi, .pi)), out = Turn.unit(angle)
        var heading = SIMD3<Float>(Float(stream.normal(0, 1)), out.x, out.y), p = start, knots: [SIMD4<Float>] = []
        p.w = Float(stream.uniform(0.4, 0.55)) * widening
        for _ in 0..<stream.integer(4...9) {
            knots.append(p)
            heading = CordBuilder.unit(heading + SIMD3((0..<3).map { _ in Float(stream.normal(0, 0.35)) }))
            p += SIMD4(heading * 3.2, 0)
            p.w = max(p.w * 0.96, 0.38)
        }
        branches.add(kind, through: knots)
    }
}
