import CarpusCore
import CarpusIO
import Foundation
import Testing

@Suite("A dynamic series from simulation to measures")
struct DynamicSeriesTests {
    private func simulated(in folder: URL) throws {
        let made = try Carpus.run(
            "simulate", "--output", "study", "--seed", "7", "--visits", "1", "--activity", "0.6", "--side", "L", "--series", "dce", "--in-plane", "0.6", "--frames", "16", "--step", "0.35", "--quiet", in: folder)
        #expect(made.status == 0, "\(made.err)")
    }

    private func table(_ file: URL) throws -> [[String]] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
    }

    /// Root mean square over a ball of 25 mm of how far each frame lay from the first, from the true motions.
    private func trueDisplacements(_ folder: URL) throws -> [Double] {
        try table(folder.appending(path: "study/derivatives/truth/sub-01/ses-01/dce/sub-01_ses-01_desc-motion_dce.tsv")).map { row in
            let numbers = row.compactMap(Double.init), turn = Vector3(numbers[2], numbers[3], numbers[4]) * (.pi / 180), shift = Vector3(numbers[5], numbers[6], numbers[7])
            // The mean square distance from an axis through the middle of a ball is two fifths of its radius squared.
            return (shift.dot(shift) + turn.dot(turn) * 0.4 * 25 * 25).squareRoot()
        }
    }

    @Test("frames are laid on the first as they truly moved, and one that jumped too far is left out when asked")
    func motion() throws {
        try withFolder { folder in
            try simulated(in: folder)
            let truth = try trueDisplacements(folder), proto = Carpus.root.appending(path: "Protocols/wrist-dce.yml").path
            let run = try Carpus.run("run", proto, "--input", "study", "--output", "out", "-q", in: folder)
            #expect(run.status == 0, "\(run.err)")
            let rows = try table(folder.appending(path: "out/measures.tsv"))
            func value(_ measure: String) -> Double? { rows.first { $0[4] == measure }.flatMap { Double($0[5]) } }
            let most = try #require(value("displacement-max")), largest = truth.max() ?? 0
            #expect(largest > 0.5 && abs(most - largest) < 0.1, "found \(most), true \(largest)")
            #expect(value("frames-rejected") == 0)
            // Without regions the body is counted, and the numbers say so.
            #expect(rows.filter { $0[3] == "body" }.allSatisfy { $0[7] == "review" && $0[9] == "measure.perfusion/4 within body" } && (value("enhancing-volume") ?? 0) > 1)
            #expect(rows.contains { $0[3] == "body-without-arteries" && $0[4] == "N-total" })
            let page = try String(contentsOf: folder.appending(path: "out/sub-01.html"), encoding: .utf8)
            #expect(page.components(separatedBy: "<figure>").count == 4 && page.contains("How far each frame lay from frame 0") && page.contains("None was left out"))
            let body = try NIfTI.readLabels(folder.appending(path: "out/sub-01/ses-01/dce/sub-01_ses-01_seg-body_dseg.nii.gz"))
            let lesions = try NIfTI.readLabels(folder.appending(path: "study/derivatives/truth/sub-01/ses-01/dce/sub-01_ses-01_seg-lesions_dseg.nii.gz"))
            let inflamed = lesions.labels.indices.filter { [1, 2].contains(lesions.labels[$0]) }
            #expect(Double(inflamed.count { body.labels[$0] != 0 }) > 0.95 * Double(inflamed.count) && Double(body.counts[1] ?? 0) < 0.6 * Double(body.grid.count))
            let map = folder.appending(path: "out/sub-01/ses-01/dce/sub-01_ses-01_desc-ME_dcemap.nii.gz")
            #expect(FileManager.default.fileExists(atPath: map.path))

            let strict = "extends: \(proto)\nsteps: {still: {with: {largestDisplacement: \(0.6 * largest)}}}\n"
            try Data(strict.utf8).write(to: folder.appending(path: "strict.yml"))
            let again = try Carpus.run("run", "strict.yml", "--input", "study", "--output", "strict", "-q", in: folder)
            #expect(again.status == 0, "\(again.err)")
            let rejected = try table(folder.appending(path: "strict/measures.tsv")).first { $0[4] == "frames-rejected" }.flatMap { Double($0[5]) }
            let strictPage = try String(contentsOf: folder.appending(path: "strict/sub-01.html"), encoding: .utf8)
            let left = truth.indices.filter { truth[$0] > 0.6 * largest }.map(String.init).joined(separator: ", ")
            #expect(strictPage.contains("Left out: \(left)"))
            #expect(rejected == Double(truth.filter { $0 > 0.6 * largest }.count))
        }
    }
}
