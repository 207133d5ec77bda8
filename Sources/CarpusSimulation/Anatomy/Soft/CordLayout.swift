import Foundation

/// The courses of one wrist's tendons, nerves and great arteries: the average ones, each moved and sized a little, and pushed apart
/// again where they would overlap.
struct CordLayout {
    /// Distal coordinates of the sections courses are laid out in: from -80 every 4 mm.
    static let first: Float = -80, step: Float = 4, levels = 40

    let courses: [CordCourse]
    /// Factor on each one's diameters.
    private(set) var sizes: [Float]
    /// Middles (radial, palmar) by course and level.
    private(set) var middles: [[SIMD2<Float>]]

    init(_ shape: WristShape, lattice: SoftLattice) {
        var stream = shape.stream("soft-cords")
        // One person in seven lacks the long palmar muscle.
        let lacking = stream.chance(0.15)
        courses = CordCourse.extensors + CordCourse.flexors + CordCourse.nerves + CordCourse.arteries
            + CordCourse.others.filter { !lacking || $0.name != "palmaris-longus" }
        let extensorShift = Self.drift(&stream, deviation: 0.25), flexorShift = Self.drift(&stream, deviation: 0.35)
        (sizes, middles) = ([], [])
        let common = exp(stream.normal(0, 0.04))
        for course in courses {
            sizes.append(Float(common * exp(stream.normal(0, 0.045, limit: 2.2))))
            let own = Self.drift(&stream, deviation: 0.3), shift = (0...5).contains(course.compartment) ? extensorShift : flexorShift
            middles.append((0..<Self.levels).map { course.middle(at: Self.distal($0)) + own[$0] + shift[$0] })
        }
        for _ in 0..<48 { relax(lattice) }
    }

    /// The distal coordinate of a level.
    static func distal(_ level: Int) -> Float { first + step * Float(level) }

    /// A smooth random shift along the arm.
    private static func drift(_ stream: inout RandomStream, deviation: Double) -> [SIMD2<Float>] {
        let knots = (0..<9).map { _ in SIMD2<Float>(Float(stream.normal(0, deviation, limit: 2)), Float(stream.normal(0, 0.5 * deviation, limit: 2))) }
        return (0..<levels).map { level in
            let t = Float(level) / 5, i = min(Int(t), 7)
            return CatmullRom.value(at: t - Float(i), knots[max(i - 1, 0)], knots[i], knots[i + 1], knots[min(i + 2, 8)])
        }
    }

    private func lastLevel(_ i: Int) -> Int { min(Self.levels - 1, Int(((courses[i].end - Self.first) / Self.step).rounded(.up))) }

    /// How far the section of a course reaches in a direction; a slanting cord's section is longer.
    private func reach(_ i: Int, _ n: SIMD2<Float>, _ slope: SIMD2<Float>) -> Float {
        let c = courses[i], turn = Turn.unit(c.twist)
        let u = abs(n.x * turn.x + n.y * turn.y), along = (n * slope).sum()
        return sizes[i] * (u * (c.halfFlat - c.halfThick) + c.halfThick) * (1 + along * along).squareRoot()
    }

    private func slope(_ i: Int, _ level: Int) -> SIMD2<Float> {
        let low = max(level - 1, 0), high = min(level + 1, Self.levels - 1)
        return (middles[i][high] - middles[i][low]) / (Self.step * Float(high - low))
    }

    private mutating func relax(_ lattice: SoftLattice) {
        var moves = middles.map { $0.map { _ in SIMD2<Float>.zero } }
        for i in courses.indices {
            for j in (i + 1)..<max(courses.count, i + 1) {
                let gap: Float = courses[i].compartment == courses[j].compartment && courses[i].compartment >= 0 ? 0.42 : 0.65
                for level in 0...min(lastLevel(i), lastLevel(j)) {
                    let d = middles[j][level] - middles[i][level], r = max((d * d).sum().squareRoot(), 1e-3)
                    guard r < 9 else { continue }
                    let n = d / r, overlap = reach(i, n, slope(i, level)) + reach(j, n, slope(j, level)) + gap - r
                    guard overlap > 0 else { continue }
                    moves[i][level] -= n * (0.35 * overlap)
                    moves[j][level] += n * (0.35 * overlap)
                }
            }
            for level in 0...lastLevel(i) { moves[i][level] += confine(i, level, lattice) }
        }
        for i in courses.indices {
            // What moves, moves smoothly along the arm.
            let m = moves[i]
            for level in m.indices {
                middles[i][level] += 0.5 * m[level] + 0.25 * (m[max(level - 1, 0)] + m[min(level + 1, m.count - 1)])
            }
        }
    }

    /// Keeps a course under the fascia, off the radius, and in or out of the carpal tunnel.
    private func confine(_ i: Int, _ level: Int, _ lattice: SoftLattice) -> SIMD2<Float> {
        let x = Self.distal(level), q = middles[i][level], c = courses[i]
        var move = SIMD2<Float>.zero
        let depth = -lattice(SIMD3(x, q.x, q.y)).x - sizes[i] * c.halfThick, wanted: Float = (0...5).contains(c.compartment) ? 1.0 : 0.8
        if depth < wanted {
            func fascia(_ y: Float, _ z: Float) -> Float { lattice(SIMD3(x, q.x + y, q.y + z)).x }
            let inward = SIMD2(fascia(-1, 0) - fascia(1, 0), fascia(0, -1) - fascia(0, 1))
            move += inward / max((inward * inward).sum().squareRoot(), 0.5) * (0.5 * min(wanted - depth, 1))
        }
        if (c.compartment == 7 || c.compartment == 8) && x > -72 && x < -22 {
            // The square pronator and the radius lie beneath.
            move.y += 0.6 * max(12.2 + sizes[i] * c.halfThick - q.y, 0)
        }
        guard x > -14, x < 18 else { return move }
        let roof = FlexorRetinaculum.palmar(radial: q.x), half = sizes[i] * c.halfThick + 0.95
        if c.compartment == 8 || c.compartment == 7 || c.name == "median" { move.y -= 0.5 * max(q.y - (roof - half), 0) }
        if c.name == "ulnar" || c.name == "artery-ulnar" { move.y += 0.5 * max(roof + half - q.y, 0) }
        return move
    }
}
