import CarpusCore
import Foundation
import Testing

@testable import CarpusQuantification

@Suite struct QualityTests {
    /// Fat in two balls, far apart, each at least 6 mm in radius; the rest is as muscle.
    private let fat: [(centre: Vector3, radius: Double)] = [(Vector3(-9, 2, 3), 7), (Vector3(9, -3, -2), 6)]

    /// The phantom with its two balls of fat at given signals, in noise of its own.
    private func scan(_ signals: [Double], seed: UInt64, on grid: Grid, noise: Double = 8) -> Volume<Float> {
        var phantom = Phantom()
        phantom.balls = zip(fat, signals).map { ($0.centre, $0.radius, $1) }
        (phantom.seed, phantom.noise) = (seed, noise)
        return phantom.seen(on: grid)
    }

    @Test func noiseIsThatOfTissue() throws {
        let grid = try Phantom.grid()
        for noise in [4.0, 16.0, 40.0] {
            var phantom = Phantom()
            phantom.noise = noise
            var seen = phantom.seen(on: grid)
            seen.scalars[grid.count / 2] = .nan
            let found = try ScanNoise(of: seen), ratio = try #require(found.ratio)
            #expect(abs(found.noise / noise - 1) < 0.05, "\(noise): \(found.noise)")
            // Most of the body has the signal 160.
            #expect(abs(ratio / (160 / noise) - 1) < 0.1, "\(noise): \(ratio)")
        }
        #expect(throws: QuantificationError.self) { try ScanNoise(of: Volume(grid: grid, repeating: 7)) }
        #expect(throws: QuantificationError.self) { try ScanNoise(of: Volume(grid: grid, repeating: .nan)) }
    }

    @Test func aScanWithoutNoiseHasNoRatio() throws {
        let grid = try Phantom.grid()
        var phantom = Phantom()
        (phantom.noise, phantom.balls) = (0, [])
        #expect(try ScanNoise(of: phantom.seen(on: grid)).ratio.map { $0 > 1000 } ?? true)
    }

    @Test func theAgentIsSeenByItsBalance() throws {
        let grid = try Phantom.grid()
        var after = Phantom()
        (after.seed, after.lesion, after.gain) = (4, (Vector3(0, 3, -5), 5, 150), 1.3)
        let before = Phantom().seen(on: grid), enhanced = after.seen(on: grid)
        let seen = try SubtractionMap.compute(before: before, after: enhanced).arrival
        // A ball of 5 mm in an ellipsoid of 24 x 20 x 18 mm, whose outermost two voxels do not count; the ball's own edge may be one that moved.
        #expect(seen.verdict == .seen && seen.balance > 0.95 && (0.008..<0.022).contains(seen.gained), "\(seen)")
        let swapped = try SubtractionMap.compute(before: enhanced, after: before)
        #expect(swapped.arrival.verdict == .reversed && swapped.arrival.balance < -0.95)
        #expect(swapped.findings.contains { $0.code == "subtraction.reversed" && $0.severity == .serious })
    }

    @Test func aScanMovedWithoutAnAgentShowsNone() throws {
        let grid = try Phantom.grid()
        var again = Phantom()
        (again.seed, again.field) = (9, { 1 + 0.004 * $0.x })
        let before = Phantom().seen(on: grid)
        for shift in [Vector3(0.9, 0.4, 0), Vector3(-0.7, 1, 1)] {
            let moved = try SubtractionMap.compute(before: before, after: again.seen(on: grid, through: .rigid(RigidTransform(axis: Vector3(0, 0, 1), angle: 0, translation: shift))))
            // More than the alignment is trusted to leave: borders gain and lose alike.
            #expect(moved.arrival.verdict == .unseen, "\(moved.arrival)")
        }
    }

    @Test func fatIsToldByT1AndJudgedOnTheScan() throws {
        let grid = try Phantom.grid(), t1 = scan([420, 420], seed: 1, on: grid)
        let dark = try FatSuppression(of: scan([40, 40], seed: 2, on: grid), reference: t1)
        #expect(abs(dark.ratio - 0.25) < 0.02 && dark.brightShare == 0, "\(dark)")
        let bright = try FatSuppression(of: t1, reference: t1)
        #expect(abs(bright.ratio - 420.0 / 160) < 0.1 && (bright.brightShare ?? 0) > 0.99, "\(bright)")
        // Where one ball stays bright, the other still speaks for the median, and tiles tell. Of 216 against 343 the smaller ball loses more by its border.
        let uneven = try FatSuppression(of: scan([40, 320], seed: 3, on: grid), reference: t1)
        #expect(uneven.ratio < 0.4 && (0.27..<0.39).contains(uneven.brightShare ?? 0), "\(uneven)")
        let worst = try #require(uneven.worst)
        #expect((worst.place - fat[1].centre).length < 7 && abs(worst.ratio - 2) < 0.1)
    }

    @Test func scalesOfTheScannerDoNotMatter() throws {
        let grid = try Phantom.grid(), t1 = scan([420, 420], seed: 1, on: grid), stir = scan([40, 320], seed: 3, on: grid)
        let one = try FatSuppression(of: stir, reference: t1), other = try FatSuppression(of: stir.map { $0 * 8 }, reference: t1.map { $0 / 4 })
        #expect(one == other)
    }

    @Test func whereFatDoesNotStandOutNothingIsTold() throws {
        let grid = try Phantom.grid(), flat = scan([170, 170], seed: 1, on: grid)
        #expect(throws: QuantificationError.self) { try FatSuppression(of: flat, reference: flat) }
        let other = Volume<Float>(grid: try Phantom.grid(shift: Vector3(1, 0, 0)), repeating: 1)
        #expect(throws: QuantificationError.self) { try FatSuppression(of: flat, reference: other) }
        var p = FatSuppression.Parameters()
        p.tile = 0
        #expect(p.complaint?.contains("tile") == true)
    }
}
