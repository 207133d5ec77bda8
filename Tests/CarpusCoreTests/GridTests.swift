@testable import CarpusCore
import Foundation
import Testing

@Suite struct GridTests {
    /// An oblique grid, left-handed where asked, its axes in any order.
    static let oblique = RigidTransform(axis: Vector3(1, 2, -0.5), angle: 0.7).matrix

    @Test(arguments: Orientation.all) func voxelToWorldAndBackIsTheSameVoxel(_ orientation: Orientation) throws {
        let grid = try orientation.grid(size: Index3(5, 7, 4), spacing: Vector3(0.4, 0.7, 3), turned: Self.oblique)
        for o in stride(from: 0, to: grid.count, by: 3) {
            let v = Vector3(grid.index(at: o)) + 0.25
            #expect((grid.voxelFromWorld(grid.worldFromVoxel(v)) - v).length < 1e-12)
            #expect(grid.offset(grid.index(at: o).x, grid.index(at: o).y, grid.index(at: o).z) == o)
        }
        #expect(grid.isRightHanded == orientation.isRightHanded)
        #expect(abs(grid.voxelVolume - 0.84) < 1e-12)
    }

    @Test func theLettersSayWhereTheAxesRun() throws {
        let identity = try Grid(size: Index3(2, 3, 4), spacing: Vector3(1, 1, 1))
        #expect(identity.orientation == "LPS")
        let ras = try Grid(size: Index3(2, 3, 4), spacing: Vector3(1, 1, 1), direction: Matrix3(diagonal: Vector3(-1, -1, 1)))
        #expect(ras.orientation == "RAS" && ras.isRightHanded)
        let coronal = try Grid(size: Index3(2, 3, 4), spacing: Vector3(1, 1, 2), direction: Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0)))
        #expect(coronal.orientation == "LIP" && coronal.isRightHanded && coronal.throughPlaneAxis == 2)
        #expect(Set(Orientation.all.map { try? $0.grid(size: Index3(2, 2, 2), spacing: Vector3(1, 1, 1), turned: .identity).orientation }).count == 48)
    }

    @Test(arguments: Orientation.all) func everyOrientationReorientsToOneGrid(_ orientation: Orientation) throws {
        let reference = try Grid(size: Index3(6, 5, 4), spacing: Vector3(0.5, 0.8, 2), origin: Vector3(-3, 20, 7), direction: RigidTransform(axis: Vector3(0, 1, 3), angle: 0.3).matrix)
        let grid = try orientation.view(of: reference)
        #expect(grid.reorientedToLPS().grid.matches(reference, within: 1e-12))
        // Truth by construction: each voxel is filled with a function of where it lies in the world.
        func truth(_ p: Vector3) -> Float { Float(p.x + 10 * p.y - 3 * p.z) }
        func filled(_ g: Grid) -> Volume<Float> { Volume(grid: g, scalars: (0..<g.count).map { truth(g.worldFromVoxel(Vector3(g.index(at: $0)))) }) }
        let stored = filled(grid), wanted = filled(reference)
        let reoriented = stored.reorientedToLPS()
        #expect(zip(reoriented.scalars, wanted.scalars).allSatisfy { abs($0 - $1) < 1e-4 })
        for way in Interpolation.allCases {
            let seen = stored.resampled(onto: reference, interpolation: way)
            #expect(zip(seen.scalars, wanted.scalars).allSatisfy { abs($0 - $1) < 1e-3 }, "\(way)")
        }
        let labels = LabelMap(grid: grid, labels: (0..<grid.count).map { UInt16(grid.index(at: $0).x + 1) }, legend: Legend([]))
        #expect(labels.reorientedToLPS().labels == labels.resampled(onto: reference).labels)
    }

    @Test func whatCannotBeAGridIsRefusedByName() {
        func code(_ linear: Matrix3, _ translation: Vector3 = .zero, size: Index3 = Index3(2, 2, 2)) -> GeometryError.Code? {
            do { _ = try Grid(size: size, worldFromVoxel: Affine(linear: linear, translation: translation)); return nil } catch let e as GeometryError { return e.code } catch { return nil }
        }
        #expect(code(.identity) == nil)
        #expect(code(.identity, size: Index3(2, 0, 2)) == .emptyGrid)
        #expect(code(.identity, size: Index3(2, 2, -1)) == .emptyGrid)
        #expect(code(Matrix3(diagonal: Vector3(1, .nan, 1))) == .notFinite)
        #expect(code(.identity, Vector3(0, .infinity, 0)) == .notFinite)
        #expect(code(Matrix3(diagonal: Vector3(1, 0, 1))) == .singular)
        #expect(code(Matrix3(columns: Vector3(1, 0, 0), Vector3(2, 0, 0), Vector3(0, 0, 1))) == .singular)
        // Shear of 0.2 degrees is refused, rounding of a header's is not.
        #expect(code(Matrix3(columns: Vector3(1, 0, 0), Vector3(0.0035, 1, 0), Vector3(0, 0, 1))) == .sheared)
        #expect(code(Matrix3(columns: Vector3(1, 0, 0), Vector3(1e-5, 1, 0), Vector3(0, 0, 1))) == nil)
        // Tiny and huge voxels are no fault of the affine.
        #expect(code(Matrix3(diagonal: Vector3(1e-3, 1e-3, 1e-3))) == nil)
    }

    @Test func aGridSurvivesJSONToTheLastBit() throws {
        let grid = try Grid(size: Index3(3, 4, 5), spacing: Vector3(0.1, 1 / 3, 3), origin: Vector3(1e-7, -200, .pi), direction: Self.oblique)
        #expect(try JSONDecoder().decode(Grid.self, from: JSONEncoder().encode(grid)) == grid)
        let broken = Data(#"{"size":[2,2,2],"worldFromVoxel":[[1,0,0,0],[0,0,0,0],[0,0,1,0],[0,0,0,1]]}"#.utf8)
        #expect(throws: GeometryError.self) { try JSONDecoder().decode(Grid.self, from: broken) }
    }

    @Test func aMatrixOfTooFewRowsFromAFileIsAnErrorNotACrash() {
        let broken = Data(#"{"size":[2,2,2],"worldFromVoxel":[[1,0,0],[0,1,0]]}"#.utf8)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Grid.self, from: broken) }
    }
}

/// One of the 48 ways to store a box: which axis comes first, and which run backwards.
struct Orientation: Sendable, CustomTestStringConvertible {
    let axes: [Int], flips: [Bool]

    static let all: [Orientation] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].flatMap { axes in
        (0..<8).map { Orientation(axes: axes, flips: [$0 & 1 != 0, $0 & 2 != 0, $0 & 4 != 0]) }
    }

    var testDescription: String { zip(axes, flips).map { "\($1 ? "-" : "+")\($0)" }.joined() }

    /// Right-handed when the permutation and the flips are both even or both odd.
    var isRightHanded: Bool {
        let inversions = [(0, 1), (0, 2), (1, 2)].filter { axes[$0.0] > axes[$0.1] }.count
        return (inversions + flips.filter { $0 }.count) % 2 == 0
    }

    func grid(size: Index3, spacing: Vector3, turned: Matrix3) throws -> Grid {
        var d = Matrix3.identity
        for i in 0..<3 { d[column: i] = turned[column: axes[i]] * (flips[i] ? -1 : 1) }
        return try Grid(size: size, spacing: spacing, origin: Vector3(12, -30, 5), direction: d)
    }

    /// The same voxels of a grid, stored in this way.
    func view(of grid: Grid) throws -> Grid {
        var size = Index3.zero, linear = Matrix3.identity, first = Vector3.zero
        for i in 0..<3 {
            size[i] = grid.size[axes[i]]
            linear[column: i] = grid.worldFromVoxel.linear[column: axes[i]] * (flips[i] ? -1 : 1)
            if flips[i] { first[axes[i]] = Double(grid.size[axes[i]] - 1) }
        }
        return try Grid(size: size, worldFromVoxel: Affine(linear: linear, translation: grid.worldFromVoxel(first)))
    }
}
