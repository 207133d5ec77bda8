import CarpusCore
@testable import CarpusQuantification
import Foundation
import Testing

@Suite struct EvaluationScoreTests {
    private let spacing = Vector3(0.5, 1, 2)   // 1 mm³ a voxel

    private func lesions(_ result: [Bool], _ truth: [Bool], _ grid: Grid, minimum: Double = 3, iou: Double = 0.1) -> LesionMatching {
        LesionMatching(MaskPair(result: result, truth: truth, grid: grid), minimumVolume: minimum, minimumIoU: iou)
    }

    @Test func overlapAndVolumesAreCounted() throws {
        let grid = try Shapes.grid(Index3(20, 10, 10), spacing)
        let truth = Shapes.box(Index3(2, 2, 2), Index3(6, 4, 5), on: grid), result = Shapes.box(Index3(5, 2, 2), Index3(6, 4, 3), on: grid)
        // 120 and 72 voxels; they share 3 x 4 x 3 = 36.
        let scores = OverlapScores(MaskPair(result: result, truth: truth, grid: grid), referenceFraction: 0.01)
        #expect(scores.dice == 72.0 / 192)
        let kappa = 120.0 / 1880 * 99
        let normalised = try #require(scores.normalisedDice), relative = try #require(scores.relativeVolumeError)
        #expect(abs(normalised - 72 / (72 + kappa * 36 + 84)) < 1e-15)
        #expect(abs(scores.volumeError + 0.048) < 1e-12 && abs(relative + 0.4) < 1e-12)
        #expect(abs(scores.falsePositiveVolume - 0.036) < 1e-12 && abs(scores.falseNegativeVolume - 0.084) < 1e-12)
    }

    @Test func theNormalisedDiceIsThePlainOneAtTheReferenceFraction() throws {
        let grid = try Shapes.grid(Index3(20, 10, 10), spacing)
        let pair = MaskPair(result: Shapes.box(Index3(3, 2, 2), Index3(5, 4, 5), on: grid), truth: Shapes.box(Index3(2, 2, 2), Index3(5, 4, 5), on: grid), grid: grid)
        let scores = OverlapScores(pair, referenceFraction: 100.0 / 2000)
        let plain = try #require(scores.dice), normalised = try #require(scores.normalisedDice), stricter = try #require(OverlapScores(pair, referenceFraction: 0.001).normalisedDice)
        #expect(abs(normalised - plain) < 1e-15 && stricter < plain, "false positives of what is larger than the reference weigh more")
    }

    @Test func emptySetsHaveNoOverlapAndNoRelativeError() throws {
        let grid = try Shapes.grid(Index3(9, 9, 9), spacing), none = [Bool](repeating: false, count: grid.count), box = Shapes.box(Index3(2, 2, 2), Index3(3, 3, 3), on: grid)
        let neither = OverlapScores(MaskPair(result: none, truth: none, grid: grid), referenceFraction: 0.001)
        #expect(neither.dice == nil && neither.normalisedDice == nil && neither.volumeError == 0 && neither.relativeVolumeError == nil)
        let invented = OverlapScores(MaskPair(result: box, truth: none, grid: grid), referenceFraction: 0.001)
        #expect(invented.dice == 0 && invented.normalisedDice == 0 && invented.falsePositiveVolume == 0.027 && invented.relativeVolumeError == nil)
        let missed = OverlapScores(MaskPair(result: none, truth: box, grid: grid), referenceFraction: 0.001)
        #expect(missed.dice == 0 && missed.normalisedDice == 0 && missed.relativeVolumeError == -1 && missed.falseNegativeVolume == 0.027)
        #expect(lesions(none, none, grid).f1 == nil && lesions(none, none, grid).sensitivity == nil)
        #expect(lesions(box, none, grid).f1 == 0 && lesions(box, none, grid).sensitivity == nil && lesions(box, none, grid).falsePositives == 1)
        #expect(lesions(none, box, grid).f1 == 0 && lesions(none, box, grid).sensitivity == 0)
    }

    @Test func lesionsAreMatchedOneToOne() throws {
        let grid = try Shapes.grid(Index3(40, 20, 10), spacing)
        func box(_ x: Int, _ y: Int, _ w: Int) -> [Bool] { Shapes.box(Index3(x, y, 2), Index3(w, 3, 3), on: grid) }
        // Truth: three lesions of 54, 36 and 18 voxels. Result: one half of the first, a long one over the first's end and all of the second, one of nothing.
        let truth = Shapes.union(Shapes.union(box(2, 2, 6), box(10, 2, 4)), box(2, 10, 2))
        let result = Shapes.union(Shapes.union(box(2, 2, 3), box(7, 2, 7)), box(20, 10, 3))
        let matched = lesions(result, truth, grid)
        #expect(matched == lesions(result, truth, grid, iou: 0.5), "27/54 and 36/63 both reach a half")
        #expect(matched.truePositives == 2 && matched.falsePositives == 1 && matched.falseNegatives == 1)
        #expect(matched.f1 == 4.0 / 6 && matched.sensitivity == 2.0 / 3)
        #expect(lesions(result, truth, grid, iou: 0.51).truePositives == 1 && lesions(result, truth, grid, iou: 0.58).truePositives == 0)
        // One piece over two lesions finds one of them.
        let over = lesions(box(2, 2, 12), truth, grid)
        #expect(over.truePositives == 1 && over.falsePositives == 0 && over.falseNegatives == 2)
        // Two pieces in one lesion find it once.
        let twice = lesions(Shapes.union(box(2, 2, 2), box(5, 2, 3)), truth, grid)
        #expect(twice.truePositives == 1 && twice.falsePositives == 1 && twice.falseNegatives == 2)
    }

    @Test func theBestPairsAreMatchedFirst() throws {
        let grid = try Shapes.grid(Index3(24, 6, 6), spacing)
        func box(_ x: Int, _ w: Int) -> [Bool] { Shapes.box(Index3(x, 2, 2), Index3(w, 2, 2), on: grid) }
        // The piece between both lesions shares 3/14 with the first and 2/9 with the second; the first is better met by a piece of its own.
        let matched = lesions(Shapes.union(box(2, 6), box(9, 7)), Shapes.union(box(2, 10), box(14, 4)), grid)
        #expect(matched.truePositives == 2 && matched.falsePositives == 0 && matched.falseNegatives == 0)
    }

    @Test func smallPiecesAreNoLesionsAndCornersJoin() throws {
        let grid = try Shapes.grid(Index3(20, 10, 10), spacing)
        func box(_ x: Int, _ n: Int) -> [Bool] { Shapes.box(Index3(x, 2, 2), Index3(n, 1, 1), on: grid) }
        let truth = Shapes.union(box(2, 2), box(10, 3))
        #expect(lesions(truth, truth, grid).truthCount == 1 && lesions(truth, truth, grid, minimum: 2).truthCount == 2)
        // Two of four voxels are enough to match, but what is too small to count cannot be found.
        #expect(lesions(box(2, 4), box(2, 2), grid) == lesions(box(2, 4), box(15, 2), grid) && lesions(box(2, 4), box(2, 2), grid).falsePositives == 1)
        let diagonal = Shapes.union(Shapes.box(Index3(2, 2, 2), Index3(2, 1, 1), on: grid), Shapes.box(Index3(4, 3, 3), Index3(2, 1, 1), on: grid))
        #expect(lesions(diagonal, diagonal, grid).truthCount == 1)
    }

    private func map(_ grid: Grid, _ regions: [(UInt16, String, [Bool])]) -> LabelMap {
        var map = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: Legend(regions.map { Label(value: $0.0, name: $0.1, color: [0, 0, 0]) }))
        for (value, _, mask) in regions { for i in mask.indices where mask[i] { map.labels[i] = value } }
        return map
    }

    private func value(_ scores: [Score], _ region: String, _ measure: String) throws -> Double? { try #require(scores.first { $0.region == region && $0.measure == measure }).value }

    @Test func regionsMeetByNameNotByValue() throws {
        let grid = try Shapes.grid(Index3(24, 12, 10), spacing), none = [Bool](repeating: false, count: grid.count)
        let left = Shapes.box(Index3(2, 2, 2), Index3(4, 4, 4), on: grid), right = Shapes.box(Index3(12, 2, 2), Index3(4, 4, 4), on: grid), shifted = Shapes.box(Index3(14, 2, 2), Index3(4, 4, 4), on: grid)
        let truth = map(grid, [(1, "lunate", left), (2, "scaphoid", right), (3, "hamate", none), (9, "capitate", none)])
        let result = map(grid, [(2, "lunate", left), (1, "scaphoid", shifted), (3, "hamate", none), (7, "other", none)])
        let regions = LabelEvaluation.regions(result.legend, truth.legend)
        #expect(regions.map(\.name) == ["lunate", "scaphoid", "hamate"])
        let scores = try LabelEvaluation.evaluate(result, truths: [truth], regions: regions, missing: 1)
        #expect(try value(scores, "lunate", "dice") == 1 && value(scores, "scaphoid", "dice") == 0.5 && value(scores, "hamate", "dice") == nil)
        #expect(try value(scores, "(mean)", "dice") == 0.75 && value(scores, "(merged)", "dice") == 0.75)
        #expect(try value(scores, "scaphoid", "hd95") == 1 && value(scores, "(merged)", "lesions") == 2)
        #expect(scores.first { $0.region == "(mean)" }?.note == "over 2 of 3 regions, those present in the truth; 1 more of the truth are missing in the result")
        #expect(try value(scores, "hamate", "volume-error") == 0 && scores.first { $0.region == "hamate" }?.note == "neither result nor truth has a voxel")
    }

    @Test func oneEmptySideIsAsFarAsCanBe() throws {
        let grid = try Shapes.grid(Index3(24, 12, 10), spacing), none = [Bool](repeating: false, count: grid.count), box = Shapes.box(Index3(2, 2, 2), Index3(4, 4, 4), on: grid)
        for (a, b) in [(none, box), (box, none)] {
            let scores = try LabelEvaluation.evaluate(map(grid, [(1, "x", a)]), truths: [map(grid, [(1, "x", b)])], regions: [.init(name: "x", resultValue: 1, truthValue: 1)])
            #expect(try value(scores, "x", "dice") == 0 && value(scores, "x", "nsd") == 0)
            #expect(try value(scores, "x", "hd95") == Vector3(12, 12, 20).length && value(scores, "x", "hd95-voxels") == Vector3(12, 12, 20).length)
        }
    }

    @Test func severalTruthsMayHoldTheRegions() throws {
        let grid = try Shapes.grid(Index3(24, 12, 10), spacing)
        let a = Shapes.box(Index3(2, 2, 2), Index3(4, 4, 4), on: grid), b = Shapes.box(Index3(12, 2, 2), Index3(4, 4, 4), on: grid)
        let result = map(grid, [(1, "a", a), (2, "b", b)])
        let scores = try LabelEvaluation.evaluate(
            result, truths: [map(grid, [(5, "a", a)]), map(grid, [(5, "b", b)])], regions: [.init(name: "a", resultValue: 1, truthValue: 5), .init(name: "b", resultValue: 2, truth: 1, truthValue: 5)])
        #expect(try value(scores, "b", "dice") == 1 && value(scores, "(merged)", "dice") == 1 && value(scores, "(merged)", "truth-volume") == 0.128)
    }

    @Test func whatCannotBeComparedIsRefused() throws {
        let grid = try Shapes.grid(Index3(8, 8, 8), spacing), other = try Shapes.grid(Index3(8, 8, 8), spacing * 1.01), none = [Bool](repeating: false, count: grid.count)
        let a = map(grid, [(1, "a", none)]), b = map(other, [(1, "a", none)]), region = LabelEvaluation.regions(a.legend, b.legend)
        #expect(throws: QuantificationError.self) { try LabelEvaluation.evaluate(a, truths: [b], regions: region) }
        #expect(throws: QuantificationError.self) { try LabelEvaluation.evaluate(a, truths: [a], regions: []) }
        for wrong in [{ $0.tolerance = -1 }, { $0.minimumIoU = 1.5 }, { $0.minimumLesionVolume = .nan }, { $0.referenceFraction = 1 }] as [(inout LabelEvaluation.Parameters) -> Void] {
            var parameters = LabelEvaluation.Parameters()
            #expect(parameters.complaint == nil)
            wrong(&parameters)
            #expect(parameters.complaint != nil)
            #expect(throws: QuantificationError.self) { try LabelEvaluation.evaluate(a, truths: [a], regions: region, parameters: parameters) }
        }
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        let grid = try Shapes.grid(Index3(60, 50, 40), Vector3(0.5, 0.5, 1)), before = Parallel.threads
        defer { Parallel.threads = before }
        let result = map(grid, [(1, "a", Shapes.blobs(seed: 4, on: grid))]), truth = map(grid, [(1, "a", Shapes.blobs(seed: 4, on: grid, shift: Vector3(1, 0, 0)))])
        let answers = try [1, 3].map { threads in
            Parallel.threads = threads
            return try LabelEvaluation.evaluate(result, truths: [truth], regions: LabelEvaluation.regions(result.legend, truth.legend))
        }
        #expect(answers[0] == answers[1])
    }

    @Test func errorsOfTransformsAreDistances() throws {
        let moved = Transform.affine(Affine(translation: Vector3(3, 4, 0)))
        let constant = PointErrors(of: moved, against: .identity, at: PointErrors.cube(about: Vector3(5, 5, 5), edge: 80))
        #expect(constant.count == 9 && constant.mean == 5 && constant.median == 5 && constant.p95 == 5 && constant.max == 5)
        // A turn about z by 90 degrees takes a point at distance r from the axis r √2 away: 0 in the middle, 40 √2 √2 at the corners.
        let turn = Transform.rigid(RigidTransform(axis: Vector3(0, 0, 1), angle: .pi / 2))
        let errors = PointErrors(of: turn, against: .identity, at: PointErrors.cube(about: .zero, edge: 80))
        #expect(abs(errors.max - 80) < 1e-9 && abs(errors.median - 80) < 1e-9 && abs(errors.mean - 80 * 8 / 9) < 1e-9)
        let ball = PointErrors.sphere(about: Vector3(1, 2, 3), radius: 40)
        #expect(ball.contains(Vector3(1, 2, 3)) && ball.allSatisfy { ($0 - Vector3(1, 2, 3)).length <= 40 } && abs(Double(ball.count) * 64 / (4 / 3 * .pi * 64000) - 1) < 0.02)
        let grid = try Shapes.grid(Index3(8, 8, 8), spacing), some = map(grid, [(1, "a", Shapes.box(Index3(1, 2, 3), Index3(2, 2, 2), on: grid))])
        #expect(PointErrors.foreground(of: some).first == Vector3(0.5, 2, 6) && PointErrors.foreground(of: some).count == 8 && PointErrors.foreground(of: some, limit: 3).count == 3)
    }
}
