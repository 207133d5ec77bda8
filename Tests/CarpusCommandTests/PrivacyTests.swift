import CarpusIO
import Foundation
import Testing

/// A run's results do not tell whose scans they were, unless a folder was given that name on purpose.
@Suite("what a run leaves names nobody")
struct PrivacyTests {
    private static let words = ["zwergnase", "heinrich", "PID8471233", "19510203", "ACC99812", "klinikum-hinterwald", "Doktor", "secretus"]
    private let wrist = Carpus.root.appending(path: "Protocols/wrist-ra.yml").path

    /// Every word that identifies, in every element that a header may hold it in.
    private static let planted: [(tag: UInt32, vr: String, value: String)] = [
        (0x0008_0050, "SH", "ACC99812"), (0x0008_0080, "LO", "Klinikum-Hinterwald"), (0x0008_0081, "ST", "Klinikum-Hinterwald"), (0x0008_0090, "PN", "Doktor^Secretus"), (0x0008_1010, "SH", "Secretus"),
        (0x0008_1030, "LO", "Wrist Zwergnase"), (0x0008_1050, "PN", "Doktor"), (0x0008_1070, "PN", "Doktor"), (0x0009_0010, "LO", "SECRETUS"), (0x0009_1001, "LO", "Zwergnase"),
        (0x0010_0010, "PN", "Zwergnase^Heinrich"), (0x0010_0020, "LO", "PID8471233"), (0x0010_0030, "DA", "19510203"), (0x0010_1000, "LO", "PID8471233"), (0x0010_1040, "LO", "Klinikum-Hinterwald"),
        (0x0010_21B0, "LT", "Zwergnase"), (0x0010_4000, "LT", "Zwergnase"), (0x0018_1000, "LO", "Secretus"), (0x0020_0010, "SH", "ACC99812"), (0x0020_4000, "LT", "Zwergnase"), (0x0032_4000, "LT", "Zwergnase"),
    ]

    @Test func dicom() throws {
        try withFolder { folder in
            let made = try Carpus.run(
                "simulate", "--output", "made", "--format", "dicom", "--series", "t1", "t1gd", "--in-plane", "0.8", "--slice-thickness", "3", "--step", "0.4", "--seed", "5", "--quiet", in: folder)
            #expect(made.status == 0, "\(made.err)")
            let home = folder.appending(path: "Zwergnase_Heinrich/PID8471233_19510203")
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            for (i, file) in try OutputFiles.all(in: folder.appending(path: "made/sub-01")).sorted(by: { $0.key < $1.key }).enumerated() where file.key.hasSuffix(".dcm") {
                let place = home.appending(path: "zwergnase_\(i).dcm")
                try FileManager.default.copyItem(at: file.value, to: place)
                try PlantedDICOM.plant(Self.planted, in: place)
                if i == 3 { try FileManager.default.copyItem(at: place, to: home.appending(path: "zwergnase copy.dcm")) }
            }
            try Data("Zwergnase".utf8).write(to: home.appending(path: "Zwergnase.txt"))
            #expect(try !OutputFiles.places(of: Self.words, in: home).isEmpty)
            let answer = try Carpus.run("run", wrist, "--input", "Zwergnase_Heinrich", "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            // DICOM objects that a protocol asks for belong to the patient, and say so; nothing else does.
            let places = try OutputFiles.places(of: Self.words, in: folder.appending(path: "out"))
            #expect(places.filter { !$0.contains("/dicom/") } == [] && !places.isEmpty, "\(places)")
            let out = folder.appending(path: "out"), label = try #require(OutputFiles.table(out.appending(path: "participants.tsv")).first?["participant_id"])
            #expect(label.wholeMatch(of: /sub-[0-9a-f]{10}/) != nil, "a pseudonym: \(label)")
            #expect(try String(contentsOf: out.appending(path: "record.json"), encoding: .utf8).contains("\"origin\" : \"DICOM series "))
        }
    }

    @Test func nifti() throws {
        try withFolder { folder in
            let home = folder.appending(path: "Zwergnase_Heinrich_19510203")
            try Scans.write(to: home)
            for (path, file) in try OutputFiles.all(in: home) {
                if path.hasSuffix(".json") {
                    let tags = #""PatientName": "Zwergnase^Heinrich", "PatientID": "PID8471233", "PatientBirthDate": "19510203", "AccessionNumber": "ACC99812", "InstitutionName": "Klinikum-Hinterwald""#
                    try Data(#"{"SeriesDescription": "T1 cor Zwergnase", "ImageLaterality": "L", \#(tags)}"#.utf8).write(to: file)
                } else {
                    var bytes = try OutputFiles.bytes(of: file)
                    for (offset, text) in [(14, "Zwergnase"), (148, "Zwergnase PID8471233 Doktor"), (228, "/klinikum-hinterwald"), (328, "secretus")] {
                        bytes.replaceSubrange(offset..<offset + text.utf8.count, with: Data(text.utf8))
                    }
                    try FileManager.default.removeItem(at: file)
                    try bytes.write(to: file.deletingPathExtension())
                }
            }
            try Data("Zwergnase".utf8).write(to: home.appending(path: "Zwergnase.pdf"))
            let answer = try Carpus.run("run", wrist, "--input", home.lastPathComponent, "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            #expect(try OutputFiles.places(of: Self.words, in: folder.appending(path: "out")) == [])
        }
    }

    @Test func aBrokenSeriesIsToldWithoutItsName() throws {
        try withFolder { folder in
            let home = folder.appending(path: "Zwergnase/sub-07/ses-01/anat")
            try Scans.write(to: folder.appending(path: "Zwergnase"))
            let file = home.appending(path: "zwergnase_T1w.nii"), whole = try OutputFiles.bytes(of: home.appending(path: "sub-07_ses-01_T1w.nii.gz"))
            try whole.prefix(2000).write(to: file)
            try FileManager.default.removeItem(at: home.appending(path: "sub-07_ses-01_T1w.nii.gz"))
            try FileManager.default.moveItem(at: home.appending(path: "sub-07_ses-01_T1w.json"), to: home.appending(path: "zwergnase_T1w.json"))
            let answer = try Carpus.run("run", wrist, "--input", "Zwergnase", "--output", "out", in: folder)
            #expect(answer.status == 1 && answer.err.contains("NIfTI file"), "\(answer.err)")
            #expect(try OutputFiles.places(of: Self.words, in: folder.appending(path: "out")) == [])
        }
    }

    @Test func aFolderNamedAfterThePatientIsToldAsAFinding() throws {
        try withFolder { folder in
            let made = try Carpus.run(
                "simulate", "--output", "made", "--format", "dicom", "--series", "t1", "--visits", "1", "--in-plane", "0.8", "--slice-thickness", "3", "--step", "0.4", "--seed", "5", "--quiet", in: folder)
            #expect(made.status == 0, "\(made.err)")
            let home = folder.appending(path: "in/sub-Zwergnase")
            try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            for (i, file) in try OutputFiles.all(in: folder.appending(path: "made/sub-01")).sorted(by: { $0.key < $1.key }).enumerated() where file.key.hasSuffix(".dcm") {
                try FileManager.default.copyItem(at: file.value, to: home.appending(path: "\(i).dcm"))
                try PlantedDICOM.plant(Self.planted, in: home.appending(path: "\(i).dcm"))
            }
            let bones = Carpus.root.appending(path: "Protocols/wrist-bones.yml").path
            #expect(try Carpus.run("run", bones, "--input", "in", "--output", "out", in: folder).status == 0)
            #expect(try String(contentsOf: folder.appending(path: "out/sub-Zwergnase.html"), encoding: .utf8).contains("study.label-names-patient"))
        }
    }
}
