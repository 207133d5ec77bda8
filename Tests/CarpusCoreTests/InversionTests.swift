@testable import CarpusCore
import Foundation
import Testing

@Suite struct InversionTests {
    private static let points: [Vector3] = (0..<60).map { i in
        let t = Double(i)
        return Vector3(14 * sin(1.7 * t), 14 * cos(2.3 * t), 14 * sin(0.9 * t + 1))
    }

    /// Bends of some millimetres, half as large as where folding begins.
    static func spline() throws -> SplineField {
        let grid = try Grid(size: Index3(8, 7, 9), spacing: Vector3(9, 10, 8), origin: Vector3(-31, -30, -32), direction: RigidTransform(axis: Vector3(1, 1, 2), angle: 0.1).matrix)
        return try SplineField(grid: grid, coefficients: (0..<grid.count).map { Vector3(3 * sin(Double($0) * 1.3), 3 * cos(Double($0) * 0.7), 3 * sin(Double($0) * 2.1)) })
    }

    @Test func splinesAreExactForWhatIsLinear() throws {
        let grid = try Self.spline().grid
        let linear = Affine(linear: Matrix3(rows: Vector3(0.1, 0.02, 0), Vector3(-0.05, 0, 0.1), Vector3(0, 0.03, 0.04)), translation: Vector3(1, -1, 0.5))
        let field = try SplineField(grid: grid, coefficients: (0..<grid.count).map { linear(grid.worldFromVoxel(Vector3(grid.index(at: $0)))) })
        for v in [Vector3(1.0001, 1.0001, 1.0001), Vector3(5.9999, 4.9999, 6.9999), Vector3(2.5, 3.1, 4.9), Vector3(5.999, 1.001, 3)] {
            let p = grid.worldFromVoxel(v)
            #expect((field(p) - p - linear(p)).length < 1e-11)
        }
        // Where fewer than four control points reach, nothing moves.
        for v in [Vector3(0.99, 3, 3), Vector3(3, 5.01, 3), Vector3(3, 3, 100)] { #expect(field(grid.worldFromVoxel(v)) == grid.worldFromVoxel(v)) }
        // And they are smooth: the slope from the left is that from the right at a control point.
        let bent = try Self.spline(), q = grid.worldFromVoxel(Vector3(3, 3, 3)), step = grid.worldFromVoxel.linear.x * 1e-4
        let right = bent(q + step) - bent(q), left = bent(q) - bent(q - step)
        #expect((right - left).length < 1e-7)
    }

    @Test func pointsComeBackExactly() throws {
        let field = Transform.displacement(try TransformTests.field()), rigid = Transform.rigid(TransformTests.rigids[9]), spline = Transform.spline(try Self.spline())
        let affine = Transform.affine(Affine(linear: Matrix3(diagonal: Vector3(1.1, 0.9, 1.05)), translation: Vector3(1, 0, 2)))
        for map in [field, rigid, spline, affine, spline * affine * field, rigid * field] {
            for p in Self.points { #expect((map(try map.preimage(of: p)) - p).length < 1e-6) }
        }
        // A fold has no way back to what it skips.
        let grid = try TransformTests.field().grid
        let jump = DisplacementField(grid: grid, displacements: (0..<grid.count).map { SIMD3(grid.index(at: $0).x < 8 ? 20 : -20, 0, 0) })
        #expect(throws: GeometryError.self) { try Transform.affine(Affine(linear: Matrix3(diagonal: Vector3(0, 1, 1)))).preimage(of: .zero) }
        #expect(throws: GeometryError.self) { try jump.inverted() == jump }
    }

    @Test func whatFoldsHasNoWayBackOnAnyGrid() throws {
        let grid = try TransformTests.field().grid, small = try Grid(size: Index3(3, 3, 3), spacing: Vector3(2, 2, 2), origin: Vector3(-10, -10, -10))
        let jump = Transform.displacement(DisplacementField(grid: grid, displacements: (0..<grid.count).map { SIMD3(grid.index(at: $0).x < 8 ? 20 : -20, 0, 0) }))
        // Ten times the bends of the sound one.
        let sound = try Self.spline(), wild = Transform.spline(try SplineField(grid: sound.grid, coefficients: sound.coefficients.map { $0 * 10 }))
        for map in [jump, wild] {
            for chain in [map, .rigid(TransformTests.rigids[9]) * map] {
                #expect(throws: GeometryError.self) { try chain.inverted(on: small) }
                #expect(throws: GeometryError.self) { try chain.inverted(for: small) }
                #expect(throws: GeometryError.self) { try chain.inverted() }
            }
        }
    }

    @Test func theWayBackOfASplineEndsWhereItDoes() throws {
        let spline = try Self.spline(), back = try spline.inverted(), far = Vector3(500, 0, 0)
        #expect(spline(far) == far && back(far) == far)
    }

    @Test func theWayBackOfAChainIsExactAtTheVoxelsAskedFor() throws {
        let map = Transform.spline(try Self.spline()) * .displacement(try TransformTests.field()) * .rigid(TransformTests.rigids[2])
        let grid = try Grid(size: Index3(6, 5, 4), spacing: Vector3(4, 5, 6), origin: Vector3(-10, -10, -9))
        let back = try map.inverted(on: grid)
        for i in 0..<grid.count {
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            // Fields are kept in 32 bits.
            #expect((map(back(p)) - p).length < 2e-5)
        }
        let affine = try Transform.rigid(TransformTests.rigids[9]).inverted(for: grid)
        #expect(affine.asAffine != nil)
        let whole = try Transform.spline(Self.spline()).inverted()
        for p in Self.points { #expect((try Self.spline()(whole(p)) - p).length < 0.15, "linear between points two millimetres apart") }
    }

    @Test func compositionIsAssociative() throws {
        let all: [Transform] = [.rigid(TransformTests.rigids[9]), .displacement(try TransformTests.field()), .affine(Affine(translation: Vector3(1, 2, 3))), .spline(try Self.spline())]
        for a in all {
            for b in all {
                for c in all {
                    for p in Self.points.prefix(8) {
                        let q = a(b(c(p)))
                        #expect((((a * b) * c)(p) - q).length < 1e-9 && ((a * (b * c))(p) - q).length < 1e-9)
                    }
                }
            }
        }
    }

    @Test func beyondAFieldOfITKNothingMoves() throws {
        let border = try TransformTests.field(), zero = DisplacementField(grid: border.grid, displacements: border.displacements, beyond: .zero)
        let inside = border.grid.worldFromVoxel(Vector3(-0.49, 3, 3)), outside = border.grid.worldFromVoxel(Vector3(-0.51, 3, 3))
        #expect(zero(inside) == border(inside) && zero(inside) != inside)
        #expect(zero(outside) == outside && border(outside) != outside)
        #expect(try zero.inverted().beyond == .zero)
        #expect(try JSONDecoder().decode(DisplacementField.self, from: JSONEncoder().encode(zero)) == zero)
        #expect(try Transform.displacement(zero).preimage(of: Vector3(500, 0, 0)) == Vector3(500, 0, 0))
    }
}
