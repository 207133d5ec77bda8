import CarpusCore
import CarpusQuantification
import Foundation
import Testing

@Suite struct ProgressionMapTests {
    /// The follow-up lies turned by 3 degrees and shifted.
    private let motion = RigidTransform(axis: Vector3(0.2, 1, 0.3), angle: 3 * .pi / 180, translation: Vector3(1.5, -2, 1))
    /// In a gap between the bones, grown from nothing to a sharp cuboid of 8 x 9 x 8 mm.
    private func patch(_ p: Vector3) -> Double { abs(p.x) < 4 && abs(p.y) < 4.5 && abs(p.z - 1) < 4 ? 1 : 0 }

    private func compare(_ a: Volume<Float>, _ b: Volume<Float>, _ map: Transform = .identity, mask: LabelMap? = nil) throws -> ProgressionMap.Result {
        try ProgressionMap.compute(baseline: a, followup: b, followupFromBaseline: map, mask: mask, method: "test/1")
    }

    private func volume(_ result: ProgressionMap.Result, _ region: String) throws -> Double {
        try #require(result.measurements.first { $0.quantity == "volume-change" && $0.region == region }?.value)
    }

    private func changedShare(_ result: ProgressionMap.Result) -> Double {
        Double(result.significant.labels.count { $0 != 0 }) / Double(result.assessed.labels.count { $0 != 0 })
    }

    @Test func theSameScanTwiceHasNoChange() throws {
        let scan = Phantom.image(on: try Phantom.grid(turned: 0.2), seed: 1)
        let result = try compare(scan, scan)
        #expect(result.significant.labels.allSatisfy { $0 == 0 })
        #expect(result.difference.scalars.allSatisfy { $0 == 0 || $0.isNaN })
        #expect(try volume(result, "increase") == 0 && volume(result, "net") == 0)
    }

    @Test func aPatchThatGrewIsFoundWithItsVolume() throws {
        let grid = try Phantom.grid()
        let before = Phantom.image(on: grid, seed: 2), after = Phantom.image(on: grid, seed: 3, lesion: patch)
        let result = try compare(before, after)
        let truth = Double((0..<grid.count).count { patch(grid.worldFromVoxel(Vector3(grid.index(at: $0)))) > 0 }) * grid.voxelVolume / 1000
        // The smoothing of 0.7 mm lets a rim of about a voxel come out of the noise.
        let increase = try volume(result, "increase")
        #expect((0.9 * truth...1.9 * truth).contains(increase), "\(increase) of \(truth) mL")
        #expect(try volume(result, "decrease") < 0.02)
        let inside = (0..<result.significant.grid.count).filter { patch(result.significant.grid.worldFromVoxel(Vector3(result.significant.grid.index(at: $0)))) > 0 }
        #expect(inside.count { result.significant.labels[$0] == 2 } > inside.count * 9 / 10)
    }

    @Test func swappingTheVisitsFlipsTheSignAndNothingElse() throws {
        let before = Phantom.image(on: try Phantom.grid(), seed: 4)
        let after = Phantom.image(on: try Phantom.grid(turned: 0.05, size: Index3(84, 90, 15), spacing: Vector3(0.75, 0.85, 2.5)), through: motion.inverse.affine, seed: 5, lesion: patch).map { 1.3 * $0 }
        let there = try compare(before, after, .rigid(motion)), back = try compare(after, before, .rigid(motion.inverse))
        #expect(there.z.grid == back.z.grid)
        #expect(there.z.scalars.contains { $0 > 3 })
        for (a, b) in [(there.z, back.z), (there.difference, back.difference)] {
            #expect(zip(a.scalars, b.scalars).allSatisfy { $0 == -$1 || ($0.isNaN && $1.isNaN) })
        }
        #expect(zip(there.significant.labels, back.significant.labels).allSatisfy { $0 == [0, 2, 1][Int($1)] })
        #expect(there.baseline == back.followup || zip(there.baseline.scalars, back.followup.scalars).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
        let net = (try volume(there, "net"), try volume(back, "net"))
        #expect(net.0 == -net.1)
    }

    @Test func noiseAloneIsNoChange() throws {
        let grid = try Phantom.grid()
        for seed in [UInt64(10), 20, 30] {
            let result = try compare(Phantom.image(on: grid, noise: 15, seed: seed), Phantom.image(on: grid, noise: 15, seed: seed + 1))
            #expect(changedShare(result) < 5e-4, "\(changedShare(result))")
        }
    }

    @Test func anotherGainOffsetAndCoilFieldAreNoChange() throws {
        let grid = try Phantom.grid()
        let before = Phantom.image(on: grid, seed: 6)
        var after = Phantom.image(on: grid, seed: 7)
        for i in 0..<grid.count {
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            after.scalars[i] *= Float(1.6 * exp(0.15 * p.x / 30 - 0.2 * p.z / 35))
        }
        let result = try compare(before, after)
        #expect(changedShare(result) < 2e-3, "\(changedShare(result))")
        #expect(abs(result.gain - 1.6) < 0.16)
    }

    @Test func aHandThatLayOtherwiseIsNoChange() throws {
        let before = Phantom.image(on: try Phantom.grid(), seed: 8)
        let after = Phantom.image(on: try Phantom.grid(turned: 0.06), through: motion.inverse.affine, seed: 9)
        let result = try compare(before, after, .rigid(motion))
        #expect(changedShare(result) < 5e-3, "\(changedShare(result))")
        #expect(result.findings.contains { $0.code == "progression.slices" }, "tilted thick slices are doubted")
        #expect(result.measurements.filter { $0.value != nil }.allSatisfy { $0.status == .review })
    }

    @Test func changeIsLookedForInTheMaskAlone() throws {
        let grid = try Phantom.grid()
        let before = Phantom.image(on: grid, seed: 2), after = Phantom.image(on: grid, seed: 3, lesion: patch)
        let elsewhere = LabelMap(grid: grid, labels: (0..<grid.count).map { grid.worldFromVoxel(Vector3(grid.index(at: $0))).z > 12 ? 1 : 0 }, legend: Legend([Label(value: 1, name: "there", color: [1, 1, 1])]))
        #expect(try volume(compare(before, after, mask: elsewhere), "increase") < 0.01)
    }

    @Test func whatCannotBeComparedIsRefused() throws {
        let grid = try Phantom.grid(), scan = Phantom.image(on: grid, seed: 1)
        let far = Transform.rigid(RigidTransform(translation: Vector3(500, 0, 0)))
        #expect(throws: QuantificationError.self) { try compare(scan, scan.map { $0 + 1 }, far) }
        let field = Transform.displacement(DisplacementField(grid: grid, displacements: [SIMD3<Float>](repeating: .zero, count: grid.count)))
        #expect(throws: QuantificationError.self) { try compare(scan, scan.map { $0 + 1 }, field) }
        var parameters = ProgressionMap.Parameters()
        parameters.threshold = -1
        #expect(parameters.complaint?.contains("threshold") == true)
    }
}
