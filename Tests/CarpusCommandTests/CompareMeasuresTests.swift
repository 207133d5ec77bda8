import Foundation
import Testing

/// Two visits through a run: volumes, grades and what changed.
@Suite struct CompareMeasuresTests {
    private func put(_ text: String, _ path: String, in folder: URL) throws {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private let yaml = """
        carpus: 1
        protocol: change
        series: {scan: {kind: volume, file: "*_T1w.nii.gz"}}
        steps:
          bright:  {use: segment.threshold, from: {image: scan}, with: {label: synovitis}}
          volumes: {use: measure.volumes, from: {labels: bright.labels}}
          grades:  {use: grade.ramris, from: {volumes: volumes}, with: {edition: haavardsholm-2007}}
          change:
            use: compare.measures
            each: visit-pair
            from: {baseline: [baseline.volumes, baseline.grades], followup: [followup.volumes, followup.grades], baselineDate: baseline.date, followupDate: followup.date}
            with: {retest: retest.tsv}
        """

    /// Differences of `spread` and its negative about 10 mL, in three subjects.
    private func retest(_ spread: Double) -> String {
        let rows = [(10 + spread, 10), (10, 10), (10 - spread, 10)].enumerated().flatMap { i, v in
            ["sub-\(i)\tses-1\tsynovitis\tvolume\t\(v.0)\tok", "sub-\(i)\tses-2\tsynovitis\tvolume\t\(v.1)\tok"]
        }
        return (["participant_id\tsession_id\tregion\tmeasure\tvalue\tstatus"] + rows).joined(separator: "\n") + "\n"
    }

    @Test func aRunTellsWhatChanged() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            try put("session_id\tacq_time\nses-01\t2024-01-01T09:00:00\nses-02\t2024-12-31\n", "in/sub-07/sub-07_sessions.tsv", in: folder)
            try put(yaml, "p.yml", in: folder)
            try put(retest(0.01), "retest.tsv", in: folder)
            func rows() throws -> [[String]] {
                let answer = try Carpus.run("run", "p.yml", "--input", "in", "--output", "out", "--progress", "none", in: folder)
                #expect(answer.status == 0, "\(answer.err)")
                return try String(contentsOf: folder.appending(path: "out/measures.tsv"), encoding: .utf8).split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
            }
            let all = try rows(), volumes = all.filter { $0[3] == "synovitis" && $0[4] == "volume" }.compactMap { Double($0[5]) }
            func row(_ measure: String, _ all: [[String]]) throws -> [String] { try #require(all.first { $0[3] == "synovitis" && $0[4] == measure }) }
            let change = try row("volume-change", all), annual = try row("volume-annual-change", all), direction = try row("volume-change-direction", all)
            #expect(volumes.count == 2 && change[1] == "ses-01>ses-02" && change[9] == "compare.measures/1")
            #expect(abs((Double(change[5]) ?? 0) - (volumes[1] - volumes[0])) < 1e-12 && (Double(change[5]) ?? 0) > 0.05)
            #expect(annual[6] == "mL/a" && abs((Double(annual[5]) ?? 0) - (volumes[1] - volumes[0]) * 365.25 / 365) < 1e-9)
            #expect(direction[5] == "1.0" && direction[8].hasPrefix("increase: the smallest detectable change is 0.0196 mL"))
            // Nothing is graded without an anatomy: no site has a number, and nothing is taken for 0.
            let grades = all.filter { $0[4] == "ramris" && !$0[1].contains(">") }
            #expect(grades.count == 2 * (3 + 15 + 15 + 10 + 4) && grades.allSatisfy { $0[5] == "n/a" && $0[7] == "not-scorable" && $0[9] == "grade.ramris/1 haavardsholm-2007" })
            // Another table is another limit, without --force.
            try put(retest(10), "retest.tsv", in: folder)
            #expect(try row("volume-change-direction", rows())[8].hasPrefix("within-noise: the smallest detectable change is 19.6 mL"))
            let plan = try Carpus.run("plan", "p.yml", "--input", "in", "--output", "out", in: folder)
            #expect(plan.out.contains("change\tcompare.measures\treuse"), "\(plan.out)")
        }
    }

    @Test func whatIsWrongWithAProtocolIsTold() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            func refused(_ yaml: String, status: Int32, says word: String) throws {
                try put(yaml, "p.yml", in: folder)
                let answer = try Carpus.run("run", "p.yml", "--input", "in", "--output", "out", in: folder)
                #expect(answer.status == status && answer.err.contains(word), "\(answer.err)")
            }
            try refused(yaml, status: 66, says: "retest.tsv")
            try put(retest(1) + "sub-0\tses-3\tsynovitis\tvolume\t1\tok\n", "retest.tsv", in: folder)
            try refused(yaml, status: 65, says: "measured 3 times")
            try refused(yaml.replacing("retest: retest.tsv", with: "detectable: [{measure: volume, absolut: 1}]"), status: 78, says: "absolut")
            try refused(yaml.replacing("edition: haavardsholm-2007", with: "noiseFloors: {erosion: {volum: 1}}"), status: 78, says: "volum")
            try refused(yaml.replacing("edition: haavardsholm-2007", with: "erosionEdges: [0.5, 0.1]"), status: 78, says: "edges of erosion")
        }
    }
}
