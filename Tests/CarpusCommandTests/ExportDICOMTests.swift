import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// A run on DICOM leaves objects that belong to the patient's own studies, and the patient is named nowhere else.
@Suite(.serialized) struct ExportDICOMTests {
    private static let secrets = ["QX-4711", "Öztürk", "ztürk", "19610203", "ACC-99"]

    private func scans(in folder: URL) throws {
        for (number, day) in [(1, "20240102"), (2, "20240605")] { try write("t1", number, day, Index3(20, 18, 5), to: folder.appending(path: "sub-07/ses-0\(number)")) }
    }

    private func write(_ name: String, _ number: Int, _ day: String, _ size: Index3, to place: URL) throws {
        let grid = try Grid(size: size, spacing: Vector3(0.5, 0.6, 3), origin: Vector3(-5, 3, 8), direction: RigidTransform(axis: Vector3(1, 2, 3), angle: 0.5).matrix)
        let scalars = (0..<grid.count).map { i -> Float in
            let v = Vector3(grid.index(at: i)) - Vector3(9, 8, 2)
            return (v * Vector3(0.5, 0.6, 3)).length < 2.5 + Double(number) ? 900 + Float(i % 5) : 100 + Float(i % 7)
        }
        let start = try #require(DICOMMoment(date: day, time: "101530"))
        let series = MRSeriesDescription(
            patient: .init(id: Self.secrets[0], name: "Öztürk^Åsa", birthDate: "19610203", sex: .female),
            study: .init(instanceUID: DICOMUID.derived(from: "study \(number)"), accessionNumber: "ACC-99", start: start, description: "Wrist"),
            instanceUID: DICOMUID.derived(from: "\(name) \(number)"), frameOfReferenceUID: DICOMUID.derived(from: "frame \(number)"), number: 3, description: "\(name) cor", laterality: .right,
            acquisition: .init(sequence: [.gradientRecalled], repetitionTime: 0.57, echoTime: 0.017, flipAngle: 90, fieldStrength: 1.5))
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        try DICOMWriter.write(Volume(grid: grid, scalars: scalars), as: series, to: place.appending(path: name))
    }

    private func protocolText(_ export: String) -> String {
        """
        carpus: 1
        protocol: export
        version: 1
        series: {t1: {kind: volume, match: {SeriesDescription: "(?i)t1"}, entities: {suffix: T1w}}}
        steps:
          found:   {use: segment.threshold, from: {image: t1}, with: {label: synovitis}}
          volumes: {use: measure.volumes, from: {labels: found.labels}}
          objects: {use: export.dicom, from: {source: t1.source, side: side, lesions: found.labels, measurements: volumes}, \(export)save: [segmentation, report]}
        """
    }

    private func run(_ folder: URL, output: String = "out", input: String = "in", _ export: String = "") throws -> Carpus.Answer {
        try Data(protocolText(export).utf8).write(to: folder.appending(path: "export.yml"))
        return try Carpus.run("run", "export.yml", "--input", input, "--output", output, in: folder)
    }

    @Test func bothObjectsBelongToTheVisitsStudyAndAreFollowedOverVisits() throws {
        try withFolder { folder in
            try scans(in: folder.appending(path: "in"))
            let answer = try run(folder)
            #expect(answer.status == 0, "\(answer.err)")
            var tracked: Set<String> = []
            for visit in ["01", "02"] {
                let place = folder.appending(path: "out/sub-07/ses-\(visit)/dicom"), seg = try DataSet(place.appending(path: "seg.dcm")), sr = try DataSet(place.appending(path: "sr.dcm"))
                let source = try DataSet(folder.appending(path: "in/sub-07/ses-\(visit)/t1/IM0001.dcm"))
                for set in [seg, sr] {
                    for tag in [0x0010_0010, 0x0010_0020, 0x0010_0030, 0x0008_0050, 0x0008_0020, 0x0020_000D] as [UInt32] { #expect(set.elements[tag] == source.elements[tag] && set.elements[tag] != nil) }
                }
                let segment = try #require(seg.items(0x0062_0002).first)
                #expect(segment.text(0x0062_0020) == "synovitis R" && segment.code(0x0062_000F) == "SCT 409774005" && segment.items(0x0008_2218)[0].code(0x0008_2220) == "SCT 24028007")
                tracked.insert(try #require(segment.text(0x0062_0021)))
                // The volume of the report is the segment's voxels times theirs.
                let bits = try #require(seg.elements[0x7FE0_0010]).bytes.reduce(0) { $0 + $1.nonzeroBitCount }
                let group = try #require(sr.items(0x0040_A730).last?.items(0x0040_A730).first)
                let volume = try #require(group.items(0x0040_A730).first { $0.code(0x0040_A043) == "SCT 118565006" })
                let told = try #require(volume.items(0x0040_A300).first?.numbers(0x0040_A30A).first)
                #expect(bits > 100 && abs(told - Double(bits) * 0.5 * 0.6 * 3 / 1000) < 1e-9, "\(bits) voxels, \(told) mL")
            }
            #expect(tracked.count == 1)
        }
    }

    @Test func thePatientIsNamedInNoOtherFile() throws {
        try withFolder { folder in
            try scans(in: folder.appending(path: "in"))
            #expect(try run(folder).status == 0)
            let walk = try #require(FileManager.default.enumerator(at: folder.appending(path: "out"), includingPropertiesForKeys: [.isRegularFileKey]))
            var looked = 0, named = 0
            for case let file as URL in walk where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
                let bytes = try Data(contentsOf: file), isObject = file.pathExtension == "dcm"
                looked += 1
                for secret in Self.secrets where bytes.range(of: Data(secret.utf8)) != nil {
                    named += 1
                    #expect(isObject, "\(secret) in \(file.path)")
                }
            }
            #expect(looked > 20 && named == 4 * Self.secrets.count)
        }
    }

    @Test func equalInputGivesEqualObjectsAndIsNotDoneAgain() throws {
        try withFolder { folder in
            try scans(in: folder.appending(path: "in"))
            func objects(_ output: String) throws -> [Data] {
                try ["01", "02"].flatMap { visit in try ["seg", "sr"].map { try Data(contentsOf: folder.appending(path: "\(output)/sub-07/ses-\(visit)/dicom/\($0).dcm")) } }
            }
            for output in ["a", "b", "a"] { #expect(try run(folder, output: output).status == 0) }
            #expect(try objects("a") == objects("b") && Set(try objects("a")).count == 4)
            let plan = try Carpus.run("plan", "export.yml", "--input", "in", "--json", in: folder)
            #expect(plan.status == 0, "\(plan.err)")
            let again = try Carpus.run("run", "export.yml", "--input", "in", "--output", "a", "--dry-run", in: folder)
            #expect(again.status == 0 && !again.out.contains("not done before"), "\(again.out)")
        }
    }

    @Test func aTableOfTheProtocolGoesBeforeTheOneThatComesAlong() throws {
        try withFolder { folder in
            try scans(in: folder.appending(path: "in"))
            let table = folder.appending(path: "site.tsv")
            try Data("of\tname\tscheme\tcode\tmeaning\ntype\tsynovitis\t99SITE\tSYN\tSynovial disease\n".utf8).write(to: table)
            #expect(try run(folder, "with: {codes: site.tsv}, ").status == 0)
            let segment = try DataSet(folder.appending(path: "out/sub-07/ses-01/dicom/seg.dcm")).items(0x0062_0002)[0]
            #expect(segment.code(0x0062_000F) == "99SITE SYN" && segment.code(0x0062_0003) == "SCT 49755003")
            try Data("of\tname\tscheme\tcode\tmeaning\nkind\tsynovitis\t99SITE\tSYN\tSynovial disease\n".utf8).write(to: table)
            let refused = try run(folder, "with: {codes: site.tsv}, ")
            #expect(refused.status == 65 && refused.err.contains("site.tsv") && refused.err.contains("line 2"), "\(refused.err)")
        }
    }

    /// The dicom folder of a visit.
    private func place(_ folder: URL, _ visit: String) -> URL { folder.appending(path: "out/sub-07/ses-\(visit)/dicom") }

    @Test func aReportWithoutAWiredResultIsPartialAndSaysWhich() throws {
        try withFolder { folder in
            try scans(in: folder.appending(path: "in"))
            #expect(try run(folder).status == 0)
            #expect(try DataSet(place(folder, "01").appending(path: "sr.dcm")).text(0x0040_A491) == "COMPLETE")
            let text = protocolText("")
                .replacing("series: {t1:", with: "series: {t2: {kind: volume, required: false, match: {SeriesDescription: \"t2\"}}, t1:")
                .replacing("  volumes:", with: "  lost:    {use: segment.threshold, from: {image: t2}, with: {label: erosion}}\n  volumes:")
                .replacing("lesions: found.labels", with: "lesions: [found.labels, lost.labels]")
            try Data(text.utf8).write(to: folder.appending(path: "export.yml"))
            let answer = try Carpus.run("run", "export.yml", "--input", "in", "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let report = try DataSet(place(folder, "01").appending(path: "sr.dcm")), body = try #require(report.items(0x0040_A730).last)
            #expect(report.text(0x0040_A491) == "PARTIAL" && body.items(0x0040_A730).first?.text(0x0040_A160) == "Not there: lost.labels")
        }
    }

    @Test func aReportAlonePointsToNoSegmentationAndWhatAnEarlierRunLeftIsRemoved() throws {
        try withFolder { folder in
            try scans(in: folder.appending(path: "in"))
            #expect(try run(folder).status == 0)
            let place = place(folder, "02"), first = try DataSet(place.appending(path: "sr.dcm"))
            #expect(FileManager.default.fileExists(atPath: place.appending(path: "seg.dcm").path))
            try Data(protocolText("").replacing("save: [segmentation, report]", with: "save: [report]").utf8).write(to: folder.appending(path: "export.yml"))
            #expect(try Carpus.run("run", "export.yml", "--input", "in", "--output", "out", in: folder).status == 0)
            let report = try DataSet(place.appending(path: "sr.dcm")), group = try #require(report.items(0x0040_A730).last?.items(0x0040_A730).first)
            #expect(try FileManager.default.contentsOfDirectory(atPath: place.path) == ["sr.dcm"])
            #expect(group.items(0x0040_A730).allSatisfy { $0.code(0x0040_A043) != "DCM 121191" } && group.items(0x0040_A504)[0].text(0x0040_DB00) == "1501")
            #expect(report.items(0x0040_A375)[0].items(0x0008_1115).count == 1 && first.items(0x0040_A375)[0].items(0x0008_1115).count == 2)
            #expect(report.text(0x0008_0018) != first.text(0x0008_0018))
        }
    }

    @Test func anObjectThatCannotBeWrittenFailsItsStepAlone() throws {
        try withFolder { folder in
            try scans(in: folder.appending(path: "in"))
            // A file where the folder of the objects has to be.
            try FileManager.default.createDirectory(at: folder.appending(path: "out/sub-07/ses-01"), withIntermediateDirectories: true)
            try Data("x".utf8).write(to: folder.appending(path: "out/sub-07/ses-01/dicom"))
            try Data(protocolText("").utf8).write(to: folder.appending(path: "export.yml"))
            let answer = try Carpus.run("run", "export.yml", "--input", "in", "--output", "out", "--force", in: folder)
            #expect(answer.status == 1 && answer.err.contains("seg.dcm"), "\(answer.status) \(answer.err)")
            let record = try String(contentsOf: folder.appending(path: "out/record.json"), encoding: .utf8)
            #expect(record.contains("failed") && record.contains("sub-07/ses-02/dicom/seg.dcm") && !record.contains("sub-07/ses-01/dicom/sr.dcm"))
            #expect(try String(contentsOf: folder.appending(path: "out/measures.tsv"), encoding: .utf8).contains("synovitis"))
            #expect(FileManager.default.fileExists(atPath: place(folder, "02").appending(path: "sr.dcm").path))
        }
    }

    @Test func ofNIfTINoDICOMIsInvented() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            let answer = try run(folder)
            #expect(answer.status == 0, "\(answer.err)")
            let walk = try #require(FileManager.default.enumerator(at: folder.appending(path: "out"), includingPropertiesForKeys: nil))
            #expect(!walk.contains { ($0 as? URL)?.pathExtension == "dcm" })
            let record = try String(contentsOf: folder.appending(path: "out/record.json"), encoding: .utf8)
            #expect(record.contains("there is no such series at this visit, or the input was not DICOM") && record.contains("no DICOM is invented"))
        }
    }

    @Test func labelsOnAnotherGridAreRefused() throws {
        try withFolder { folder in
            for name in ["t1", "t2"] { try write(name, 1, "20240102", Index3(20, 18, name == "t1" ? 5 : 6), to: folder.appending(path: "in/sub-07/ses-01")) }
            let text = """
                carpus: 1
                protocol: export
                version: 1
                series: {t1: {kind: volume, match: {SeriesDescription: "t1"}}, t2: {kind: volume, match: {SeriesDescription: "t2"}}}
                steps:
                  found:   {use: segment.threshold, from: {image: t2}}
                  objects: {use: export.dicom, from: {source: t1.source, labels: found.labels}, save: [segmentation]}
                """
            try Data(text.utf8).write(to: folder.appending(path: "export.yml"))
            let answer = try Carpus.run("run", "export.yml", "--input", "in", "--output", "out", in: folder)
            #expect(answer.status == 1 && answer.err.contains("another grid"), "\(answer.err)")
        }
    }
}
