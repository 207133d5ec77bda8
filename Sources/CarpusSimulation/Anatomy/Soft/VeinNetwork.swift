import Foundation

/// The veins under the skin, which vary most: they set out between the knuckles, wander, part and join on their way up the arm, and
/// leave as the cephalic vein on the radial and the basilic vein on the ulnar side. Thin nerves of the skin go with them.
struct VeinNetwork {
    private var stream: RandomStream
    private let lattice: SoftLattice
    private let outline: Outline
    private let prominence: Float

    /// A vein on its way.
    private struct Walker {
        /// Angle on the section (0 dorsal, radial positive), and how it changes a step.
        var angle, drift: Float
        var radius: Float
        /// The angle it tends to, by the distal coordinate: a lead of the cephalic (1), the basilic (-1), or none (0).
        var lead: Float
        var path: [SIMD4<Float>]
    }

    init(_ shape: WristShape, lattice: SoftLattice, outline: Outline, prominence: Float) {
        stream = RandomStream(seed: shape.seed, "soft-veins")
        (self.lattice, self.outline, self.prominence) = (lattice, outline, prominence)
    }

    /// Adds dorsal and palmar veins, and the superficial branch of the radial nerve.
    mutating func grow(into branches: inout BranchBuilder) {
        var dorsal: [Walker] = []
        for (angle, lead) in [(-1.15, -1), (-0.55, -1), (0.1, 0), (0.75, 1), (1.25, 1)] as [(Double, Double)] where stream.chance(0.85) {
            dorsal.append(start(at: 76, angle: angle + stream.normal(0, 0.12), radius: stream.uniform(0.5, 0.95), lead: stream.chance(0.2) ? 0 : lead))
        }
        walk(&dorsal, from: 76, most: 8, splitting: 0.035, into: &branches)
        var palmar: [Walker] = []
        for angle in [2.3, 2.9, 3.5, 4.0] where stream.chance(0.7) {
            palmar.append(start(at: -2, angle: angle + stream.normal(0, 0.15), radius: stream.uniform(0.4, 0.65), lead: 0))
        }
        walk(&palmar, from: -2, most: 6, splitting: 0.03, into: &branches)
        superficialNerve(&branches)
    }

    private mutating func start(at distal: Float, angle: Double, radius: Double, lead: Double) -> Walker {
        let radius = Float(radius) * prominence
        return Walker(angle: Float(angle), drift: 0, radius: radius, lead: Float(lead), path: [place(distal, Float(angle), radius)])
    }

    /// The middle of a vein: within the fat, and a millimetre and more below the skin's surface.
    private func place(_ distal: Float, _ angle: Float, _ radius: Float, deeper: Float = 0) -> SIMD4<Float> {
        let p = lattice.point(distal: distal, angle: angle, depth: { max(1.05 + radius, $0.z + 0.5 * $0.w) + deeper }, middle: outline.middle(at: distal))
        return SIMD4(p.x, p.y, p.z, radius)
    }

    private mutating func walk(_ walkers: inout [Walker], from start: Float, most: Int, splitting: Double, into branches: inout BranchBuilder) {
        let step: Float = 2.5
        var x = start - step
        while x > -84 && !walkers.isEmpty {
            for i in walkers.indices { advance(&walkers[i], to: x) }
            // Where the section leaves or meets the thumb, a vein does not leap: it ends.
            for i in walkers.indices.reversed() where Self.leaps(walkers[i].path) {
                let ended = walkers.remove(at: i)
                if ended.path.count > 2 { branches.add(.vein, through: Array(ended.path.dropLast()), spacing: 1.6) }
            }
            merge(&walkers, into: &branches)
            if walkers.count < most {
                for i in walkers.indices where stream.chance(splitting) && walkers[i].radius > 0.45 {
                    var twin = walkers[i]
                    let turn = Float(stream.uniform(0.05, 0.1)) * (stream.chance(0.5) ? 1 : -1)
                    twin.radius = max(twin.radius * Float(stream.uniform(0.6, 0.85)), 0.4)
                    (twin.drift, walkers[i].drift) = (turn, walkers[i].drift - 0.5 * turn)
                    twin.lead = stream.chance(0.5) ? 0 : twin.lead
                    twin.path = [walkers[i].path[walkers[i].path.count - 1]]
                    twin.angle += 2.2 * turn
                    walkers.append(twin)
                }
            }
            x -= step
        }
        for walker in walkers where walker.path.count > 1 { branches.add(.vein, through: walker.path, spacing: 1.6) }
    }

    /// Whether the last step of a path is far longer than a step along the arm can be.
    private static func leaps(_ path: [SIMD4<Float>], farthest: Float = 8) -> Bool {
        guard path.count > 2, let end = path.last else { return false }
        let d = end - path[path.count - 2]
        return d.x * d.x + d.y * d.y + d.z * d.z > farthest * farthest
    }

    private mutating func advance(_ walker: inout Walker, to x: Float) {
        // Cephalic and basilic vein turn from the dorsum to the sides, the higher the more.
        let aim = walker.lead * (0.75 + 0.85 * Blend.step(-x, from: -30, to: 70))
        let pull = walker.lead == 0 ? 0 : 0.035 * (aim - walker.angle)
        walker.drift = 0.8 * walker.drift + Float(stream.normal(0, 0.022)) + 0.3 * pull
        walker.angle += walker.drift
        walker.radius = min(max(walker.radius * Float(exp(stream.normal(0.004, 0.05))), 0.4), 1.5 * prominence)
        walker.path.append(place(x, walker.angle, walker.radius))
    }

    /// Veins that meet become one, which carries what both did (Murray 1926: the cubes of radii add up).
    private func merge(_ walkers: inout [Walker], into branches: inout BranchBuilder) {
        var i = 0
        while i < walkers.count {
            var j = i + 1
            while j < walkers.count {
                let a = walkers[i], b = walkers[j]
                if b.path.count > 3 && a.path.count > 3 && abs(a.angle - b.angle) * 20 < 0.8 * (a.radius + b.radius) {
                    var path = b.path
                    path[path.count - 1] = a.path[a.path.count - 1]
                    path[path.count - 1].w = b.radius
                    branches.add(.vein, through: path, spacing: 1.6)
                    walkers[i].radius = min(cbrt(a.radius * a.radius * a.radius + b.radius * b.radius * b.radius), 1.6 * prominence)
                    walkers.remove(at: j)
                } else {
                    j += 1
                }
            }
            i += 1
        }
    }

    /// The superficial branch of the radial nerve: from under the edge of the radius over the snuffbox to thumb and dorsum.
    private mutating func superficialNerve(_ branches: inout BranchBuilder) {
        var knots: [SIMD4<Float>] = [], side: [SIMD4<Float>] = []
        var angle = Float(stream.normal(1.75, 0.1)), other = Float(0), x: Float = -80
        let parting = Float(stream.normal(-24, 6))
        while x < 76 {
            angle += Float(stream.normal(0, 0.02)) - 0.018 * Blend.step(x, from: -60, to: -10)
            knots.append(place(x, max(angle, 1.05), x < parting ? 0.85 : 0.6, deeper: 0.4))
            if x >= parting {
                other = side.isEmpty ? angle : other - 0.035 + Float(stream.normal(0, 0.015))
                side.append(place(x, max(other, 0.55), 0.5, deeper: 0.3))
            }
            if Self.leaps(knots, farthest: 13) || Self.leaps(side, farthest: 13) { break }
            x += 6
        }
        branches.add(.nerve, through: Array(knots.dropLast()), spacing: 2)
        if side.count > 2 { branches.add(.nerve, through: Array(side.dropLast()), spacing: 2) }
    }
}
