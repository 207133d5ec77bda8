import CarpusCore
import CarpusIO
import CarpusRegistration
import CarpusTestSupport
import Foundation
import Testing

/// The main job on real scans, as a user runs it.
@Suite(.serialized, .enabled(if: TestData.available, "needs the reference data")) struct RealScansTests {
    @Test func theBonesOfARealLeftWristFromDICOM() throws {
        try withFolder { folder in
            let scans = TestData.folder.appending(path: "wrist_mr_dcm4che/dicom")
            let answer = try Carpus.run("run", Carpus.root.appending(path: "Protocols/wrist-bones.yml").path, "--input", scans.path, "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let out = folder.appending(path: "out")
            let rows = try String(contentsOf: out.appending(path: "measures.tsv"), encoding: .utf8).split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
            let volumes = rows.filter { $0[4] == "volume" }.compactMap { Double($0[5]) }
            #expect((5...20).contains(volumes.count))
            #expect(volumes.allSatisfy { (0.03...40).contains($0) })
            #expect(rows.allSatisfy { $0[2] == "L" }, "the header names the side")
            let report = try #require(try FileManager.default.contentsOfDirectory(atPath: out.path).first { $0.hasSuffix(".html") })
            let html = try String(contentsOf: out.appending(path: report), encoding: .utf8)
            #expect(html.localizedCaseInsensitiveContains("gauss"), "the field strength of 15015 is doubted")
            #expect(html.localizedCaseInsensitiveContains("prone"))
            #expect(!html.contains("DOE^J"), "no name of a person stands in a report")
        }
    }

    @Test func theChangeAnExpertMarkedRanksAboveTheRest() throws {
        try withFolder { folder in
            let scans = TestData.folder.appending(path: "longitudinal_ms/raw")
            let answer = try Carpus.run("run", Carpus.root.appending(path: "Protocols/two-visits.yml").path, "--input", scans.path, "--output", "out", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let change = folder.appending(path: "out/sub-patient01/change/ses-1_to_ses-2"), stem = "sub-patient01_ses-2"
            let z = try NIfTI.readVolume(change.appending(path: "\(stem)_space-halfway_desc-changeZ_FLAIR.nii.gz"))
            let halfwayFromBaseline = try ITKTransformFile.read(change.appending(path: "\(stem)_desc-changeHalfwayFromBaseline_mode-image_xfm.tfm"))
            let reference = scans.appending(path: "patient01")
            let baselineFromCommon = try ITKTransformFile.read(reference.appending(path: "study1_FLAIR_to_common_space.txt"))
            let truth = try NIfTI.readLabels(reference.appending(path: "gt.nii.gz"))
                .resampled(onto: z.grid, through: try (halfwayFromBaseline * baselineFromCommon).inverted())
            var scored: [(score: Float, changed: Bool)] = []
            for i in z.scalars.indices where z.scalars[i].isFinite && z.scalars[i] != 0 { scored.append((abs(z.scalars[i]), truth.labels[i] != 0)) }
            #expect(scored.count { $0.changed } > 1000)
            #expect(areaUnderCurve(scored) >= 0.8)
        }
    }

    /// Mann and Whitney's statistic; ties are rare in real numbers and count as ordered.
    private func areaUnderCurve(_ scored: [(score: Float, changed: Bool)]) -> Double {
        var ranks = 0.0, positives = 0.0
        for (i, one) in scored.sorted(by: { $0.score < $1.score }).enumerated() where one.changed {
            ranks += Double(i + 1)
            positives += 1
        }
        let negatives = Double(scored.count) - positives
        return (ranks - positives * (positives + 1) / 2) / (positives * negatives)
    }
}
