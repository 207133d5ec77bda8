import Foundation
import Testing

extension Scans {
    /// Two subjects: the first seen twice, the second at one visit only.
    static func writeTwoSubjects(to folder: URL) throws {
        try write(to: folder)
        let second = folder.appending(path: "sub-08/ses-01/anat")
        try FileManager.default.createDirectory(at: second, withIntermediateDirectories: true)
        for ending in [".nii.gz", ".json"] {
            try FileManager.default.copyItem(at: folder.appending(path: "sub-07/ses-01/anat/sub-07_ses-01_T1w\(ending)"), to: second.appending(path: "sub-08_ses-01_T1w\(ending)"))
        }
    }
}

@Suite("several subjects together")
struct CohortTests {
    @Test func tableAndPageHoldWhatTheMeasuresHold() throws {
        try withFolder { folder in
            try Scans.writeTwoSubjects(to: folder.appending(path: "in"))
            let answer = try Carpus.run("run", Carpus.root.appending(path: "Protocols/wrist-ra.yml").path, "--input", "in", "--output", "out", in: folder)
            #expect(answer.status == 0 && answer.out.hasSuffix("out/index.html\n"), "\(answer.out)\(answer.err)")
            let out = folder.appending(path: "out"), measures = try OutputFiles.table(out.appending(path: "measures.tsv")), group = try OutputFiles.table(out.appending(path: "group.tsv"))
            #expect(group.filter { $0["session_id"]?.contains(">") == false }.map { "\($0["participant_id"] ?? "") \($0["session_id"] ?? "")" } == ["sub-07 ses-01", "sub-07 ses-02", "sub-08 ses-01"])
            // Every number stands once, and only under its own name.
            let numbers = group.flatMap { row in row.filter { !$0.key.hasSuffix(":status") && Double($0.value) != nil }.map(\.value) }
            #expect(numbers.sorted() == measures.compactMap { $0["value"] }.filter { Double($0) != nil }.sorted() && !numbers.isEmpty)
            for m in measures where m["session_id"]?.contains(">") == false {
                let row = try #require(group.first { $0["participant_id"] == m["participant_id"] && $0["session_id"] == m["session_id"] })
                let name = "\(m["measure"] ?? "")@\(m["region"] ?? "")"
                let column = try #require(row.keys.first { $0 == name } ?? row.keys.first { $0 == "\(name)@\(m["method"] ?? "")" }, "\(name)")
                #expect(row[column] == m["value"] && row[column + ":status"] == m["status"], "\(name)")
            }
            let missing = try #require(group.first)
            #expect(missing["volume@enhancement"] == "n/a" && missing["volume@enhancement:status"] == "not-scorable", "never a zero")
            let page = try String(contentsOf: out.appending(path: "index.html"), encoding: .utf8)
            #expect(page.contains("<a href=\"sub-07.html\">sub-07</a>") && page.contains("<a href=\"sub-08.html\">sub-08</a>") && page.contains("t1gd"))
            #expect(page.contains("script-src 'sha256-") && !page.contains("src=\"http") && page.contains("data:image/svg+xml;base64,"))
            let dictionary = try #require(JSONSerialization.jsonObject(with: Data(contentsOf: out.appending(path: "group.json"))) as? [String: Any])
            #expect(Set(dictionary.keys) == Set(missing.keys))
        }
    }

    @Test func oneSubjectHasNoPageOfAll() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            #expect(try Carpus.run("run", Carpus.root.appending(path: "Protocols/wrist-bones.yml").path, "--input", "in", "--output", "out", in: folder).status == 0)
            #expect(try OutputFiles.all(in: folder.appending(path: "out")).keys.filter { $0 == "index.html" || $0.hasPrefix("group") } == [])
        }
    }
}
