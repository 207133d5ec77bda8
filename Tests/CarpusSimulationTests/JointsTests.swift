import CarpusCore
import Testing

@testable import CarpusSimulation

@Suite("Joints of the virtual wrist")
struct JointsTests {
    /// Bones and joints sampled together in small boxes over the wrist, outside bones and cartilage.
    private func visit(_ shape: WristShape, step: Float, _ body: (SIMD3<Int>, SIMD3<Float>, BoneSample, JointSample) -> Void) {
        let bones = Bones(shape), joints = Joints(shape), low = SIMD3<Float>(-56, -36, -20), blocks = SIMD3(26, 26, 16), count = 3
        for i in 0..<blocks.x * blocks.y * blocks.z {
            let block = SIMD3(i % blocks.x, i / blocks.x % blocks.y, i / (blocks.x * blocks.y))
            let corner = low + SIMD3<Float>(block) * (Float(count) * step)
            let box = Box(low: corner, high: corner + Float(count) * step), near = bones.local(to: box), joint = joints.local(to: box)
            if near.isEmpty || joint.isEmpty { continue }
            for k in 0..<count * count * count {
                let voxel = SIMD3(k % count, k / count % count, k / (count * count))
                let p = corner + (SIMD3<Float>(voxel) + 0.5) * step, s = near.sample(p)
                guard s.bone >= 0, s.distance >= s.cartilage else { continue }
                body(block &* SIMD3(repeating: count) &+ voxel, p, s, joint.sample(p, bone: s))
            }
        }
    }

    @Test("compartments hold what distended ones can: 1 to 2, 3 to 7 and 5 to 11 mL, 12 to 16 in the mean of all")
    func volumes() {
        let wrists = 6, step: Float = 1
        nonisolated(unsafe) var volumes = Array(repeating: SIMD3<Double>(), count: wrists)
        volumes.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let into = buffer
            Parallel.forEach(wrists) { i in
                visit(WristShape.drawn(seed: UInt64(i + 31)), step: step) { _, _, _, joint in
                    if joint.region > 0 { into[i][Int(joint.region) - 16] += Double(step * step * step) / 1000 }
                }
            }
        }
        for v in volumes {
            #expect((0.7...2).contains(v.x) && (3...7).contains(v.y) && (5...11).contains(v.z), "\(v)")
        }
        let mean = volumes.reduce(SIMD3<Double>(), +).sum() / Double(wrists)
        #expect((12...16).contains(mean), "\(mean) mL")
    }

    @Test("compartments do not touch: disc, ligaments and rows lie between")
    func separation() {
        var regions: [SIMD3<Int>: UInt8] = [:]
        visit(WristShape(seed: 12), step: 0.7) { voxel, _, _, joint in if joint.region > 0 { regions[voxel] = joint.region } }
        var pairs = 0, mixed = 0
        for (voxel, region) in regions {
            for step in [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)] {
                guard let other = regions[voxel &+ step] else { continue }
                pairs += 1
                if other != region { mixed += 1 }
            }
        }
        #expect(pairs > 10_000 && Double(mixed) / Double(pairs) < 0.004, "\(mixed) of \(pairs)")
    }

    @Test("clefts belong to their joints and hold a film; disc and ligaments lie where they should")
    func places() {
        let shape = WristShape(seed: 5, ageYears: 55), box = Box(low: [-60, -40, -25], high: [30, 40, 30])
        let bones = Bones(shape).local(to: box), joints = Joints(shape).local(to: box)
        /// The middle of the gap that a line leaves one bone through for another.
        func cleft(_ from: SIMD3<Float>, _ to: SIMD3<Float>, _ a: Int8, _ b: Int8) -> JointSample? {
            let points = (0...400).map { from + (to - from) * (Float($0) / 400) }
            guard let last = points.last(where: { let s = bones.sample($0); return s.bone == a && s.distance < 0 }),
                let first = points.first(where: { let s = bones.sample($0); return s.bone == b && s.distance < 0 })
            else { return nil }
            return joints.sample((last + first) / 2, bone: bones.sample((last + first) / 2))
        }
        let radiolunate = cleft([-35, -6.5, 0], [-17, -6.5, 0], 0, 3), lunocapitate = cleft([-20, -3, 0], [0, -1, 0], 3, 8)
        let notch = cleft([-31, 0, -1.5], [-31, -20, -1.5], 0, 1), carpometacarpal = cleft([0, 0.5, 0], [25, 1.5, 0], 8, 12)
        #expect(radiolunate?.region == 17 && lunocapitate?.region == 18 && notch?.region == 16 && carpometacarpal?.region == 18)
        for sample in [radiolunate, lunocapitate, notch, carpometacarpal] {
            #expect(sample?.tissue == .fluid && (sample?.envelope ?? 9) < -0.5, "\(String(describing: sample))")
        }
        // The disc lies between the ulna's head and the triquetrum.
        let column = stride(from: Float(-32), to: -14, by: 0.1).map { x -> (BoneSample, Tissue?) in
            let s = bones.sample([x, -17.5, -1.5])
            return (s, s.distance > s.cartilage ? joints.sample([x, -17.5, -1.5], bone: s).tissue : nil)
        }
        let disc = column.filter { $0.1 == .fibrocartilage }.count
        #expect(disc >= 10 && disc <= 32, "disc \(Float(disc) / 10) mm thick")
        // The tunnel's content and the shafts lie in no joint.
        for p: SIMD3<Float> in [[2, -3, 13], [30, 1, -1], [-45, 4, 14]] {
            let s = bones.sample(p)
            #expect(s.bone < 0 || joints.sample(p, bone: s).region == 0)
        }
        // Ligament closes the cleft of scaphoid and lunate towards the radius.
        var ligament = 0
        visit(shape, step: 0.7) { _, _, s, joint in
            if joint.tissue == .ligament, s.bone + s.neighbour == 5, s.bone == 2 || s.bone == 3 { ligament += 1 }
        }
        #expect(ligament > 20, "\(ligament)")
    }

    @Test("the envelope is near a distance, and a sample does not depend on its box")
    func envelope() {
        let shape = WristShape.drawn(seed: 17), bones = Bones(shape), joints = Joints(shape), step: Float = 0.05
        var stream = RandomStream(seed: 4, "points"), slopes: [Float] = []
        let everywhere = joints.local(to: Box(low: [-80, -50, -30], high: [60, 50, 40]))
        while slopes.count < 1500 {
            let p = SIMD3(Float(stream.uniform(-45, 20)), Float(stream.uniform(-30, 30)), Float(stream.uniform(-16, 22)))
            let box = Box(low: p - 0.5, high: p + 0.5), near = bones.local(to: box), local = joints.local(to: box), s = near.sample(p)
            guard s.bone >= 0, s.distance > s.cartilage else { continue }
            let a = local.sample(p, bone: s), b = everywhere.sample(p, bone: s)
            guard abs(b.envelope) < 1 else { continue }
            #expect(a.region == b.region && abs(a.envelope - b.envelope) < 1e-3 && a.tissue == b.tissue)
            var slope = SIMD3<Float>()
            for axis in 0..<3 {
                var shift = SIMD3<Float>()
                shift[axis] = step
                let high = local.sample(p + shift, bone: near.sample(p + shift)), low = local.sample(p - shift, bone: near.sample(p - shift))
                slope[axis] = (high.envelope - low.envelope) / (2 * step)
            }
            slopes.append((slope * slope).sum().squareRoot())
        }
        slopes.sort()
        #expect(slopes[75] > 0.3 && slopes[750] > 0.8 && slopes[1425] < 1.6, "\(slopes[75]) \(slopes[750]) \(slopes[1425])")
    }
}
