import CarpusCore
import CarpusRegistration
import CarpusTestSupport
import Foundation
import Testing

/// Images that should never be aligned in silence: rigidly, affinely or by bending, each ends with a clear error or a finding.
@Suite struct BadInputTests {
    enum Kind: CaseIterable { case rigid, affine, deformable, itk }
    private static let truth = RigidTransform(axis: Vector3(0.3, 1, -0.4), angle: 0.05, centre: Vector3(2, 1, -3), translation: Vector3(1.5, -1, 1))

    private func aligned(_ kind: Kind, _ fixed: Volume<Float>, _ moving: Volume<Float>, fixedMask: LabelMap? = nil) throws -> (map: Transform, findings: [Finding]) {
        switch kind {
        case .rigid, .itk:
            var parameters = RigidRegistration.Parameters()
            if kind == .itk { parameters.engine = .itk }
            let r = try RigidRegistration.align(fixed: fixed, moving: moving, fixedMask: fixedMask, parameters: parameters)
            return (.rigid(r.movingFromFixed), r.findings)
        case .affine:
            let r = try AffineRegistration.align(fixed: fixed, moving: moving, fixedMask: fixedMask)
            return (.affine(r.movingFromFixed), r.findings)
        case .deformable:
            let r = try DeformableRegistration.align(fixed: fixed, moving: moving, fixedMask: fixedMask)
            return (r.movingFromFixed, r.findings)
        }
    }

    private func pair() throws -> (fixed: Volume<Float>, moving: Volume<Float>) {
        let grid = try Phantom.grid()
        return (Phantom.image(on: grid, noise: 5, seed: 1), Phantom.image(on: grid, through: Self.truth.inverse.affine, noise: 5, seed: 2))
    }

    private func moved(_ image: Volume<Float>, by offset: Vector3, scaled: Double = 1) throws -> Volume<Float> {
        let a = image.grid.worldFromVoxel
        return Volume(grid: try Grid(size: image.grid.size, worldFromVoxel: Affine(linear: a.linear * scaled, translation: a.translation * scaled + offset)), scalars: image.scalars)
    }

    private func distance(_ map: Transform, _ offset: Vector3) -> Double {
        [Vector3(0, 0, 0), Vector3(20, 5, -20), Vector3(-20, -5, 20)].map { (map($0) - Self.truth.affine($0) - offset).length }.max() ?? .infinity
    }

    @Test(arguments: Kind.allCases) func imagesThatTellNothingAreRefusedEitherWayRound(kind: Kind) throws {
        let (image, _) = try pair(), grid = image.grid
        var one = Volume<Float>(grid: grid, repeating: 0)
        one.scalars[grid.count / 2] = 1
        let line = try Grid(size: Index3(200, 1, 1), spacing: Vector3(1, 1, 1)), point = try Grid(size: Index3(1, 1, 1), spacing: Vector3(1, 1, 1))
        let bad: [(Volume<Float>, String, String)] = [
            (image.map { _ in .nan }, "no number", "NaN everywhere"), (image.map { _ in .infinity }, "no number", "infinite everywhere"),
            (image.map { _ in 7 }, "7.0 only", "constant"), (image.map { _ in 0 }, "0.0 only", "empty"), (image.map { $0 > 300 ? 7 : .nan }, "7.0 only", "constant with gaps"),
            (one, "voxels of tissue", "one voxel"), (Volume(grid: line, scalars: (0..<200).map { Float($0 % 17) }), "line of voxels", "a line"), (Volume(grid: point, repeating: 1), "single voxel", "a point"),
            (try moved(image, by: Vector3(3e6, 0, 0)), "world's origin", "kilometres away"), (try moved(image, by: .zero, scaled: 1e-5), "its header is wrong", "voxels of nanometres"),
            (try moved(image, by: .zero, scaled: 1000), "its header is wrong", "voxels of metres"),
        ]
        for (image2, words, name) in bad {
            for (fixed, moving) in [(image, image2), (image2, image)] {
                let error = #expect(throws: RegistrationError.self, "\(name)") { try aligned(kind, fixed, moving) }
                #expect(error?.message.contains(words) == true, "\(name): \(error?.message ?? "")")
            }
        }
        let nothing = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: Legend([]))
        let error = #expect(throws: RegistrationError.self) { try aligned(kind, image, image.map { -$0 }, fixedMask: nothing) }
        #expect(error?.message.contains("mask of the fixed image is empty") == true)
    }

    @Test(arguments: Kind.allCases) func gapsInAnImageAreNoObstacle(kind: Kind) throws {
        var (fixed, moving) = try pair()
        for i in 0..<fixed.grid.count where fixed.grid.index(at: i).x < 20 { fixed.scalars[i] = .nan }
        for i in 0..<moving.grid.count where moving.grid.index(at: i).y > 95 { moving.scalars[i] = .infinity }
        let (map, _) = try aligned(kind, fixed, moving)
        // Bending is guessed where there is nothing to see.
        #expect(distance(map, .zero) < (kind == .deformable ? 1 : 0.6), "\(distance(map, .zero)) mm")
    }

    @Test(arguments: Kind.allCases) func imagesTheScannerPlacedFarApartAreBroughtTogetherWithAFinding(kind: Kind) throws {
        let (fixed, moving) = try pair()
        for offset in [Vector3(400, -300, 900), Vector3(-2e5, 3e4, 9e5)] {
            let (map, findings) = try aligned(kind, fixed, moved(moving, by: offset))
            #expect(findings.contains { $0.code == "registration.apart" })
            #expect(distance(map, offset) < 0.6, "\(offset): \(distance(map, offset)) mm")
        }
        #expect(try !aligned(kind, fixed, moving).findings.contains { $0.code == "registration.apart" })
        // Both far away, but together.
        let far = Vector3(7e5, -8e5, 6e5), (map, findings) = try aligned(kind, moved(fixed, by: far), moved(moving, by: far))
        let miss = [Vector3.zero, Vector3(20, 5, -20)].map { (map($0 + far) - far - Self.truth.affine($0)).length }.max() ?? 9
        #expect(miss < 0.6 && !findings.contains { $0.code == "registration.apart" }, "\(miss) mm")
    }

    @Test(arguments: [Kind.rigid, .affine, .deformable]) func singleSlicesAreAlignedInTheirPlaneAndSaySo(kind: Kind) throws {
        let turn = RigidTransform(axis: Vector3(0, 1, 0), angle: 0.08, translation: Vector3(2, 0, -1.5))
        let coronal = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0))
        let grid = try Grid(size: Index3(110, 120, 1), spacing: Vector3(0.7, 0.7, 3), origin: Vector3(-38, 0, 42), direction: coronal)
        let fixed = Phantom.image(on: grid, noise: 5, seed: 1), moving = Phantom.image(on: grid, through: turn.inverse.affine, noise: 5, seed: 2)
        let (map, findings) = try aligned(kind, fixed, moving)
        #expect(findings.contains { $0.code == "registration.flat" })
        for p in [Vector3(0, 0, 0), Vector3(20, 0, -25), Vector3(-20, 0, 25)] {
            let miss = map(p) - turn.affine(p)
            #expect(Vector3(miss.x, 0, miss.z).length < 0.7, "\(miss)")
            #expect(abs(miss.y) < 3, "it stays in its slice: \(miss)")
        }
    }
}
