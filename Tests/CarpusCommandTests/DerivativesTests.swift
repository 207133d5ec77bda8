import Foundation
import Testing

/// The folder a run leaves, as other programs read it.
@Suite(.serialized) struct DerivativesTests {
    /// The official validator of BIDS: `CARPUS_BIDS_VALIDATOR`, where `.ci/run` puts it, or on the PATH.
    private static let validator: String? = {
        let environment = ProcessInfo.processInfo.environment
        let places = [environment["CARPUS_BIDS_VALIDATOR"] ?? "", Carpus.root.appending(path: ".build/bids-validator/bin/bids-validator-deno").path]
            + (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/bids-validator-deno" }
        return places.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    private struct Answer: Decodable {
        struct Issues: Decodable { let issues: [Issue] }
        struct Issue: Decodable {
            let code, severity: String
            let subCode, location: String?
        }
        let issues: Issues
    }

    private func issues(in folder: URL) throws -> [Answer.Issue] {
        let process = Process(), out = Pipe()
        (process.executableURL, process.arguments) = (URL(filePath: try #require(Self.validator)), ["--format", "json", folder.path(percentEncoded: false)])
        (process.standardOutput, process.standardError) = (out, FileHandle.nullDevice)
        try process.run()
        let data = out.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(Answer.self, from: data).issues.issues
    }

    /// What the validator warns of and a run cannot know: who the authors of the study are.
    private static let expected: Set<String> = ["TOO_FEW_AUTHORS"]

    private func expectValid(_ folder: URL) throws {
        let found = try issues(in: folder)
        #expect(found.filter { $0.severity == "error" }.map { "\($0.code) \($0.location ?? "")" } == [])
        #expect(Set(found.filter { $0.severity == "warning" }.map(\.code)).subtracting(Self.expected) == [])
    }

    private func protocolFile(_ name: String) -> String { Carpus.root.appending(path: "Protocols/\(name).yml").path }

    /// Every sentence of the methods that cites a year has its work in full below.
    private func expectCited(_ file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8), lines = text.split(separator: "\n").filter { $0.hasPrefix("- ") }
        #expect(lines.count > 3 && text.contains("## References"))
        for line in lines where line.contains(/[a-z][^()]* (19|20)[0-9]{2}[);]/) { #expect(line.contains(/\[[0-9, ]+\] \(/), "\(line)") }
    }

    @Test(.enabled(if: validator != nil, "needs bids-validator-deno: see .ci/run")) func theSampleIsValid() throws {
        try withFolder { folder in
            let answer = try Carpus.run("run", protocolFile("wrist-ra"), "--input", Carpus.root.appending(path: "SampleData").path, "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            try expectValid(folder.appending(path: "out"))
            try expectCited(folder.appending(path: "out/methods.md"))
        }
    }

    @Test(.enabled(if: validator != nil, "needs bids-validator-deno: see .ci/run")) func aDynamicSeriesIsValid() throws {
        try withFolder { folder in
            let made = try Carpus.run(
                "simulate", "--output", "in", "--series", "dce", "--visits", "1", "--in-plane", "0.8", "--slice-thickness", "3", "--frames", "24", "--step", "0.4", "--activity", "0.7", "--seed", "5", "--quiet", in: folder)
            #expect(made.status == 0, "\(made.err)")
            let answer = try Carpus.run("run", protocolFile("wrist-dce"), "--input", "in", "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            try expectValid(folder.appending(path: "out"))
            try expectCited(folder.appending(path: "out/methods.md"))
        }
    }

    @Test(.enabled(if: validator != nil, "needs bids-validator-deno: see .ci/run")) func twoSubjectsAreValid() throws {
        try withFolder { folder in
            try Scans.writeTwoSubjects(to: folder.appending(path: "in"))
            let answer = try Carpus.run("run", protocolFile("wrist-ra"), "--input", "in", "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            try expectValid(folder.appending(path: "out"))
        }
    }

    @Test func labelMapsHaveLegendsForViewers() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            #expect(try Carpus.run("run", protocolFile("two-visits"), "--input", "in", "--output", "out", in: folder).status == 0)
            let out = folder.appending(path: "out"), maps = try OutputFiles.all(in: out).keys.filter { $0.hasSuffix("_dseg.nii.gz") }
            #expect(!maps.isEmpty)
            for map in maps {
                func lines(_ ending: String) throws -> [String] { try String(contentsOf: out.appending(path: map.dropLast(7) + ending), encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init) }
                let rows = try OutputFiles.table(out.appending(path: map.dropLast(7) + ".tsv")), slicer = try lines(".ctbl"), snap = try lines(".itksnap.txt")
                #expect(slicer.count == rows.count + 1 && snap.count == rows.count + 1 && slicer[0] == "0 background 0 0 0 0")
                for (i, row) in rows.enumerated() {
                    let (index, name, colour) = (try #require(row["index"]), try #require(row["name"]), try #require(row["color"].flatMap { UInt32($0.dropFirst(), radix: 16) }))
                    let rgb = [colour >> 16, colour >> 8 & 255, colour & 255].map { "\($0)" }
                    #expect(slicer[i + 1].split(separator: " ").map(String.init) == [index, name] + rgb + ["255"])
                    #expect(snap[i + 1].split(separator: " ").map(String.init) == [index] + rgb + ["1", "1", "1", "\"\(name)\""])
                }
            }
            let sessions = try OutputFiles.table(out.appending(path: "sub-07/sub-07_sessions.tsv"))
            #expect(sessions.map { $0["session_id"] } == ["ses-01", "ses-02"] && sessions.allSatisfy { $0["side"] == "L" && $0["days"] == "n/a" })
        }
    }
}
