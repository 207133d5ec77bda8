import CarpusCore
import CarpusQuantification
import Testing

@Suite struct SubtractionTests {
    @Test func enhancementIsRecoveredWhateverTheReceiversGain() throws {
        let grid = try Phantom.grid()
        var before = Phantom(), after = Phantom()
        (before.seed, after.seed) = (3, 4)
        after.lesion = (Vector3(0, 3, -5), 5, 150)
        for gain in [0.5, 1.0, 1.9] {
            after.gain = gain
            let result = try SubtractionMap.compute(before: before.seen(on: grid), after: after.seen(on: grid))
            #expect(abs(result.gain / gain - 1) < 0.01)
            var sum = 0.0, n = 0.0, elsewhere = 0.0, m = 0.0
            for o in 0..<grid.count {
                let p = grid.worldFromVoxel(Vector3(grid.index(at: o))), far = (p - Vector3(0, 3, -5)).length
                if far < 4 { sum += Double(result.difference.scalars[o]); n += 1 }
                if far > 7 && p.length < 15 { elsewhere += Double(result.difference.scalars[o]); m += 1 }
            }
            #expect(abs(sum / n - 150) < 4 && abs(elsewhere / m) < 3)
            // Noise of both scans adds up.
            #expect(abs(result.noise / (8 * 2.0.squareRoot()) - 1) < 0.1)
            // The sphere of 5 mm against the ellipsoid of 24 x 20 x 18 mm.
            #expect(abs(result.enhancingShare / (125.0 / (24 * 20 * 18)) - 1) < 0.2)
            #expect(result.findings.contains { $0.code == "subtraction.gain" } == (gain != 1))
        }
    }

    @Test func noiseAloneIsNoEnhancement() throws {
        let grid = try Phantom.grid()
        var before = Phantom(), after = Phantom()
        (before.seed, after.seed) = (5, 6)
        let result = try SubtractionMap.compute(before: before.seen(on: grid), after: after.seen(on: grid))
        // Of a normal distribution 0.13 % lie above 3 standard deviations.
        #expect(result.enhancingShare < 0.002 && abs(result.gain - 1) < 0.005)
        #expect(result.findings.map(\.code) == ["subtraction.nothing-enhances"])
        let same = try SubtractionMap.compute(before: before.seen(on: grid), after: before.seen(on: grid))
        #expect(same.gain == 1 && same.difference.scalars.allSatisfy { $0 == 0 })
    }

    @Test func theRatioIsToldOnlyAboveTheNoise() throws {
        let grid = try Phantom.grid()
        var before = Phantom(), after = Phantom()
        (before.seed, after.seed) = (7, 8)
        after.lesion = (Vector3(0, 3, -5), 5, 80)
        var post = after.seen(on: grid)
        post.scalars[grid.count / 2] = .nan
        let result = try SubtractionMap.compute(before: before.seen(on: grid), after: post)
        #expect(result.ratio[0, 0, 0].isNaN && result.difference[0, 0, 0].isFinite)
        #expect(result.difference.scalars[grid.count / 2].isNaN && result.difference.scalars.filter(\.isNaN).count == 1)
        let v = grid.voxelFromWorld(Vector3(0, 3, -5)).rounded(.toNearestOrEven)
        #expect(abs(result.ratio[Int(v.x), Int(v.y), Int(v.z)] - 0.5) < 0.25)   // 80 on 160
    }

    @Test func whatCannotBeSubtractedIsRefused() throws {
        let grid = try Phantom.grid(), a = Phantom().seen(on: grid)
        let other = Volume<Float>(grid: try Phantom.grid(shift: Vector3(1, 0, 0)), repeating: 0)
        #expect(throws: QuantificationError.self) { try SubtractionMap.compute(before: a, after: other) }
        #expect(throws: QuantificationError.self) { try SubtractionMap.compute(before: Volume(grid: grid, repeating: 0), after: a) }
        var parameters = SubtractionMap.Parameters()
        #expect(parameters.complaint == nil)
        parameters.minimumRatio = -1
        #expect(parameters.complaint?.contains("minimumRatio") == true)
        #expect(throws: QuantificationError.self) { try SubtractionMap.compute(before: a, after: a, parameters: parameters) }
    }
}
