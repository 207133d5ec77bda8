import Foundation
import Testing

@Suite struct AgreeTests {
    private struct Row: Decodable { let measure: String?, statistic, raters, unit: String, value, lower, upper: Double?, n: Int, note: String? }
    private struct Curve: Decodable {
        struct Point: Decodable { let cutoff, sensitivity, specificity, precision: Double }
        let measure: String?, raters: String, points: [Point]
    }
    private struct Answer: Decodable { let rows: [Row], curves: [Curve] }

    private func write(_ lines: [String], to file: URL) throws { try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file) }

    /// Shrout and Fleiss' six subjects and four judges, as volumes; judge 4 missed one more subject.
    private var volumes: [String] {
        let table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
        let rows = table.enumerated().flatMap { i, row in row.enumerated().map { j, v in "sub-\(i + 1)\tvolume\tjudge-\(j + 1)\t\(Double(v) + 0.5)\tmL\tok" } }
        return ["participant_id\tmeasure\trater\tvalue\tunit\tstatus"] + rows + ["sub-7\tvolume\tjudge-1\t3\tmL\tok", "sub-7\tvolume\tjudge-2\t3\tmL\tok", "sub-7\tvolume\tjudge-3\t3\tmL\tok", "sub-7\tvolume\tjudge-4\tn/a\tmL\tnot-scorable"]
    }

    @Test func theTableOfShroutAndFleiss() throws {
        try withFolder { folder in
            try write(volumes, to: folder.appending(path: "t.tsv"))
            let answer = try Carpus.run("agree", "t.tsv", "--json", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let rows = try JSONDecoder().decode(Answer.self, from: Data(answer.out.utf8)).rows
            let icc = try #require(rows.first { $0.statistic == "icc ICC(A,1)" })
            #expect(abs((icc.value ?? 0) - 0.289763779527559) < 1e-9 && icc.n == 6 && icc.note == "1 of 7 subjects lack a value")
            // 7.6667 - 2.5 over six subjects, and 3 - 3.
            let bias = try #require(rows.first { $0.statistic == "bias" && $0.raters == "judge-1|judge-2" })
            #expect(abs((bias.value ?? 0) - 31.0 / 7) < 1e-9 && bias.unit == "mL" && bias.n == 7)
            #expect(!rows.contains { $0.statistic.hasPrefix("kappa") } && rows.contains { $0.statistic == "ratio" })
            let plain = try Carpus.run("agree", "t.tsv", in: folder)
            #expect(plain.out.split(separator: "\n").count == rows.count + 1 && plain.out.hasPrefix("measure\tstatistic\traters\tvalue\tlower\tupper\tunit\tn\tnote\n"))
        }
    }

    @Test func gradesAgainstAReferenceAndChanges() throws {
        try withFolder { folder in
            let truth = [0, 0, 1, 2, 3, 1, 0, 2], found = [0, 1, 1, 2, 3, 0, 0, 1]
            var lines = ["participant_id\tsession_id\treader\tvalue"]
            for i in truth.indices {
                for (session, gain) in [("ses-01", 0), ("ses-02", i % 3)] {
                    lines += ["sub-\(i)\t\(session)\tnet\t\(found[i] + gain)", "sub-\(i)\t\(session)\ttruth\t\(truth[i] + gain)"]
                }
            }
            try write(lines, to: folder.appending(path: "g.tsv"))
            let answer = try Carpus.run("agree", "g.tsv", "--reference", "truth", "--json", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let told = try JSONDecoder().decode(Answer.self, from: Data(answer.out.utf8)), rows = told.rows, curve = try #require(told.curves.first)
            #expect(told.curves.count == 1 && curve.raters == "net|truth" && curve.points.last.map { $0.sensitivity == 1 && $0.specificity == 0 } == true)
            #expect(zip(curve.points, curve.points.dropFirst()).allSatisfy { $0.cutoff > $1.cutoff && $0.sensitivity <= $1.sensitivity && $0.specificity >= $1.specificity })
            func value(_ name: String) -> Double? { rows.first { $0.statistic == name }?.value }
            #expect(rows.allSatisfy { $0.raters == "net|truth" || $0.raters == "all" || $0.statistic == "srm" })
            #expect(value("exact-agreement") == 10.0 / 16 && value("close-agreement") == 1)
            let single = try Carpus.run("agree", "g.tsv", "--by", "session_id", in: folder)
            #expect(single.out.contains("ses-01\texact-agreement") && single.out.contains("ses-02\texact-agreement"))
            #expect(value("sdc") == 0 && value("icc-change ICC(A,1)") == 1)
            #expect(try #require(value("auc")) > 0.5 && value("cutoff-both") != nil)
        }
    }

    @Test func figuresOfEveryPair() throws {
        try withFolder { folder in
            try write(volumes, to: folder.appending(path: "t.tsv"))
            #expect(try Carpus.run("agree", "t.tsv", "--figures", "plain", in: folder).status == 0)
            let plain = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "plain").path).sorted()
            #expect(plain.count == 12 && plain.first == "volume_judge-1_judge-2_bland-altman.svg" && plain.allSatisfy { $0.hasSuffix("_bland-altman.svg") || $0.hasSuffix("_scatter.svg") })
            let refused = try Carpus.run("agree", "t.tsv", "--figures", "plain", in: folder)
            #expect(refused.status == 73 && refused.err.contains("--force"))
            #expect(try Carpus.run("agree", "t.tsv", "--figures", "plain", "--force", in: folder).status == 0)
            let grades = (0..<8).flatMap { ["s\($0)\tnet\t\($0 % 4)", "s\($0)\ttruth\t\(($0 + $0 / 6) % 4)"] }
            try write(["participant_id\treader\tvalue"] + grades, to: folder.appending(path: "g.tsv"))
            #expect(try Carpus.run("agree", "g.tsv", "--reference", "truth", "--figures", "graded", in: folder).status == 0)
            let graded = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "graded").path).sorted()
            #expect(graded == ["bland-altman", "confusion", "precision-recall", "roc", "scatter"].map { "net_truth_\($0).svg" })
        }
    }

    // ses-10 comes after ses-9: everything grew.
    @Test func visitsAreOrderedAsPeopleCount() throws {
        try withFolder { folder in
            let lines = (1...6).flatMap { i in ["A", "B"].flatMap { r in ["sub-\(i)\tses-9\t\(r)\t\(i).5", "sub-\(i)\tses-10\t\(r)\t\(2 * i).25"] } }
            try write(["participant_id\tsession_id\trater\tvalue"] + lines, to: folder.appending(path: "t.tsv"))
            let rows = try JSONDecoder().decode(Answer.self, from: Data(Carpus.run("agree", "t.tsv", "--json", in: folder).out.utf8)).rows
            // Changes 0.75, 1.75, ... 5.75: mean 3.25, deviation √3.5.
            let srm = try #require(rows.first { $0.statistic == "srm" }?.value)
            #expect(abs(srm - 3.25 / 3.5.squareRoot()) < 1e-9)
        }
    }

    @Test func visitsWhoseNamesTellNoOrderAreRefused() throws {
        try withFolder { folder in
            let lines = (1...6).flatMap { i in ["A", "B"].flatMap { r in ["sub-\(i)\tses-2\t\(r)\t\(i).5", "sub-\(i)\tses-1\t\(r)\t\(2 * i).25"] } }
            let head = ["participant_id\tsession_id\trater\tvalue"]
            // Either order of the file: the sign of change is the visits'.
            for order in [lines, lines.reversed()] {
                try write(head + order, to: folder.appending(path: "t.tsv"))
                let rows = try JSONDecoder().decode(Answer.self, from: Data(Carpus.run("agree", "t.tsv", "--json", in: folder).out.utf8)).rows
                #expect(try #require(rows.first { $0.statistic == "srm" }?.value) < 0)
            }
            for order in [lines, lines.reversed()] {
                try write(head + order.map { $0.replacing("ses-2", with: "ses-01") }, to: folder.appending(path: "t.tsv"))
                let answer = try Carpus.run("agree", "t.tsv", in: folder)
                #expect(answer.status == 65 && answer.out.isEmpty && answer.err.contains("ses-1") && answer.err.contains("ses-01") && answer.err.contains("which came first"), "\(answer.err)")
            }
        }
    }

    @Test func optionsChangeWhatTheySay() throws {
        try withFolder { folder in
            try write(volumes, to: folder.appending(path: "t.tsv"))
            func rows(_ arguments: String...) throws -> [Row] {
                let (process, out, err) = try Carpus.start(["agree", "t.tsv", "--json"] + arguments, in: folder)
                process.waitUntilExit()
                let told = try String(contentsOf: err, encoding: .utf8)
                #expect(process.terminationStatus == 0, "\(told)")
                return try JSONDecoder().decode(Answer.self, from: Data(contentsOf: out)).rows
            }
            func row(_ name: String, _ rows: [Row]) throws -> Row { try #require(rows.first { $0.statistic == name && $0.raters == "judge-1|judge-2" }) }
            let plain = try rows(), one = try row("sdd", plain)
            let mean = try row("sdd", rows("--averaged", "4")), narrow = try row("pearson", rows("--level", "0.5")), wide = try row("pearson", plain)
            #expect(abs((mean.value ?? 0) - (one.value ?? 1) / 2) < 1e-12)
            #expect((narrow.lower ?? 0) > (wide.lower ?? 1))
            for arguments in [["--bootstrap", "percentile"], ["--seed", "9"], ["--replicates", "50"]] {
                let other = try row("sdd", rows(arguments[0], arguments[1]))
                // Seven subjects leave few different replicates: one end may stay.
                #expect(other.value == one.value && (other.lower != one.lower || other.upper != one.upper), "\(arguments)")
            }
            // Judge 2 calls 4.5 or more positive: subjects 3 and 5, whom judge 1 gave 8.5 and 10.5, beside 9.5 for subject 1.
            let curve = try rows("--reference", "judge-2", "--positive", "4.5"), eased = try rows("--reference", "judge-2", "--positive", "4.5", "--least", "0.8")
            let area = try row("auc", curve), sensitive = try row("cutoff-sensitivity", curve), specific = try row("cutoff-specificity", curve), less = try row("cutoff-specificity", eased)
            #expect(abs((area.value ?? 0) - 9.0 / 10) < 1e-12 && sensitive.value == 8.5 && specific.value == 10.5 && less.value == 8.5)
        }
    }

    @Test func whatIsWrongWithATableIsTold() throws {
        try withFolder { folder in
            let file = folder.appending(path: "t.tsv")
            func refused(_ lines: [String], _ arguments: [String] = [], status: Int32 = 65, says word: String) throws {
                try write(lines, to: file)
                let (process, _, err) = try Carpus.start(["agree", "t.tsv"] + arguments, in: folder)
                process.waitUntilExit()
                let text = try String(contentsOf: err, encoding: .utf8)
                #expect(process.terminationStatus == status && text.contains(word), "\(text)")
            }
            let head = "participant_id\trater\tvalue"
            try refused([head, "a\tx\t1", "a\ty\tmany"], says: "no number")
            try refused([head, "a\tx\t1", "a\tx\t2"], says: "two values")
            try refused([head, "a\tx\t1", "b\tx\t2"], says: "two raters")
            try refused([head, "a\tx\t1", "a\ty"], says: "line 3 has 2 cells")
            try refused(["participant_id\tvalue", "a\t1"], says: "'rater'")
            try refused([head, "a\tx\t1", "a\ty\t2"], ["--reference", "z"], says: "none of the raters")
            try refused([head, "a\tx\t1", "a\ty\t2"], ["--by", "regoin"], says: "'regoin' is missing")
            try refused([head, "a\tx\t1.5", "a\ty\t2"], ["--scale", "grades"], says: "no grades")
            try refused([head, "a\tx\t1e20", "a\ty\t2"], ["--scale", "grades"], says: "no grades")
            try refused([""], says: "'value' is missing")
            try refused([head], ["--level", "95"], status: 64, says: "between 0 and 1")
            #expect(try Carpus.run("agree", "nothing.tsv", in: folder).status == 66)
        }
    }
}
