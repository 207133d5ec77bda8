import CarpusCore
@testable import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// Maps of every kind, and points.
enum SomeTransforms {
    static let points: [Vector3] = {
        var dice = Dice(seed: 3)
        return (0..<40).map { _ in Vector3(Double.random(in: -45...45, using: &dice), Double.random(in: -45...45, using: &dice), Double.random(in: -45...45, using: &dice)) }
    }()
    static let rigid = Transform.rigid(RigidTransform(axis: Vector3(1, 2, 3), angle: 0.3, centre: Vector3(10, -20, 5), translation: Vector3(0.1, 7, -3)))
    static let affine = Transform.affine(Affine(linear: Matrix3(rows: Vector3(1.1, 0.1, 0), Vector3(-0.1, 0.9, 0.05), Vector3(0, 0.02, 1.02)), translation: Vector3(1, 2, -3)))

    static func grid(_ size: Index3, _ spacing: Vector3) throws -> Grid {
        try Grid(size: size, spacing: spacing, origin: Vector3(-30, -40, -25), direction: RigidTransform(axis: Vector3(0, 0.6, 0.8), angle: 0.8).matrix)
    }

    static func field() throws -> Transform {
        let grid = try grid(Index3(8, 7, 6), Vector3(9, 10, 11))
        var dice = Dice(seed: 5)
        return .displacement(DisplacementField(grid: grid, displacements: (0..<grid.count).map { _ in SIMD3(dice.normal(), dice.normal(), dice.normal()) }, beyond: .zero))
    }

    static func spline() throws -> Transform {
        let grid = try grid(Index3(6, 7, 5), Vector3(18, 16, 20))
        var dice = Dice(seed: 6)
        return .spline(try SplineField(grid: grid, coefficients: (0..<grid.count).map { _ in SIMD3<Double>(SIMD3(dice.normal(), dice.normal(), dice.normal())) }))
    }

    static func all() throws -> [Transform] { try [.identity, rigid, affine, field(), spline(), rigid * field() * affine * spline(), .chain([])] }
}

@Suite struct TransformFileTests {
    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test(arguments: ["x.tfm", "x.TXT", "x.h5"]) func whatIsWrittenIsReadBack(name: String) throws {
        try inFolder { folder in
            let file = folder.appending(path: name), again = folder.appending(path: "again-" + name)
            for map in try SomeTransforms.all() {
                try TransformFile.write(map, to: file)
                let back = try TransformFile.read(file)
                // Directions and spacing are written apart, and put together with rounding.
                for p in SomeTransforms.points { #expect((back(p) - map(p)).length < 1e-11) }
                try TransformFile.write(map, to: again)
                #expect(try Data(contentsOf: file) == Data(contentsOf: again), "equal transforms give equal bytes")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2, "nothing is left beside")
        }
    }

    @Test func affineMapsAreReadBackExactly() throws {
        try inFolder { folder in
            for name in ["x.tfm", "x.h5"] {
                let file = folder.appending(path: name), map = SomeTransforms.rigid * SomeTransforms.affine
                try TransformFile.write(map, to: file)
                #expect(try TransformFile.read(file).asAffine == map.asAffine)
            }
        }
    }

    @Test func aFieldAsNIfTIIsReadBack() throws {
        try inFolder { folder in
            let file = folder.appending(path: "x.nii.gz"), field = try SomeTransforms.field(), grid = try SomeTransforms.grid(Index3(12, 11, 10), Vector3(5, 6, 7))
            try TransformFile.write(field, to: file)
            // Headers keep their grid in 32 bits.
            for p in SomeTransforms.points { #expect(try (TransformFile.read(file)(p) - field(p)).length < 1e-5) }
            let chain = SomeTransforms.rigid * field
            #expect(throws: IOError.self) { try TransformFile.write(chain, to: file) }
            try TransformFile.write(chain, to: file, on: grid)
            let back = try TransformFile.read(file)
            for i in 0..<grid.count {
                let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
                #expect((back(p) - chain(p)).length < 2e-5)
            }
            // The other intent is that of the header's world, RAS.
            let plain = folder.appending(path: "x.nii")
            try TransformFile.write(field, to: plain)
            var bytes = try Data(contentsOf: plain)
            bytes.replaceSubrange(68..<70, with: [0xEE, 0x03])
            try bytes.write(to: plain)
            let p = grid.centre, u = try TransformFile.read(plain)(p) - p, v = field(p) - p
            #expect((u - Vector3(-v.x, -v.y, v.z)).length < 1e-5 && v.length > 0.1)
        }
    }

    @Test(arguments: [
        ("Euler3DTransform_double_3_3", "0.1 0.2 -0.3 1 2 3", "4 5 6 0"), ("VersorRigid3DTransform_double_3_3", "0.1 -0.05 0.2 1 2 3", "4 5 6"),
        ("Rigid3DTransform_float_3_3", "0 -1 0 1 0 0 0 0 1 1 2 3", "4 5 6"), ("Similarity3DTransform_double_3_3", "0.1 -0.05 0.2 1 2 3 1", "4 5 6"),
    ])
    func kindsOfRigidTransformsTurnAsTheirDefinitionSays(kind: String, parameters: String, fixed: String) throws {
        try inFolder { folder in
            let file = folder.appending(path: "x.tfm")
            try Data("#Insight Transform File V1.0\n#Transform 0\nTransform: \(kind)\nParameters: \(parameters)\nFixedParameters: \(fixed)\n".utf8).write(to: file)
            let map = try TransformFile.read(file), centre = Vector3(4, 5, 6), q = map(Vector3(10, 20, 30))
            // The centre moves by the translation alone, and distances to it stay.
            #expect((map(centre) - centre - Vector3(1, 2, 3)).length < 1e-12)
            #expect(abs((q - map(centre)).length - (Vector3(10, 20, 30) - centre).length) < 1e-9)
        }
    }

    @Test func compositesApplyTheLastFirst() throws {
        try inFolder { folder in
            let file = folder.appending(path: "x.tfm")
            let turn = "Transform: AffineTransform_double_3_3\nParameters: 0 -1 0 1 0 0 0 0 1 0 0 0\nFixedParameters: 0 0 0\n"
            let move = "Transform: TranslationTransform_double_3_3\nParameters: 10 0 0\nFixedParameters: \n"
            try Data("#Insight Transform File V1.0\r\n#Transform 0\r\nTransform: CompositeTransform_double_3_3\r\n#Transform 1\r\n\(turn)\n#Transform 2\r\n\(move)".utf8).write(to: file)
            #expect(try (TransformFile.read(file)(Vector3(1, 0, 0)) - Vector3(0, 11, 0)).length < 1e-12)
        }
    }

    @Test func anImageTransformedToItselfKeepsItsBytes() throws {
        try inFolder { folder in
            let grid = try SomeTransforms.grid(Index3(9, 8, 7), Vector3(1.1, 0.7, 3))
            var dice = Dice(seed: 8)
            let image = Volume(grid: grid, scalars: (0..<grid.count).map { $0 == 5 ? Float.nan : dice.normal() })
            for (n, map) in [Transform.identity, .rigid(RigidTransform(centre: Vector3(3, 0.1, 7))), .chain([.rigid(RigidTransform()), .identity]), .displacement(DisplacementField(of: .identity, on: grid))].enumerated() {
                let file = folder.appending(path: "\(n).h5")
                try TransformFile.write(map, to: file)
                let seen = image.resampled(onto: grid, through: try TransformFile.read(file), interpolation: .cubic)
                #expect(zip(seen.scalars, image.scalars).allSatisfy { $0.bitPattern == $1.bitPattern })
            }
        }
    }
}
