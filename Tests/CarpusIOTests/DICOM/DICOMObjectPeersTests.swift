import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// What other people's programs make of segmentations and reports.
@Suite(.serialized) struct DICOMObjectPeersTests {
    private func objects(_ made: WrittenSeries, evidence: [DICOMSource] = [], missing: [String] = []) throws -> (seg: URL, sr: URL) {
        let (seg, sr) = (made.folder.appending(path: "seg.dcm"), made.folder.appending(path: "sr.dcm")), segmentation = try made.segmentation(evidence: evidence)
        try segmentation.write(to: seg, of: made.study)
        var report = try made.report(on: segmentation)
        report.missing = missing
        try report.write(to: sr, of: made.study)
        return (seg, sr)
    }

    @Test(.enabled(if: Program.find("dciodvfy") != nil, "needs dciodvfy, of dicom3tools"), arguments: [Index3(5, 7, 4), Index3(8, 6, 1)]) func theStandardIsKept(_ size: Index3) throws {
        let program = try #require(Program.find("dciodvfy")), further = try WrittenSeries(size: size, series: "stir"), elsewhere = try WrittenSeries(study: "other", series: "t1gd")
        let (seg, sr) = try objects(WrittenSeries(size: size), evidence: [further.source, elsewhere.source], missing: ["a.labels"])
        for (file, kind) in [(seg, "Segmentation"), (sr, "Comprehensive3DSR")] {
            let (status, said) = try Program.run(program, ["-new", file.path])
            // It knows no private coding scheme.
            let complaints = said.split(separator: "\n").filter { ($0.hasPrefix("Error") || $0.hasPrefix("Warning")) && !$0.contains("/CodingScheme") }
            #expect(status == 0 && complaints.isEmpty && said.contains(kind), "\(said)")
        }
    }

    @Test(.enabled(if: Program.find("dsrdump") != nil, "needs dsrdump, of dcmtk")) func theReportIsReadableElsewhere() throws {
        let (status, said) = try Program.run(try #require(Program.find("dsrdump")), ["-Er", "+Pn", try objects(WrittenSeries()).sr.path])
        // It cannot check names in UTF-8.
        let complaints = said.split(separator: "\n").filter { ($0.hasPrefix("W:") || $0.hasPrefix("E:")) && !$0.contains("Specific Character Set") }
        #expect(status == 0 && complaints.isEmpty, "\(said)")
        for line in ["Imaging Measurement Report", "Tracking Identifier", "synovitis/radiocarpal L", "Volume", "milliliter", "RAMRIS-like grade", "Value unknown", "Referenced Segment"] {
            #expect(said.contains(line), "\(line) in \(said)")
        }
    }

    private static let hasHighdicom = (try? Python.run(["-c", "import highdicom"])) != nil

    @Test(.enabled(if: hasHighdicom, "needs a Python with highdicom, named by CARPUS_TEST_PYTHON"), arguments: [false, true]) func highdicomSeesTheSameVoxelsAtTheSamePlaces(_ leftHanded: Bool) throws {
        let made = try WrittenSeries(leftHanded: leftHanded), segmentation = try made.segmentation(), grid = made.grid
        let script = """
            import sys, json, numpy as np, pydicom, highdicom as hd
            seg = hd.seg.segread(sys.argv[1])
            out = []
            for n in seg.segment_numbers:
                volume = seg.get_volume(segment_numbers=[n])
                at = np.argwhere(volume.array[..., 0] > 0)
                out.append(np.round(volume.map_indices_to_reference(at), 6).tolist())
            # highdicom 0.28 reads no number without a value, which the standard allows: the group that is not scorable is left out.
            sr = pydicom.dcmread(sys.argv[2])
            del sr.ContentSequence[-1].ContentSequence[1]
            groups = hd.sr.Comprehensive3DSR.from_dataset(sr).content.get_volumetric_roi_measurement_groups()
            segment = groups[0].referenced_segment
            print(json.dumps({"voxels": out, "groups": [[g.tracking_identifier, str(g.tracking_uid), len(g.get_measurements())] for g in groups],
                              "values": [[m.name.meaning, float(m.value), m.unit.value] for m in groups[0].get_measurements()],
                              "segment": [str(segment.referenced_sop_instance_uid), int(np.ravel(segment.referenced_segment_numbers)[0])],
                              "uids": [str(seg.get_segment_description(n).tracking_uid) for n in seg.segment_numbers]}))
            """
        let (seg, sr) = try objects(made)
        let answer = try #require(try JSONSerialization.jsonObject(with: Python.run(["-c", script, seg.path, sr.path])) as? [String: Any])
        let voxels = try #require(answer["voxels"] as? [[[Double]]])
        for (i, points) in voxels.enumerated() {
            let found = points.map { p -> Int in
                let v = Index3(grid.voxelFromWorld(Vector3(p[0], p[1], p[2])).rounded(.toNearestOrEven))
                return grid.offset(v.x, v.y, v.z)
            }
            #expect(found.sorted() == segmentation.voxels(of: i + 1))
        }
        let uids = try #require(answer["uids"] as? [String]), groups = try #require(answer["groups"] as? [[Any]]), values = try #require(answer["values"] as? [[Any]])
        #expect(voxels.count == 2 && groups.count == 1 && groups[0][1] as? String == uids[0] && groups[0][2] as? Int == 2)
        #expect(values[0][0] as? String == "Volume" && abs((values[0][1] as? Double ?? 0) - 0.3) < 1e-12 && values[0][2] as? String == "mL")
        let segment = try #require(answer["segment"] as? [Any])
        #expect(try segment[0] as? String == segmentation.instanceUID(in: made.study) && segment[1] as? Int == 1)
    }

    private static let hasArchive = ["Orthanc", "storescu", "movescu", "storescp"].allSatisfy { Program.find($0) != nil }

    @Test(.enabled(if: hasArchive, "needs Orthanc, of orthanc, and storescu, movescu and storescp, of dcmtk")) func anArchiveGivesBackWhatItWasGiven() throws {
        let (seg, sr) = try objects(WrittenSeries()), archive = try Archive()
        defer { archive.stop() }
        try archive.store([seg, sr])
        let back = try archive.fetch(study: DICOMUID.derived(from: "study"))
        for file in [seg, sr] {
            let sent = try DataSet(file), same = back.first { $0.text(0x0008_0018) == sent.text(0x0008_0018) }
            #expect(same == sent, "\(file.lastPathComponent)")
        }
        #expect(back.count == 2)
    }
}
