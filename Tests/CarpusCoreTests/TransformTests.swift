@testable import CarpusCore
import Foundation
import Testing

@Suite struct TransformTests {
    static let rigids: [RigidTransform] = {
        let axes = [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1), Vector3(1, -2, 0.5), Vector3(-1, -1, -1)]
        return axes.flatMap { axis in
            [0, 1e-9, 0.2, 2.5, Double.pi - 1e-7, .pi].map { RigidTransform(axis: axis, angle: $0, centre: Vector3(10, -40, 3), translation: Vector3(1, 2, -7)) }
        }
    }()
    static let points = [Vector3.zero, Vector3(100, -20, 5), Vector3(-3, 0.5, 250)]

    @Test(arguments: rigids) func rigidMapsKeepLengthsAndComeBack(_ t: RigidTransform) {
        for p in Self.points {
            #expect((t.inverse.affine(t.affine(p)) - p).length < 1e-11)
            #expect((t.affine.inverse!(p) - t.inverse.affine(p)).length < 1e-11)
            #expect(abs((t.affine(p) - t.affine(.zero)).length - p.length) < 1e-11)
        }
        #expect(abs(t.matrix.determinant - 1) < 1e-14)
        #expect((t.affine(t.centre) - t.centre - t.translation).length < 1e-12)
    }

    @Test(arguments: rigids) func twoHalvesMakeTheWhole(_ t: RigidTransform) {
        for p in Self.points { #expect((t.half.affine(t.half.affine(p)) - t.affine(p)).length < 1e-10) }
        #expect(abs(t.half.angle - t.angle / 2) < 1e-9)
        // At half a turn there are two halves, and no saying which.
        if t.angle < 3.14 {
            for p in Self.points { #expect((t.half.inverse.affine(p) - t.inverse.half.affine(p)).length < 1e-10) }
        }
    }

    @Test(arguments: rigids) func matrixAndQuaternionSayTheSame(_ t: RigidTransform) throws {
        let back = try #require(RigidTransform(nearest: t.affine, centre: t.centre))
        #expect(back.matrix.distance(to: t.matrix) < 1e-12)
        #expect((back.translation - t.translation).length < 1e-12)
        #expect(back.rotation.w >= 0 && abs((back.rotation * back.rotation).sum() - 1) < 1e-14)
        let elsewhere = try #require(RigidTransform(nearest: t.affine, centre: Vector3(-7, 8, 9)))
        for p in Self.points { #expect((elsewhere.affine(p) - t.affine(p)).length < 1e-10) }
    }

    @Test func theAngleIsTheOneAskedFor() {
        for angle in [0.0, 0.3, 1.5, 3.0, Double.pi] { #expect(abs(RigidTransform(axis: Vector3(3, 1, 2), angle: angle).angle - angle) < 1e-12) }
        #expect(abs(RigidTransform(axis: Vector3(0, 0, 1), angle: 1.5 * .pi).angle - .pi / 2) < 1e-12)
        let quarter = RigidTransform(axis: Vector3(0, 0, 2), angle: .pi / 2)
        #expect((quarter.affine(Vector3(1, 0, 0)) - Vector3(0, 1, 0)).length < 1e-15)   // right-handed about z
    }

    @Test func scaleAndShearAreNotTakenForRotation() throws {
        let r = RigidTransform(axis: Vector3(1, 1, 0), angle: 0.4).matrix
        let stretched = Affine(linear: r * Matrix3(diagonal: Vector3(1.1, 0.9, 1.3)))
        #expect(try #require(RigidTransform(nearest: stretched, centre: .zero)).matrix.distance(to: r) < 1e-12)
        #expect(RigidTransform(nearest: Affine(linear: Matrix3(diagonal: Vector3(-1, 1, 1))), centre: .zero) == nil)
        #expect(RigidTransform(nearest: Affine(linear: Matrix3(diagonal: Vector3(0, 1, 1))), centre: .zero) == nil)
    }

    @Test func chainsApplyTheLastFirst() throws {
        let move = Transform.rigid(RigidTransform(translation: Vector3(1, 0, 0)))
        let turn = Transform.rigid(RigidTransform(axis: Vector3(0, 0, 1), angle: .pi / 2))
        #expect((Transform.chain([move, turn])(Vector3(1, 0, 0)) - Vector3(1, 1, 0)).length < 1e-14)
        #expect((Transform.chain([turn, move])(Vector3(1, 0, 0)) - Vector3(0, 2, 0)).length < 1e-14)
        for p in Self.points {
            #expect(((move * turn)(p) - move(turn(p))).length < 1e-12)
            #expect((try (move * turn).inverted()((move * turn)(p)) - p).length < 1e-12)
            #expect((Transform.chain([move, turn]).asAffine!(p) - move(turn(p))).length < 1e-12)
        }
        #expect(throws: GeometryError.self) { try Transform.affine(Affine(linear: Matrix3(diagonal: Vector3(1, 0, 1)))).inverted() }
    }

    @Test func affineNeighboursOfAFieldAreMultipliedOut() throws {
        let field = Transform.displacement(try Self.field()), a = Transform.rigid(Self.rigids[14]), b = Transform.affine(Affine(translation: Vector3(1, 2, 3)))
        let whole = a * (b * field) * a * b
        if case .chain(let links) = whole { #expect(links.count == 3) } else { Issue.record("a field cannot be multiplied out") }
        for p in Self.points { #expect((whole(p) - a(b(field(a(b(p)))))).length < 1e-10) }
        #expect(whole.asAffine == nil)
        let back = try whole.inverted()
        let p = try (a * b).inverted()(Vector3(1, -2, 3))
        #expect((back(whole(p)) - p).length < 0.02)
    }

    @Test func aFieldIsLinearBetweenItsVoxelsAndConstantBeyond() throws {
        let grid = try Grid(size: Index3(3, 4, 5), spacing: Vector3(2, 1, 3), origin: Vector3(5, 5, 5), direction: RigidTransform(axis: Vector3(1, 2, 3), angle: 0.5).matrix)
        let linear = Affine(linear: Matrix3(rows: Vector3(0.1, 0.02, 0), Vector3(-0.05, 0, 0.1), Vector3(0, 0.03, 0.04)), translation: Vector3(1, -1, 0.5))
        let field = DisplacementField(grid: grid, displacements: (0..<grid.count).map { SIMD3<Float>(linear(grid.worldFromVoxel(Vector3(grid.index(at: $0))))) })
        for v in [Vector3(0.5, 1.3, 3.9), Vector3(2, 3, 4), Vector3(1, 0, 0.01)] {
            let p = grid.worldFromVoxel(v)
            #expect((field.displacement(at: p) - linear(p)).length < 1e-5)
        }
        let beyond = grid.worldFromVoxel(Vector3(-20, 1, 2)), edge = grid.worldFromVoxel(Vector3(0, 1, 2))
        #expect((field.displacement(at: beyond) - linear(edge)).length < 1e-5)
        let flat = DisplacementField(grid: try Grid(size: Index3(2, 2, 1), spacing: Vector3(1, 1, 1)), displacements: [SIMD3<Float>](repeating: SIMD3(1, 2, 3), count: 4))
        #expect(flat(Vector3(0.3, 0.4, 9)) == Vector3(1.3, 2.4, 12))
    }

    @Test func invertedFieldsUndoTheField() throws {
        let field = try Self.field(), back = try field.inverted()
        for o in stride(from: 0, to: field.grid.count, by: 7) {
            let p = field.grid.worldFromVoxel(Vector3(field.grid.index(at: o)))
            // At its voxels the inverse is exact to its tolerance; between them both are only linear.
            #expect((field(back(p)) - p).length < 2e-3)
            // At the border the field has a kink, and no inverse on its grid comes near that.
            let index = field.grid.index(at: o)
            if index.min() >= 1 && index.max() <= 14 { #expect((back(field(p)) - p).length < 0.03) }
        }
        var folding = field.displacements
        for i in folding.indices { folding[i] = SIMD3(-3 * Float(field.grid.worldFromVoxel(Vector3(field.grid.index(at: i))).x), 0, 0) }
        #expect(throws: GeometryError.self) { try DisplacementField(grid: field.grid, displacements: folding).inverted() }
    }

    @Test func composingFirstOrApplyingInTurnSeesTheSameImage() throws {
        let grid = try Grid(size: Index3(24, 24, 24), spacing: Vector3(1, 1, 1), origin: Vector3(-12, -12, -12))
        let image = Volume(grid: grid, scalars: (0..<grid.count).map { Float(grid.worldFromVoxel(Vector3(grid.index(at: $0))).sum()) })
        let a = Transform.rigid(RigidTransform(axis: Vector3(1, 0, 1), angle: 0.2)), b = Transform.displacement(try Self.field())
        // The image is linear in the world, so that resampling twice loses nothing.
        let inTurn = image.resampled(onto: grid, through: a).resampled(onto: grid, through: b)
        let atOnce = image.resampled(onto: grid, through: a * b)
        // In the half voxel beyond its outer centres an image is constant, not linear.
        for o in 0..<grid.count where grid.index(at: o).min() >= 5 && grid.index(at: o).max() <= 18 {
            #expect(abs(inTurn.scalars[o] - atOnce.scalars[o]) < 1e-4)
        }
    }

    @Test func transformsSurviveJSON() throws {
        let all = Transform.chain([.rigid(Self.rigids[9]), .displacement(try Self.field()), .affine(Affine(translation: Vector3(0.1, 1e-9, .pi)))])
        #expect(try JSONDecoder().decode(Transform.self, from: JSONEncoder().encode(all)) == all)
        let short = Data(#"{"displacement":{"_0":{"grid":{"size":[2,1,1],"worldFromVoxel":[[1,0,0,0],[0,1,0,0],[0,0,1,0],[0,0,0,1]]},"displacements":[[0,0,0]]}}}"#.utf8)
        #expect(throws: GeometryError.self) { try JSONDecoder().decode(Transform.self, from: short) }
    }

    /// A smooth field of up to 1 mm.
    static func field() throws -> DisplacementField {
        let grid = try Grid(size: Index3(16, 16, 16), spacing: Vector3(2, 2, 2), origin: Vector3(-15, -15, -15))
        return DisplacementField(grid: grid, displacements: (0..<grid.count).map { o in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: o)))
            return SIMD3<Float>(Float(sin(p.y / 8)), Float(0.5 * cos(p.z / 10)), Float(sin((p.x + p.y) / 12)))
        })
    }
}
