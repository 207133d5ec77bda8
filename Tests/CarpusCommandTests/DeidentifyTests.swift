import CarpusCore
import CarpusIO
import Foundation
import Testing

@Suite("carpus deidentify, as a process")
struct DeidentifyTests {
    private static let words = ["zwergnase", "heinrich", "PID8471233", "19510203", "ACC99812"]

    private func scans(in folder: URL, frames: Bool = false) throws -> URL {
        let series = frames ? ["dce", "--frames", "5"] : ["t1", "t1gd"]
        let (process, _, _) = try Carpus.start(
            ["simulate", "--output", "made", "--format", "dicom", "--in-plane", "0.8", "--slice-thickness", "3", "--step", "0.4", "--seed", "5", "--quiet", "--series"] + series, in: folder)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let home = folder.appending(path: "Zwergnase_Heinrich")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        for (i, file) in try OutputFiles.all(in: folder.appending(path: "made/sub-01")).sorted(by: { $0.key < $1.key }).enumerated() where file.key.hasSuffix(".dcm") {
            let place = home.appending(path: "zwergnase_\(i).dcm")
            try FileManager.default.copyItem(at: file.value, to: place)
            try PlantedDICOM.plant([(0x0008_0050, "SH", "ACC99812"), (0x0010_0010, "PN", "Zwergnase^Heinrich"), (0x0010_0020, "LO", "PID8471233"), (0x0010_0030, "DA", "19510203"), (0x0010_4000, "LT", "Zwergnase")], in: place)
        }
        return home
    }

    @Test func whatIsCopiedNamesNobodyAndGivesTheSameResults() throws {
        try withFolder { folder in
            let home = try scans(in: folder)
            try Data("Zwergnase".utf8).write(to: home.appending(path: "report.txt"))
            let answer = try Carpus.run("deidentify", "Zwergnase_Heinrich", "clean", "--key-file", "key", "--retain-dates-shifted", "--clean-descriptors", "--json", in: folder)
            #expect(answer.status == 0 && answer.out.contains("report.txt"), "\(answer.err)")
            let clean = folder.appending(path: "clean")
            #expect(try OutputFiles.places(of: Self.words, in: clean) == [])
            let old = try DICOMFolder.scan(home).series, new = try DICOMFolder.scan(clean).series
            #expect(old.count == 4 && new.count == 4)
            for a in old {
                // Series keep their order within a patient: numbers and descriptions tell which is which, days their distance.
                let visits = Set(old.compactMap(\.studyDate)).sorted(), moved = Set(new.compactMap(\.studyDate)).sorted()
                let b = try #require(new.first { $0.attributes["SeriesNumber"] == a.attributes["SeriesNumber"] && moved.firstIndex(of: $0.studyDate ?? "") == visits.firstIndex(of: a.studyDate ?? "-") })
                guard case .volume(let x)? = try a.load().first?.content, case .volume(let y)? = try b.load().first?.content else { Issue.record("no volumes"); continue }
                #expect(x == y && a.attributes["SeriesDescription"] == b.attributes["SeriesDescription"] && b.isDeidentified)
            }
            let plan = try Carpus.run("plan", Carpus.root.appending(path: "Protocols/wrist-ra.yml").path, "--input", "clean", in: folder)
            #expect(plan.status == 0 && plan.out.contains("01>02\talign\tregister.rigid\trun"), "\(plan.out)\(plan.err)")
            // The same key gives the same files, another key others.
            #expect(try Carpus.run("deidentify", "Zwergnase_Heinrich", "again", "--key-file", "key", "--retain-dates-shifted", "--clean-descriptors", in: folder).status == 0)
            let first = try OutputFiles.all(in: clean), second = try OutputFiles.all(in: folder.appending(path: "again"))
            #expect(Set(first.keys) == Set(second.keys))
            for (path, file) in first { #expect(try Data(contentsOf: file) == second[path].map { try Data(contentsOf: $0) }, "\(path)") }
            #expect(try Carpus.run("deidentify", "Zwergnase_Heinrich", "other", in: folder).status == 0)
            #expect(try Set(OutputFiles.all(in: folder.appending(path: "other")).keys).isDisjoint(with: first.keys))
        }
    }

    @Test func withoutDatesNobodyKnowsWhichVisitCameFirst() throws {
        try withFolder { folder in
            _ = try scans(in: folder)
            #expect(try Carpus.run("deidentify", "Zwergnase_Heinrich", "clean", "--clean-descriptors", in: folder).status == 0)
            let plan = try Carpus.run("plan", Carpus.root.appending(path: "Protocols/wrist-ra.yml").path, "--input", "clean", in: folder)
            #expect(plan.status == 0 && plan.out.contains("01>02\talign\tregister.rigid\tnot-scorable\tthe order of the visits is not known"), "\(plan.out)\(plan.err)")
        }
    }

    @Test func aNewKeyIsTheOwnersAloneAndIsTold() throws {
        try withFolder { folder in
            _ = try scans(in: folder)
            let first = try Carpus.run("deidentify", "Zwergnase_Heinrich", "a", "--key-file", "key", in: folder), again = try Carpus.run("deidentify", "Zwergnase_Heinrich", "b", "--key-file", "key", in: folder)
            #expect(first.status == 0 && first.err.contains("key: a new key was made") && again.status == 0 && !again.err.contains("new key"), "\(first.err)\(again.err)")
            let rights = try FileManager.default.attributesOfItem(atPath: folder.appending(path: "key").path)[.posixPermissions] as? Int
            #expect(rights == 0o600)
            // A link that leads nowhere is not followed.
            try FileManager.default.createSymbolicLink(at: folder.appending(path: "link"), withDestinationURL: folder.appending(path: "elsewhere"))
            #expect(try Carpus.run("deidentify", "Zwergnase_Heinrich", "c", "--key-file", "link", in: folder).status == 73)
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "elsewhere").path))
        }
    }

    @Test func copiesAndLinksAreLeftOutAndOneBadFileSpoilsNothing() throws {
        try withFolder { folder in
            let home = try scans(in: folder), one = home.appending(path: "zwergnase_0.dcm")
            let all = try OutputFiles.all(in: home).count
            try FileManager.default.copyItem(at: one, to: home.appending(path: "copy.dcm"))
            try FileManager.default.createSymbolicLink(at: home.appending(path: "link.dcm"), withDestinationURL: one)
            try FileManager.default.createSymbolicLink(at: home.appending(path: "nowhere"), withDestinationURL: folder.appending(path: "gone"))
            // The same instance with other content, and a file that ends in the middle of its pixels.
            try FileManager.default.copyItem(at: one, to: home.appending(path: "other.dcm"))
            try PlantedDICOM.plant([(0x0018_0081, "DS", "99")], in: home.appending(path: "other.dcm"))
            try Data(contentsOf: home.appending(path: "zwergnase_1.dcm")).dropLast(200).write(to: home.appending(path: "zwergnase_1.dcm"))
            let answer = try Carpus.run("deidentify", "Zwergnase_Heinrich", "clean", "--json", in: folder)
            let told = try #require(JSONSerialization.jsonObject(with: Data(answer.out.utf8)) as? [String: Any])
            let leftOut = try #require(told["leftOut"] as? [[String: String]]), refused = try #require(told["refused"] as? [[String: String]])
            #expect(Set(leftOut.compactMap { $0["path"] }).intersection(["link.dcm", "nowhere"]).count == 2, "\(leftOut)")
            #expect(answer.status == 1 && leftOut.contains { $0["reason"]?.contains("byte for byte") == true }, "\(answer.err)")
            #expect(refused.contains { $0["path"] == "zwergnase_1.dcm" } && refused.contains { $0["reason"]?.contains("same instance") == true }, "\(refused)")
            #expect(told["written"] as? Int == all - 1)
        }
    }

    @Test func timesOfADynamicSeriesAreKeptWithTheDates() throws {
        try withFolder { folder in
            let home = try scans(in: folder, frames: true)
            #expect(try Carpus.run("deidentify", home.lastPathComponent, "clean", "--retain-dates-shifted", in: folder).status == 0)
            let old = try DICOMFolder.scan(home).series, new = try DICOMFolder.scan(folder.appending(path: "clean")).series
            guard case .series(let a)? = try old.first?.load().first?.content, case .series(let b)? = try new.first?.load().first?.content else { Issue.record("no series over time"); return }
            #expect(a.times.count == 5 && a.times == b.times && a.grid == b.grid && a.scalars == b.scalars)
        }
    }

    @Test func nothingIsOverwrittenAndFaultsAreSentences() throws {
        try withFolder { folder in
            let home = try scans(in: folder)
            try FileManager.default.createDirectory(at: folder.appending(path: "full"), withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: folder.appending(path: "full/note.txt"))
            for (arguments, status, word) in [
                (["Zwergnase_Heinrich", "full"], 73, "not empty"), (["nowhere", "out"], 66, "no such folder"), (["full", "out"], 65, "none of the 1 files"), (["Zwergnase_Heinrich", "Zwergnase_Heinrich/out"], 73, "choose another"),
                (["Zwergnase_Heinrich", "out", "--key-file", "full/note.txt"], 65, "64 hexadecimal"), (["Zwergnase_Heinrich", "out", "--key-file", "out/key"], 64, "must not lie"),
            ] as [([String], Int32, String)] {
                let (process, _, err) = try Carpus.start(["deidentify"] + arguments, in: folder)
                process.waitUntilExit()
                let said = try String(contentsOf: err, encoding: .utf8)
                #expect(process.terminationStatus == status && said.contains(word), "\(arguments): \(process.terminationStatus) \(said)")
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "out").path))
            }
            try PlantedDICOM.plant([(0x0028_0301, "CS", "YES")], in: home.appending(path: "zwergnase_0.dcm"))
            let partly = try Carpus.run("deidentify", "Zwergnase_Heinrich", "out", in: folder)
            #expect(partly.status == 1 && partly.err.contains("burned into"), "\(partly.err)")
        }
    }
}
