@testable import CarpusCore
import Foundation
import Testing

@Suite struct InterpolationTests {
    static let grid = soundGrid(
        size: Index3(34, 21, 18), spacing: Vector3(0.5, 0.8, 1.2), origin: Vector3(-9, 4, 30), direction: RigidTransform(axis: Vector3(2, 1, 3), angle: 0.6).matrix)

    /// A grid well inside the source, turned against it.
    static let inner = soundGrid(
        size: Index3(9, 8, 7), spacing: Vector3(0.31, 0.47, 0.53), origin: grid.worldFromVoxel(Vector3(14, 9, 7)), direction: RigidTransform(axis: Vector3(1, 0, 1), angle: 0.9).matrix)

    static func filled(_ grid: Grid, _ f: (Vector3) -> Double) -> Volume<Float> {
        Volume(grid: grid, scalars: (0..<grid.count).map { Float(f(grid.worldFromVoxel(Vector3(grid.index(at: $0))))) })
    }

    static func worst(_ a: Volume<Float>, _ b: Volume<Float>) -> Float {
        zip(a.scalars, b.scalars).map { abs($0 - $1) }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
    }

    @Test func linearIsExactOnLinearFunctions() {
        func f(_ p: Vector3) -> Double { 3 - 2 * p.x + 0.5 * p.y + p.z }
        #expect(Self.worst(Self.filled(Self.grid, f).resampled(onto: Self.inner), Self.filled(Self.inner, f)) < 2e-5)
    }

    @Test func cubicIsExactOnQuadraticsAwayFromTheBorder() {
        let middle = Self.grid.centre
        func f(_ p: Vector3) -> Double { let q = p - middle; return 3 + q.x - q.y * q.y + 0.5 * q.x * q.z + 0.2 * q.z * q.z }
        let source = Self.filled(Self.grid, f), truth = Self.filled(Self.inner, f)
        let cubic = Self.worst(source.resampled(onto: Self.inner, interpolation: .cubic), truth)
        #expect(cubic < 2e-3)   // what the mirrored border, seven voxels away, still adds
        #expect(Self.worst(source.resampled(onto: Self.inner, interpolation: .linear), truth) > 20 * cubic)
    }

    @Test(arguments: Interpolation.allCases) func voxelValuesAreMetEvenAtTheBorder(_ way: Interpolation) {
        let noise = Volume(grid: Self.grid, scalars: (0..<Self.grid.count).map { Float(($0 &* 2_654_435_761) % 1000) / 10 })
        // Moved by nothing, but through the machinery.
        let still = Transform.chain([.rigid(RigidTransform(translation: Vector3(1e-13, 0, 0)))])
        #expect(Self.worst(noise.resampled(onto: Self.grid, through: still, interpolation: way), noise) < 2e-4)
    }

    @Test(arguments: [1, 2, 3, 5, 27, 28, 29, 60]) func splinesOfAnyLengthMeetTheirSamples(_ n: Int) throws {
        let grid = try Grid(size: Index3(n, 1, 1), spacing: Vector3(1, 1, 1))
        let line = Volume(grid: grid, scalars: (0..<n).map { Float(($0 * 37) % 11) })
        let moved = line.resampled(onto: grid, through: .chain([.affine(Affine(translation: Vector3(0, 0.2, 0)))]), interpolation: .cubic)
        #expect(Self.worst(moved, line) < 1e-5)
    }

    @Test func nearestTakesTheNearest() throws {
        let grid = try Grid(size: Index3(3, 1, 1), spacing: Vector3(2, 1, 1))
        let v = Volume<Float>(grid: grid, scalars: [1, 2, 3])
        func at(_ x: Double) throws -> Float { v.resampled(onto: try Grid(size: Index3(1, 1, 1), spacing: Vector3(1, 1, 1), origin: Vector3(x, 0, 0)), interpolation: .nearest).scalars[0] }
        #expect(try at(0.9) == 1 && at(1.1) == 2 && at(-0.99) == 1 && at(4.99) == 3)
        #expect(try at(-1.01).isNaN && at(5.01).isNaN)
    }

    @Test(arguments: Interpolation.allCases) func nothingIsSaidOutside(_ way: Interpolation) throws {
        let v = Volume<Float>(grid: Self.grid, repeating: 7)
        let shifted = try Grid(size: Self.grid.size, worldFromVoxel: Affine(linear: Self.grid.worldFromVoxel.linear, translation: Self.grid.worldFromVoxel(Vector3(-3, 0, 0))))
        let seen = v.resampled(onto: shifted, interpolation: way)
        for o in 0..<seen.grid.count { #expect(seen.scalars[o].isNaN == (seen.grid.index(at: o).x < 3)) }
        #expect(seen.scalars.allSatisfy { $0.isNaN || abs($0 - 7) < 1e-5 })
        #expect(v.resampled(onto: shifted, interpolation: way, outside: -1).scalars.filter { $0 == -1 }.count == 3 * 21 * 18)
    }

    /// What is not known makes unknown what is made from it, and nothing else.
    @Test(arguments: Interpolation.allCases) func aGapDoesNotSpread(_ way: Interpolation) {
        func f(_ p: Vector3) -> Double { 100 + p.x + p.y }
        var source = Self.filled(Self.grid, f)
        source[17, 10, 9] = .nan
        let still = source.resampled(onto: Self.grid, through: .chain([.rigid(RigidTransform(translation: Vector3(1e-13, 0, 0)))]), interpolation: way)
        let gaps = still.scalars.indices.filter { still.scalars[$0].isNaN }.map { Self.grid.index(at: $0) }
        #expect(gaps.contains(Index3(17, 10, 9)) && gaps.count <= 8)
        let truth = Self.filled(Self.grid, f)
        #expect(zip(still.scalars, truth.scalars).allSatisfy { $0.isNaN || abs($0 - $1) < 0.2 })
    }

    @Test func downsamplingKeepsMeanTotalAndField() throws {
        let fine = Volume(grid: Self.grid, scalars: (0..<Self.grid.count).map { Float(($0 &* 40503) % 977) })
        let coarse = fine.downsampled(toSpacing: Vector3(1.3, 1.7, 1.2))
        #expect(coarse.grid.size == Index3(13, 10, 18))
        let mean = fine.scalars.reduce(0.0) { $0 + Double($1) } / Double(fine.grid.count), other = coarse.scalars.reduce(0.0) { $0 + Double($1) } / Double(coarse.grid.count)
        #expect(abs(mean - other) < 1e-4 * mean)
        #expect(abs(Double(fine.grid.count) * mean * fine.grid.voxelVolume - Double(coarse.grid.count) * other * coarse.grid.voxelVolume) < 1e-4 * mean * Double(fine.grid.count))
        for corner in [Vector3(-0.5, -0.5, -0.5)] { #expect((fine.grid.worldFromVoxel(corner) - coarse.grid.worldFromVoxel(corner)).length < 1e-12) }
        #expect((fine.grid.centre - coarse.grid.centre).length < 1e-12)
        // A linear function keeps its values at the new centres.
        func f(_ p: Vector3) -> Double { p.x - 2 * p.y + p.z }
        let whole = Self.filled(Self.grid, f).downsampled(toSpacing: Vector3(1, 1.6, 2.4))
        #expect(whole.grid.size == Index3(17, 11, 9))
        let exact = Self.filled(Self.grid, f).downsampled(toSpacing: Vector3(1, 0.8, 2.4))
        #expect(exact.grid.size == Index3(17, 21, 9) && Self.worst(exact, Self.filled(exact.grid, f)) < 2e-5)
    }

    @Test func thickAxesAreLeftAlone() throws {
        let thick = Volume<Float>(grid: try Grid(size: Index3(8, 8, 4), spacing: Vector3(0.5, 0.5, 4)), repeating: 1)
        #expect(thick.downsampled(toSpacing: Vector3(1, 1, 1)).grid.size == Index3(4, 4, 4))
        #expect(thick.downsampled(toSpacing: Vector3(0.1, 0.1, 0.1)).grid == thick.grid)
    }

    @Test func aGapInCoarserVoxelsIsOneVoxel() throws {
        // 14 into 6: every third border falls on a voxel's, where rounding must not reach over.
        for (n, m) in [(14, 6), (49, 7), (55, 11), (30, 22), (27, 21)] {
            for gap in 0..<n {
                var line = Volume<Float>(grid: try Grid(size: Index3(n, 1, 1), spacing: Vector3(1, 1, 1)), repeating: 1)
                line.scalars[gap] = .nan
                let coarse = line.downsampled(toSpacing: Vector3(Double(n) / Double(m), 1, 1))
                #expect(coarse.grid.size.x == m)
                for j in 0..<m { #expect(coarse.scalars[j].isNaN == (gap * m < (j + 1) * n && (gap + 1) * m > j * n), "\(n) to \(m), gap \(gap), voxel \(j)") }
            }
        }
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() {
        let noise = Volume(grid: Self.grid, scalars: (0..<Self.grid.count).map { Float(($0 &* 2_654_435_761) % 1000) / 10 })
        let turn = Transform.rigid(RigidTransform(axis: Vector3(1, 2, 3), angle: 0.3, centre: Self.grid.centre))
        func all() -> [[UInt32]] { Interpolation.allCases.map { noise.resampled(onto: Self.grid, through: turn, interpolation: $0).scalars.map(\.bitPattern) } }
        let before = Parallel.threads
        defer { Parallel.threads = before }
        Parallel.threads = 1
        let one = all()
        Parallel.threads = 4
        #expect(all() == one)
        #expect(Parallel.threads == 4)
        Parallel.threads = 0
        #expect(Parallel.threads == 1)
    }

    @Test func everyPieceIsDoneOnce() {
        for n in [0, 1, 63, 64, 65, 1000] {
            nonisolated(unsafe) let seen = UnsafeMutablePointer<Int>.allocate(capacity: n + 1)
            seen.initialize(repeating: 0, count: n + 1)
            Parallel.forEach(n) { seen[$0] += 1 }
            Parallel.forEach(blocksOf: n) { for i in $0 { seen[i] += 1 } }
            #expect((0..<n).allSatisfy { seen[$0] == 2 } && seen[n] == 0)
            seen.deallocate()
        }
    }
}

private func soundGrid(size: Index3, spacing: Vector3, origin: Vector3, direction: Matrix3) -> Grid {
    let linear = direction * Matrix3(diagonal: spacing)
    return Grid(unchecked: size, Affine(linear: linear, translation: origin))
}
