import Carpus
import CarpusCore
import CarpusPipeline
import CarpusQuantification
import CarpusTestSupport
import Testing

@Suite struct QualityStageTests {
    /// A block of tissue in air: fat, muscle, and a vessel that enhances, with a little noise.
    private func scan(fat: Float, muscle: Float, vessel: Float, seed: UInt64) throws -> Volume<Float> {
        let grid = try Grid(size: Index3(48, 48, 12), spacing: Vector3(0.8, 0.8, 2))
        var dice = Dice(seed: seed)
        return Volume(grid: grid, scalars: (0..<grid.count).map { i in
            let at = grid.index(at: i), noise = Float(dice.normal()) * 3
            guard (6..<42).contains(at.x), (6..<42).contains(at.y) else { return abs(noise) }
            let isVessel = (30..<37).contains(at.x) && (12..<19).contains(at.y)
            return noise + (isVessel ? vessel : at.x < 22 ? fat : muscle)
        })
    }

    @Test func swappedScansGiveNoSubtractionUnlessAskedFor() throws {
        let before = try scan(fat: 400, muscle: 150, vessel: 150, seed: 1), after = try scan(fat: 400, muscle: 150, vessel: 350, seed: 2)
        let right = try SubtractContrast.run(.init(before: before, after: after), .init())
        #expect(right.arrival.rows.map(\.quantity) == ["gain", "signal-gained-share", "signal-lost-share"] && right.arrival.rows.allSatisfy { $0.status == .ok })
        #expect(throws: NotScorable.self) { try SubtractContrast.run(.init(before: after, after: before), .init()) }
        var doubt = SubtractionMap.Parameters()
        doubt.reversed = .doubt
        let seen = try SubtractContrast.run(.init(before: after, after: before), doubt)
        #expect(seen.findings.list.contains { $0.severity == .serious } && seen.arrival.rows.allSatisfy { $0.status == .review })
    }

    @Test func aScanWithBrightFatIsNotHandedOn() throws {
        let t1 = try scan(fat: 400, muscle: 150, vessel: 150, seed: 1), stir = try scan(fat: 40, muscle: 150, vessel: 300, seed: 2)
        let good = try CheckSuppression.run(.init(image: stir, reference: t1), .init())
        #expect(good.image.scalars == stir.scalars && good.findings.list.isEmpty)
        let ratio = try #require(good.quality.rows.first { $0.quantity == "fat-signal-ratio" }?.value)
        #expect(abs(ratio - 40.0 / 150) < 0.02)
        let refusal = #expect(throws: NotScorable.self) { try CheckSuppression.run(.init(image: t1, reference: t1), .init()) }
        #expect(refusal?.reason.hasPrefix("fat is not suppressed: fat has 2.6") == true, "\(refusal?.reason ?? "")")
        var doubt = FatSuppression.Parameters()
        doubt.failed = .doubt
        let shown = try CheckSuppression.run(.init(image: t1, reference: t1), doubt)
        #expect(shown.findings.list.map(\.severity) == [.serious] && shown.quality.rows.allSatisfy { $0.status == .review })
    }

    @Test func withoutAnAgentTheSubtractionIsDoubted() throws {
        let before = try scan(fat: 400, muscle: 150, vessel: 150, seed: 1), after = try scan(fat: 400, muscle: 150, vessel: 150, seed: 2)
        let found = try SubtractContrast.run(.init(before: before, after: after), .init())
        #expect(found.findings.list.map(\.code) == ["subtraction.nothing-enhances"] && found.arrival.rows.allSatisfy { $0.status == .review && $0.reason?.hasPrefix("no contrast agent is seen") == true })
    }

    @Test func aBlankScanIsNoScanWithDarkFat() throws {
        let t1 = try scan(fat: 400, muscle: 150, vessel: 150, seed: 1)
        #expect(throws: NotScorable.self) { try CheckSuppression.run(.init(image: t1.map { _ in 0 }, reference: t1), .init()) }
        #expect(throws: NotScorable.self) { try MeasureNoise.run(.init(image: t1.map { _ in 0 }), .init()) }
    }

    @Test func fatInNoTileTellsNothingOfItsEvenness() throws {
        let t1 = try scan(fat: 400, muscle: 150, vessel: 150, seed: 1), stir = try scan(fat: 40, muscle: 150, vessel: 300, seed: 2)
        var wide = FatSuppression.Parameters()
        wide.tile = 400
        let found = try CheckSuppression.run(.init(image: stir, reference: t1), wide)
        #expect(found.quality.rows.map(\.status) == [.ok, .notScorable])
    }

    @Test func whatCannotBeCheckedIsHandedOnWithADoubt() throws {
        let flat = try scan(fat: 150, muscle: 150, vessel: 150, seed: 1)
        let found = try CheckSuppression.run(.init(image: flat, reference: flat), .init())
        #expect(found.findings.list.map(\.code) == ["suppression.unknown"] && found.quality.rows.map(\.status) == [.notScorable])
    }

    @Test func aNoisyScanIsDoubted() throws {
        let clear = try scan(fat: 400, muscle: 150, vessel: 150, seed: 1)
        #expect(try MeasureNoise.run(.init(image: clear), .init()).findings.list.isEmpty)
        var dice = Dice(seed: 5)
        let noisy = clear.map { abs($0 + Float(dice.normal()) * 100) }, found = try MeasureNoise.run(.init(image: noisy), .init())
        #expect(found.findings.list.map(\.code) == ["measure.noise"] && found.quality.rows.allSatisfy { $0.status == .review })
    }
}
