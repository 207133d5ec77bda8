import Testing

@testable import CarpusSimulation

/// A section across the arm, sampled in small boxes as a raster is.
private struct Section {
    static let step: Float = 0.2
    let rows: Int, columns: Int
    let low: SIMD2<Float>
    var samples: [SoftSample]

    init(_ parts: SoftParts, distal: Float, radial: ClosedRange<Float> = -40...40, palmar: ClosedRange<Float> = -24...32) {
        let step = Self.step, block = 10
        low = SIMD2(radial.lowerBound, palmar.lowerBound)
        rows = Int((radial.upperBound - radial.lowerBound) / step)
        columns = Int((palmar.upperBound - palmar.lowerBound) / step)
        samples = .init(repeating: SoftSample(), count: rows * columns)
        for y in stride(from: 0, to: rows, by: block) {
            for z in stride(from: 0, to: columns, by: block) {
                let corner = SIMD3(distal, low.x + Float(y) * step, low.y + Float(z) * step)
                let local = parts.local(to: Box(low: corner, high: corner + SIMD3(0, 2, 2)))
                for i in y..<min(y + block, rows) {
                    for j in z..<min(z + block, columns) {
                        samples[i * columns + j] = local.sample(SIMD3(distal, low.x + Float(i) * step, low.y + Float(j) * step))
                    }
                }
            }
        }
    }

    /// Area of what a condition holds for, mm2, and its centre (radial, palmar).
    func area(_ condition: (SoftSample) -> Bool) -> (area: Float, centre: SIMD2<Float>) {
        var count: Float = 0, sum = SIMD2<Float>.zero
        for k in samples.indices where condition(samples[k]) {
            count += 1
            sum += low + SIMD2(Float(k / columns), Float(k % columns)) * Self.step
        }
        return (count * Self.step * Self.step, sum / max(count, 1))
    }

    func tendon(_ compartment: Int) -> (area: Float, centre: SIMD2<Float>) { area { $0.tissue == .tendon && Int($0.region) == compartment + 19 } }

    /// Areas of the connected pieces of what a condition holds for.
    func pieces(_ condition: (SoftSample) -> Bool) -> [Float] {
        var free = samples.map(condition), areas: [Float] = []
        for seed in free.indices where free[seed] {
            var stack = [seed], count: Float = 0
            free[seed] = false
            while let k = stack.popLast() {
                count += 1
                for n in [k - 1, k + 1, k - columns, k + columns] where free.indices.contains(n) && free[n] {
                    free[n] = false
                    stack.append(n)
                }
            }
            areas.append(count * Self.step * Self.step)
        }
        return areas.sorted()
    }
}

@Suite("Soft parts of the wrist")
struct SoftPartsTests {
    private static let parts = SoftParts(WristShape(seed: 1))
    private static let seeds: [UInt64] = [2, 3, 5, 8]

    @Test("compartments stand in their order at the distal radius, and the thumb's long extensor has crossed at the carpus")
    func order() {
        let radius = Section(Self.parts, distal: -28), carpus = Section(Self.parts, distal: 0)
        let extensors = (0...5).map { radius.tendon($0).centre }
        for (a, b) in zip(extensors, extensors.dropFirst()) { #expect(a.x > b.x + 2) }
        #expect(extensors[1...4].allSatisfy { $0.y < -11 } && extensors[0].y > -5 && extensors[5].y < -7)
        // Radial to ulnar: radial flexor of the wrist, long flexor of the thumb, common flexors, ulnar flexor.
        let flexors = [6, 7, 8, 9].map { radius.tendon($0).centre }
        for (a, b) in zip(flexors, flexors.dropFirst()) { #expect(a.x > b.x + 2) }
        #expect(flexors.allSatisfy { $0.y > 12 })
        #expect(radius.tendon(2).centre.x < radius.tendon(1).centre.x && carpus.tendon(2).centre.x > carpus.tendon(1).centre.x + 3)
        #expect(carpus.tendon(9).area == 0, "the ulnar flexor has ended at the pisiform")
        #expect(abs(carpus.area { $0.tissue == .retinaculum && $0.skinDepth > 4 && $0.sheathPosition > -5 }.centre.x) < 12)
    }

    @Test("tendons, nerve and vessels have the cross sections of anatomy", arguments: seeds)
    func areas(_ seed: UInt64) {
        let parts = SoftParts(WristShape(seed: seed)), section = Section(parts, distal: -8)
        let median = section.area { $0.tissue == .nerve && $0.skinDepth > 3.5 && $0.tendonDistance < 3 && (6...8).contains($0.compartment) }
        #expect(median.area > 6 && median.area < 15, "median with a part of the ulnar nerve at most: \(median.area)")
        let expected: [(Int, ClosedRange<Float>)] = [(1, 8...26), (3, 14...32), (4, 2...7), (5, 5.5...15), (6, 5.5...15), (7, 5.5...13), (8, 48...90)]
        for (compartment, range) in expected {
            let area = section.tendon(compartment).area
            #expect(range.contains(area), "compartment \(compartment): \(area) mm2")
        }
        let vessels = section.area { $0.region == 29 }.area
        #expect(vessels > 8 && vessels < 75, "\(vessels) mm2")
        let arm = section.area { $0.tissue != .air }.area
        #expect(arm > 1900 && arm < 3200, "\(arm) mm2")
    }

    @Test("the carpal tunnel holds nine tendons and one nerve, each by itself, under its roof", arguments: seeds)
    func tunnel(_ seed: UInt64) {
        let parts = SoftParts(WristShape(seed: seed))
        for distal: Float in [-6, 2, 8] {
            let section = Section(parts, distal: distal, radial: -14...16, palmar: 6...24)
            let tendons = section.pieces { $0.tissue == .tendon && ($0.region == 26 || $0.region == 27) }
            #expect(tendons.count == 9, "\(tendons)")
            #expect(tendons.allSatisfy { $0 > 3 && $0 < 14 }, "\(tendons)")
            for k in section.samples.indices {
                let s = section.samples[k], y = section.low.x + Float(k / section.columns) * Section.step
                let z = section.low.y + Float(k % section.columns) * Section.step
                if s.tissue == .tendon && s.region != 25 && s.region != 0 { #expect(z < FlexorRetinaculum.palmar(radial: y) - 0.5) }
            }
        }
        let nerves = Section(parts, distal: 0, radial: -3...12, palmar: 14...22).pieces { $0.tissue == .nerve }
        #expect(nerves.count == 1 && nerves[0] > 7 && nerves[0] < 12, "\(nerves)")
    }

    @Test("no tendon or nerve runs into another, and all lie under the skin", arguments: seeds)
    func clearance(_ seed: UInt64) {
        let parts = SoftParts(WristShape(seed: seed)), set = parts.cords
        set.stations.withUnsafeBufferPointer { stations in
            for (i, a) in set.cords.enumerated() {
                for k in stride(from: a.first, through: a.last, by: 2) {
                    let s = stations[k]
                    #expect(parts.lattice(s.centre).y > s.halfThick + 2, "\(a.name) is too near the skin at \(s.centre)")
                    for (j, b) in set.cords.enumerated() where j != i {
                        let rough = s.centre - stations[b.guess(s.centre)].centre
                        guard abs(rough.y) + abs(rough.z) < 12 else { continue }
                        for turn in 0..<12 {
                            let t = Turn.unit((Float(turn) + 0.5) * .pi / 6), u = (t.x > 0 ? 1 : -1) * (s.halfFlat - s.halfThick) + t.x * s.halfThick
                            let p = s.centre + s.flat * u + s.thick * (t.y * s.halfThick)
                            let d = stations.hit(p, first: b.first, last: b.last, start: b.guess(p)).distance
                            #expect(d > -0.3, "\(a.name) runs \(-d) mm into \(b.name) at \(p)")
                        }
                    }
                }
            }
        }
        for piece in parts.branches.pieces where piece.start.x > -75 && piece.start.x < 70 {
            let depth = parts.lattice(piece.start).y - piece.radius
            #expect(depth > 0.85, "a branch comes within \(depth) mm of the skin's surface at \(piece.start)")
        }
    }

    @Test("sheath coordinates are continuous, and the box asked for does not matter")
    func continuity() {
        var stream = RandomStream(seed: 4, "continuity"), inside = 0
        for _ in 0..<1500 {
            let p = SIMD3(Float(stream.uniform(-44, 30)), Float(stream.uniform(-28, 30)), Float(stream.uniform(-17, 22)))
            let small = Self.parts.local(to: Box(low: p - 0.7, high: p + 1.3)), large = Self.parts.local(to: Box(low: p - 5, high: p + 6))
            let a = small.sample(p), reference = large.sample(p)
            guard a.tendonDistance < 7 else { continue }
            #expect(a.tissue == reference.tissue && a.compartment == reference.compartment && a.region == reference.region && a.variant == reference.variant)
            #expect(abs(a.tendonDistance - reference.tendonDistance) < 0.12 && abs(a.sheathPosition - reference.sheathPosition) < 0.002, "\(p) \(a) \(reference)")
            let b = small.sample(p + SIMD3(0.04, 0.03, -0.03))
            guard a.compartment >= 0, a.compartment == b.compartment, a.tendonDistance < 6 else { continue }
            inside += 1
            #expect(abs(a.tendonDistance - b.tendonDistance) < 0.15, "\(p) \(a) \(b)")
            #expect(abs(a.sheathPosition - b.sheathPosition) < 0.02, "\(p) \(a) \(b)")
            #expect((a.direction * b.direction).sum() > 0.9)
        }
        #expect(inside > 700)
    }

    @Test("a sheath runs from above the wrist to the metacarpal bases, and its angle goes once round")
    func sheath() {
        func position(_ p: SIMD3<Float>) -> SoftSample { Self.parts.local(to: Box(low: p - 1, high: p + 1)).sample(p) }
        let set = Self.parts.cords, ecu = set.cords.first { $0.name == "ecu" }!
        let along = (ecu.first...ecu.last).map { set.stations[$0].centre }.filter { $0.x > -52 }.map { (x: $0.x, position: position($0).sheathPosition) }
        #expect(zip(along, along.dropFirst()).allSatisfy { $0.position < $1.position })
        let low = along.first { $0.position > 0 }!.x, high = along.last { $0.position < 1 }!.x
        #expect(low > -48 && low < -35 && high > 3 && high < 14)
        let s = set.stations[ecu.guess(SIMD3(-25, 0, 0))]
        let angles = (0..<36).map { k -> Float in
            let t = Turn.unit(Float(k) * .pi / 18)
            return position(s.centre + (s.flat * t.x + s.thick * t.y) * 2.6).sheathAngle
        }
        let steps = zip(angles, angles.dropFirst()).map { a, b in (b - a) > .pi ? b - a - 2 * .pi : (b - a) < -.pi ? b - a + 2 * .pi : b - a }
        #expect(steps.allSatisfy { $0 > 0.05 && $0 < 0.5 }, "\(steps)")
    }

    @Test("a seed fixes the wrist, another gives another; fat follows fatness; vessels follow their factor")
    func variation() {
        func tissues(_ parts: SoftParts) -> [Tissue] { Section(parts, distal: -15).samples.map(\.tissue) }
        let first = tissues(Self.parts), other = tissues(SoftParts(WristShape(seed: 77)))
        #expect(first == tissues(SoftParts(WristShape(seed: 1))))
        let changed = zip(first, other).filter { $0 != $1 }.count
        #expect(changed > first.count / 50 && changed < first.count / 3)
        // Fat under the skin alone: what lies above the fascia.
        let fat = [0.4, 1, 2].map { fatness -> Float in
            let section = Section(SoftParts(WristShape(seed: 1, fatness: fatness)), distal: -15)
            return section.area { $0.tissue == .fat }.area
        }
        #expect(fat[1] > 1.4 * fat[0] && fat[2] > 1.4 * fat[1], "\(fat)")
        let plain = Section(Self.parts, distal: -40).area { $0.region == 29 }.area
        let prominent = Section(SoftParts(WristShape(seed: 1), prominentVessels: 1.5), distal: -40).area { $0.region == 29 }.area
        #expect(prominent > 1.6 * plain && prominent < 3 * plain, "\(plain) \(prominent)")
    }
}
