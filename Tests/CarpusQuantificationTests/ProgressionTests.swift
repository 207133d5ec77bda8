import CarpusCore
@testable import CarpusQuantification
import Foundation
import Testing

@Suite struct ProgressionTests {
    static let turn = RigidTransform(axis: Vector3(1, 2, 5), angle: 0.12, translation: Vector3(2.3, -1.1, 0.8))

    func map(_ a: Volume<Float>, _ b: Volume<Float>, _ t: Transform = .identity, mask: LabelMap? = nil, _ p: ProgressionMap.Parameters = .init()) throws -> ProgressionMap.Result {
        try ProgressionMap.compute(baseline: a, followup: b, followupFromBaseline: t, mask: mask, parameters: p, method: "t/1")
    }

    func phantom(_ seed: UInt64, _ change: (inout Phantom) -> Void = { _ in }) -> Phantom {
        var phantom = Phantom()
        phantom.seed = seed
        change(&phantom)
        return phantom
    }

    /// Significant voxels as a share of those assessed.
    func share(_ r: ProgressionMap.Result) -> Double {
        Double(r.significant.labels.filter { $0 != 0 }.count) / Double(r.assessed.labels.filter { $0 != 0 }.count)
    }

    func value(_ r: ProgressionMap.Result, _ quantity: String, _ region: String) -> Double? {
        r.measurements.first { $0.quantity == quantity && $0.region == region }?.value
    }

    @Test func oneScanTwiceHasChangedNowhere() throws {
        let oblique = RigidTransform(axis: Vector3(1, 1, 3), angle: 0.5).matrix
        let noiseless = phantom(1) { $0.noise = 0 }
        for scan in [Phantom().seen(on: try Phantom.grid()), Phantom().seen(on: try Phantom.grid(oblique)), noiseless.seen(on: try Phantom.grid())] {
            let r = try map(scan, scan)
            #expect(r.difference.scalars.allSatisfy { $0 == 0 } && r.z.scalars.allSatisfy { $0 == 0 })
            #expect(r.significant.labels.allSatisfy { $0 == 0 } && r.gain == 1 && r.offset == 0 && r.scatter == 1)
            #expect(value(r, "volume-change", "net") == 0 && value(r, "mean-z", "increase") == nil)
            #expect(r.findings.isEmpty)
            // The body: an ellipsoid of 24 x 20 x 18 mm, and up to a millimetre of air, which is rather in than out.
            let body = Double(r.assessed.labels.filter { $0 != 0 }.count) * r.z.grid.voxelVolume, truth = 4 / 3 * Double.pi * 24 * 20 * 18
            #expect(body / truth > 1 && body / truth < 1.2)
        }
    }

    /// Other voxels, another orientation, another gain, a lesion: everything that could tell the visits apart.
    @Test(arguments: [Interpolation.linear, .cubic]) func swappingTheVisitsTurnsTheSignAndNothingElse(_ way: Interpolation) throws {
        let a = phantom(11).seen(on: try Phantom.grid())
        let left = RigidTransform(axis: Vector3(0, 1, 4), angle: 0.08).matrix * Matrix3(columns: Vector3(0, 1, 0), Vector3(-1, 0, 0), Vector3(0, 0, -1))
        let grown = phantom(12) { $0.lesion = (Vector3(-2, 1, -8), 4, 120); $0.gain = 1.4; $0.offset = 20 }
        var b = grown.seen(on: try Phantom.grid(left, shift: Vector3(1, 2, 0), spacing: Vector3(0.8, 0.8, 3)), through: .rigid(Self.turn.inverse))
        b.scalars[b.grid.offset(30, 30, 12)] = .nan
        var p = ProgressionMap.Parameters()
        p.interpolation = way
        let ab = try map(a, b, .rigid(Self.turn), p), ba = try map(b, a, .rigid(Self.turn.inverse), p)
        #expect(ab.z.grid == ba.z.grid && ab.assessed == ba.assessed)
        func bits(_ v: Volume<Float>, _ sign: Float = 1) -> [UInt32] { v.scalars.map { $0.isNaN ? 1 : (sign * $0 + 0).bitPattern } }
        #expect(bits(ab.difference) == bits(ba.difference, -1) && bits(ab.z) == bits(ba.z, -1))
        #expect(bits(ab.baseline) == bits(ba.followup) && bits(ab.followup) == bits(ba.baseline))
        #expect(ab.significant.labels == ba.significant.labels.map { $0 == 0 ? 0 : 3 - $0 } && ab.significant.labels.contains(2))
        #expect(value(ab, "volume-change", "increase") == value(ba, "volume-change", "decrease") && value(ab, "volume-change", "net") == value(ba, "volume-change", "net").map { -$0 })
        #expect(ab.scatter == ba.scatter && ab.residual == ba.residual && ab.baselineNoise == ba.followupNoise)
        #expect(abs(ab.gain * ba.gain - 1) < 1e-14 && abs(ab.gain / 1.4 - 1) < 0.05)
        #expect(ab.findings.map(\.code) == ba.findings.map(\.code))
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() throws {
        let a = phantom(13).seen(on: try Phantom.grid()), b = phantom(14) { $0.gain = 1.2 }.seen(on: try Phantom.grid())
        let before = Parallel.threads
        defer { Parallel.threads = before }
        Parallel.threads = 1
        let one = try map(a, b, .rigid(Self.turn))
        Parallel.threads = 4
        let four = try map(a, b, .rigid(Self.turn))
        #expect(one.z.scalars.map(\.bitPattern) == four.z.scalars.map(\.bitPattern) && one.significant == four.significant && one.measurements == four.measurements)
    }

    @Test(arguments: [(5.0, 120.0), (4.0, 80.0), (6.0, -70.0)]) func aLesionThatGrewIsFoundWithItsVolume(_ radius: Double, _ signal: Double) throws {
        let centre = Vector3(-2, 1, -7)
        let a = phantom(21).seen(on: try Phantom.grid())
        let b = phantom(22) { $0.lesion = (centre, radius, signal) }.seen(on: try Phantom.grid(), through: .rigid(Self.turn.inverse))
        let r = try map(a, b, .rigid(Self.turn)), truth = 4 / 3 * Double.pi * radius * radius * radius / 1000
        let right = signal > 0 ? "increase" : "decrease", wrong = signal > 0 ? "decrease" : "increase"
        let volume = try #require(value(r, "volume-change", right)), other = try #require(value(r, "volume-change", wrong))
        #expect(abs(volume / truth - 1) < 0.25, "\(volume) mL for \(truth) mL")
        #expect(other < 0.02)
        // It lies where it was put: the baseline's world is the phantom's.
        let halfwayFromBaseline = r.halfwayFromBaseline
        var middle = Vector3.zero, n = 0.0
        for o in r.significant.labels.indices where r.significant.labels[o] == (signal > 0 ? 2 : 1) { middle += r.z.grid.worldFromVoxel(Vector3(r.z.grid.index(at: o))); n += 1 }
        #expect((middle / n - halfwayFromBaseline(centre)).length < 0.7)
        let z = try #require(value(r, "mean-z", right))
        #expect(signal > 0 ? z > 3 : z < -3)
    }

    @Test func gainOffsetAndDriftAreNoChange() throws {
        let grid = try Phantom.grid(), a = phantom(31).seen(on: grid)
        let scaled = phantom(32) { $0.gain = 2.2; $0.offset = 40 }, drifted = phantom(33) { $0.field = { exp(0.010 * $0.x - 0.006 * $0.y + 0.0002 * $0.z * $0.z) } }
        for b in [scaled, drifted] {
            let r = try map(a, b.seen(on: grid))
            #expect(share(r) < 0.001)
        }
        let r = try map(a, scaled.seen(on: grid))
        #expect(abs(r.gain / 2.2 - 1) < 0.02 && abs(r.offset - 40) < 8)
        // What the drift does at the end of the body where it is strongest, gain and field together.
        var p = ProgressionMap.Parameters()
        let with = try map(a, drifted.seen(on: grid))
        #expect(abs(with.field * with.gain / exp(-(0.24 * 0.24 + 0.12 * 0.12).squareRoot()) - 1) < 0.03 && abs(with.offset) < 3)
        p.fieldOrder = 0
        #expect(try map(a, drifted.seen(on: grid), .identity, p).residual > 2 * with.residual)
    }

    @Test func aKnownTurnIsNoChange() throws {
        let oblique = RigidTransform(axis: Vector3(3, 1, 0), angle: 0.1).matrix
        let a = phantom(41).seen(on: try Phantom.grid())
        let b = phantom(42).seen(on: try Phantom.grid(oblique), through: .rigid(Self.turn.inverse))
        #expect(share(try map(a, b, .rigid(Self.turn))) < 0.001)
        // Were the transform read the other way round, much would seem changed.
        #expect(share(try map(a, b, .rigid(Self.turn.inverse))) > 0.01)
    }

    /// Slices of 3 mm, the second visit's half a slice on: every edge is cut otherwise, and nothing changed.
    @Test func slicesThatCutOtherwiseAreNoChange() throws {
        func grid(_ shift: Double) throws -> Grid { try Phantom.grid(shift: Vector3(0, 0, shift), spacing: Vector3(0.9, 0.9, 3), size: Index3(64, 56, 16)) }
        let a = phantom(71).seen(on: try grid(0)), b = phantom(72).seen(on: try grid(1.5))
        var p = ProgressionMap.Parameters()
        let with = share(try map(a, b))
        p.interpolationError = 0
        let without = share(try map(a, b, .identity, p))
        #expect(with < 0.005 && without > 4 * with, "\(with), \(without)")
        // What grew over several slices stays to be seen.
        let grown = phantom(73) { $0.lesion = (Vector3(-2, 1, -7), 6, 120) }.seen(on: try grid(1.5))
        let volume = try #require(value(try map(a, grown), "volume-change", "increase")), truth = 4 / 3 * Double.pi * 216 / 1000
        #expect(abs(volume / truth - 1) < 0.35, "\(volume) mL for \(truth) mL")
    }

    @Test func secondDifferencesAreThoseAcrossThickSlices() throws {
        let grid = try Grid(size: Index3(2, 1, 6), spacing: Vector3(1, 1, 2.5))
        let values: [Float] = [0, 0, 10, 4, 0, .nan]
        let volume = Volume(grid: grid, scalars: values.flatMap { [$0, 1000] as [Float] }), slopes = Slopes(grid: grid)
        let bends = volume.scalars.withUnsafeBufferPointer { v in (0..<5).map { slopes.bend(v.baseAddress!, Index3(0, 0, $0)) } }
        // At the end the second difference of the neighbour, 10; beside what is not known twice the difference to the neighbour, 8.
        #expect(bends == [100, 100, 256, 4, 64])
        let cube = Slopes(grid: try Grid(size: Index3(2, 1, 6), spacing: Vector3(1, 1, 2)))
        #expect(volume.scalars.withUnsafeBufferPointer { cube.bend($0.baseAddress!, Index3(0, 0, 2)) } == 0)
    }

    /// A strong change in one slice, in two neighbouring ones, and one that turns its sign from slice to slice.
    @Test func whatIsSeenInOneSliceAloneIsBounded() throws {
        let grid = try Grid(size: Index3(4, 4, 9), spacing: Vector3(1, 1, 3)), error = PositionError(registration: 0, local: nil, interpolation: 0.22)
        func z(_ slices: [Int: Float], at slice: Int = 4, oneIsFlat: Bool = true) -> Float {
            let difference = Volume(grid: grid, scalars: (0..<grid.count).map { 1e5 * (slices[grid.index(at: $0).z] ?? 0) })
            let z = ChangeSignificance.zScore(
                of: difference, mean: difference.map { oneIsFlat ? 100 + $0 / 2 : 100 }, noise: 1, error: error, blockSize: 0, body: [UInt8](repeating: 1, count: grid.count)).z
            return z.scalars[grid.offset(2, 2, slice)]
        }
        // Second differences of one scan, the other being flat: 2, 1, 4 times the change; half of their squares counts.
        #expect(abs(z([4: 1]) - 3.214) < 1e-3 && abs(z([4: 1, 5: 1]) - 6.428) < 1e-3)
        #expect(abs(z([4: -1]) + z([4: 1])) < 1e-6 && z([3: -1, 4: 1, 5: -1]) < 1.61)
        // A dip at one visit where the other has a bump: the mean is flat, and only a quarter of the difference's counts.
        #expect(abs(z([4: 1], oneIsFlat: false) - 4.545) < 1e-3)
        // The last slice is no surer than one within.
        #expect(abs(z([0: 1], at: 0) - 3.214) < 1e-3 && abs(z([0: 1, 1: 1], at: 0) - 6.428) < 1e-3 && abs(z([8: 1], at: 8) - 3.214) < 1e-3)
    }

    @Test(arguments: [0.0, 0.7, 1.5]) func noiseIsRarelyTakenForChange(_ smoothing: Double) throws {
        var p = ProgressionMap.Parameters()
        (p.smoothing, p.minimumVoxels, p.minimumVolume) = (smoothing, 1, 0)
        let r = try map(phantom(51).seen(on: try Phantom.grid()), phantom(52).seen(on: try Phantom.grid()), .identity, p)
        let flat = r.z.scalars.indices.filter { o in
            let at = r.z.grid.worldFromVoxel(Vector3(r.z.grid.index(at: o)))
            return (at / Vector3(24, 20, 18)).length < 0.75 && Phantom().balls.allSatisfy { abs((at - $0.centre).length - $0.radius) > 3.5 }
        }.map { Double(r.z.scalars[$0]) }
        let sd = (flat.reduce(0) { $0 + $1 * $1 } / Double(flat.count)).squareRoot()
        #expect(sd > 0.8 && sd < 1.05, "\(sd)")   // away from edges, where registration may fail and z is scaled down
        #expect(share(r) < 0.0035)                  // 0.27 % of a normal distribution lie beyond 3
        var usual = ProgressionMap.Parameters()
        usual.smoothing = smoothing
        #expect(share(try map(phantom(51).seen(on: try Phantom.grid()), phantom(52).seen(on: try Phantom.grid()), .identity, usual)) < 0.0005)
    }

    @Test func aMaskSaysWhereToLook() throws {
        let grid = try Phantom.grid()
        let a = phantom(61).seen(on: grid), b = phantom(62) { $0.lesion = (Vector3(-2, 1, -7), 5, 120) }.seen(on: grid)
        let legend = Legend([Label(value: 1, name: "region", color: [1, 1, 1])])
        func mask(_ inside: (Vector3) -> Bool) -> LabelMap { LabelMap(grid: grid, labels: (0..<grid.count).map { inside(grid.worldFromVoxel(Vector3(grid.index(at: $0)))) ? 1 : 0 }, legend: legend) }
        let away = try map(a, b, mask: mask { $0.z > 1 }), there = try map(a, b, mask: mask { $0.z < -1 })
        #expect(share(away) < 0.001 && share(there) > 0.005)
        #expect(there.significant.labels.indices.allSatisfy { there.significant.labels[$0] == 0 || there.z.grid.worldFromVoxel(Vector3(there.z.grid.index(at: $0))).z < 0 })
    }

    @Test func theHalfwayFrameLiesHalfway() throws {
        let half = try HalfwayFrame.half(of: Self.turn.affine), back = try HalfwayFrame.half(of: Self.turn.affine.inverse!)
        for p in [Vector3(10, 20, -30), .zero] {
            #expect((half(half(p)) - Self.turn.affine(p)).length < 1e-4)
            #expect((half(back(p)) - p).length < 1e-4)
        }
        #expect(try HalfwayFrame.half(of: .identity) == .identity)
        #expect(throws: QuantificationError.self) { try HalfwayFrame.half(of: Affine(linear: Matrix3(diagonal: Vector3(-1, 1, 1)))) }
    }

    @Test func whatCannotBeComparedIsRefused() throws {
        let a = Phantom().seen(on: try Phantom.grid())
        func code(_ t: Transform = .identity, _ p: ProgressionMap.Parameters = .init()) -> QuantificationError.Code? {
            do { _ = try map(a, a, t, p); return nil } catch { return (error as? QuantificationError)?.code }
        }
        #expect(code(.affine(Affine(translation: Vector3(500, 0, 0)))) == .noOverlap)
        #expect(code(.affine(Affine(linear: Matrix3(diagonal: Vector3(1, 0, 1))))) == .badTransform)
        let field = DisplacementField(grid: try Grid(size: Index3(1, 1, 1), spacing: Vector3(1, 1, 1)), displacements: [.zero])
        #expect(code(.displacement(field)) == .badTransform)
        let wrong: [(String, (inout ProgressionMap.Parameters) -> Void)] = [
            ("smoothing", { $0.smoothing = -1 }), ("registrationError", { $0.registrationError = .nan }), ("scatterBlock", { $0.scatterBlock = -.infinity }),
            ("minimumVolume", { $0.minimumVolume = -1 }), ("interpolation", { $0.interpolation = .nearest }), ("fieldOrder", { $0.fieldOrder = 4 }),
            ("threshold", { $0.threshold = 0 }), ("minimumVoxels", { $0.minimumVoxels = 0 }),
        ]
        for (name, spoil) in wrong {
            var p = ProgressionMap.Parameters()
            #expect(p.complaint == nil)
            spoil(&p)
            #expect(p.complaint?.contains(name) == true)
            #expect(code(.identity, p) == .badParameter)
        }
    }
}
