import CarpusCore
import CarpusIO
import Foundation
import Testing

/// Small DICOM series of people whose headers say what a test needs.
enum People {
    struct Scan {
        var id = "P1", name = "Made^Up", issuer = "", date = "20240229", study = "1", isDeidentified = false
    }

    /// Writes a series; each folder has its own study where `study` is not given.
    static func write(_ scan: Scan, to path: String, in folder: URL) throws {
        let grid = try Grid(size: Index3(5, 4, 3), spacing: Vector3(1, 1, 3)), place = folder.appending(path: path)
        guard let start = DICOMMoment(date: "20240229", time: "101500") else { preconditionFailure("a moment that is one") }
        let series = MRSeriesDescription(
            patient: .init(id: "x", name: "x"), study: .init(instanceUID: DICOMUID.derived(from: scan.study), start: start, description: "Wrist"), instanceUID: DICOMUID.derived(from: path),
            frameOfReferenceUID: DICOMUID.derived(from: "frame"), number: 1, description: "t1 cor", laterality: .left,
            acquisition: .init(sequence: [.gradientRecalled], isThreeDimensional: true, repetitionTime: 0.005, echoTime: 0.002, flipAngle: 20, fieldStrength: 1.5))
        try FileManager.default.createDirectory(at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try DICOMWriter.write(Volume(grid: grid, scalars: (0..<grid.count).map { Float(100 + $0) }), as: series, to: place)
        for file in try FileManager.default.contentsOfDirectory(at: place, includingPropertiesForKeys: nil) {
            try PlantedDICOM.plant(
                [(0x0008_0020, "DA", scan.date), (0x0010_0010, "PN", scan.name), (0x0010_0020, "LO", scan.id), (0x0010_0021, "LO", scan.issuer), (0x0012_0062, "CS", scan.isDeidentified ? "YES" : "NO")], in: file)
        }
    }
}

@Suite("who is who, and when")
struct PersonTests {
    private struct Row {
        let subject, visit, step, will, because: String
    }

    private func plan(_ input: String = "in", in folder: URL, with lines: String = "") throws -> [Row] {
        let file = folder.appending(path: "p.yml"), pairs = Carpus.root.appending(path: "Protocols/two-visits.yml")
        try Data((try String(contentsOf: pairs, encoding: .utf8) + "\n" + lines).utf8).write(to: file)
        let answer = try Carpus.run("plan", "p.yml", "--input", input, in: folder)
        #expect(answer.status == 0, "\(answer.err)")
        return answer.out.split(separator: "\n").map { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init), who = cells[0].split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            return Row(subject: who[0], visit: who.count > 1 ? who[1] : "", step: cells[1], will: cells[3], because: cells[4])
        }
    }

    private func subjects(_ rows: [Row]) -> [String] { Set(rows.map(\.subject)).sorted() }

    @Test func namesThatLookAlikeInASCIIStayTwoPeople() throws {
        try withFolder { folder in
            for (i, id) in ["Иванов", "Петров", "P-1", "P1"].enumerated() { try People.write(.init(id: id, study: "\(i)", isDeidentified: true), to: "in/\(i)", in: folder) }
            let found = subjects(try plan(in: folder))
            #expect(found.count == 4 && found.contains("sub-P1") && found.contains { $0.wholeMatch(of: /sub-P1[0-9a-f]{6}/) != nil }, "\(found)")
            #expect(found.filter { $0.wholeMatch(of: /sub-[0-9a-f]{10}/) != nil }.count == 2, "no ASCII letter: a pseudonym")
        }
    }

    @Test func folderNamesThatLookAlikeStayTwoPeople() throws {
        try withFolder { folder in
            for (i, name) in ["sub-A-1", "sub-A1", "sub-Ж", "sub-Я"].enumerated() { try People.write(.init(study: "\(i)"), to: "in/\(name)/t1", in: folder) }
            let found = subjects(try plan(in: folder))
            #expect(found.count == 4 && found.contains("sub-A1"), "\(found)")
        }
    }

    @Test func foldersOfPeopleAreNoLabelsHoweverManyThereAre() throws {
        try withFolder { folder in
            try People.write(.init(id: "4711", name: "Müller^Li"), to: "in/Mueller/t1", in: folder)
            let alone = subjects(try plan(in: folder))
            try People.write(.init(id: "4712", name: "Li^An", study: "2"), to: "in/LiAn_19510203/t1", in: folder)
            let both = subjects(try plan(in: folder))
            #expect(alone.count == 1 && both.count == 2 && both.contains(alone[0]), "the label stays when scans are added: \(alone) \(both)")
            #expect(both.allSatisfy { $0.wholeMatch(of: /sub-[0-9a-f]{10}/) != nil }, "\(both)")
            let named = subjects(try plan(in: folder, with: "subjects: '^(Mueller|LiAn)'"))
            #expect(named == ["sub-LiAn", "sub-Mueller"], "the protocol's pattern is an order")
        }
    }

    @Test func longNumbersOfFoldersTellPeopleApartAndAreNotTold() throws {
        try withFolder { folder in
            let grid = try Grid(size: Index3(5, 4, 3), spacing: Vector3(1, 1, 3)), volume = Volume<Float>(grid: grid, repeating: 1)
            for name in ["patient8471233", "patient8471234", "patient07"] {
                try FileManager.default.createDirectory(at: folder.appending(path: "in/\(name)"), withIntermediateDirectories: true)
                try NIfTI.write(volume, to: folder.appending(path: "in/\(name)/a_T1w.nii.gz"))
            }
            let found = subjects(try plan(in: folder))
            #expect(found.count == 3 && found.contains("sub-patient07") && !found.contains { $0.contains("8471") }, "\(found)")
        }
    }

    @Test func oneIDOfTwoHousesIsTwoPeople() throws {
        try withFolder { folder in
            for issuer in ["North", "South"] { try People.write(.init(id: "4711", issuer: issuer, study: issuer), to: "in/\(issuer)", in: folder) }
            #expect(subjects(try plan(in: folder)).count == 2)
        }
    }

    @Test func scansWithoutAnIDAreTakenTogetherOnlyForAReason() throws {
        try withFolder { folder in
            // Two studies side by side: two people. One study in two folders: one.
            for (place, study) in [("a/t1", "1"), ("a2/stir", "1"), ("b/t1", "2")] { try People.write(.init(id: "", study: study), to: "in/\(place)", in: folder) }
            #expect(subjects(try plan(in: folder)).count == 2)
            // Two studies in one folder are one, and doubted.
            for (place, study, date) in [("a/t1", "1", "20240229"), ("a/later", "3", "20250301")] { try People.write(.init(id: "", date: date, study: study), to: "one/\(place)", in: folder) }
            #expect(subjects(try plan("one", in: folder)).count == 1)
            let answer = try Carpus.run("run", "p.yml", "--input", "one", "--output", "out", in: folder)
            let pages = try OutputFiles.all(in: folder.appending(path: "out")).filter { $0.key.hasSuffix(".html") }
            #expect(try pages.values.contains { try String(contentsOf: $0, encoding: .utf8).contains("study.no-patient-id") }, "\(answer.err)")
            // Loose files: each study one.
            for study in ["1", "2"] { try People.write(.init(id: "", study: study), to: "flat\(study)", in: folder) }
            let loose = folder.appending(path: "loose")
            try FileManager.default.createDirectory(at: loose, withIntermediateDirectories: true)
            for study in ["1", "2"] {
                for (name, file) in try OutputFiles.all(in: folder.appending(path: "flat\(study)")) { try FileManager.default.moveItem(at: file, to: loose.appending(path: study + name)) }
            }
            #expect(subjects(try plan("loose", in: folder)).count == 2)
        }
    }

    @Test func severalIDsUnderOneLabelAreDoubted() throws {
        try withFolder { folder in
            for id in ["A", "B"] { try People.write(.init(id: id, date: id == "A" ? "20240101" : "20250101", study: id), to: "in/sub-01/\(id)", in: folder) }
            let rows = try plan(in: folder)
            #expect(subjects(rows) == ["sub-01"] && Set(rows.map(\.visit)).isSuperset(of: ["01", "02", "01>02"]), "two days are two visits, whatever the IDs")
            _ = try Carpus.run("run", "p.yml", "--input", "in", "--output", "out", in: folder)
            #expect(try String(contentsOf: folder.appending(path: "out/sub-01.html"), encoding: .utf8).contains("study.several-patients"))
        }
    }

    // MARK: The order of visits

    private func fates(_ rows: [Row]) -> [String] { rows.filter { $0.step == "change" }.map { "\($0.visit) \($0.will)" } }

    @Test(arguments: [
        (["", ""], ["a", "b"], "01>02 not-scorable"), (["20240229", ""], ["a", "b"], "01>02 not-scorable"), (["20250301", "20240229"], ["a", "b"], "01>02 run"),
        (["", ""], ["ses-01", "ses-02"], "01>02 run"), (["", ""], ["ses-post", "ses-pre"], "post>pre not-scorable"), (["20250301", "20240229"], ["ses-post", "ses-pre"], "pre>post run"),
        (["20250301", "20240229"], ["ses-01", "ses-02"], "01>02 not-scorable"),
    ])
    func visitsAreComparedOnlyWhereTheirOrderIsKnown(_ dates: [String], _ folders: [String], _ expected: String) throws {
        try withFolder { folder in
            for (date, name) in zip(dates, folders) { try People.write(.init(date: date, study: name), to: "in/sub-01/\(name)/t1", in: folder) }
            let rows = try plan(in: folder)
            #expect(fates(rows) == [expected])
            guard expected.hasSuffix("not-scorable") else { return }
            #expect(rows.filter { $0.step == "change" }.allSatisfy { $0.because.contains("order of the visits is not known") })
            _ = try Carpus.run("run", "p.yml", "--input", "in", "--output", "out", in: folder)
            #expect(try String(contentsOf: folder.appending(path: "out/sub-01.html"), encoding: .utf8).contains("study.visit-order"))
        }
    }
}
