import CarpusCore
import CarpusIO
import Crypto
import Foundation
import Testing

@Suite(.serialized) struct RunTests {
    private let twoVisits = Carpus.root.appending(path: "Protocols/two-visits.yml").path

    /// SHA-256 of every result, by path; record and logs tell durations and are left out.
    private func results(in folder: URL) throws -> [String: String] {
        let walk = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles]))
        var all: [String: String] = [:]
        for case let file as URL in walk where try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
            let name = String(file.resolvingSymlinksInPath().path.dropFirst(folder.resolvingSymlinksInPath().path.count + 1))
            if name != "record.json", !name.hasPrefix("logs/") { all[name] = SHA256.hash(data: try Data(contentsOf: file)).map { String($0, radix: 16) }.joined() }
        }
        return all
    }

    private func table(_ folder: URL) throws -> [[String: String]] {
        let lines = try String(contentsOf: folder.appending(path: "measures.tsv"), encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
        return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
    }

    @Test func twoVisitsGiveAReportATableAndAMap() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            let answer = try Carpus.run("run", twoVisits, "--input", "in", "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            #expect(answer.out.hasSuffix("out/sub-07.html\n") && answer.out.split(separator: "\n").count == 1, "stdout is data only")
            let out = folder.appending(path: "out"), names = try results(in: out).keys
            for name in ["sub-07.html", "measures.tsv", "measures.json", "participants.tsv", "dataset_description.json"] { #expect(names.contains(name)) }
            #expect(names.contains { $0.hasPrefix("sub-07/change/ses-01_to_ses-02/") && $0.hasSuffix("_dseg.nii.gz") })
            let rows = try table(out), grown = try #require(rows.first { $0["region"] == "increase" && $0["measure"] == "volume-change" })
            // A ball that grows from 2.5 to 6 mm gains 0.84 mL at half of its height, and 1.9 mL where its soft rim comes out of the noise.
            let value = try #require(Double(grown["value"] ?? ""))
            #expect((0.84...2.1).contains(value), "\(value) mL")
            #expect(grown["session_id"] == "ses-01>ses-02" && grown["side"] == "L" && grown["unit"] == "mL")
            let html = try String(contentsOf: out.appending(path: "sub-07.html"), encoding: .utf8)
            #expect(html.contains("data:image/webp;base64,") && !html.contains("src=\"http"))
        }
    }

    @Test func runAgainNothingIsDoneAndAChangedParameterRedoesWhatDependsOnIt() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            let text = try String(contentsOf: URL(filePath: twoVisits), encoding: .utf8)
            try text.write(to: folder.appending(path: "p.yml"), atomically: true, encoding: .utf8)
            #expect(try Carpus.run("run", "p.yml", "--input", "in", "--output", "out", in: folder).status == 0)
            let first = try results(in: folder.appending(path: "out"))
            let again = try Carpus.run("run", "p.yml", "--input", "in", "--output", "out", in: folder)
            #expect(again.err.contains("0 steps done"), "\(again.err)")
            #expect(try results(in: folder.appending(path: "out")) == first)
            let changed = text.replacing("from: {baseline: baseline.scan, followup: followup.scan, transform: align.transform}", with: "from: {baseline: baseline.scan, followup: followup.scan, transform: align.transform}\n    with: {threshold: 4}")
            #expect(changed != text)
            try changed.write(to: folder.appending(path: "p.yml"), atomically: true, encoding: .utf8)
            let partly = try Carpus.run("run", "p.yml", "--input", "in", "--output", "out", "--progress", "plain", in: folder)
            let ran = Set(partly.err.split(separator: "\n").filter { $0.contains(": done in") }.compactMap { $0.split(separator: ":").first?.split(separator: " ").last.map(String.init) })
            #expect(ran.contains("change") && ran.contains("picture") && !ran.contains("align") && !ran.contains { $0.hasPrefix("input.") }, "\(ran)")
        }
    }

    @Test func theSameScanTwiceGivesAnEmptyMap() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"), sameTwice: true)
            #expect(try Carpus.run("run", twoVisits, "--input", "in", "--output", "out", in: folder).status == 0)
            let changes = try table(folder.appending(path: "out")).filter { $0["measure"] == "volume-change" }
            #expect(changes.count == 3 && changes.allSatisfy { Double($0["value"] ?? "") == 0 })
        }
    }

    @Test func swappingTheVisitsFlipsTheSignAndNothingElse() throws {
        try withFolder { folder in
            for (name, swapped) in [("a", false), ("b", true)] {
                try Scans.write(to: folder.appending(path: name), swapped: swapped)
                #expect(try Carpus.run("run", twoVisits, "--input", name, "--output", "out-\(name)", in: folder).status == 0)
            }
            let name = "sub-07/change/ses-01_to_ses-02/sub-07_ses-02_space-halfway_desc-changeZ_FLAIR.nii.gz"
            let a = try NIfTI.readVolume(folder.appending(path: "out-a/\(name)")), b = try NIfTI.readVolume(folder.appending(path: "out-b/\(name)"))
            #expect(a.grid == b.grid)
            #expect(a.scalars.contains { $0 > 3 })
            #expect(zip(a.scalars, b.scalars).allSatisfy { $0 == -$1 || ($0.isNaN && $1.isNaN) })
        }
    }

    @Test func aKilledRunIsCarriedOnAndEndsTheSame() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            #expect(try Carpus.run("run", twoVisits, "--input", "in", "--output", "whole", in: folder).status == 0)
            let expected = try results(in: folder.appending(path: "whole"))
            for (signal, delay) in [(SIGKILL, 0.05), (SIGKILL, 0.3), (SIGKILL, 0.8), (SIGINT, 0.5)] {
                let (process, _, _) = try Carpus.start(["run", twoVisits, "--input", "in", "--output", "torn"], in: folder)
                Thread.sleep(forTimeInterval: delay)
                let begin = Date()
                kill(process.processIdentifier, signal)
                process.waitUntilExit()
                #expect(Date().timeIntervalSince(begin) < 1)
                if signal == SIGINT, process.terminationReason == .exit, process.terminationStatus != 0 { #expect(process.terminationStatus == 130) }
            }
            let last = try Carpus.run("run", twoVisits, "--input", "in", "--output", "torn", in: folder)
            #expect(last.status == 0, "\(last.err)")
            #expect(try results(in: folder.appending(path: "torn")) == expected)
        }
    }

    @Test func aMissingSeriesIsNotScorableAndNeverZero() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            let answer = try Carpus.run("run", Carpus.root.appending(path: "Protocols/wrist-ra.yml").path, "--input", "in", "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let rows = try table(folder.appending(path: "out")).filter { $0["region"] == "enhancement" }
            #expect(rows.count == 2)
            for row in rows { #expect(row["value"] == "n/a" && row["status"] == "not-scorable" && row["reason"]?.contains("t1gd") == true, "\(row)") }
        }
    }

    @Test func theNumberOfThreadsChangesNothing() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            for threads in ["1", "3"] { #expect(try Carpus.run("run", twoVisits, "--input", "in", "--output", threads, "--threads", threads, in: folder).status == 0) }
            #expect(try results(in: folder.appending(path: "1")) == results(in: folder.appending(path: "3")))
        }
    }
}
