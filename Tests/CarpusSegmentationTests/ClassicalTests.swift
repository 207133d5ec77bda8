import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing
@testable import CarpusSegmentation

/// A box of noise with a ball that is brighter, and the ball.
private func ball(brightness: Float, radius: Double = 4, seed: UInt64 = 1, size: Index3 = Index3(30, 28, 12)) throws -> (image: Volume<Float>, truth: [Bool]) {
    let grid = try Grid(size: size, spacing: Vector3(0.8, 0.8, 1.5))
    var dice = Dice(seed: seed), image = Volume<Float>(grid: grid, repeating: 0), truth = [Bool](repeating: false, count: grid.count)
    for i in 0..<grid.count {
        truth[i] = (grid.worldFromVoxel(Vector3(grid.index(at: i))) - grid.centre).length < radius
        image.scalars[i] = 100 + 10 * dice.normal() + (truth[i] ? brightness : 0)
    }
    return (image, truth)
}

private func dice(_ labels: LabelMap, _ truth: [Bool], label: UInt16 = 1) -> Double {
    let both = labels.labels.indices.count { labels.labels[$0] == label && truth[$0] }
    let sum = labels.labels.count { $0 == label } + truth.count { $0 }
    return sum == 0 ? 1 : 2 * Double(both) / Double(sum)
}

@Suite("segment.fuzzy") struct FuzzyTests {
    @Test func centresAreThoseOfTheGroups() {
        var random = Dice(seed: 4)
        let values = (0..<3000).map { Float([10, 50, 120][$0 % 3]) + random.normal() }
        let clusters = FuzzyClusters(of: values, count: 3, fuzzifier: 2)
        for (centre, wanted) in zip(clusters.centres, [10.0, 50, 120]) { #expect(abs(centre - wanted) < 0.5) }
        #expect(abs(clusters.memberships(33).reduce(0, +) - 1) < 1e-12 && clusters.memberships(119)[2] > 0.99)
    }

    @Test func membershipsAreBezdeks() {
        // Between centres at 0 and 1, a quarter of the way: squared distances 1/16 and 9/16, memberships 9/10 and 1/10.
        let clusters = FuzzyClusters(of: [Float](repeating: 0, count: 50) + [Float](repeating: 1, count: 50), count: 2, fuzzifier: 2)
        let x = clusters.centres[0] + 0.25 * (clusters.centres[1] - clusters.centres[0])
        #expect(abs(clusters.memberships(x)[0] - 0.9) < 1e-9)
    }

    @Test func hardClustersHaveMembershipsToo() {
        // The least fuzzifiers make powers beyond a double's range: between centres 300 and 800, halfway, far from 100.
        let clusters = FuzzyClusters(of: [100, 300, 800], count: 3, fuzzifier: 1.01)
        for x in [550, 1e6, -1e6] { #expect(abs(clusters.memberships(x).reduce(0, +) - 1) < 1e-12) }
        #expect(abs(clusters.memberships(550)[1] - 0.5) < 0.02 && clusters.memberships(550)[0] < 1e-12)
    }

    @Test func findsABallAndNothingInNoise() throws {
        let (image, truth) = try ball(brightness: 80)
        #expect(dice(try FuzzySegmentation.segment(image).labels, truth) > 0.95)
        let nothing = try FuzzySegmentation.segment(try ball(brightness: 0).image)
        #expect(nothing.labels.counts.isEmpty && nothing.findings.map(\.code) == ["segment.fuzzy.nothing-found"])
    }

    @Test func unitAndThreadsChangeNothing() throws {
        let (image, _) = try ball(brightness: 80), labels = try FuzzySegmentation.segment(image).labels
        #expect(try FuzzySegmentation.segment(image.map { $0 * 8 }).labels == labels)
        let before = Parallel.threads
        defer { Parallel.threads = before }
        for n in [1, 2, 4] {
            Parallel.threads = n
            #expect(try FuzzySegmentation.segment(image).labels == labels)
        }
    }
}

@Suite("segment.mixture") struct MixtureTests {
    @Test func findsTheParts() {
        var random = Dice(seed: 9)
        let values = (0..<8000).map { $0 % 4 == 0 ? 200 + 20 * random.normal() : 100 + 10 * random.normal() }
        let mixture = GaussianMixture(of: values, count: 2)
        for (c, wanted) in zip(mixture.components, [(0.75, 100.0, 10.0), (0.25, 200, 20)]) {
            #expect(abs(c.weight - wanted.0) < 0.01 && abs(c.mean - wanted.1) < 1.5 && abs(c.deviation - wanted.2) < 1, "\(c)")
        }
        #expect(mixture.criterion < GaussianMixture(of: values, count: 1).criterion)
        #expect(mixture.posterior(150, of: 1) > mixture.posterior(130, of: 1) && mixture.posterior(1e9, of: 1) == 1)
    }

    @Test func oneNormalDistributionIsBetterAsOne() {
        var random = Dice(seed: 10)
        let values = (0..<5000).map { _ in random.normal() }
        #expect(GaussianMixture(of: values, count: 1).criterion < GaussianMixture(of: values, count: 2).criterion)
    }

    @Test func healthyMarrowHasNone() throws {
        let (image, _) = try ball(brightness: 0)
        let bone = LabelMap(grid: image.grid, labels: [UInt16](repeating: 1, count: image.grid.count), legend: Legend.components("bone", count: 1))
        #expect(try MixtureSegmentation.segment(image, in: bone).labels.counts.isEmpty)
    }

    /// The sample wrist's STIR, with its true bones: the lesion inside them by signal alone.
    @Test(arguments: ["ses-01", "ses-02"]) func oedemaOfTheSampleWrist(session: String) throws {
        let wrist = try SampleSTIR(session)
        let found = try MixtureSegmentation.segment(wrist.image, in: wrist.bones)
        let truth = wrist.lesions.labels.map { $0 == 3 }
        let share = Double(found.labels.counts[1] ?? 0) / Double(max(1, truth.count { $0 }))
        #expect(dice(found.labels, truth) > 0.75)
        #expect((0.6...1.5).contains(share))
    }
}

/// A session of the sample wrist on the STIR's grid.
struct SampleSTIR {
    let image: Volume<Float>, anatomy, lesions: LabelMap

    init(_ session: String) throws {
        let data = TestData.package.appending(path: "SampleData", directoryHint: .isDirectory)
        guard case .volume(let image)? = try DICOMFolder.scan(data.appending(path: "sub-01/\(session)/dicom/03_COR_STIR")).series.first?.load().first?.content else { throw CocoaError(.fileReadCorruptFile) }
        func truth(_ what: String, _ legend: Legend) throws -> LabelMap {
            try NIfTI.readLabels(data.appending(path: "derivatives/truth/sub-01/\(session)/anat/sub-01_\(session)_acq-stir_seg-\(what)_dseg.nii.gz"), legend: legend)
        }
        self.image = image
        anatomy = try NIfTI.readLabels(data.appending(path: "derivatives/truth/sub-01/\(session)/anat/sub-01_\(session)_acq-stir_seg-anatomy_dseg.nii.gz"))
        // An anatomy map by its values: bones are 1 to 15.
        lesions = try truth("lesions", WristAnatomy.lesionLegend)
    }

    /// The true bones, whatever else the anatomy map holds.
    var bones: LabelMap { LabelMap(grid: anatomy.grid, labels: anatomy.labels.map { (1...15).contains($0) ? $0 : 0 }, legend: WristAnatomy.legend) }
}

@Suite("segment.forest") struct ForestTests {
    private static let legend = Legend([Label(value: 7, name: "ball", color: [1, 2, 3])])

    private static func example(_ seed: UInt64) throws -> ForestSegmentation.Case {
        let (image, truth) = try ball(brightness: 40, seed: seed)
        return .init(images: ["t1": image], truth: LabelMap(grid: image.grid, labels: truth.map { $0 ? 7 : 0 }, legend: legend))
    }

    private static func trained(seed: UInt64 = 1) throws -> ForestModel {
        var training = ForestSegmentation.Training()
        (training.trees, training.samples, training.seed) = (20, 4000, seed)
        return try ForestSegmentation.train([example(1), example(2)], roles: ["t1"], legend: legend, note: "balls", parameters: training)
    }

    @Test func halfOfTheVoxelsAreBackground() throws {
        // A ball is a thirtieth of its box, far from half of 4000 voxels; a case without one gives background all the same.
        let ball = try Self.example(1), none = ForestSegmentation.Case(images: ball.images, truth: LabelMap(grid: ball.truth.grid, labels: ball.truth.labels.map { _ in 0 }, legend: Self.legend))
        var training = ForestSegmentation.Training()
        training.samples = 4000
        let lesions = ball.truth.counts[7]!
        for (cases, wanted) in [([ball], [lesions, lesions]), ([ball, none], [lesions / 2 * 2, lesions]), ([ball, ball], [2 * lesions, 2 * lesions])] {
            let classes = try ForestSegmentation.rows(cases, roles: ["t1"], legend: Self.legend, training).classes
            #expect([0, 1].map { k in classes.count { $0 == k } } == wanted)
        }
    }

    @Test func findsABallItHasNotSeen() throws {
        let new = try Self.example(77), truth = new.truth.labels.map { $0 == 7 }
        let found = try ForestSegmentation.segment(new.images, model: Self.trained())
        #expect(dice(found.labels, truth, label: 7) > 0.9)
        #expect(try dice(ForestSegmentation.segment(new.images.mapValues { $0.map { $0 * 3 + 50 } }, model: Self.trained()).labels, truth, label: 7) > 0.9)
    }

    @Test func equalSeedsGiveEqualForestsWhateverTheThreads() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let forests = try [1, 2, 4].map { n in
            Parallel.threads = n
            return try Self.trained()
        }
        #expect(forests[0] == forests[1] && forests[0] == forests[2])
        #expect(try Self.trained(seed: 2) != forests[0])
    }

    @Test func fileGivesTheSameForestBack() throws {
        let model = try Self.trained(), data = try model.encoded()
        #expect(try ForestModel(decoding: data) == model)
        #expect(model.training == "balls" && model.roles == ["t1"])
    }

    @Test func damagedFilesAreRefused() throws {
        let data = try Self.trained().encoded()
        var random = Dice(seed: 3)
        for _ in 0..<200 {
            var bad = data
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bad = bad.prefix(Int.random(in: 0..<bad.count, using: &random))
            case 1: bad[Int.random(in: 0..<bad.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            default: bad += Data([0])
            }
            #expect(throws: SegmentationError.self) { try ForestModel(decoding: bad) }
        }
    }

    @Test func loopsAreRefusedEvenWithAGoodChecksum() throws {
        var tree = RandomForest.Tree()
        (tree.feature, tree.threshold, tree.child, tree.leaves) = ([0, -1, -1], [0, 0, 0], [0, 0, 0], [1, 0])
        let model = ForestModel(roles: ["t1"], legend: Self.legend, training: "", forest: RandomForest(classCount: 2, featureCount: 8, trees: [tree]))
        #expect(throws: SegmentationError.self) { try ForestModel(decoding: model.encoded()) }
    }

    @Test func missingRolesAreNamed() throws {
        let model = try Self.trained(), image = try Self.example(1).images["t1"]!
        #expect { try ForestSegmentation.segment(["stir": image], model: model) } throws: { "\($0)".contains("'t1'") }
    }

    /// Oedema of the sample wrist's second visit by a forest that saw the first.
    @Test func oedemaOfTheNextVisit() throws {
        let first = try SampleSTIR("ses-01"), second = try SampleSTIR("ses-02")
        var training = ForestSegmentation.Training()
        (training.trees, training.samples) = (20, 20_000)
        let legend = Legend([try #require(WristAnatomy.lesionLegend["bone-marrow-oedema"])])
        let model = try ForestSegmentation.train([.init(images: ["stir": first.image], truth: first.lesions, mask: first.bones)], roles: ["stir"], legend: legend, note: "", parameters: training)
        let found = try ForestSegmentation.segment(["stir": second.image], model: model, inside: second.bones)
        let score = dice(found.labels, second.lesions.labels.map { $0 == 3 }, label: 3)
        #expect(score > 0.6)
    }
}
