import CarpusCore
import CarpusIO
import Crypto
import Foundation
import Testing

/// The folders of CarpusSegmentationTests' fixtures, used as a user would: nnU-Net's files, an ONNX file, two images.
@Suite("carpus segment and carpus models") struct SegmentTests {
    private static let fixture = Carpus.root.appending(path: "Tests/CarpusSegmentationTests/Fixtures/nnunet/unet")

    private struct Answer: Decodable {
        struct Volume: Decodable { var label: String, volume: Double, low, high: Double?, views: Int }
        var model: String, volumes: [Volume], windows: Int
    }

    private static var images: [String] { ["--input", "T1=" + fixture.appending(path: "case_0000.nii.gz").path, "--input", "1=" + fixture.appending(path: "case_0001.nii.gz").path] }

    /// A program with a shelf of models of its own.
    private static func run(_ arguments: [String], shelf: URL, of program: URL = Carpus.program, in folder: URL) throws -> Carpus.Answer {
        let (process, out, err) = (Process(), folder.appending(path: "out"), folder.appending(path: "err"))
        for file in [out, err] { try Data().write(to: file) }
        (process.executableURL, process.arguments, process.currentDirectoryURL) = (program, arguments, folder)
        process.environment = ProcessInfo.processInfo.environment.merging(["CARPUS_MODEL_PATH": shelf.path]) { $1 }
        (process.standardOutput, process.standardError) = (try FileHandle(forWritingTo: out), try FileHandle(forWritingTo: err))
        try process.run()
        process.waitUntilExit()
        return Carpus.Answer(status: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8), err: try String(contentsOf: err, encoding: .utf8))
    }

    @Test func nnUNetsOwnFolderRunsUnchanged() throws {
        try withFolder { folder in
            let arguments = ["segment", "--model", Self.fixture.path] + Self.images + ["--output", "l.nii.gz", "--probabilities", "p.nii.gz", "--confidence", "c.nii", "--air", "--json"]
            let answer = try Self.run(arguments, shelf: folder, in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let told = try JSONDecoder().decode(Answer.self, from: Data(answer.out.utf8))
            #expect(told.model == "unet" && told.volumes.map(\.label) == ["radius", "lunate", "scaphoid"] && told.volumes.allSatisfy { $0.views == 8 && $0.low! <= $0.high! })
            let labels = try NIfTI.readLabels(folder.appending(path: "l.nii.gz")), expected = try NIfTI.readLabels(Self.fixture.appending(path: "expected.nii.gz"))
            #expect(labels.labels == expected.labels && labels.grid.matches(expected.grid))
            #expect(try String(contentsOf: folder.appending(path: "l.tsv"), encoding: .utf8).hasPrefix("index\tname\tcolor\n1\tradius\t"))
            guard case .series(let p) = try NIfTI.read(folder.appending(path: "p.nii.gz")).content else { throw CocoaError(.fileReadCorruptFile) }
            #expect(p.frameCount == 4 && p.frame(0).scalars.indices.allSatisfy { i in abs((0..<4).reduce(0) { $0 + p.scalars[$1 * p.grid.count + i] } - 1) < 1e-4 })
            #expect(try Self.run(arguments, shelf: folder, in: folder).status == 73)
        }
    }

    @Test func aMissingModelIs69AndAMissingRoleIs65() throws {
        try withFolder { folder in
            let missing = try Self.run(["segment", "--model", "no-such"] + Self.images + ["--output", "l.nii.gz"], shelf: folder, in: folder)
            #expect(missing.status == 69 && missing.err.contains("no-such") && missing.err.contains("CARPUS_MODEL_PATH"))
            let half = try Self.run(["segment", "--model", Self.fixture.path] + Self.images.prefix(2) + ["--output", "l.nii.gz"], shelf: folder, in: folder)
            #expect(half.status == 65 && half.err.contains("'stir'"), "\(half.err)")
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "l.nii.gz").path))
        }
    }

    @Test(arguments: [["--output", "l.nii.gz", "--confidence", "./l.nii.gz"], ["--output", "l.nii", "--probabilities", "p.nii", "--confidence", "x/../p.nii"], ["--output", "l.mha"], ["--output", "l.nii", "--confidence", "c"]])
    func outputsAreFilesOfTheirOwn(outputs: [String]) throws {
        try withFolder { folder in
            let answer = try Self.run(["segment", "--model", Self.fixture.path] + Self.images + outputs, shelf: folder, in: folder)
            #expect(answer.status == 64 && answer.err.contains(outputs.last!), "\(answer.err)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["err", "out"])
        }
    }

    /// A shelf with one sound model of Carpus's own form and one whose network has changed.
    private static func shelf(in folder: URL) throws -> URL {
        let shelf = folder.appending(path: "shelf"), network = try Data(contentsOf: fixture.appending(path: "model.onnx"))
        let digest = SHA256.hash(data: network).map { String(format: "%02x", $0) }.joined()
        for (name, sha) in [("good", digest), ("changed", String(repeating: "0", count: 64))] {
            let place = shelf.appending(path: name)
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
            try network.write(to: place.appending(path: "model.onnx"))
            let manifest = """
                {"carpusModel": 1, "name": "\(name)", "networks": [{"file": "model.onnx", "sha256": "\(sha)"}], "channels": [{"role": "t1"}, {"role": "stir"}],
                 "spacing": [3, 0.9, 0.9], "patch": [8, 24, 24], "mirrorAxes": [0, 1, 2],
                 "output": {"labels": [{"value": 1, "name": "radius"}, {"value": 2, "name": "lunate"}, {"value": 3, "name": "scaphoid"}]}}
                """
            try Data(manifest.utf8).write(to: place.appending(path: "model.json"))
        }
        return shelf
    }

    @Test func modelsAreListedAndVerified() throws {
        try withFolder { folder in
            let shelf = try Self.shelf(in: folder)
            let list = try Self.run(["models"], shelf: shelf, in: folder)
            #expect(list.status == 0 && list.out.contains("good\tversion 1; needs t1, stir; gives radius, lunate, scaphoid") && list.out.contains("changed"), "\(list.out)")
            let verified = try Self.run(["models", "verify"], shelf: shelf, in: folder)
            // Those that come with Carpus are sound.
            #expect(verified.status == 65 && verified.out == "changed\tunusable\ngood\tsound\nwrist-lesions\tsound\n" && verified.err.contains("SHA-256"), "\(verified.out) \(verified.err)")
            #expect(try Self.run(["models", "verify", "good", Self.fixture.path], shelf: shelf, in: folder).status == 0)
            let changed = try Self.run(["segment", "--model", "changed"] + Self.images + ["--output", "l.nii.gz"], shelf: shelf, in: folder)
            #expect(changed.status == 65 && changed.err.contains("SHA-256"))
        }
    }

    /// The program where an installation puts it, with models beside it; a site's own model of the same name goes before them.
    @Test func modelsThatComeWithTheProgramAreFound() throws {
        try withFolder { folder in
            let shelf = try Self.shelf(in: folder), program = folder.appending(path: "prefix/bin/carpus")
            let own = ["prefix/bin/carpus_Carpus.resources/Models/inside", "prefix/share/carpus/models/shared", "prefix/share/carpus/models/good"]
            for place in own.map({ folder.appending(path: $0) }) {
                try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
                try FileManager.default.copyItem(at: shelf.appending(path: "good"), to: place)
            }
            do { try FileManager.default.linkItem(at: Carpus.program, to: program) } catch { try FileManager.default.copyItem(at: Carpus.program, to: program) }
            let list = try Self.run(["models"], shelf: shelf, of: program, in: folder)
            #expect(list.out.split(separator: "\n").map { $0.prefix { $0 != "\t" } } == ["changed", "good", "inside", "good", "shared"], "\(list.out)")
            let arguments = ["segment"] + Self.images + ["--output", "l.nii", "--json", "--model"]
            let shared = try Self.run(arguments + ["shared"], shelf: shelf, of: program, in: folder)
            #expect(shared.status == 0, "\(shared.err)")
            try Data("{}".utf8).write(to: shelf.appending(path: "good/model.json"))
            #expect(try Self.run(arguments + ["good", "--force"], shelf: shelf, of: program, in: folder).status == 65, "CARPUS_MODEL_PATH goes first")
        }
    }

    /// What Training/carpus_training/export.py writes: a frame, roles of which one may stand for a channel, labels that are not written.
    /// The wrist's own directions, as a member of a manifest.
    static let frame = """
        "frame": {"side": "right", "mirrorLeft": true, "assumes": {"distal": "S", "palmar": "A"}, "planes": {
          "coronal": ["dorsal-palmar", "distal-proximal", "ulnar-radial"], "axial": ["proximal-distal", "dorsal-palmar", "ulnar-radial"],
          "sagittal": ["ulnar-radial", "distal-proximal", "dorsal-palmar"]}}
        """

    @Test func modelsOfOurOwnTrainingRun() throws {
        try withFolder { folder in
            let shelf = try Self.shelf(in: folder), file = shelf.appending(path: "good/model.json")
            let text = try String(contentsOf: file, encoding: .utf8)
                .replacing("{\"role\": \"t1\"}", with: "{\"role\": \"image\", \"accepts\": [\"t1\", \"gre\"], \"optional\": false, \"normalisation\": {\"scheme\": \"z-score\"}}")
                .replacing("\"lunate\"}", with: "\"lunate\", \"hidden\": true}")
                .replacing("\"patch\"", with: Self.frame + ", \"patch\"")
            try Data(text.utf8).write(to: file)
            let list = try Self.run(["models"], shelf: shelf, in: folder)
            #expect(list.out.contains("good\tversion 1; needs image (t1 or gre), stir, the side; gives radius, scaphoid"), "\(list.out)")
            let arguments = ["segment", "--model", "good"] + Self.images
            let unknown = try Self.run(arguments + ["--output", "l.nii"], shelf: shelf, in: folder)
            #expect(unknown.status == 65 && unknown.err.contains("--side"), "\(unknown.err)")
            for side in ["R", "L"] {
                let answer = try Self.run(arguments + ["--output", "\(side).nii", "--side", side], shelf: shelf, in: folder)
                #expect(answer.status == 0, "\(answer.err)")
                #expect(try !String(contentsOf: folder.appending(path: "\(side).tsv"), encoding: .utf8).contains("lunate"))
                #expect(try NIfTI.readLabels(folder.appending(path: "\(side).nii")).counts[2] == nil)
            }
            let both = try Self.run(arguments + ["--input", "gre=" + Self.fixture.appending(path: "case_0000.nii.gz").path, "--output", "b.nii", "--side", "R"], shelf: shelf, in: folder)
            #expect(both.status == 65 && both.err.contains("choose one"), "\(both.err)")
            // The side from the file beside an image.
            let image = folder.appending(path: "case.nii.gz")
            try FileManager.default.copyItem(at: Self.fixture.appending(path: "case_0000.nii.gz"), to: image)
            try Data("{\"ImageLaterality\": \"L\"}".utf8).write(to: folder.appending(path: "case.json"))
            let told = try Self.run(["segment", "--model", "good", "--input", "t1=case.nii.gz", Self.images[2], Self.images[3], "--output", "told.nii"], shelf: shelf, in: folder)
            #expect(told.status == 0, "\(told.err)")
            #expect(try NIfTI.readLabels(folder.appending(path: "told.nii")).labels == NIfTI.readLabels(folder.appending(path: "L.nii")).labels)
        }
    }

    /// What a manifest says and nobody reads would change labels unnoticed.
    @Test(arguments: [
        ("{\"role\": \"t1\"}", "{\"role\": \"t1\", \"normalization\": {\"scheme\": \"none\"}}", "channels[0].normalization"),
        ("{\"role\": \"stir\"}", "{\"role\": \"stir\", \"normalisation\": {\"scheme\": \"z-score\", \"mask\": true}}", "channels[1].normalisation.mask"),
        ("\"lunate\"}", "\"lunate\", \"colour\": [1, 2, 3]}", "output.labels[1].colour"), ("\"patch\"", "\"windows\": {\"overlap\": 0.5}, \"patch\"", "windows.overlap"),
        ("\"patch\"", "\"envelope\": {\"intensities\": {\"t1\": {\"tissueshare\": {\"least\": 0, \"most\": 1}}}}, \"patch\"", "envelope.intensities.t1.tissueshare"),
        ("\"patch\"", "\"mirrorAxis\": [0], \"patch\"", "mirrorAxis"), ("\"patch\"", "\"orientation\": null, \"patch\"", "orientation"),
    ])
    func membersNobodyKnowsAreRefusedByTheirPath(old: String, new: String, path: String) throws {
        try withFolder { folder in
            let shelf = try Self.shelf(in: folder), file = shelf.appending(path: "good/model.json"), text = try String(contentsOf: file, encoding: .utf8)
            try Data(text.replacing(old, with: new).utf8).write(to: file)
            let answer = try Self.run(["models", "verify", "good"], shelf: shelf, in: folder)
            #expect(answer.status == 65 && answer.err.contains("'\(path)'"), "\(answer.err)")
        }
    }

    /// A visit of the two images in a BIDS folder `in`; the folder they lie in.
    @discardableResult private static func visit(in folder: URL) throws -> URL {
        let anat = folder.appending(path: "in/sub-1/ses-1/anat")
        try FileManager.default.createDirectory(at: anat, withIntermediateDirectories: true)
        for (i, name) in ["T1w", "T2w"].enumerated() { try FileManager.default.copyItem(at: fixture.appending(path: "case_000\(i).nii.gz"), to: anat.appending(path: "sub-1_ses-1_\(name).nii.gz")) }
        return anat
    }

    @Test func aProtocolUsesAModelAndAnotherOneOfItsNameIsRunAgain() throws {
        try withFolder { folder in
            let shelf = try Self.shelf(in: folder)
            try Self.visit(in: folder)
            func text(_ model: String) -> String {
                """
                carpus: 1
                protocol: p
                series:
                  t1: {file: "*_T1w.nii.gz"}
                  stir: {file: "*_T2w.nii.gz"}
                steps:
                  wrist: {use: segment.unet, from: {t1: t1, stir: stir}, with: {model: \(model)}, save: [labels]}
                  volumes: {use: measure.volumes, from: {labels: wrist.labels}}
                """
            }
            try Data(text("good").utf8).write(to: folder.appending(path: "p.yml"))
            try Data(text("absent").utf8).write(to: folder.appending(path: "q.yml"))
            let run = ["run", "p.yml", "--input", "in", "--output", "o", "--progress", "none"]
            let first = try Self.run(run, shelf: shelf, in: folder)
            #expect(first.status == 0, "\(first.err)")
            let table = try String(contentsOf: folder.appending(path: "o/measures.tsv"), encoding: .utf8)
            #expect(table.contains("lunate\tvolume\t") && table.contains("lunate\tvolume-low\t") && table.contains("lunate\tvolume-high\t"), "\(table)")
            #expect(try Self.run(run, shelf: shelf, in: folder).err.contains("0 steps done"))
            // The same name, another manifest: another result.
            let file = shelf.appending(path: "good/model.json"), other = try String(contentsOf: file, encoding: .utf8).replacing("[0, 1, 2]", with: "[]")
            try Data(other.utf8).write(to: file)
            let again = try Self.run(run, shelf: shelf, in: folder)
            #expect(again.status == 0 && !again.err.contains("0 steps done"), "\(again.err)")
            #expect(try !String(contentsOf: folder.appending(path: "o/measures.tsv"), encoding: .utf8).contains("volume-low"))
            #expect(try Self.run(["run", "q.yml", "--input", "in", "--output", "o2"], shelf: shelf, in: folder).status == 69)
        }
    }

    /// A model that sees left wrists mirrored gives another answer for the other side, and none where nobody tells it.
    @Test func aProtocolTellsAModelTheSide() throws {
        try withFolder { folder in
            let shelf = try Self.shelf(in: folder), file = shelf.appending(path: "good/model.json"), anat = try Self.visit(in: folder)
            try Data(String(contentsOf: file, encoding: .utf8).replacing("\"patch\"", with: Self.frame + ", \"patch\"").utf8).write(to: file)
            try Data("""
                carpus: 1
                protocol: p
                series:
                  t1: {file: "*_T1w.nii.gz"}
                  stir: {file: "*_T2w.nii.gz"}
                steps:
                  wrist: {use: segment.unet, from: {t1: t1, stir: stir, side: side}, with: {model: good, regions: [radius, lunate]}, save: [labels]}
                  volumes: {use: measure.volumes, from: {labels: wrist.labels}, with: {regions: [radius]}}
                  without: {use: segment.unet, from: {t1: t1, stir: stir, side: side}, with: {model: good, needs: [stir, t1gd]}}
                  none: {use: measure.volumes, from: {labels: without.labels}, with: {regions: [capitate]}}
                """.utf8).write(to: folder.appending(path: "p.yml"))
            var tables: [String: String] = [:]
            for side in ["", "L", "R"] {
                if !side.isEmpty { try Data("{\"ImageLaterality\": \"\(side)\"}".utf8).write(to: anat.appending(path: "sub-1_ses-1_T1w.json")) }
                let answer = try Self.run(["run", "p.yml", "--input", "in", "--output", "o\(side)", "--progress", "none"], shelf: shelf, in: folder)
                tables[side] = try String(contentsOf: folder.appending(path: "o\(side)/measures.tsv"), encoding: .utf8)
                #expect(answer.status == 0 || side.isEmpty, "\(answer.err)")
            }
            #expect(tables[""]!.contains("nothing tells which wrist it is"), "\(tables[""]!)")
            #expect(tables["L"]!.contains("radius\tvolume\t") && tables["L"] != tables["R"], "\(tables["L"]!)")
            let legend = try String(contentsOf: folder.appending(path: "oL/sub-1/ses-1/anat/sub-1_ses-1_seg-wrist_dseg.tsv"), encoding: .utf8)
            #expect(legend.contains("lunate") && !legend.contains("scaphoid"), "\(legend)")
            #expect(tables["R"]!.contains("there is no image of t1gd"), "\(tables["R"]!)")
        }
    }

    @Test func aForestIsGrownAndUsed() throws {
        try withFolder { folder in
            let files = "truth=\(Self.fixture.appending(path: "expected.nii.gz").path),t1=\(Self.fixture.appending(path: "case_0000.nii.gz").path)"
            let grow = ["models", "train", "--case", files, "--output", "f.forest", "--trees", "5", "--samples", "2000"]
            let answer = try Self.run(grow, shelf: folder, in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            #expect(try Data(contentsOf: folder.appending(path: "f.forest")).starts(with: Data("CARPUSRF".utf8)))
            #expect(try Self.run(grow, shelf: folder, in: folder).status == 73)
        }
    }
}
