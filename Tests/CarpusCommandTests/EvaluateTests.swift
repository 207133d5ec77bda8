import CarpusCore
import CarpusIO
import CarpusRegistration
import Foundation
import Testing

@Suite struct EvaluateTests {
    private let spacing = Vector3(0.5, 1, 2)   // 1 mm³ a voxel

    private typealias Box = (value: UInt16, name: String, low: Index3, extent: Index3)

    private func grid(_ size: Index3 = Index3(24, 12, 10), spacing: Vector3? = nil) throws -> Grid {
        try Grid(size: size, spacing: spacing ?? self.spacing, origin: Vector3(-3, 4, 5))
    }

    private func map(_ boxes: [Box], on grid: Grid) -> LabelMap {
        var map = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: Legend(boxes.map { Label(value: $0.value, name: $0.name, color: [9, 9, 9]) }))
        for i in map.labels.indices {
            for box in boxes {
                let at = grid.index(at: i) &- box.low
                if at.min() >= 0 && at.x < box.extent.x && at.y < box.extent.y && at.z < box.extent.z { map.labels[i] = box.value }
            }
        }
        return map
    }

    private func write(_ map: LabelMap, to folder: URL, _ path: String, legend: Bool = true) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try NIfTI.write(map, to: file)
        let table = ["index\tname"] + map.legend.labels.map { "\($0.value)\t\($0.name)" }
        if legend { try Data((table.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: file.path.replacing(".nii.gz", with: ".tsv"))) }
    }

    private func write(_ text: String, to folder: URL, _ path: String) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private struct Row: Decodable, Equatable {
        let kind: String, participant: String?, session: String?, region: String, measure: String, value: Double?, unit: String, note: String?
    }
    private struct Listing: Decodable { let kind: String, rows: [Row] }

    private func rows(_ table: String) throws -> [Row] {
        let lines = table.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        #expect(lines.first == ["kind", "participant", "session", "region", "measure", "value", "unit", "note"])
        return try lines.dropFirst().map { cells in
            try #require(cells.count == 8)
            func cell(_ i: Int) -> String? { cells[i] == "n/a" ? nil : cells[i] }
            return Row(kind: cells[0], participant: cell(1), session: cell(2), region: cells[3], measure: cells[4], value: cell(5).flatMap(Double.init), unit: cells[6], note: cell(7))
        }
    }

    private func find(_ rows: [Row], _ region: String, _ measure: String, session: String? = nil) throws -> Row {
        try #require(rows.first { $0.region == region && $0.measure == measure && (session == nil || $0.session == session) }, "\(region) \(measure)")
    }

    private let lunate: Box = (4, "lunate", Index3(2, 2, 2), Index3(4, 4, 4)), scaphoid: Box = (3, "scaphoid", Index3(12, 2, 2), Index3(4, 4, 4))

    @Test func twoLabelMapsAreComparedRegionByRegion() throws {
        try withFolder { folder in
            try write(map([lunate, scaphoid, (9, "hamate", .zero, .zero), (5, "capitate", Index3(2, 8, 2), Index3(2, 2, 2))], on: grid()), to: folder, "truth.nii.gz")
            // Values differ, names tell; the scaphoid lies two voxels (1 mm) off.
            try write(map([(1, "lunate", lunate.low, lunate.extent), (2, "scaphoid", Index3(14, 2, 2), scaphoid.extent), (9, "hamate", .zero, .zero)], on: grid()), to: folder, "sub-01_ses-02_dseg.nii.gz")
            let answer = try Carpus.run("evaluate", "sub-01_ses-02_dseg.nii.gz", "truth.nii.gz", in: folder), rows = try self.rows(answer.out)
            #expect(answer.status == 0 && answer.err.isEmpty, "\(answer.err)")
            #expect(rows.allSatisfy { $0.kind == "labels" && $0.participant == "sub-01" && $0.session == "ses-02" })
            #expect(try find(rows, "lunate", "dice").value == 1 && find(rows, "scaphoid", "dice").value == 0.5 && find(rows, "(mean)", "dice").value == 0.75)
            #expect(try find(rows, "scaphoid", "hd95").value == 1 && find(rows, "scaphoid", "hd95").unit == "mm" && find(rows, "scaphoid", "nsd").value == 1)
            #expect(try find(rows, "hamate", "dice").value == nil && find(rows, "hamate", "dice").note == "neither result nor truth has a voxel")
            #expect(try find(rows, "capitate", "missing").note == "missing in the result")
            let strict = try self.rows(Carpus.run("evaluate", "sub-01_ses-02_dseg.nii.gz", "truth.nii.gz", "--tolerance", "0.5", "--iou", "0.5", "--min-lesion", "64", in: folder).out)
            #expect(try find(strict, "scaphoid", "nsd").value! < 1 && find(strict, "scaphoid", "lesion-f1").value == 0 && find(strict, "lunate", "lesion-f1").value == 1)
            let json = try Carpus.run("evaluate", "sub-01_ses-02_dseg.nii.gz", "truth.nii.gz", "--json", in: folder).out
            let listing = try JSONDecoder().decode(Listing.self, from: Data(json.utf8))
            #expect(listing.kind == "labels" && listing.rows == rows, "the table and the JSON tell the same, to the last bit")
            #expect(json.contains("\"value\" : null") && json.contains("\"note\" : null"))
        }
    }

    @Test func axesMayRunOtherwiseAndLegendsMayBeAbsent() throws {
        try withFolder { folder in
            let map = self.map([lunate, scaphoid], on: try grid()), size = map.grid.size
            try write(map, to: folder, "a.nii.gz", legend: false)
            // The same space with the first axis the other way round.
            let flip = Affine(linear: Matrix3(diagonal: Vector3(-1, 1, 1)), translation: Vector3(Double(size.x - 1), 0, 0))
            let other = try Grid(size: size, worldFromVoxel: map.grid.worldFromVoxel * flip)
            let turned = LabelMap(grid: other, labels: (0..<other.count).map { let at = other.index(at: $0); return map.labels[map.grid.offset(size.x - 1 - at.x, at.y, at.z)] }, legend: map.legend)
            try write(turned, to: folder, "b.nii.gz", legend: false)
            let rows = try self.rows(Carpus.run("evaluate", "a.nii.gz", "b.nii.gz", in: folder).out)
            #expect(try find(rows, "label-4", "dice").value == 1 && find(rows, "(merged)", "hd95").value == 0)
            // A number the result never uses is a region it found nothing of.
            try write(self.map([lunate], on: try grid()), to: folder, "c.nii.gz", legend: false)
            let some = try self.rows(Carpus.run("evaluate", "c.nii.gz", "a.nii.gz", in: folder).out)
            #expect(try find(some, "label-3", "dice").value == 0 && find(some, "label-3", "hd95").value == Vector3(12, 12, 20).length)
        }
    }

    private func writeFolders(in folder: URL) throws {
        let fine = try Grid(size: Index3(48, 24, 20), spacing: spacing / 2, origin: Vector3(-3, 4, 5) - spacing / 4)
        let twice = [scaphoid].map { Box($0.value, $0.name, $0.low &* 2, $0.extent &* 2) }
        try write(map([lunate, (7, "trapezium", Index3(18, 8, 2), Index3(3, 3, 3))], on: grid()), to: folder, "truth/sub-01/ses-01/anat/sub-01_ses-01_seg-a_dseg.nii.gz")
        try write(map(twice, on: fine), to: folder, "truth/sub-01/ses-01/anat/sub-01_ses-01_seg-fine_dseg.nii.gz")
        try write(map([lunate], on: grid()), to: folder, "truth/sub-01/ses-02/anat/sub-01_ses-02_dseg.nii.gz")
        let found = map([(1, "lunate", lunate.low, lunate.extent), (2, "scaphoid", scaphoid.low, scaphoid.extent), (3, "ghost", Index3(2, 8, 2), Index3(2, 2, 2))], on: try grid())
        try write(found, to: folder, "result/sub-01/ses-01/anat/sub-01_ses-01_seg-net_dseg.nii.gz")
        try write(found, to: folder, "result/.carpus/store/x_dseg.nii.gz")
        try write("*.html\n", to: folder, "result/.bidsignore")
        let columns = "participant_id\tsession_id\tside\tregion\tmeasure\tvalue\tunit\tstatus\treason\tmethod\n"
        try write(
            columns + "sub-01\tses-01\tL\tlunate\tvolume\t0.08\tmL\treview\tcut off\tm/1\nsub-01\tses-01\tn/a\tscaphoid\tvolume\tn/a\tmL\tnot-scorable\tno series\tm/1\nsub-01\tses-01>ses-02\tL\tincrease\tvolume-change\t0.3\tmL\tok\tn/a\tm/1\nsub-01\tses-01\tR\thamate\tvolume\t1\tmL\tok\tn/a\tm/1\n",
            to: folder, "result/measures.tsv")
        try write(
            columns + "sub-01\tses-01\tL\tlunate\tvolume\t0.064\tmL\tok\tn/a\tm/1\nsub-01\tses-01\tL\tscaphoid\tvolume\t0.064\tmL\tok\tn/a\tm/1\nsub-01\tses-01>ses-02\tn/a\tincrease\tvolume-change\t0\tmL\tok\tn/a\tm/1\nsub-01\tses-01\tL\thamate\tvolume\t1\tmL\tok\tn/a\tm/1\n",
            to: folder, "truth/measures.tsv")
        for (name, shift) in [("result", Vector3(3, 4, 0)), ("truth", .zero)] {
            let change = folder.appending(path: "\(name)/sub-01/change/ses-01_to_ses-02")
            try FileManager.default.createDirectory(at: change, withIntermediateDirectories: true)
            try ITKTransformFile.write(.affine(Affine(translation: shift)), to: change.appending(path: "sub-01_ses-02_desc-align_mode-image_xfm.tfm"))
        }
    }

    @Test func foldersAreComparedBySessionAndName() throws {
        try withFolder { folder in
            try writeFolders(in: folder)
            let answer = try Carpus.run("evaluate", "result", "truth", in: folder), rows = try self.rows(answer.out)
            #expect(answer.status == 0, "\(answer.err)")
            let labels = rows.filter { $0.kind == "labels" }
            #expect(try find(labels, "lunate", "dice", session: "ses-01").value == 1)
            #expect(try find(labels, "lunate", "dice").note == "the map is sub-01_ses-01_seg-net_dseg.nii.gz; the truth is sub-01_ses-01_seg-a_dseg.nii.gz")
            let carried = try find(labels, "scaphoid", "dice")
            #expect(carried.value == 1 && carried.note?.contains("carried from 48 x 24 x 20 voxels of 0.25 x 0.5 x 1 mm by nearest neighbour, where it has 0.064 mL") == true, "\(carried.note ?? "")")
            #expect(try find(labels, "trapezium", "missing").note?.contains("missing in the result") == true && find(labels, "ghost", "missing").note?.contains("missing in the truth") == true)
            #expect(try find(labels, "lunate", "missing", session: "ses-02").note?.contains("missing in the result") == true, "a session without a result is not left out")
            #expect(try find(labels, "(mean)", "dice").note?.contains("1 more of the truth are missing in the result") == true)
            #expect(labels.filter { $0.measure == "dice" }.count == 4, "the store is no result")

            let measures = rows.filter { $0.kind == "measures" }, error = try find(measures, "lunate", "volume-error")
            #expect(abs(error.value! - 0.016) < 1e-15 && error.unit == "mL" && error.note == "side L; review: cut off")
            #expect(try abs(find(measures, "lunate", "volume-relative-error").value! - 0.25) < 1e-12)
            #expect(try find(measures, "scaphoid", "volume-error").value == nil && find(measures, "scaphoid", "volume-error").note == "not-scorable in the result: no series")
            #expect(try find(measures, "increase", "volume-change-error", session: "ses-01>ses-02").value == 0.3 && find(measures, "increase", "volume-change-relative-error").value == nil)
            #expect(measures.filter { $0.region == "hamate" }.map(\.note) == ["side R; volume is missing in the truth", "side L; volume is missing in the result"])
            try FileManager.default.createSymbolicLink(at: folder.appending(path: "link"), withDestinationURL: folder.appending(path: "result"))
            #expect(try Carpus.run("evaluate", "link", "truth", in: folder).out == answer.out)
            for (name, count) in [("rows-compared", 2.0), ("rows-not-scorable", 1), ("rows-missing-in-result", 1), ("rows-missing-in-truth", 1)] { #expect(try find(measures, "(all)", name).value == count) }

            let transforms = rows.filter { $0.kind == "transform" }
            #expect(transforms.map(\.measure) == ["mean", "median", "p95", "max"].map { "registration-error-\($0)" } && transforms.allSatisfy { $0.value == 5 && $0.unit == "mm" && $0.session == "ses-01>ses-02" })
            #expect(transforms[0].region == "labels" && transforms[0].note?.contains("91 labelled voxels of sub-01_ses-01_seg-a_dseg.nii.gz") == true, "\(transforms[0].note ?? "")")
        }
    }

    @Test func withoutABoneASphereIsTaken() throws {
        try withFolder { folder in
            try writeFolders(in: folder)
            for name in ["truth/sub-01/ses-01", "truth/sub-01/ses-02"] { try FileManager.default.removeItem(at: folder.appending(path: name)) }
            try write(map([(1, "synovitis", lunate.low, lunate.extent)], on: grid()), to: folder, "truth/sub-01/ses-01/anat/sub-01_ses-01_dseg.nii.gz")
            let transforms = try rows(Carpus.run("evaluate", "result", "truth", in: folder).out).filter { $0.kind == "transform" }
            #expect(transforms.count == 4 && transforms.allSatisfy { $0.region == "sphere" && $0.value == 5 && $0.note?.contains("no map of bones") == true })
        }
    }

    @Test func transformsAreComparedAtPoints() throws {
        try withFolder { folder in
            try ITKTransformFile.write(.rigid(RigidTransform(axis: Vector3(0, 0, 1), angle: .pi / 2)), to: folder.appending(path: "a.tfm"))
            try ITKTransformFile.write(.identity, to: folder.appending(path: "b.tfm"))
            let cube = try rows(Carpus.run("evaluate", "a.tfm", "b.tfm", in: folder).out)
            #expect(try abs(find(cube, "cube", "registration-error-max").value! - 80) < 1e-9)
            try write(map([(1, "x", Index3(2, 2, 2), Index3(1, 1, 1))], on: grid()), to: folder, "points.nii.gz")
            let points = try rows(Carpus.run("evaluate", "a.tfm", "b.tfm", "--regions", "points.nii.gz", in: folder).out)
            #expect(try abs(find(points, "labels", "registration-error-mean").value! - (4.0 + 36).squareRoot() * 2.0.squareRoot()) < 1e-6)
        }
    }

    @Test func whatCannotBeComparedEndsWithACodeAndAReason() throws {
        try withFolder { folder in
            try write(map([lunate], on: grid()), to: folder, "a.nii.gz")
            try write(map([lunate], on: grid(spacing: Vector3(1, 1, 1))), to: folder, "other-grid.nii.gz")
            try write(map([scaphoid], on: grid()), to: folder, "other-name.nii.gz")
            try write(map([lunate], on: grid()), to: folder, "one/sub-01/ses-01/anat/sub-01_ses-01_dseg.nii.gz")
            try write(map([lunate], on: grid()), to: folder, "two/sub-02/ses-01/anat/sub-02_ses-01_dseg.nii.gz")
            try write(map([scaphoid], on: grid()), to: folder, "three/sub-01/ses-01/anat/sub-01_ses-01_dseg.nii.gz")
            try write("no transform", to: folder, "bad.tfm")
            try ITKTransformFile.write(.identity, to: folder.appending(path: "good.tfm"))
            try FileManager.default.createDirectory(at: folder.appending(path: "empty"), withIntermediateDirectories: true)
            let cases: [([String], Int32, String)] = [
                (["a.nii.gz", "nowhere.nii.gz"], 66, "nowhere.nii.gz"), (["a.nii.gz", "one"], 64, "different kinds"), (["a.nii.gz", "other-grid.nii.gz"], 65, "another grid"),
                (["a.nii.gz", "other-name.nii.gz"], 65, "no region"), (["one", "two"], 65, "no session"), (["one", "three"], 65, "nothing of it"), (["one", "empty"], 66, "measures.tsv"),
                (["bad.tfm", "good.tfm"], 65, "bad.tfm"), (["a.nii.gz", "a.nii.gz", "--tolerance=-1"], 64, "tolerance"), (["a.nii.gz", "a.nii.gz", "--regions", "a.nii.gz"], 64, "--regions"), (["a.nii.gz"], 64, "truth"),
            ]
            for (arguments, code, words) in cases {
                let (process, out, err) = try Carpus.start(["evaluate"] + arguments, in: folder)
                process.waitUntilExit()
                let said = try String(contentsOf: err, encoding: .utf8)
                #expect(process.terminationStatus == code && said.contains(words), "\(arguments): \(process.terminationStatus) \(said)")
                #expect(try Data(contentsOf: out).isEmpty, "an error leaves stdout empty")
            }
        }
    }
}
