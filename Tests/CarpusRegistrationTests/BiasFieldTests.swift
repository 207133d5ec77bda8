import CarpusCore
import CarpusRegistration
import Foundation
import Testing

@Suite struct BiasFieldTests {
    /// A field of a factor of about 2.5 from one corner to the other.
    private func field(at p: Vector3) -> Double { exp(0.45 * sin(p.x / 30) + 0.35 * cos((p.z - 10) / 35)) }

    @Test func aKnownFieldIsTakenOut() throws {
        let grid = try Phantom.grid()
        // Two tissues in cells of 9 mm, smaller than any field.
        var clean = Phantom.image(on: grid)
        for i in 0..<grid.count {
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i))), cell = (p / 9).rounded(.down).sum()
            clean.scalars[i] = clean.scalars[i] > 150 ? (Int(cell) % 2 == 0 ? 260 : 420) : 0
        }
        var shaded = clean
        for i in 0..<grid.count { shaded.scalars[i] *= Float(field(at: grid.worldFromVoxel(Vector3(grid.index(at: i))))) }
        let (corrected, found) = try BiasField.correct(shaded)
        let inside = (0..<grid.count).filter { clean.scalars[$0] > 200 }
        func variation(_ ratio: (Int) -> Double) -> Double {
            let values = inside.map(ratio), mean = values.reduce(0, +) / Double(values.count)
            return (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)).squareRoot() / mean
        }
        let before = variation { Double(shaded.scalars[$0] / clean.scalars[$0]) }, after = variation { Double(corrected.scalars[$0] / clean.scalars[$0]) }
        #expect(before > 0.15)
        #expect(after < 0.35 * before, "before \(before), after \(after)")
        // What was divided out is what was put in, up to a factor.
        #expect(variation { Double(found.scalars[$0]) / field(at: grid.worldFromVoxel(Vector3(grid.index(at: $0)))) } < 0.35 * before)
        #expect(zip(corrected.scalars, found.scalars).allSatisfy { ($0 * $1).isFinite })
    }

    @Test func theScaleOfAnImageChangesNothing() throws {
        let image = Phantom.image(on: try Phantom.grid(), noise: 5)
        let one = try BiasField.correct(image).field, thousand = try BiasField.correct(image.map { $0 * 1024 }).field
        #expect(zip(one.scalars, thousand.scalars).allSatisfy { abs($0 - $1) < 1e-3 * $0 })
    }

    @Test func aSingleSliceIsRefusedInWordsOfOurs() throws {
        let grid = try Grid(size: Index3(120, 120, 1), spacing: Vector3(0.8, 0.8, 4))
        let image = Volume<Float>(grid: grid, scalars: (0..<grid.count).map { Float($0 % 120 < 60 ? 100 : 400) })
        let error = #expect(throws: RegistrationError.self) { try BiasField.correct(image) }
        #expect(error?.code == .badGeometry && error?.message.contains("a single slice") == true)
    }

    @Test func anEmptyImageIsRefused() throws {
        let grid = try Phantom.grid()
        #expect(throws: RegistrationError.self) { try BiasField.correct(Volume(grid: grid, repeating: 0)) }
        #expect(throws: RegistrationError.self) { try BiasField.correct(Volume(grid: grid, repeating: .nan)) }
    }
}
