import CarpusCore
import CarpusIO
import Foundation
import Testing

/// The atlas on a wrist it has never seen, and what is said of it.
@Suite struct AtlasTests {
    /// Twice what two maps share of a label over what both hold of it.
    private func dice(_ a: LabelMap, _ b: LabelMap, _ label: UInt16) -> Double {
        var both = 0, sum = 0
        for (x, y) in zip(a.labels, b.labels) {
            let (inA, inB) = (x == label, y == label)
            sum += (inA ? 1 : 0) + (inB ? 1 : 0)
            if inA && inB { both += 1 }
        }
        return sum > 0 ? 2 * Double(both) / Double(sum) : 0
    }

    @Test func theMeanWristFindsTheBonesOfAnother() throws {
        try withFolder { folder in
            let simulated = try Carpus.run(
                "simulate", "--output", "study", "--seed", "4711", "--visits", "1", "--activity", "0.4", "--side", "R", "--series", "t1", "--in-plane", "0.7", "--slice-thickness", "2.5", "--step", "0.4", "--quiet", in: folder)
            #expect(simulated.status == 0, "\(simulated.err)")
            let answer = try Carpus.run("run", Carpus.root.appending(path: "Protocols/wrist-atlas.yml").path, "--input", "study", "--output", "out", "--progress", "none", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            let made = try #require(files.first { $0.hasPrefix("out/sub-01") && $0.hasSuffix("_dseg.nii.gz") && $0.localizedCaseInsensitiveContains("wrist") }, "\(files)")
            let truthFile = try #require(files.first { $0.contains("derivatives/truth") && $0.hasSuffix("seg-anatomy_dseg.nii.gz") && !$0.contains("res-iso") }, "\(files)")
            let labels = try NIfTI.readLabels(folder.appending(path: made)), truth = try NIfTI.readLabels(folder.appending(path: truthFile))
            #expect(labels.grid.matches(truth.grid))
            let bones = (1...15).map { dice(labels, truth, UInt16($0)) }
            // A rigid start alone reaches 0.9 here: the wrists of one population differ little. A bone taken for its neighbour has next to nothing.
            #expect(bones.reduce(0, +) / 15 > 0.8, "\(bones)")
            #expect(bones.allSatisfy { $0 > 0.6 }, "\(bones)")
            let joints = (16...18).map { dice(labels, truth, UInt16($0)) }
            #expect(joints.reduce(0, +) / 3 > 0.5, "\(joints)")
            let page = try #require(files.first { $0.hasPrefix("out/") && $0.hasSuffix(".html") })
            let html = try String(contentsOf: folder.appending(path: page), encoding: .utf8)
            #expect(html.contains("mean wrist laid on the scan"), "the report says where the labels come from")
            #expect(!html.contains("side of the wrist was not given"), "it stands beside the scan")

            // The other side's atlas fits in many ways, all badly: there is no number, and the reason stands in the table.
            let wrong = "extends: \(Carpus.root.appending(path: "Protocols/wrist-atlas.yml").path)\nprotocol: wrong\nsteps:\n  wrist: {with: {side: L}}\n  volumes: {with: {regions: [scaphoid]}}\n"
            try Data(wrong.utf8).write(to: folder.appending(path: "wrong.yml"))
            let refused = try Carpus.run("run", "wrong.yml", "--input", "study", "--output", "other", "--progress", "none", in: folder)
            #expect(refused.status == 0, "\(refused.err)")
            let rows = try String(contentsOf: folder.appending(path: "other/measures.tsv"), encoding: .utf8).split(separator: "\n").filter { $0.contains("scaphoid") }
            #expect(rows.count == 1 && rows.allSatisfy { $0.contains("not-scorable") && $0.contains("the atlas does not fit") }, "\(rows)")
        }
    }
}
