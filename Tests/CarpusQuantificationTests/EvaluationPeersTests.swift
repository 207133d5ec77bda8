import CarpusCore
import CarpusIO
@testable import CarpusQuantification
import CarpusTestSupport
import Foundation
import Testing

/// MedPy, SimpleITK and surface-distance, called through Python.
enum Peers {
    struct Answer: Decodable {
        let lesions: Int
        let surface_dice, area: Double
        let robust_hausdorff, dice, hausdorff, hausdorff95, dice_itk, hausdorff_sets: Double?
    }

    static let available = (try? Python.run(["-c", "import medpy, SimpleITK, surface_distance, numpy, scipy"])) != nil

    static func answers(in folder: URL, count: Int) throws -> [Answer] {
        let script = TestData.package.appending(path: "Tests/CarpusQuantificationTests/peers.py").path
        return try JSONDecoder().decode([Answer].self, from: Python.run([script, folder.path, "\(count)"]))
    }
}

@Suite struct EvaluationPeersTests {
    // Numbers that 32-bit headers hold exactly, and that no whole multiples bring to the tolerance of 1 mm.
    private static let spacings = [Vector3(0.375, 0.53125, 1.9375), Vector3(0.6875, 0.6875, 0.6875), Vector3(2.8125, 0.4375, 0.4375)]

    @Test(.enabled(if: Peers.available, "MedPy, SimpleITK and surface-distance cannot be imported; set CARPUS_TEST_PYTHON"))
    func scoresAreThoseOfMedPySimpleITKAndSurfaceDistance() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var pairs: [MaskPair] = []
        for (n, spacing) in Self.spacings.enumerated() {
            let grid = try Shapes.grid(Index3((Vector3(26, 22, 24) / spacing).rounded(.up)), spacing), seed = UInt64(n + 11)
            let truth = Shapes.blobs(seed: seed, on: grid)
            let results = [
                Shapes.blobs(seed: seed, on: grid, shift: Vector3(0.7, -0.6, 0.9)), Shapes.blobs(seed: seed, on: grid, level: 0.75),
                Shapes.blobs(seed: seed + 50, on: grid), [Bool](repeating: false, count: grid.count),
            ]
            for result in results {
                for (kind, mask) in [("result", result), ("truth", truth)] {
                    let map = LabelMap(grid: grid, labels: mask.map { $0 ? 1 : 0 }, legend: Legend.components("c", count: 1))
                    try NIfTI.write(map, to: folder.appending(path: "\(kind)-\(pairs.count).nii.gz"))
                }
                pairs.append(MaskPair(result: result, truth: truth, grid: grid))
            }
        }
        for (n, (pair, peer)) in zip(pairs, try Peers.answers(in: folder, count: pairs.count)).enumerated() {
            let surfaces = SurfaceDistances(pair), comment = Comment("pair \(n)")
            // Sums of areas in another order, and 32-bit spacing on neither side: rounding only.
            #expect(abs(surfaces.surfaceDice(tolerance: 1)! - peer.surface_dice) < 1e-12, comment)
            #expect(abs(surfaces.truthArea / peer.area - 1) < 1e-12, comment)
            #expect(LesionMatching(pair, minimumVolume: 0, minimumIoU: 0.1).truthCount == peer.lesions, comment)
            guard pair.resultCount > 0 else { continue }
            let dice = try #require(OverlapScores(pair, referenceFraction: 0.001).dice)
            #expect(dice == peer.dice && abs(dice - peer.dice_itk!) < 1e-12, comment)
            #expect(abs(surfaces.hausdorff(share: 0.95)! - peer.robust_hausdorff!) < 1e-9, comment)
            #expect(abs(VoxelSurface.hausdorff(pair, share: 1)! - peer.hausdorff!) < 1e-9, comment)
            #expect(abs(VoxelSurface.hausdorff(pair, share: 0.95)! - peer.hausdorff95!) < 1e-9, comment)
            // SimpleITK's distances are 32-bit.
            #expect(abs(setDistance(pair) - peer.hausdorff_sets!) < 1e-4, comment)
        }
    }

    /// Hausdorff distance of all voxels of the sets, from the distance transform alone.
    private func setDistance(_ pair: MaskPair) -> Double {
        func far(_ a: [Bool], _ b: [Bool]) -> Double {
            let squared = DistanceTransform.squaredDistances(to: b, size: pair.size, spacing: pair.spacing)
            return a.indices.lazy.filter { a[$0] }.map { squared[$0] }.max() ?? 0
        }
        return max(far(pair.result, pair.truth), far(pair.truth, pair.result)).squareRoot()
    }
}
