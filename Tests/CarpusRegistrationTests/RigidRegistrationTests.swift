import CarpusCore
import CarpusIO
import CarpusRegistration
import CarpusTestSupport
import Foundation
import Testing

@Suite struct RigidRegistrationTests {
    /// Turned by 9 degrees about an oblique axis and shifted by 7 mm.
    private let truth = RigidTransform(axis: Vector3(0.3, 1, -0.4), angle: 9 * .pi / 180, centre: Vector3(2, 1, -3), translation: Vector3(4, -3, 5))

    private func pair(noise: Float = 8) throws -> (fixed: Volume<Float>, moving: Volume<Float>) {
        // What lies at p in the fixed image lies at truth(p) in the moving one.
        let fixed = Phantom.image(on: try Phantom.grid(), noise: noise, seed: 1)
        let moving = Phantom.image(on: try Phantom.grid(turned: 0.1, spacing: Vector3(0.7, 0.9, 2)), through: truth.inverse.affine, noise: noise, seed: 2)
        return (fixed, moving)
    }

    @Test func aKnownMotionIsFoundBackOnThickObliqueSlices() throws {
        let (fixed, moving) = try pair()
        let result = try RigidRegistration.align(fixed: fixed, moving: moving)
        #expect(Phantom.distance(result.movingFromFixed.affine, truth.affine) < 0.25)
        #expect(result.metric > 0.3)
        #expect(result.findings.filter { $0.severity == .serious }.isEmpty)
    }

    @Test func mutualInformationAlignsOtherContrasts() throws {
        let (fixed, moving) = try pair()
        let inverted = moving.map { 900 - 0.5 * $0 }
        let result = try RigidRegistration.align(fixed: fixed, moving: inverted)
        #expect(Phantom.distance(result.movingFromFixed.affine, truth.affine) < 0.4)
    }

    @Test func aLargeTurnIsFoundFromItsStarts() throws {
        let far = RigidTransform(axis: Vector3(0, 1, 0), angle: 32 * .pi / 180, translation: Vector3(15, 5, -12))
        let fixed = Phantom.image(on: try Phantom.grid(), noise: 8, seed: 3)
        let moving = Phantom.image(on: try Phantom.grid(), through: far.inverse.affine, noise: 8, seed: 4)
        let result = try RigidRegistration.align(fixed: fixed, moving: moving)
        #expect(Phantom.distance(result.movingFromFixed.affine, far.affine) < 0.4)
        #expect(result.findings.contains { $0.code == "registration.turned-far" })
    }

    @Test func swappingTheImagesOfASymmetricAlignmentGivesTheInverse() throws {
        let (a, b) = try pair()
        var parameters = RigidRegistration.Parameters()
        (parameters.symmetric, parameters.levels, parameters.finestSpacing) = (true, 2, 1.6)
        let there = try RigidRegistration.align(fixed: a, moving: b, parameters: parameters).movingFromFixed
        let back = try RigidRegistration.align(fixed: b, moving: a, parameters: parameters).movingFromFixed
        #expect(Phantom.distance(there.affine, back.inverse.affine) < 1e-9)
        #expect(Phantom.distance(there.affine, truth.affine) < 0.4)
    }

    @Test func equalRunsAreEqualToTheLastBitWhateverTheThreads() throws {
        let (fixed, moving) = try pair()
        var parameters = RigidRegistration.Parameters()
        (parameters.symmetric, parameters.levels, parameters.finestSpacing) = (true, 1, 3.2)
        defer { Parallel.threads = ProcessInfo.processInfo.activeProcessorCount }
        Parallel.threads = 1
        let one = try RigidRegistration.align(fixed: fixed, moving: moving, parameters: parameters).movingFromFixed
        Parallel.threads = 4
        let four = try RigidRegistration.align(fixed: fixed, moving: moving, parameters: parameters).movingFromFixed
        #expect(one == four)
    }

    @Test func anImageAgainstItselfIsNotMoved() throws {
        let (fixed, _) = try pair()
        let result = try RigidRegistration.align(fixed: fixed, moving: fixed)
        #expect(result.movingFromFixed.affine.translation == .zero && result.movingFromFixed.angle == 0)
    }

    @Test func aMaskKeepsWhatMovedOtherwiseFromPulling() throws {
        // A second thing in the field of view moves the other way; the mask shows only the first.
        let grid = try Phantom.grid()
        var fixed = Phantom.image(on: grid, noise: 5, seed: 5), moving = Phantom.image(on: grid, through: truth.inverse.affine, noise: 5, seed: 6)
        var labels = [UInt16](repeating: 0, count: grid.count)
        for i in 0..<grid.count {
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            if abs(p.x - 31) < 5, abs(p.z) < 20 { fixed.scalars[i] += 900 }
            if abs(p.x - 31) < 5, abs(p.z + 8) < 20 { moving.scalars[i] += 900 }
            if p.x < 20 { labels[i] = 1 }
        }
        let mask = LabelMap(grid: grid, labels: labels, legend: Legend([Label(value: 1, name: "look", color: [1, 2, 3])]))
        let result = try RigidRegistration.align(fixed: fixed, moving: moving, fixedMask: mask)
        #expect(Phantom.distance(result.movingFromFixed.affine, truth.affine) < 0.8)
    }

    @Test func nonsenseIsRefusedWithWords() throws {
        let (fixed, _) = try pair()
        let flat = Volume<Float>(grid: fixed.grid, repeating: 7), empty = fixed.map { _ in Float.nan }
        for moving in [flat, empty] {
            #expect(throws: RegistrationError.self) { try RigidRegistration.align(fixed: fixed, moving: moving) }
        }
        var parameters = RigidRegistration.Parameters()
        parameters.levels = 0
        #expect(throws: RegistrationError.self) { try RigidRegistration.align(fixed: fixed, moving: flat, parameters: parameters) }
        let other = LabelMap(grid: try Phantom.grid(turned: 0.5), labels: [UInt16](repeating: 1, count: fixed.grid.count), legend: Legend([]))
        #expect(throws: RegistrationError.self) { try RigidRegistration.align(fixed: fixed, moving: fixed.map { -$0 }, fixedMask: other) }
    }

    @Test func whatHasNothingInCommonIsCalledSo() throws {
        let grid = try Phantom.grid()
        var random = Dice(seed: 9)
        let noise = Volume(grid: grid, scalars: (0..<grid.count).map { _ in 100 + 20 * random.normal() })
        let result = try RigidRegistration.align(fixed: Phantom.image(on: grid, noise: 5), moving: noise)
        #expect(result.findings.contains { $0.code == "registration.unlike" && $0.severity == .serious })
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"), arguments: [false, true])
    func theFollowUpOfARealPairLiesWithinAMillimetreOfTheReference(symmetric: Bool) throws {
        let raw = TestData.folder.appending(path: "longitudinal_ms/raw/patient01")
        let baseline = try NIfTI.readVolume(raw.appending(path: "study1_FLAIR.nii.gz")), followup = try NIfTI.readVolume(raw.appending(path: "study2_FLAIR.nii.gz"))
        let baselineFromCommon = try ITKTransformFile.read(raw.appending(path: "study1_FLAIR_to_common_space.txt"))
        let followupFromCommon = try ITKTransformFile.read(raw.appending(path: "study2_FLAIR_to_common_space.txt"))
        let reference = followupFromCommon * (try baselineFromCommon.inverted())
        var parameters = RigidRegistration.Parameters()
        parameters.symmetric = symmetric
        let result = try RigidRegistration.align(fixed: baseline, moving: followup, parameters: parameters)
        let threshold = baseline.scalars.sorted()[baseline.scalars.count / 2]
        let distances = stride(from: 0, to: baseline.grid.count, by: 97).filter { baseline.scalars[$0] > threshold }.map { i -> Double in
            let p = baseline.grid.worldFromVoxel(Vector3(baseline.grid.index(at: i)))
            return (result.movingFromFixed.affine(p) - reference(p)).length
        }.sorted()
        // Measured 0.25 and 0.65 mm; a millimetre is asked for.
        #expect(distances[distances.count / 2] < 0.5 && (distances.last ?? 9) < 1)
    }
}
