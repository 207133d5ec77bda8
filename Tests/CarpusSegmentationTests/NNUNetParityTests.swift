import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing
@testable import CarpusSegmentation

/// A folder of Fixtures/nnunet: what nnU-Net keeps, images, and the labels nnU-Net itself gave (make.py).
struct NNUNetCase {
    let folder: URL

    init(_ name: String) { folder = TestData.package.appending(path: "Tests/CarpusSegmentationTests/Fixtures/nnunet/\(name)", directoryHint: .isDirectory) }

    func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }

    func images() throws -> [String: Volume<Float>] {
        ["t1": try NIfTI.readVolume(folder.appending(path: "case_0000.nii.gz")), "stir": try NIfTI.readVolume(folder.appending(path: "case_0001.nii.gz"))]
    }

    func manifest(_ configuration: String?, mirror: [Int]?) throws -> ModelManifest {
        try NNUNetFolder.manifest(name: "miniature", plans: data("plans.json"), dataset: data("dataset.json"), configuration: configuration, mirrorAxes: mirror, networks: [.init(file: "model.onnx")])
    }

    /// `expected`, as nnU-Net is, or `single`, with its sums in single precision.
    func labels(_ name: String) throws -> LabelMap { try NIfTI.readLabels(folder.appending(path: name + ".nii.gz")) }
}

/// Least Dice over the labels of two maps, and the share of equal voxels.
func agreement(_ a: [UInt16], _ b: [UInt16]) -> (dice: Double, equal: Double) {
    var both: [UInt16: Double] = [:], sum: [UInt16: Double] = [:]
    for (x, y) in zip(a, b) {
        sum[x, default: 0] += 1
        sum[y, default: 0] += 1
        if x == y { both[x, default: 0] += 1 }
    }
    return (sum.map { 2 * (both[$0.key] ?? 0) / $0.value }.min() ?? 0, Double(zip(a, b).count { $0 == $1 }) / Double(a.count))
}

@Suite("Parity with nnU-Net v2")
struct NNUNetParityTests {
    /// One convolution of three by three (by three), zeros around: a network a test can be without an engine.
    struct Convolution: Decodable {
        var weight: [Weights]
        var bias: [Float]
        var mirror: [Int]
        var configuration: String

        /// The weights of one class, in any nesting, flattened: channel, (depth,) height, width.
        struct Weights: Decodable {
            var flat: [Float]
            init(from decoder: any Decoder) throws {
                let c = try decoder.singleValueContainer()
                flat = if let one = try? c.decode(Float.self) { [one] } else { try c.decode([Weights].self).flatMap(\.flat) }
            }
        }

        func callAsFunction(_ input: Tensor) -> Tensor {
            let flat = input.shape.count == 4, shape = flat ? [1] + input.shape[2...] : Array(input.shape[2...]), channels = input.shape[1]
            let (depth, height, width) = (shape[0], shape[1], shape[2]), reach = flat ? 0...0 : -1...1, count = depth * height * width
            var out = Tensor(shape: [1, weight.count] + input.shape[2...])
            for k in weight.indices {
                for i in 0..<count { out.values[k * count + i] = bias[k] }
                var tap = 0
                for c in 0..<channels { for dz in reach { for dy in -1...1 { for dx in -1...1 {
                    let w = weight[k].flat[tap], shift = (dz * height + dy) * width + dx
                    tap += 1
                    for z in max(0, -dz)..<min(depth, depth - dz) { for y in max(0, -dy)..<min(height, height - dy) {
                        let row = (z * height + y) * width
                        for x in max(0, -dx)..<min(width, width - dx) { out.values[k * count + row + x] += w * input.values[c * count + row + x + shift] }
                    } }
                } } } }
            }
            return out
        }
    }

    static func segmented(_ name: String, options change: (inout NetworkSegmentation.Options) -> Void = { _ in }) throws -> (NetworkSegmentation.Result, NNUNetCase) {
        let fixture = NNUNetCase(name), network = try JSONDecoder().decode(Convolution.self, from: fixture.data("weights.json"))
        var options = NetworkSegmentation.Options()
        options.skipsAir = false
        change(&options)
        let manifest = try fixture.manifest(network.configuration, mirror: network.mirror)
        return (try NetworkSegmentation(manifest, networks: [{ network($0) }], options: options).segment(fixture.images()), fixture)
    }

    /// nnU-Net adds logits up in half precision, in which two all but equal classes of a plain convolution change places; with its sums in
    /// single precision it has no excuse, nor have we.
    @Test(arguments: ["even", "thick", "regions", "flat"])
    func labelsAsNNUNet(_ name: String) throws {
        let (result, fixture) = try Self.segmented(name)
        let exact = agreement(result.labels.labels, try fixture.labels("single").labels), half = agreement(result.labels.labels, try fixture.labels("expected").labels)
        #expect(exact.equal >= 0.9999 && exact.dice >= 0.999, "\(exact) against sums in single precision")
        #expect(half.equal >= 0.998, "\(half) against sums in half precision")
        #expect(result.labels.grid.matches(try fixture.labels("expected").grid))
    }

    /// A real PlainConvUNet in ONNX, run by our own engine.
    @Test func networkAsNNUNet() throws {
        let fixture = NNUNetCase("unet"), network = try Network(contentsOf: fixture.folder.appending(path: "model.onnx"))
        #expect(network.metadata["inference_allowed_mirroring_axes"] == "[0, 1, 2]" && network.metadata["configuration"] == "3d_fullres")
        var options = NetworkSegmentation.Options()
        (options.skipsAir, options.probabilities) = (false, true)
        let result = try NetworkSegmentation(fixture.manifest("3d_fullres", mirror: [0, 1, 2]), networks: [{ try network.run($0) }], options: options).segment(fixture.images())
        for name in ["expected", "single"] {
            let (dice, equal) = agreement(result.labels.labels, try fixture.labels(name).labels)
            #expect(dice >= 0.999 && equal >= 0.999, "\(name): least Dice \(dice), equal \(equal)")
        }
        for k in 1...3 {
            let wanted = try NIfTI.readVolume(fixture.folder.appending(path: "probability_\(k).nii.gz")).scalars
            #expect(zip(wanted, result.probabilities[k].scalars).allSatisfy { abs($0 - $1) < 2e-3 })
        }
        #expect(try NetworkSegmentation(fixture.manifest(nil, mirror: [0, 1, 2]), networks: [{ try network.run($0) }], options: options).segment(fixture.images()).labels == result.labels)
    }

    @Test func regionsAreNamedInTheFilesOrder() throws {
        let manifest = try NNUNetCase("regions").manifest(nil, mirror: nil)
        #expect(manifest.output.kind == .regions && manifest.output.labels.map(\.name) == ["whole", "core", "centre"] && manifest.output.labels.map(\.value) == [1, 2, 3])
        #expect(manifest.orientation == "RAS")
    }

    @Test func inheritedMembersAndOldNamesAreRead() throws {
        let manifest = try NNUNetCase("thick").manifest("3d_fullres", mirror: [0, 2])
        #expect(manifest.spacing == [0.8, 3, 0.9] && manifest.patch == [24, 12, 20] && manifest.transpose == [1, 0, 2])
        #expect(manifest.channels.map(\.normalisation) == [Normalisation(.zScore, isMasked: true), Normalisation(.unit)])
        #expect(manifest.imageResampling == StackResampling(order: 3) && manifest.logitResampling == StackResampling(order: 1))
    }

    @Test func threadsChangeNothing() throws {
        let before = Parallel.threads
        defer { Parallel.threads = before }
        let results = try [1, 2, 4].map { n in
            Parallel.threads = n
            let r = try Self.segmented("even") { $0.probabilities = true }.0
            return (r.labels, r.confidence, r.probabilities)
        }
        for r in results.dropFirst() { #expect(r == results[0]) }
    }

    @Test func probabilitiesAddUpAndTheLargestIsTheLabels() throws {
        let result = try Self.segmented("thick") { $0.probabilities = true }.0
        #expect(result.probabilities.count == 4)
        for i in result.labels.labels.indices {
            let p = result.probabilities.map { $0.scalars[i] }
            #expect(abs(p.reduce(0, +) - 1) < 1e-5)
            #expect(p[Int(result.labels.labels[i])] == p.max() && abs(result.confidence.scalars[i] - p.max()!) < 1e-5)
        }
    }

    @Test func viewsGiveAnIntervalOnTheLabelsGrid() throws {
        // Two voxels of label 1 that the network saw as four; views of 2, 4, 4 and 6 are half of that on the labels' grid, in voxels of 1 mL.
        let grid = try Grid(size: Index3(2, 2, 1), spacing: Vector3(10, 10, 10))
        let legend = Legend([Label(value: 1, name: "a", color: [0, 0, 0]), Label(value: 2, name: "b", color: [0, 0, 1])])
        let map = LabelMap(grid: grid, labels: [1, 1, 0, 0], legend: legend)
        let intervals = VolumeInterval.intervals(of: map, whole: [1: 4], views: [[1: 2], [1: 4], [1: 4, 2: 2], [1: 6]], networkVoxel: 500)
        #expect(intervals[0].volume == 2 && abs(intervals[0].low! - 1.15) < 1e-9 && abs(intervals[0].high! - 2.85) < 1e-9)
        #expect(intervals[1].volume == 0 && intervals[1].low == 0 && abs(intervals[1].high! - 0.85) < 1e-9)
        // Nothing in the mean: views of 0, 8 and 8 voxels of an eighth of a millilitre.
        let none = VolumeInterval.intervals(of: LabelMap(grid: grid, labels: [0, 0, 0, 0], legend: legend), whole: [:], views: [[:], [1: 8], [1: 8]], networkVoxel: 125)
        #expect(none[0].volume == 0 && abs(none[0].low! - 0.1) < 1e-9 && abs(none[0].high! - 1) < 1e-9)
        let result = try Self.segmented("even").0
        #expect(result.volumes.allSatisfy { $0.views == 8 } && result.volumes.contains { $0.high! > $0.low! })
        #expect(try Self.segmented("even") { $0.mirrors = false }.0.volumes.allSatisfy { $0.low == nil && $0.views == 1 })
    }

    @Test func leavingAirOutChangesAlmostNothingAndSavesWindows() throws {
        // The fixture's body between two stacks of air: most windows see none of it.
        let fixture = NNUNetCase("even"), network = try JSONDecoder().decode(Convolution.self, from: fixture.data("weights.json"))
        var manifest = try fixture.manifest(network.configuration, mirror: [])
        manifest.cropsToNonzero = false
        let images = try fixture.images().mapValues { image in
            let size = image.grid.size, tall = Index3(size.x, size.y, size.z * 4)
            let grid = try Grid(size: tall, worldFromVoxel: image.grid.worldFromVoxel)
            let air = [Float](repeating: 0, count: image.grid.count)
            return Volume(grid: grid, scalars: air + image.scalars + air + air)
        }
        let results = try [false, true].map { skips in
            var options = NetworkSegmentation.Options()
            options.skipsAir = skips
            return try NetworkSegmentation(manifest, networks: [{ network($0) }], options: options).segment(images)
        }
        let inBody = results[0].labels.labels.indices.filter { images["t1"]!.scalars[$0] > 0 }
        let (_, equal) = agreement(inBody.map { results[0].labels.labels[$0] }, inBody.map { results[1].labels.labels[$0] })
        #expect(equal > 0.98, "\(equal) of the body's voxels are equal")
        #expect(results[1].windowCount * 2 < results[0].windowCount)
    }
}
