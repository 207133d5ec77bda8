import CarpusCore
import CarpusIO
import CarpusPipeline
import Foundation
import Testing

/// The wrist protocol with a dynamic series, and its variants, on a virtual wrist.
@Suite struct WholeProtocolTests {
    private static let joints = ["distal-radioulnar", "radiocarpal", "intercarpal-carpometacarpal"]

    private func file(_ name: String) -> String { Carpus.root.appending(path: "Protocols/\(name).yml").path }

    private func simulate(in folder: URL) throws {
        let made = try Carpus.run(
            "simulate", "--output", "study", "--seed", "5", "--visits", "1", "--activity", "0.6", "--side", "L", "--in-plane", "0.6", "--slice-thickness", "2.5", "--frames", "14", "--step", "0.4",
            "--format", "dicom", "--series", "t1", "dce", "--quiet", in: folder)
        #expect(made.status == 0, "\(made.err)")
    }

    /// Volume overlap of each joint, the labels found over the true ones, on the dynamic series' grid.
    private func overlaps(_ found: LabelMap, _ folder: URL) throws -> [Double] {
        let truth = try NIfTI.readLabels(folder.appending(path: "study/derivatives/truth/sub-01/ses-01/dce/sub-01_ses-01_seg-anatomy_dseg.nii.gz"))
        return (16...18 as ClosedRange<UInt16>).map { label in
            let both = zip(found.labels, truth.labels).count { $0 == label && $1 == label }
            return 2 * Double(both) / Double((found.counts[label] ?? 0) + (truth.counts[label] ?? 0))
        }
    }

    /// A number for every joint, to be looked at because its site is an atlas's.
    private func expectJoints(_ rows: [[String: String]]) throws {
        for joint in Self.joints {
            for measure in ["enhancing-volume", "ME", "IRE"] {
                let row = try #require(rows.first { $0["region"] == joint && $0["measure"] == measure }, "\(measure) of \(joint)")
                #expect(row["status"] == "review" && row["reason"]?.contains("atlas") == true && (row["value"].flatMap(Double.init) ?? 0) > 0, "\(row)")
            }
        }
        #expect(!rows.contains { $0["region"] == "lunate" && $0["measure"] == "ME" })
    }

    @Test func aDynamicSeriesIsReadBySiteWithT1AndAloneAndWhatIsMissingHasAReason() throws {
        try withFolder { folder in
            try simulate(in: folder)
            let answer = try Carpus.run("run", file("wrist-ra"), "--input", "study", "--output", "out", "-q", in: folder)
            #expect(answer.status == 0, "\(answer.err)")
            let rows = try OutputFiles.table(folder.appending(path: "out/measures.tsv"))
            try expectJoints(rows)
            let synovitis = try #require(rows.first { $0["region"] == "synovitis" && $0["measure"] == "volume" })
            #expect(synovitis["status"] == "not-scorable" && synovitis["reason"]?.contains("t1gd") == true)
            let sites = try NIfTI.readLabels(folder.appending(path: "out/sub-01/ses-01/dce/sub-01_ses-01_seg-sites_dseg.nii.gz"))
            let carried = try overlaps(sites, folder)
            #expect(carried.allSatisfy { $0 > 0.5 }, "\(carried)")

            // The same series, and nothing of T1.
            let alone = try Carpus.run("run", file("wrist-ra-dce-only"), "--input", "study", "--output", "alone", "-q", in: folder)
            #expect(alone.status == 0, "\(alone.err)")
            try expectJoints(OutputFiles.table(folder.appending(path: "alone/measures.tsv")))
            let anatomy = try NIfTI.readLabels(folder.appending(path: "alone/sub-01/ses-01/dce/sub-01_ses-01_seg-wrist_dseg.nii.gz")), own = try overlaps(anatomy, folder)
            #expect(own.allSatisfy { $0 > 0.5 }, "\(own)")
        }
    }

    @Test func withoutAnAgentNothingOfItIsAskedFor() throws {
        try withFolder { folder in
            try Scans.write(to: folder.appending(path: "in"))
            let plan = try Carpus.run("plan", file("wrist-ra-no-contrast"), "--input", "in", in: folder)
            #expect(plan.status == 0 && plan.out.contains("no series at visit 01 was recognised as 'stir'"), "\(plan.out)\(plan.err)")
            for word in ["t1gd", "dce", "inflam", "perfusion"] { #expect(!plan.out.contains(word), "\(plan.out)") }
        }
    }

    /// Descriptions as scanners give them, and the role each has to play.
    @Test(arguments: [
        ("t1_tse_cor", "t1"), ("T1 COR FS +C", "t1gd"), ("t1_vibe_dyn_cor", "dce"), ("T1 TWIST post Gd", "dce"), ("STIR cor", "stir"), ("DCE T1w", "dce"),
    ])
    func descriptionsArePlayedByTheirRoles(description: String, role: String) throws {
        let analysis = try AnalysisProtocol(contentsOf: URL(filePath: file("wrist-ra")))
        let played = try analysis.series.filter { rule in
            let pattern = try NSRegularExpression(pattern: rule.match["SeriesDescription"] ?? "")
            return pattern.firstMatch(in: description, range: NSRange(description.startIndex..., in: description)) != nil
        }
        #expect(played.map(\.role) == [role])
    }
}
