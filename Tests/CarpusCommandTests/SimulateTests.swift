import CarpusCore
import CarpusIO
import Foundation
import Testing

/// Files below a folder with their bytes, by path.
private func contents(_ folder: URL) throws -> [String: Data] {
    let base = folder.resolvingSymlinksInPath().path(percentEncoded: false)
    guard let walk = FileManager.default.enumerator(at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: [.isRegularFileKey]) else { return [:] }
    var found: [String: Data] = [:]
    for case let file as URL in walk where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
        found[String(file.path(percentEncoded: false).dropFirst(base.count))] = try Data(contentsOf: file)
    }
    return found
}

@Suite("carpus simulate, as a process")
struct SimulateTests {
    /// Coarse, so that a study takes seconds.
    private static let coarse = ["--in-plane", "0.8", "--slice-thickness", "3", "--frames", "4", "--step", "0.4", "--activity", "0.7", "--seed", "5", "--quiet"]

    private func simulate(_ more: [String], to name: String, in folder: URL) throws -> Carpus.Answer {
        let (process, out, err) = try Carpus.start(["simulate", "--output", name] + Self.coarse + more, in: folder)
        process.waitUntilExit()
        return Carpus.Answer(status: process.terminationStatus, out: try String(contentsOf: out, encoding: .utf8), err: try String(contentsOf: err, encoding: .utf8))
    }

    @Test("the same options give the same bytes, whatever the number of threads; another seed gives others")
    func bytes() throws {
        try withFolder { folder in
            #expect(try simulate(["--threads", "1"], to: "one", in: folder).status == 0)
            #expect(try simulate(["--threads", "3"], to: "three", in: folder).status == 0)
            let one = try contents(folder.appending(path: "one")), three = try contents(folder.appending(path: "three"))
            #expect(one.count > 60 && Set(one.keys) == Set(three.keys))
            for (path, data) in one { #expect(three[path] == data, "\(path)") }
        }
    }

    @Test("DICOM holds the same voxels as NIfTI, and a run finds visits and roles in it")
    func formats() throws {
        try withFolder { folder in
            let series = ["--series", "t1", "t1gd", "stir"]
            #expect(try simulate(series, to: "nifti", in: folder).status == 0)
            #expect(try simulate(series + ["--format", "dicom"], to: "dicom", in: folder).status == 0)
            let scan = try DICOMFolder.scan(folder.appending(path: "dicom"))
            #expect(scan.series.count == 6)
            for (description, name) in [("COR T1 SE", "T1w"), ("COR T1 SE +C", "ce-gadolinium_T1w"), ("COR STIR", "acq-stir_T2w")] {
                let found = scan.series.filter { $0.attributes["SeriesDescription"] == description }.sorted { ($0.studyDate ?? "") < ($1.studyDate ?? "") }
                #expect(found.count == 2)
                for (i, series) in found.enumerated() {
                    guard case .volume(let dicom)? = try series.load().first?.content else { Issue.record("\(description) is no volume"); continue }
                    let nifti = try NIfTI.readVolume(folder.appending(path: "nifti/sub-01/ses-0\(i + 1)/anat/sub-01_ses-0\(i + 1)_\(name).nii.gz"))
                    #expect(dicom.grid.matches(nifti.grid, within: 2e-3) && dicom.scalars == nifti.scalars)
                }
            }
            let plan = try Carpus.run("plan", Carpus.root.appending(path: "Protocols/wrist-ra.yml").path, "--input", "dicom", in: folder)
            #expect(plan.status == 0 && plan.out.contains("sub-01 01>02\talign\tregister.rigid\trun"), "\(plan.out)\(plan.err)")
        }
    }

    @Test("label maps hold what the table of true measures says, within what voxels at their borders leave open")
    func truth() throws {
        try withFolder { folder in
            #expect(try simulate(["--series", "t1", "--visits", "1"], to: "study", in: folder).status == 0)
            let truth = folder.appending(path: "study/derivatives/truth"), stem = truth.appending(path: "sub-01/ses-01/anat/sub-01_ses-01")
            let rows = try String(contentsOf: truth.appending(path: "measures.tsv"), encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            func volume(_ region: String) -> Double? { rows.first { $0[3] == region && $0[4] == "volume" }.flatMap { Double($0[5]) } }
            // Grades follow from the shares, and totals from the grades.
            func graded(_ region: String) -> Double? { rows.first { $0[3] == region && $0[4] == "ramris" }.flatMap { Double($0[5]) } }
            let oedema = WristAnatomy.bones.compactMap { graded("bone-marrow-oedema/\($0.name)") }
            #expect(oedema.count == 15 && oedema.contains { $0 > 0 } && graded("bone-marrow-oedema/total") == oedema.reduce(0, +))
            let share = try #require(rows.first { $0[3] == "synovitis/radiocarpal" && $0[4] == "fraction" }.flatMap { Double($0[5]) })
            #expect(graded("synovitis/radiocarpal") == (share > 2.0 / 3 ? 3 : share > 1.0 / 3 ? 2 : 1))
            func map(_ name: String) throws -> LabelMap { try NIfTI.readLabels(URL(filePath: stem.path + name)) }
            let fine = try map("_res-iso_seg-anatomy_dseg.nii.gz"), coarse = try map("_seg-anatomy_dseg.nii.gz"), lesions = try map("_res-iso_seg-lesions_dseg.nii.gz")
            for bone in WristAnatomy.bones where bone.extent == .whole {
                let true_ = try #require(volume(bone.name))
                #expect(abs(fine.volume(of: bone.label) / true_ - 1) < 0.02, "\(bone.name)")
                #expect(abs(coarse.volume(of: bone.label) / true_ - 1) < 0.02, "\(bone.name)")
            }
            for lesion in WristAnatomy.lesionLegend.labels where lesion.name != "erosion" {
                let true_ = try #require(volume(lesion.name))
                // Oedema runs on along the shafts of long bones, where RAMRIS does not count it.
                #expect(true_ > 0 && abs(lesions.volume(of: lesion.value) - true_) < 0.1 * true_ + 0.15, "\(lesion.name)")
            }
        }
    }

    @Test("bad arguments and places that cannot be written end with a sentence and leave nothing")
    func faults() throws {
        try withFolder { folder in
            for (arguments, word) in [(["--activity", "1.5"], "activity"), (["--visits", "0"], "visits"), (["--seed", "-4"], "seed"), (["--series", "t3"], "t3"), (["--in-plane", "9"], "in plane"), (["--subject", "a_b"], "subject")] {
                let answer = try simulate(arguments, to: "bad", in: folder)
                #expect(answer.status == 64 && answer.err.contains(word), "\(arguments): \(answer.err)")
            }
            try FileManager.default.createDirectory(at: folder.appending(path: "full"), withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: folder.appending(path: "full/note.txt"))
            #expect(try simulate([], to: "full", in: folder).status == 73)
            #expect(try String(contentsOf: folder.appending(path: "full/note.txt"), encoding: .utf8) == "mine")
            try Data().write(to: folder.appending(path: "file"))
            let answer = try simulate(["--series", "t1", "--visits", "1"], to: "file/below", in: folder)
            #expect(answer.status == 73 && !answer.err.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "bad").path))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasPrefix(".part") })
        }
    }
}
