import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing
@testable import CarpusSegmentation

@Suite("Windows as MONAI's") struct MONAIWindowTests {
    /// Starts and weights by MONAI 1.6.1 (`dense_patch_slices`, `compute_importance_map`).
    @Test func startsAndWeights() {
        for (length, window, overlap, starts) in [(110, 64, 0.25, [0, 46]), (100, 32, 0.5, [0, 16, 32, 48, 64, 68]), (64, 64, 0.25, [0]), (65, 64, 0.25, [0, 1]), (200, 96, 0.25, [0, 72, 104]), (23, 5, 0.3, [0, 3, 6, 9, 12, 15, 18])] {
            #expect(Windows(.monai, step: 1 - overlap).starts(length: length, window: window) == starts)
        }
        let weights = Windows(.monai, isGaussian: true).weights([8, 16, 12])
        for (at, wanted) in [([0, 0, 0], 0.0010), ([4, 8, 6], 0.8091), ([4, 8, 0], 0.0010), ([2, 5, 9], 0.0098)] {
            #expect(abs(weights[(at[0] * 16 + at[1]) * 12 + at[2]] - Float(wanted)) < 6e-5)
        }
    }

    /// Labels by MONAI's `sliding_window_inference` over one convolution (Fixtures/monai/make.py).
    @Test(arguments: ["constant", "gaussian"]) func labelsAsMONAI(_ mode: String) throws {
        let folder = TestData.package.appending(path: "Tests/CarpusSegmentationTests/Fixtures/monai", directoryHint: .isDirectory)
        let network = try JSONDecoder().decode(NNUNetParityTests.Convolution.self, from: Data(contentsOf: folder.appending(path: "weights.json")))
        let channels = ["a", "b"].map { ModelManifest.Channel(role: $0, normalisation: Normalisation(.byte)) }
        let labels = Legend.components("class", count: 2).labels
        var manifest = ModelManifest(name: "monai", networks: [.init(file: "none")], channels: channels, patch: [8, 10, 12], output: .init(labels: labels))
        manifest.cropsToNonzero = false
        manifest.windows = mode == "gaussian" ? Windows(.monai, step: 0.5, isGaussian: true) : Windows(.monai)
        var options = NetworkSegmentation.Options()
        options.skipsAir = false
        let images = ["a": try NIfTI.readVolume(folder.appending(path: "case_0000.nii.gz")), "b": try NIfTI.readVolume(folder.appending(path: "case_0001.nii.gz"))]
        let result = try NetworkSegmentation(manifest, networks: [{ network($0) }], options: options).segment(images)
        #expect(result.labels.labels == (try NIfTI.readLabels(folder.appending(path: "\(mode).nii.gz")).labels))
    }
}

@Suite("Models and what they are given") struct ModelTests {
    private static let labels = [Label(value: 1, name: "a", color: [1, 2, 3])]

    /// A network whose logit of label 1 is the mean of its channels minus one half.
    private static let network: PatchNetwork = { input in
        let channels = input.shape[1], count = input.values.count / channels
        var out = Tensor(shape: [1, 2] + input.shape[2...])
        for c in 0..<channels { for i in 0..<count { out.values[count + i] += input.values[c * count + i] / Float(channels) } }
        for i in 0..<count { out.values[count + i] -= 0.5 }
        return out
    }

    private static func manifest(_ channels: [ModelManifest.Channel]) -> ModelManifest {
        ModelManifest(name: "toy", networks: [.init(file: "toy.onnx")], channels: channels, patch: [4, 4, 4], output: .init(labels: labels))
    }

    private static func image(_ value: Float) throws -> Volume<Float> {
        var image = Volume<Float>(grid: try Grid(size: Index3(6, 5, 4), spacing: Vector3(1, 1, 1)), repeating: 0)
        for i in 0..<image.scalars.count where i % 3 == 0 { image.scalars[i] = value }
        return image
    }

    private static func plain(_ role: String, optional: Bool = false) -> ModelManifest.Channel { .init(role: role, isOptional: optional, normalisation: Normalisation(.none)) }

    @Test func manifestsSurviveJSONAndHaveDefaults() throws {
        let short = #"{"carpusModel": 1, "name": "toy", "networks": [{"file": "a.onnx"}], "channels": [{"role": "t1"}], "patch": [8, 16, 16], "output": {"labels": [{"value": 3, "name": "lunate"}]}}"#
        let manifest = try JSONDecoder().decode(ModelManifest.self, from: Data(short.utf8))
        #expect(manifest.complaint == nil && manifest.channels[0].normalisation == Normalisation(.zScore) && manifest.windows == Windows() && manifest.cropsToNonzero)
        #expect(manifest.output.labels[0].color == Palette.distinct(0) && manifest.classCount == 2)
        var full = manifest
        (full.orientation, full.spacing, full.mirrorAxes, full.presence) = ("RAS", [3, 0.5, 0.5], [2], true)
        full.envelope = Envelope()
        full.envelope?.sliceSpacing = .init(2, 4)
        full.windows = Windows(.monai)
        full.channels[0].normalisation = Normalisation(.fixed, statistics: .init(mean: 1, deviation: 2, lowest: 0, highest: 3))
        #expect(try JSONDecoder().decode(ModelManifest.self, from: JSONEncoder().encode(full)) == full)
    }

    private static let frame = ModelFrame(assumes: .init(distal: "S", palmar: "A"), planes: [
        "coronal": ["dorsal-palmar", "distal-proximal", "ulnar-radial"], "axial": ["proximal-distal", "dorsal-palmar", "ulnar-radial"],
        "sagittal": ["ulnar-radial", "distal-proximal", "dorsal-palmar"],
    ])

    /// Where voxel axes run, by letters, and what Training/carpus_training/frame.py makes of them.
    private static let turns: [(letters: String, spacing: Vector3, side: Laterality, sources: [Int], flipped: [Bool])] = [
        ("LSA", Vector3(0.5, 0.5, 2), .right, [2, 1, 0], [false, true, false]), ("LSA", Vector3(0.5, 0.5, 2), .left, [2, 1, 0], [false, true, true]),
        ("RIP", Vector3(0.5, 0.5, 2), .right, [2, 1, 0], [true, false, true]), ("RPI", Vector3(0.4, 0.4, 3), .right, [2, 1, 0], [true, true, true]),
        ("ASL", Vector3(0.4, 0.4, 3), .right, [2, 1, 0], [false, true, false]), ("SAR", Vector3(0.4, 0.4, 3), .left, [2, 0, 1], [false, true, false]),
        ("LSA", Vector3(1, 1, 1), .right, [2, 1, 0], [false, true, false]), ("LSA", Vector3(3, 1, 1), .left, [0, 1, 2], [true, true, false]),
    ]

    @Test(arguments: turns)
    func framesTurnWristsToRightOnes(letters: String, spacing: Vector3, side: Laterality, sources: [Int], flipped: [Bool]) throws {
        let unit: [Character: Vector3] = ["L": Vector3(1, 0, 0), "R": Vector3(-1, 0, 0), "P": Vector3(0, 1, 0), "A": Vector3(0, -1, 0), "S": Vector3(0, 0, 1), "I": Vector3(0, 0, -1)]
        let u = letters.map { unit[$0]! }
        // A tilt of 0.3 about L changes nothing.
        for tilt in [0, 0.3] {
            let turn = Matrix3(rows: Vector3(1, 0, 0), Vector3(0, cos(tilt), -sin(tilt)), Vector3(0, sin(tilt), cos(tilt)))
            let grid = try Grid(size: Index3(5, 4, 3), worldFromVoxel: Affine(linear: turn * Matrix3(columns: u[0] * spacing.x, u[1] * spacing.y, u[2] * spacing.z), translation: .zero))
            let axes = Self.frame.axes(of: grid, side: side)
            #expect(axes.map(\.source) == sources && axes.map(\.flipped) == flipped)
        }
    }

    @Test func framesNeedASide() throws {
        var manifest = Self.manifest([Self.plain("t1")])
        manifest.frame = Self.frame
        #expect(manifest.complaint == nil)
        #expect { try NetworkSegmentation(manifest, networks: [Self.network]).segment(["t1": Self.image(1)]) } throws: { "\($0)".contains("side") }
        var options = NetworkSegmentation.Options()
        options.side = .left
        let plain = try NetworkSegmentation(Self.manifest([Self.plain("t1")]), networks: [Self.network]).segment(["t1": Self.image(1)])
        #expect(try NetworkSegmentation(manifest, networks: [Self.network], options: options).segment(["t1": Self.image(1)]).labels == plain.labels)
    }

    @Test func oneOfSeveralRolesFillsAChannelAndHiddenLabelsAreNotWritten() throws {
        var channel = Self.plain("image")
        channel.accepts = ["t1", "gre"]
        var manifest = Self.manifest([channel])
        manifest.output = .init(labels: Self.labels + [Label(value: 9, name: "context", color: [4, 5, 6])], hidden: [9])
        #expect(manifest.complaint == nil && manifest.classCount == 3)
        #expect(try JSONDecoder().decode(ModelManifest.self, from: JSONEncoder().encode(manifest)) == manifest)
        // Label 1 above one half, the hidden one above twice that.
        let network: PatchNetwork = { input in
            var out = Tensor(shape: [1, 3] + input.shape[2...])
            let count = input.values.count
            for i in 0..<count { (out.values[count + i], out.values[2 * count + i]) = (input.values[i] - 0.5, 3 * input.values[i] - 4.5) }
            return out
        }
        let model = try NetworkSegmentation(manifest, networks: [network])
        var image = try Self.image(1)
        image.scalars[0] = 5
        let result = try model.segment(["gre": image])
        #expect(result.labels.counts == [1: 39] && result.labels.labels[0] == 0 && result.labels.legend.labels.map(\.name) == ["a"])
        #expect { try model.segment(["gre": image, "t1": image]) } throws: { "\($0)".contains("choose one") }
        #expect { try model.segment(["stir": image]) } throws: { "\($0)".contains("'image'") && "\($0)".contains("gre") }
    }

    @Test func wrongManifestsAreNamed() {
        let good = Self.manifest([Self.plain("t1")])
        #expect(good.complaint == nil)
        func complaint(_ change: (inout ModelManifest) -> Void) -> String { var m = good; change(&m); return m.complaint ?? "" }
        #expect(complaint { $0.patch = [4] }.contains("patch"))
        #expect(complaint { $0.networks[0].file = "../x" }.contains("folder"))
        #expect(complaint { $0.networks[0].sha256 = "abc" }.contains("sha256"))
        #expect(complaint { $0.orientation = "RAL" }.contains("orientation"))
        #expect(complaint { $0.transpose = [0, 0, 1] }.contains("transpose"))
        #expect(complaint { $0.spacing = [1, 0, 1] }.contains("spacing"))
        #expect(complaint { $0.mirrorAxes = [3] }.contains("mirrorAxes"))
        #expect(complaint { $0.channels.append(Self.plain("t1")) }.contains("twice"))
        #expect(complaint { $0.channels[0].normalisation = Normalisation(.fixed) }.contains("statistics"))
        #expect(complaint { $0.imageResampling.order = 2 }.contains("order"))
        #expect(complaint { $0.output.labels.append(Self.labels[0]) }.contains("twice"))
        #expect(complaint { $0.calibration.temperature = 0 }.contains("temperature"))
        #expect(complaint { $0.channels[0].accepts = [] }.contains("accepts"))
        #expect(complaint { $0.channels[0].accepts = ["stir"]; $0.channels.append(Self.plain("stir")) }.contains("accepts"))
        #expect(complaint { $0.output.hidden = [1] }.contains("hidden"))
        #expect(complaint { $0.frame = Self.frame; $0.orientation = "RAS" }.contains("frame"))
        func framed(_ change: (inout ModelFrame) -> Void) -> String { complaint { var frame = Self.frame; change(&frame); $0.frame = frame } }
        #expect(framed { _ in }.isEmpty)
        #expect(framed { $0.planes["axial"] = ["ulnar-radial", "dorsal-palmar", "proximal-distal"] }.contains("axial"))
        #expect(framed { $0.assumes.palmar = "I" }.contains("palmar"))
        #expect(framed { $0.mirrorLeft = false }.contains("mirrorLeft"))
    }

    @Test func missingImagesAreNamedUnlessOptional() throws {
        let needed = try NetworkSegmentation(Self.manifest([Self.plain("t1"), Self.plain("stir")]), networks: [Self.network])
        #expect { try needed.segment(["t1": Self.image(1)]) } throws: { "\($0)".contains("'stir'") }
        #expect { try needed.segment(["t1": Self.image(1), "stir": Self.image(1), "dce": Self.image(1)]) } throws: { "\($0)".contains("'dce'") }
        let optional = try NetworkSegmentation(Self.manifest([Self.plain("t1"), Self.plain("stir", optional: true)]), networks: [Self.network])
        let result = try optional.segment(["t1": Self.image(2)])
        // The mean of 2 and a missing 0 is above one half.
        #expect(result.labels.counts[1] == 40 && result.findings.map(\.code) == ["segment.unet.missing-role"])
    }

    @Test func presenceAndDifferencesAreChannels() throws {
        var manifest = Self.manifest([.init(role: "change", difference: ["t1gd", "t1"], normalisation: Normalisation(.none)), Self.plain("stir", optional: true)])
        manifest.presence = true
        let prepared = try PreparedInput(["t1gd": Self.image(5), "t1": Self.image(2)], manifest: manifest, findsBody: false)
        #expect(manifest.channelCount == 4 && prepared.stack.channels.count == 4)
        #expect(Set(prepared.stack.channels[0]) == [0, 3] && Set(prepared.stack.channels[1]) == [0] && Set(prepared.stack.channels[2]) == [1] && Set(prepared.stack.channels[3]) == [0])
    }

    @Test func otherGridsAreRefusedAndGapsCountAsZero() throws {
        let model = try NetworkSegmentation(Self.manifest([Self.plain("t1"), Self.plain("stir")]), networks: [Self.network])
        let other = Volume<Float>(grid: try Grid(size: Index3(6, 5, 4), spacing: Vector3(1, 1, 1.1)), repeating: 0)
        #expect { try model.segment(["t1": Self.image(1), "stir": other]) } throws: { ($0 as? SegmentationError)?.code == .gridMismatch }
        var gaps = try Self.image(4)
        for i in 0..<30 { gaps.scalars[i] = .nan }
        let result = try model.segment(["t1": gaps, "stir": gaps])
        #expect(result.labels.labels[..<30].allSatisfy { $0 == 0 } && result.labels.counts[1] == 30 && result.findings.contains { $0.code == "segment.unet.not-covered" })
    }

    @Test func networksOfAnotherShapeAreRefused() throws {
        let wrong = try NetworkSegmentation(Self.manifest([Self.plain("t1")]), networks: [{ Tensor(shape: [1, 3] + $0.shape[2...]) }])
        #expect { try wrong.segment(["t1": Self.image(1)]) } throws: { ($0 as? SegmentationError)?.code == .badModel }
        let endless = try NetworkSegmentation(Self.manifest([Self.plain("t1")]), networks: [{ Tensor(shape: [1, 2] + $0.shape[2...], repeating: .nan) }])
        #expect { try endless.segment(["t1": Self.image(1)]) } throws: { "\($0)".contains("not finite") }
    }

    @Test func whatLiesOutsideTheEnvelopeIsDoubtful() throws {
        var manifest = Self.manifest([Self.plain("t1")]), envelope = Envelope(), known = Envelope.Intensities()
        (envelope.sliceSpacing, envelope.inPlaneSpacing, envelope.fieldOfView) = (.init(2, 4), .init(0.5, 1.5), .init(4, 6))
        known.brightness = .init(5, 9)
        envelope.intensities["t1"] = known
        manifest.envelope = envelope
        let findings = try NetworkSegmentation(manifest, networks: [Self.network]).segment(["t1": Self.image(1)]).findings
        #expect(findings.filter { $0.code == "segment.unet.outside-envelope" }.compactMap { $0.evidence["what"] } == ["spacing between slices", "brightness of bright tissue in the image of t1"])
        let flat = try NetworkSegmentation(manifest, networks: [Self.network]).segment(["t1": Self.image(0)]).findings
        #expect(Set(flat.map(\.code)).isSuperset(of: ["segment.unet.no-contrast", "segment.unet.empty"]))
    }

    @Test func profilesDoNotDependOnTheUnit() throws {
        var random = Dice(seed: 2), image = Volume<Float>(grid: try Grid(size: Index3(20, 20, 10), spacing: Vector3(1, 1, 1)), repeating: 0)
        for i in 0..<image.scalars.count { image.scalars[i] = i % 4 == 0 ? 5 + abs(random.normal()) : 100 + 8 * random.normal() + (i % 20 == 1 ? 150 : 0) }
        let a = try #require(IntensityProfile(of: image)), b = try #require(IntensityProfile(of: image.map { $0 * 4 }))
        #expect(abs(a.tissueShare - 0.75) < 0.01 && a.tissueShare == b.tissueShare && abs(a.brightness - b.brightness) < 1e-6 && abs(a.skewness - b.skewness) < 1e-4 && a.skewness > 1)
    }

    @Test func calibrationChangesConfidenceOnly() throws {
        var manifest = Self.manifest([Self.plain("t1")])
        let plain = try NetworkSegmentation(manifest, networks: [Self.network]).segment(["t1": Self.image(2)])
        manifest.calibration.temperature = 3
        let cool = try NetworkSegmentation(manifest, networks: [Self.network]).segment(["t1": Self.image(2)])
        #expect(plain.labels == cool.labels)
        // A logit of 1.5 against 0: the logistic function of 1.5, and of 0.5.
        let i = try #require(plain.labels.labels.firstIndex(of: 1))
        #expect(abs(plain.confidence.scalars[i] - 0.81757) < 1e-4 && abs(cool.confidence.scalars[i] - 0.62246) < 1e-4)
        #expect(plain.lesions.allSatisfy { abs($0.confidence - 0.81757) < 1e-4 } && plain.lesions.reduce(0) { $0 + $1.volume } == plain.volumes[0].volume)
    }

    @Test func orientationIsUndoneOnTheWayBack() throws {
        let turned = try Grid(size: Index3(5, 4, 3), worldFromVoxel: Affine(linear: Matrix3(columns: Vector3(0, 0, 2), Vector3(-1, 0, 0), Vector3(0, 1, 0)), translation: .zero))
        let values = (0..<60).map(Float.init)
        for orientation in [nil, "RAS", "LPS", "SAL"] {
            for transpose in [[0, 1, 2], [2, 0, 1], [1, 0, 2]] {
                let order = ArrayOrder(grid: turned, orientation: orientation, transpose: transpose)
                #expect(order.scalars(of: order.array(of: values, size: turned.size), size: turned.size) == values)
            }
        }
        // In RAS the array's last axis runs to the right: voxel axis y here, as it stands; the first runs up: voxel axis x.
        let ras = ArrayOrder(grid: turned, orientation: "RAS", transpose: [0, 1, 2])
        #expect(ras.axes.map(\.source) == [0, 2, 1] && ras.axes.map(\.flipped) == [false, true, false])
        #expect(ras.spacing(of: turned) == [2, 1, 1] && ras.shape(of: turned.size) == [5, 3, 4])
    }
}
