import CarpusCore
import Foundation
import Testing

@testable import CarpusSimulation

@Suite("Bones of the virtual wrist")
struct BonesTests {
    @Test("over 200 wrists the carpals have the volumes of the measured wrist, in their order, with steady shares, and keep their gaps")
    func population() {
        let wrists = 200, carpals = 2..<10
        nonisolated(unsafe) var counted = Array(repeating: Census(), count: wrists)
        counted.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let into = buffer
            Parallel.forEach(wrists) { i in into[i] = Census(WristShape.drawn(seed: UInt64(i + 1)), step: 1.5) }
        }
        // Scaphoid to hamate, mL: the one complete CT wrist of the literature's tables, trapezoid before triquetrum.
        let expected = [2.45, 1.64, 1.33, 0.76, 1.93, 1.36, 3.18, 2.80]
        var shares: [Double] = []
        for (bone, volume) in zip(carpals, expected) {
            let mean = counted.reduce(0) { $0 + $1.volumes[bone] * pow($1.size, 3) } / Double(wrists)
            #expect(abs(mean / volume - 1) < 0.06, "\(WristAnatomy.bones[bone].name) \(mean) mL")
            let share = counted.map { $0.volumes[bone] / $0.volumes[carpals].reduce(0, +) }
            let middle = share.reduce(0, +) / Double(wrists)
            let deviation = (share.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(wrists)).squareRoot()
            #expect(deviation / middle < 0.08 && deviation / middle > 0.01, "\(WristAnatomy.bones[bone].name) share varies by \(deviation / middle)")
            shares.append(middle)
        }
        // Capitate > hamate > scaphoid > trapezium > lunate > trapezoid > triquetrum > pisiform.
        let ordered = [6, 7, 0, 4, 1, 5, 2, 3].map { shares[$0] }
        #expect(ordered == ordered.sorted(by: >))
        let gap = counted.map(\.gap).min() ?? 0
        #expect(gap > 0.8, "smallest gap \(gap) mm")
    }

    @Test("distances are near true distances close to the surface")
    func distances() {
        let bones = Bones(WristShape.drawn(seed: 11)), step: Float = 0.05
        var stream = RandomStream(seed: 5, "points"), slopes: [Float] = []
        while slopes.count < 3000 {
            let p = SIMD3(Float(stream.uniform(-38, 40)), Float(stream.uniform(-30, 30)), Float(stream.uniform(-16, 22)))
            let local = bones.local(to: Box(low: p - 0.2, high: p + 0.2)), s = local.sample(p)
            guard s.bone >= 0, abs(s.distance) < 0.8 else { continue }
            var slope = SIMD3<Float>()
            for axis in 0..<3 {
                var shift = SIMD3<Float>()
                shift[axis] = step
                slope[axis] = (local.sample(p + shift).distance - local.sample(p - shift).distance) / (2 * step)
            }
            slopes.append((slope * slope).sum().squareRoot())
        }
        slopes.sort()
        #expect(slopes[150] > 0.6 && slopes[2850] < 1.3, "5 to 95 %: \(slopes[150]) \(slopes[2850])")
        #expect(abs(slopes[1500] - 0.95) < 0.1)
    }

    @Test("a point's sample does not depend on the box it is sampled from, also after motions")
    func boxes() {
        let motions = (0..<15).map { RigidMotion(RigidTransform(axis: Vector3(1, Double($0) / 9, 0.4), angle: 0.015, translation: Vector3(0.2, -0.1, 0.1))) }
        for bones in [Bones(WristShape.drawn(seed: 3)), Bones(WristShape.drawn(seed: 3)).moved(by: motions)] {
            var stream = RandomStream(seed: 9, "points")
            let wide = bones.local(to: Box(low: [-80, -50, -30], high: [80, 60, 40]))
            for _ in 0..<4000 {
                let p = SIMD3(Float(stream.uniform(-45, 45)), Float(stream.uniform(-32, 34)), Float(stream.uniform(-18, 26)))
                let low = p - SIMD3(Float(stream.uniform(0, 2)), Float(stream.uniform(0, 2)), Float(stream.uniform(0, 2)))
                let a = wide.sample(p), b = bones.local(to: Box(low: low, high: low + 2)).sample(p)
                #expect(a.bone == b.bone && abs(a.distance - b.distance) < 1e-3, "\(p) \(a) \(b)")
                #expect(abs(a.neighbourDistance - b.neighbourDistance) < 1e-3 || a.distance < -6)
            }
        }
    }

    @Test("a moved bone keeps its shape and lies where its motion brings it")
    func moved() {
        let shape = WristShape.drawn(seed: 21), still = Bones(shape)
        var motions = Array(repeating: RigidMotion.identity, count: 15)
        motions[3] = RigidMotion(RigidTransform(axis: Vector3(0.2, 1, 0.1), angle: 0.04, centre: Vector3(-17, -7, 0), translation: Vector3(0.2, 0.1, -0.1)))
        let later = still.moved(by: motions), everywhere = Box(low: [-60, -40, -30], high: [40, 40, 30])
        let before = still.local(to: everywhere), after = later.local(to: everywhere)
        var stream = RandomStream(seed: 2, "points"), inside = 0
        for _ in 0..<4000 {
            let p = SIMD3(Float(stream.uniform(-26, -9)), Float(stream.uniform(-16, 2)), Float(stream.uniform(-10, 10)))
            let a = before.sample(p), b = after.sample(motions[3](p))
            guard a.bone == 3, a.distance < 0 else { continue }
            inside += 1
            #expect(b.bone == 3 && abs(a.distance - b.distance) < 1e-3)
        }
        #expect(inside > 1000)
    }

    @Test("cartilage covers joint faces only and leaves room for a film; cortex thickens along shafts")
    func layers() {
        let bones = Bones(WristShape(seed: 8, ageYears: 45)), local = bones.local(to: Box(low: [-75, -40, -25], high: [70, 40, 30]))
        var faces = 0, overlaps = 0
        for x in stride(from: Float(-30), to: 14, by: 0.7) {
            for y in stride(from: Float(-28), to: 26, by: 0.7) {
                for z in stride(from: Float(-10), to: 12, by: 1.1) {
                    let s = local.sample([x, y, z])
                    guard s.bone >= 0, s.distance >= 0, s.distance < s.cartilage else { continue }
                    faces += 1
                    #expect(s.neighbourDistance < 4.5 || s.bone == 1)
                    if s.neighbourDistance < s.cartilage { overlaps += 1 }
                }
            }
        }
        #expect(faces > 1500 && overlaps == 0, "\(faces) \(overlaps)")
        let shaft = local.sample([-60, 3, 0]), end = local.sample([-32, 5, 0])
        #expect(shaft.bone == 0 && shaft.cortex > 1.6 && abs(shaft.shaftDepth - 37) < 6 && shaft.distance < -4, "\(shaft)")
        #expect(end.bone == 0 && end.cortex < 1 && end.shaftDepth < 14 && end.shaftDepth > 2)
        #expect(local.sample([66, 3.5, -3]).bone == 12 && local.sample([13, 27, 16]).bone == 10)
    }

    @Test("bones are concave where real ones are, and lie as in a hand")
    func anatomy() {
        let bones = Bones(WristShape(seed: 4)), local = bones.local(to: Box(low: [-80, -40, -25], high: [75, 45, 40]))
        func centroid(_ bone: Int8) -> SIMD3<Float> {
            var sum = SIMD3<Float>(), count: Float = 0
            for x in stride(from: Float(-30), to: 16, by: 1.5) {
                for y in stride(from: Float(-28), to: 32, by: 1.5) {
                    for z in stride(from: Float(-12), to: 24, by: 1.5) {
                        let s = local.sample([x, y, z])
                        if s.bone == bone, s.distance < 0 { (sum, count) = (sum + [x, y, z], count + 1) }
                    }
                }
            }
            return sum / count
        }
        let lunate = centroid(3), pisiform = centroid(5), triquetrum = centroid(4), scaphoid = centroid(2)
        #expect(pisiform.z > triquetrum.z + 9 && abs(pisiform.y - triquetrum.y) < 5)
        #expect(scaphoid.y > 6 && lunate.y < -3 && triquetrum.y < lunate.y - 7)
        // Both horns of the lunate reach farther distal than the bottom of its cup.
        func farthest(_ z: Float) -> Float {
            stride(from: Float(0), to: -30, by: -0.5).first { x in
                let s = local.sample([x, lunate.y + 3, z])
                return s.bone == 3 && s.distance < 0
            } ?? -30
        }
        let cup = farthest(lunate.z)
        for horn: Float in [-6.5, 6.5] {
            let edge = farthest(lunate.z + horn)
            #expect(edge > cup + 2, "horn \(edge) cup \(cup)")
        }
        // The hook of the hamate stands out of the palm's side of the carpus, the tunnel beside it is free.
        #expect(local.sample([6.5, -14, 10]).bone == 9 && local.sample([6.5, -14, 10]).distance < 0)
        #expect(local.sample([6.5, -4, 12]).distance > 2)
    }
}

/// Volumes of one wrist's bones in mL at size 1, and the smallest gap found between two.
private struct Census {
    var volumes = [Double](repeating: 0, count: 15), gap: Float = 99, size = 1.0

    init() {}

    init(_ shape: WristShape, step: Float) {
        let bones = Bones(shape), block = 3 * step, count = 3
        size = shape.size
        // The grid's place is the wrist's own, so that errors of counting cancel over wrists.
        var stream = RandomStream(seed: shape.seed, "grid")
        let stray = SIMD3(Float(stream.uniform(0, 1)), Float(stream.uniform(0, 1)), Float(stream.uniform(0, 1))) * step
        for x in stride(from: Float(-32), to: 20, by: block) {
            for y in stride(from: Float(-34), to: 34, by: block) {
                for z in stride(from: Float(-16), to: 26, by: block) {
                    let low = SIMD3(x, y, z) + stray, local = bones.local(to: Box(low: low, high: low + block))
                    guard !local.isEmpty else { continue }
                    for i in 0..<count * count * count {
                        let s = local.sample(low + (SIMD3(Float(i % count), Float(i / count % count), Float(i / (count * count))) + 0.5) * step)
                        if s.distance < 0 { volumes[Int(s.bone)] += Double(step * step * step) / 1000 }
                        // Between two bones the two distances add up to no less than the gap.
                        if s.neighbour >= 0, s.distance > -0.3 { gap = min(gap, s.distance + s.neighbourDistance) }
                    }
                }
            }
        }
    }
}
