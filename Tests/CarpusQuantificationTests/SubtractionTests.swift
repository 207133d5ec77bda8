import CarpusCore
import CarpusQuantification
import Foundation
import Testing

@Suite struct SubtractionTests {
    private func pannus(_ p: Vector3) -> Double { abs(p.x) < 5 && abs(p.y) < 5 && abs(p.z - 1) < 4 ? 1 : 0 }

    @Test func enhancementIsFoundBackWhateverTheReceiversGain() throws {
        let grid = try Phantom.grid()
        let before = Phantom.image(on: grid, seed: 1), after = Phantom.image(on: grid, seed: 2, lesionSignal: 300, lesion: pannus)
        for gain in [Float(1), 2.5] {
            let result = try SubtractionMap.compute(before: before, after: after.map { gain * $0 })
            #expect(abs(result.gain / Double(gain) - 1) < 0.03, "\(result.gain)")
            let inside = (0..<grid.count).filter { pannus(grid.worldFromVoxel(Vector3(grid.index(at: $0)))) > 0 }
            let mean = inside.reduce(0.0) { $0 + Double(result.difference.scalars[$1]) } / Double(inside.count)
            #expect(abs(mean - 300) < 20, "\(mean)")
            let rest = (0..<grid.count).filter { before.scalars[$0] > 150 && pannus(grid.worldFromVoxel(Vector3(grid.index(at: $0)))) == 0 }.map { Double(result.difference.scalars[$0]) }.sorted()
            #expect(abs(rest[rest.count / 2]) < 5)
        }
    }

    @Test func withoutContrastNothingEnhancesAndThatIsSaid() throws {
        let grid = try Phantom.grid()
        let result = try SubtractionMap.compute(before: Phantom.image(on: grid, seed: 3), after: Phantom.image(on: grid, seed: 4))
        #expect(result.enhancingShare < 0.005)
        #expect(result.findings.contains { $0.code == "subtraction.nothing-enhances" })
    }

    @Test func imagesOnOtherGridsAreRefused() throws {
        let a = Phantom.image(on: try Phantom.grid(), seed: 1), b = Phantom.image(on: try Phantom.grid(turned: 0.1), seed: 1)
        #expect(throws: QuantificationError.self) { try SubtractionMap.compute(before: a, after: b) }
    }
}
