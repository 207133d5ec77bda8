import CarpusCore
import Testing

@testable import CarpusSimulation

@Suite("Disease")
struct DiseaseTests {
    @Test("activity raises every kind of lesion, and none is left without activity but what the healthy have")
    func activity() {
        func mean(_ activity: Double, _ what: (DiseaseState) -> Double) -> Double {
            (0..<60).map { what(DiseaseCourse(seed: UInt64($0), activity: activity, visits: 1).visits[0]) }.reduce(0, +) / 60
        }
        func synovitis(_ s: DiseaseState) -> Double { s.joints.map(\.synovitis).reduce(0, +) }
        func oedema(_ s: DiseaseState) -> Double { s.bones.map(\.oedema).reduce(0, +) }
        func sheaths(_ s: DiseaseState) -> Double { s.sheaths.map(\.thickness).reduce(0, +) }
        #expect(mean(0, synovitis) == 0)
        #expect(mean(1, synovitis) > 7.5 && mean(1, synovitis) < 12)
        #expect(mean(0.5, synovitis) > 2 && mean(0.5, synovitis) < 6)
        for what in [synovitis, oedema, sheaths] { #expect(mean(0, what) < mean(0.5, what) && mean(0.5, what) < mean(1, what)) }
    }

    @Test("over many courses lesions grow, shrink, appear and heal; dials stay in their ranges")
    func course() {
        var grew = 0, shrank = 0, appeared = 0, healed = 0
        for seed in 0..<80 {
            let v = DiseaseCourse(seed: UInt64(seed), activity: 0.6, visits: 3).visits
            for (a, b) in zip(v, v.dropFirst()) {
                let pairs = zip(a.joints.map(\.synovitis) + a.bones.map(\.oedema) + a.sheaths.map(\.thickness), b.joints.map(\.synovitis) + b.bones.map(\.oedema) + b.sheaths.map(\.thickness))
                for (x, y) in pairs {
                    if x == 0 && y > 0 { appeared += 1 } else if x > 0 && y == 0 { healed += 1 } else if y > x { grew += 1 } else if y < x { shrank += 1 }
                }
                for (x, y) in zip(a.bones, b.bones) { #expect(zip(x.erosions, y.erosions).allSatisfy { $1 >= $0 }) }
            }
            for s in v {
                #expect(s.sheaths.allSatisfy { (0...5).contains($0.thickness) } && s.bones.allSatisfy { (0...1).contains($0.oedema) })
            }
        }
        #expect([grew, shrank, appeared, healed].allSatisfy { $0 > 30 })
    }

    @Test("a larger lesion holds the smaller one, and a level holds as many points as were asked for")
    func growth() {
        let points = (0..<9000).map { i -> SIMD3<Float> in
            let (x, y, z) = (Float(i % 30), Float(i / 30 % 30), Float(i / 900))
            return SIMD3(x * 1.013, y * 0.991, z * 1.037)
        }
        let field = GrowthField(
            centres: [SIMD3(5, 5, 5), SIMD3(20, 22, 4)], sizes: [1, 2], noise: SmoothNoise(seed: 5, "growth", wavelength: 4), unevenness: 3)
        let small = field.level(holding: 300, of: points), large = field.level(holding: 900, of: points)
        let inSmall = points.filter { field($0) <= small }, inLarge = points.filter { field($0) <= large }
        #expect(inSmall.count == 300 && inLarge.count == 900)
        #expect(Set(inSmall).isSubset(of: Set(inLarge)))
        #expect(field.level(holding: 0, of: points) == -.infinity && field.level(holding: 99_999, of: points) == .infinity)
    }
}

@Suite("Positioning")
struct PositioningTests {
    private let frame = WristFrame(size: 1, side: .right)

    @Test("the hand's frame and the world are each other's inverse, and sides mirror each other", arguments: Laterality.allCases)
    func frames(side: Laterality) {
        let frame = WristFrame(size: 1.1, side: side), p = SIMD3<Float>(10, 20, -7)
        let w = frame.worldFromHand(Vector3(10, 20, -7))
        let back = frame.hand(SIMD3(Float(w.x), Float(w.y), Float(w.z))) - p
        #expect((back * back).sum() < 1e-8)
        // Distal is up, palmar to the front; the thumb of a left hand held up, palm to the front, points to the right.
        #expect(abs(w.z - 11) < 1e-5 && abs(w.y - 7.7) < 1e-5 && abs(w.x - (side == .left ? -22 : 22)) < 1e-5)
        #expect((frame.worldFromHand.linear.determinant > 0) == (side == .left))
    }

    @Test("a bone's motion between visits is small where the bone is, on either side", arguments: Laterality.allCases)
    func bones(side: Laterality) {
        for visit in 1...20 {
            let position = Positioning(seed: 11, visit: visit, frame: WristFrame(size: 1, side: side))
            #expect(position.boneMotions.count == 15)
            for motion in position.boneMotions {
                let near = motion.centre + Vector3(6, -6, 6)
                #expect((motion.affine(near) - near).length < 0.65)
            }
        }
        #expect(Positioning(seed: 11, visit: 0, frame: frame).boneMotions.isEmpty)
    }

    @Test("a dynamic series drifts slowly and jumps once")
    func jumps() {
        var jumps = 0
        for seed in 0..<20 {
            let places = Positioning(seed: UInt64(seed), visit: 0, frame: frame).placements(series: "dce", frames: 30)
            let point = Vector3(8, -5, 12), path = places.map { $0.affine(point) }
            let steps = zip(path, path.dropFirst()).map { ($1 - $0).length }
            #expect(places.count == 30 && steps.max()! < 6)
            jumps += steps.filter { $0 > 0.4 }.count
            #expect(steps.filter { $0 > 0.4 }.count <= 1)
        }
        #expect(jumps >= 14)
    }
}
