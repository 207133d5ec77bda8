import Foundation

/// The tendons and nerves of one wrist, and the middles of the tendon sheaths.
struct CordSet: Sendable {
    let stations: [CordStation]
    /// Tendons, nerves, and the tendons of no compartment.
    let cords: [Cord]
    /// The middle of each compartment's sheath, 0 to 9.
    let sheaths: [Cord]
    /// Station index of each sheath's proximal end, and its length in stations.
    let sheathStart: [Float], sheathLength: [Float]
    /// Middles (distal, radial, palmar, radius) of the great arteries, by name.
    let arteries: [String: [SIMD4<Float>]]

    /// Proximal and distal ends of the sheaths, distal coordinate: from some 20 mm above the radiocarpal joint to the metacarpal
    /// bases; thumb's and common flexor bursae reach into the palm; flexor carpi ulnaris has hardly one.
    static let sheathEnds: [(Float, Float)] = [
        (-45, 7), (-43, 9), (-41, 14), (-43, 22), (-43, 25), (-41, 8), (-35, 13), (-47, 58), (-46, 34), (-30, -14),
    ]

    init(_ shape: WristShape, layout: CordLayout) {
        var builder = CordBuilder(), cords: [Cord] = [], sheaths: [Cord] = [], arteries: [String: [SIMD4<Float>]] = [:]
        func curve(_ i: Int, _ x: Float) -> SIMD2<Float> { Self.value(layout.middles[i], at: x) }
        var shapes = shape.stream("soft-cord-sections")
        for (i, course) in layout.courses.enumerated() {
            let size = layout.sizes[i], turn = Float(shapes.normal(0, 0.07, limit: 2))
            // Flatter here, rounder there.
            let wave = Float(shapes.uniform(0.07, 0.16)), phase = Float(shapes.uniform(0, 2 * .pi)), swing = Float(shapes.uniform(0.01, 0.06))
            if course.name.hasPrefix("artery") {
                arteries[course.name] = stride(from: CordLayout.first, through: course.end, by: 2).map { x in
                    let m = curve(i, x)
                    return SIMD4(x, m.x, m.y, course.halfThick * size)
                }
                continue
            }
            cords.append(
                builder.add(name: course.name, compartment: course.compartment, from: -80, to: course.end, twist: course.twist + turn) {
                    curve(i, $0)
                } section: { x in
                    let even = Self.section(course, size, x), flatter = swing * sin(wave * x + phase)
                    return SIMD3(even.x * (1 + flatter), even.y * (1 - flatter), even.z)
                })
        }
        var stream = shape.stream("soft-sheaths"), starts: [Float] = [], lengths: [Float] = []
        for (compartment, ends) in Self.sheathEnds.enumerated() {
            let members = layout.courses.indices.filter { layout.courses[$0].compartment == compartment }
            let low = ends.0 + Float(stream.normal(0, 1.8, limit: 2)), high = ends.1 + Float(stream.normal(0, 1.5, limit: 2))
            let sheath = builder.add(name: "sheath", compartment: compartment, from: max(low - 20, -80), to: min(high + 20, 78), twist: 0) { x in
                members.reduce(SIMD2<Float>.zero) { $0 + curve($1, x) } / Float(members.count)
            } section: { _ in SIMD3(1, 1, 0) }
            let start = Float(sheath.guess(SIMD3(low, 0, 0))), end = Float(sheath.guess(SIMD3(high, 0, 0)))
            sheaths.append(sheath)
            starts.append(start)
            lengths.append(end - start)
        }
        (stations, self.cords, self.sheaths, self.arteries) = (builder.stations, cords, sheaths, arteries)
        (sheathStart, sheathLength) = (starts, lengths)
    }

    private static func value(_ middles: [SIMD2<Float>], at x: Float) -> SIMD2<Float> {
        let t = (x - CordLayout.first) / CordLayout.step, i = min(max(Int(t.rounded(.down)), 0), middles.count - 2)
        let a = i > 0 ? middles[i - 1] : 2 * middles[0] - middles[1]
        let d = i + 2 < middles.count ? middles[i + 2] : 2 * middles[i + 1] - middles[i]
        return CatmullRom.value(at: t - Float(i), a, middles[i], middles[i + 1], d)
    }

    /// Half diameters and muscle of a course: thinner within its muscle, spread and flattened where it ends at a bone.
    private static func section(_ c: CordCourse, _ size: Float, _ x: Float) -> SIMD3<Float> {
        var flat = c.halfFlat * size, thick = c.halfThick * size, belly: Float = 0
        if c.belly > 0 {
            belly = c.belly * Blend.step(-x, from: -c.bellyEnd, to: -c.bellyEnd + 34)
            let within = 1 - 0.3 * Blend.step(-x, from: -c.bellyEnd + 8, to: -c.bellyEnd + 40)
            (flat, thick) = (flat * within, thick * within)
        }
        if c.end < 70 {
            let near = Blend.step(x, from: c.end - 7, to: c.end)
            (flat, thick) = (flat * (1 + 0.15 * near), thick * (1 - 0.5 * near))
        }
        return SIMD3(flat, thick, belly)
    }
}
