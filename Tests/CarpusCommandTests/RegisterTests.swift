import CarpusCore
import CarpusIO
import Foundation
import Testing

/// `carpus register`, and `carpus transform` with what it leaves.
@Suite struct RegisterTests {
    /// The second visit of the made-up hand lies here in the first one's world.
    private static let truth = RigidTransform(axis: Vector3(0.2, 1, 0.1), angle: 0.06, translation: Vector3(2, -1, 1.5)).affine
    private static let places = [Vector3(0, 0, 0), Vector3(15, 3, -20), Vector3(-12, -5, 22), Vector3(20, 6, 10)]

    private func withScans(_ body: (URL, _ fixed: String, _ moving: String) throws -> Void) throws {
        try withFolder { folder in
            try Scans.write(to: folder)
            try body(folder, "sub-07/ses-01/anat/sub-07_ses-01_T1w.nii.gz", "sub-07/ses-02/anat/sub-07_ses-02_T1w.nii.gz")
        }
    }

    private func distance(_ map: Transform, _ other: (Vector3) -> Vector3) -> Double { Self.places.map { (map($0) - other($0)).length }.max() ?? .infinity }

    private struct Answer: Decodable {
        struct Verdict: Decodable { let expectedError: Double }
        let movingFromFixed: [[Double]]?
        let metric: Double
        let verdict: Verdict?
        let findings: [Finding]
    }

    // The patch in the middle grew by 3.5 mm, and bending follows it.
    @Test(arguments: [("rigid", 0.15), ("affine", 0.3), ("deformable", 1.5)])
    func eachKindFindsTheMotionAndKeepsItInEachForm(kind: String, allowed: Double) throws {
        try withScans { folder, fixed, moving in
            let basic = ["register", "--fixed", fixed, "--moving", moving, "--transform", kind, "--json"]
            var outputs: [Data] = [], maps: [Transform] = []
            for ending in kind == "deformable" ? ["h5", "nii.gz"] : ["tfm", "h5", "nii.gz"] {
                let (process, out, err) = try Carpus.start(basic + ["--output", "o-\(ending).nii", "--save-transform", "t.\(ending)"], in: folder)
                process.waitUntilExit()
                let said = try String(contentsOf: err, encoding: .utf8)
                #expect(process.terminationStatus == 0, "\(said)")
                let answer = try JSONDecoder().decode(Answer.self, from: Data(contentsOf: out))
                #expect((answer.movingFromFixed == nil) == (kind == "deformable") && answer.metric > 0 && (answer.verdict?.expectedError ?? 9) < 0.5)
                outputs.append(try Data(contentsOf: folder.appending(path: "o-\(ending).nii")))
                maps.append(try TransformFile.read(folder.appending(path: "t.\(ending)")))
                if let rows = answer.movingFromFixed { #expect(distance(maps[0], Affine(matrixRows: rows).callAsFunction) < 1e-12) }
            }
            #expect(Set(outputs).count == 1, "a run again gives the same bytes")
            for map in maps {
                #expect(distance(map, Self.truth.callAsFunction) < allowed, "\(kind): \(distance(map, Self.truth.callAsFunction)) mm")
                // A field is linear between the thick slices of its grid.
                #expect(distance(map, maps[0].callAsFunction) < 0.02)
            }
        }
    }

    @Test func aMaskAndAStartAreTaken() throws {
        try withScans { folder, fixed, moving in
            let image = try NIfTI.readVolume(folder.appending(path: fixed))
            try NIfTI.write(LabelMap(grid: image.grid, labels: image.scalars.map { $0 > 100 ? 1 : 0 }, legend: Legend.components("x", count: 1)), to: folder.appending(path: "mask.nii.gz"))
            // The moving image where no scanner would have put it; the start says so, in two forms.
            let away = RigidTransform(axis: Vector3(0, 1, 0), angle: 1.2, translation: Vector3(90, 150, -60)).affine
            let lost = try NIfTI.readVolume(folder.appending(path: moving)), lostGrid = try Grid(size: lost.grid.size, worldFromVoxel: away * lost.grid.worldFromVoxel)
            try NIfTI.write(LabelMap(grid: lostGrid, labels: lost.scalars.map { $0 > 100 ? 1 : 0 }, legend: Legend.components("x", count: 1)), to: folder.appending(path: "lostmask.nii.gz"))
            try NIfTI.write(Volume(grid: lostGrid, scalars: lost.scalars), to: folder.appending(path: "lost.nii"))
            let start = Transform.affine(away)
            try TransformFile.write(start, to: folder.appending(path: "s.tfm"))
            try TransformFile.write(start, to: folder.appending(path: "s.nii.gz"), on: image.grid)
            for name in ["s.tfm", "s.nii.gz"] {
                let answer = try Carpus.run(
                    "register", "--fixed", fixed, "--moving", "lost.nii", "--fixed-mask", "mask.nii.gz", "--moving-mask", "lostmask.nii.gz", "--initial-transform", name, "--output", "o.nii.gz", "--save-transform", "t.tfm", "--force", "--json", in: folder)
                #expect(answer.status == 0, "\(answer.err)")
                let map = try TransformFile.read(folder.appending(path: "t.tfm"))
                #expect(distance(map) { away(Self.truth($0)) } < 0.25, "\(name): \(distance(map) { away(Self.truth($0)) })")
                // One interpolation of the image itself.
                let once = Volume(grid: lostGrid, scalars: lost.scalars).resampled(onto: image.grid, through: map, interpolation: .cubic, outside: 0), written = try NIfTI.readVolume(folder.appending(path: "o.nii.gz"))
                #expect(zip(once.scalars, written.scalars).count { abs($0 - $1) > 0.5 } < image.grid.count / 200)
            }
        }
    }

    @Test func whatCannotBeAlignedEndsWithACodeAndAReason() throws {
        try withScans { folder, fixed, moving in
            let image = try NIfTI.readVolume(folder.appending(path: fixed))
            try NIfTI.write(image.map { _ in Float(7) }, to: folder.appending(path: "flat.nii"))
            try NIfTI.write(image.map { _ in Float.nan }, to: folder.appending(path: "nan.nii"))
            try NIfTI.write(LabelMap(grid: image.grid, labels: [UInt16](repeating: 0, count: image.grid.count), legend: Legend([])), to: folder.appending(path: "empty.nii"))
            var bytes = try Data(contentsOf: folder.appending(path: "flat.nii"))
            // A singular sform: the first two rows of the affine alike.
            bytes.replaceSubrange(296..<312, with: bytes[280..<296])
            try bytes.write(to: folder.appending(path: "singular.nii"))
            try bytes.prefix(200).write(to: folder.appending(path: "cut.nii"))
            try Data("x".utf8).write(to: folder.appending(path: "bad.tfm"))
            let cases: [([String], Int32, String)] = [
                (["--moving", "flat.nii"], 65, "holds the value 7.0 only"), (["--moving", "nan.nii"], 65, "holds no number"), (["--moving", "singular.nii"], 65, "singular"), (["--moving", "cut.nii"], 65, "cut.nii"),
                (["--moving", moving, "--initial-transform", "bad.tfm"], 65, "bad.tfm"), (["--moving", moving, "--initial-transform", "none.tfm"], 66, "none.tfm"), (["--moving", moving, "--save-transform", "t.mat"], 64, "t.mat"),
                (["--moving", moving, "--fixed-mask", "empty.nii"], 65, "mask of the fixed image is empty"), (["--moving", moving, "--moving-mask", "empty.nii"], 65, "mask of the moving image is empty"),
            ]
            for kind in ["rigid", "affine", "deformable"] {
                for (arguments, code, words) in cases {
                    let (process, out, err) = try Carpus.start(["register", "--fixed", fixed, "--output", "o.nii", "--transform", kind] + arguments, in: folder)
                    process.waitUntilExit()
                    let said = try String(contentsOf: err, encoding: .utf8)
                    #expect(process.terminationStatus == code && said.contains(words), "\(kind) \(arguments): \(process.terminationStatus) \(said)")
                    #expect(try Data(contentsOf: out).isEmpty)
                    #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "o.nii").path))
                }
            }
        }
    }

    @Test func aChainCarriesImagesLabelsAndPoints() throws {
        try withScans { folder, fixed, moving in
            let image = try NIfTI.readVolume(folder.appending(path: fixed)), map = LabelMap(grid: image.grid, labels: image.scalars.map { $0 > 400 ? 5 : $0 > 100 ? 2 : 0 }, legend: Legend([]))
            try NIfTI.write(map, to: folder.appending(path: "l.nii.gz"))
            try Data("index\tname\tcolor\n2\ttissue\t#102030\n5\tbone\t#405060\n".utf8).write(to: folder.appending(path: "l.tsv"))
            let a = Transform.affine(Affine(linear: Matrix3(diagonal: Vector3(1.02, 1, 0.98)), translation: Vector3(1, 0, -1))), b = Transform.rigid(RigidTransform(axis: Vector3(0, 1, 0), angle: 0.1))
            try TransformFile.write(a, to: folder.appending(path: "a.tfm"))
            try TransformFile.write(DisplacementFile.bent(on: image.grid), to: folder.appending(path: "f.h5"))
            try TransformFile.write(b, to: folder.appending(path: "b.tfm"))
            let three = ["--transform", "a.tfm", "--transform", "f.h5", "--transform", "b.tfm"], whole = try a * TransformFile.read(folder.appending(path: "f.h5")) * b
            func run(_ arguments: [String]) throws -> Carpus.Answer {
                let (process, out, err) = try Carpus.start(["transform"] + arguments, in: folder)
                process.waitUntilExit()
                let answer = Carpus.Answer(status: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8), err: try String(contentsOf: err, encoding: .utf8))
                #expect(answer.status == 0, "\(answer.err)")
                return answer
            }
            // Points, there and back.
            try Data("name,x,y,z\nmiddle,0,0,0\ntip,5,-3,20\n".utf8).write(to: folder.appending(path: "p.csv"))
            let there = try run(three + ["--points", "p.csv"]).out, q = whole(Vector3(5, -3, 20))
            #expect(there.split(separator: "\n").last == "tip,\(q.x),\(q.y),\(q.z)")
            try Data(there.utf8).write(to: folder.appending(path: "q.csv"))
            _ = try run(three + ["--points", "q.csv", "--inverse", "--output", "r.csv"])
            let back = try PointTable(folder.appending(path: "r.csv")).points
            #expect(back[0].length < 1e-6 && (back[1] - Vector3(5, -3, 20)).length < 1e-6)
            // An image through the chain, and through the chain saved as one.
            _ = try run(three + ["--input", moving, "--reference", fixed, "--output", "i.nii", "--save-transform", "one.h5"])
            _ = try run(["--transform", "one.h5", "--input", moving, "--reference", fixed, "--output", "j.nii"])
            let expected = try NIfTI.readVolume(folder.appending(path: moving)).resampled(onto: image.grid, through: whole, interpolation: .cubic, outside: 0)
            for name in ["i.nii", "j.nii"] { #expect(try zip(NIfTI.readVolume(folder.appending(path: name)).scalars, expected.scalars).allSatisfy { abs($0 - $1) < 0.02 }, "\(name)") }
            // Labels there and back stay where they were, with their names.
            _ = try run(three + ["--input", "l.nii.gz", "--reference", fixed, "--labels", "--output", "m.nii.gz"])
            let answer = try run(three + ["--input", "m.nii.gz", "--reference", fixed, "--labels", "--inverse", "--output", "n.nii.gz", "--json"])
            #expect(answer.out.contains("\"volume-after\"") && answer.out.contains("\"bone\""))
            #expect(try String(contentsOf: folder.appending(path: "n.tsv"), encoding: .utf8).contains("5\tbone\t#405060"))
            // A legend that is there already is kept, and nothing is written.
            try Data("mine".utf8).write(to: folder.appending(path: "o.tsv"))
            let carried = ["transform"] + three + ["--input", "l.nii.gz", "--reference", fixed, "--labels", "--output", "o.nii.gz", "--save-transform", "o.h5"]
            let (refused, _, _) = try Carpus.start(carried, in: folder)
            refused.waitUntilExit()
            #expect(refused.terminationStatus == 73)
            #expect(try String(contentsOf: folder.appending(path: "o.tsv"), encoding: .utf8) == "mine")
            for name in ["o.nii.gz", "o.h5"] { #expect(!FileManager.default.fileExists(atPath: folder.appending(path: name).path)) }
            let (forced, _, _) = try Carpus.start(carried + ["--force"], in: folder)
            forced.waitUntilExit()
            #expect(forced.terminationStatus == 0)
            #expect(try String(contentsOf: folder.appending(path: "o.tsv"), encoding: .utf8).contains("5\tbone\t#405060"))
            let again = try NIfTI.readLabels(folder.appending(path: "n.nii.gz"))
            let both = zip(again.labels, map.labels).count { $0 == 5 && $1 == 5 }, dice = Double(2 * both) / Double(again.labels.count { $0 == 5 } + map.labels.count { $0 == 5 })
            #expect(dice > 0.9, "\(dice)")
            // The identity keeps the bytes.
            try TransformFile.write(.identity, to: folder.appending(path: "id.tfm"))
            _ = try run(["--transform", "id.tfm", "--input", fixed, "--reference", fixed, "--output", "same.nii.gz"])
            #expect(try Data(contentsOf: folder.appending(path: "same.nii.gz")) == Data(contentsOf: folder.appending(path: fixed)))
            let carry = ["--transform", "a.tfm", "--input", "l.nii.gz", "--reference", fixed, "--output", "z.nii"], points = ["--transform", "a.tfm", "--points", "p.csv"]
            // Without what they need, and with what would have no effect.
            for wrong in [
                ["--input", fixed], ["--transform", "a.tfm"], ["--transform", "a.tfm", "--input", fixed], carry + ["--labels", "--interpolation", "cubic"], carry + ["--json"],
                points + ["--labels"], points + ["--interpolation", "linear"], points + ["--reference", fixed], points + ["--json"],
                ["--transform", "a.tfm", "--save-transform", "z.tfm", "--output", "z.nii"], ["--transform", "a.tfm", "--save-transform", "z.tfm", "--interpolation", "linear"],
            ] {
                let (process, _, _) = try Carpus.start(["transform"] + wrong, in: folder)
                process.waitUntilExit()
                #expect(process.terminationStatus == 64, "\(wrong)")
            }
        }
    }

    @Test func stagesCarryLabelsOntoTheNextVisitAndSayWhatFellOutside() throws {
        try withScans { folder, _, moving in
            // The second visit shows only part of the hand.
            let whole = try NIfTI.readVolume(folder.appending(path: moving)), size = Index3(80, 60, 12)
            let grid = try Grid(size: size, worldFromVoxel: whole.grid.worldFromVoxel), part = whole.resampled(onto: grid, interpolation: .nearest)
            try NIfTI.write(part, to: folder.appending(path: moving))
            let text = """
                carpus: 1
                protocol: carry
                version: 1
                series:
                  scan: {kind: volume, file: ["*_T1w.nii.gz"]}
                steps:
                  tissue: {use: segment.threshold, from: {image: scan}, save: [labels]}
                  align: {use: register.affine, each: visit-pair, from: {fixed: followup.scan, moving: baseline.scan}, save: [transform]}
                  bend: {use: register.deformable, each: visit-pair, from: {fixed: followup.scan, moving: baseline.scan}, save: [transform]}
                  carried: {use: transfer.labels, each: visit-pair, from: {labels: baseline.tissue.labels, onto: followup.scan, transforms: [align.transform]}, save: [labels]}
                """
            try Data(text.utf8).write(to: folder.appending(path: "carry.yml"))
            let answer = try Carpus.run("run", "carry.yml", "--input", ".", "--output", "out", "--subject", "07", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let out = folder.appending(path: "out"), files = (FileManager.default.enumerator(at: out, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []).filter { !$0.path.contains("/.carpus/") }
            func file(_ words: String...) throws -> URL { try #require(files.first { url in words.allSatisfy(url.lastPathComponent.contains) }, "\(words): \(files.map(\.lastPathComponent))") }
            let bent = try TransformFile.read(file("bend", "_xfm.h5")), affine = try TransformFile.read(file("align", "_xfm.tfm")), truth = try #require(Self.truth.inverse)
            #expect(distance(affine, truth.callAsFunction) < 0.5 && distance(bent, truth.callAsFunction) < 1.5, "\(distance(affine, truth.callAsFunction)) \(distance(bent, truth.callAsFunction))")
            let carried = try NIfTI.readLabels(file("carried", "_dseg.nii.gz")), own = try NIfTI.readLabels(file("ses-02", "tissue", "_dseg.nii.gz"))
            let both = zip(carried.labels, own.labels).count { $0 > 0 && $1 > 0 }
            #expect(Double(2 * both) / Double(carried.labels.count { $0 > 0 } + own.labels.count { $0 > 0 }) > 0.75, "the patch that grew is bright too")
            let rows = try String(contentsOf: out.appending(path: "measures.tsv"), encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            func value(_ measure: String) throws -> Double { try #require(rows.first { $0[4] == measure }.flatMap { Double($0[5]) }, "\(measure)") }
            let share = try value("share-outside")
            // Of the two lower bones about a fifth and a third lie below the lower border.
            #expect(share > 0.04 && share < 0.2, "\(share)")
            #expect(try abs(value("volume-after") / (value("volume-before") * (1 - share)) - 1) < 0.05)
            #expect(rows.first { $0[4] == "volume-after" }?[7] == "review")
        }
    }
}

private enum DisplacementFile {
    /// Bends of two millimetres.
    static func bent(on grid: Grid) -> Transform {
        .displacement(DisplacementField(grid: grid, displacements: (0..<grid.count).map { i in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            return SIMD3<Float>(Vector3(2 * sin(p.z / 12), sin(p.x / 10), 2 * cos(p.x / 15)))
        }, beyond: .zero))
    }
}
