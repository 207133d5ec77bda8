import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// Real files against what other readers make of them.
struct DICOMReferenceTests {
    /// The volumes of a reference, in the axes of the world.
    private func frames(_ content: NIfTI.Image.Content) -> [Volume<Float>] {
        switch content {
        case .volume(let v): [v.reorientedToLPS()]
        case .series(let s): (0..<s.frameCount).map { s.frame($0).reorientedToLPS() }
        }
    }

    /// Same grid within 1e-3 mm, same voxels within rounding to 32-bit floats.
    private func compare(_ image: DICOMImage, _ reference: String, allowing tolerance: Float = 1e-5) throws {
        let ours = frames(image.content), theirs = frames(try NIfTI.read(TestData.url(reference)).content)
        try #require(ours.count == theirs.count, "\(reference)")
        for (a, b) in zip(ours, theirs) {
            #expect(a.grid.size == b.grid.size && a.grid.matches(b.grid, within: 1e-3), "\(reference): \(a.grid.corners) \(b.grid.corners)")
            let scale = b.scalars.reduce(0) { max($0, abs($1)) }
            let worst = zip(a.scalars, b.scalars).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(worst <= tolerance * scale, "\(reference): voxels differ by \(worst) of \(scale)")
        }
    }

    private func series(_ path: String) throws -> DICOMSeries {
        let scan = try DICOMFolder.scan(TestData.url(path))
        try #require(scan.series.count == 1, "\(path): \(scan.skipped)")
        return scan.series[0]
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"))
    func theWristIsReadAsDcm2niixReadsIt() throws {
        let s = try series("wrist_mr_dcm4che/dicom")
        #expect(s.instanceCount == 16 && s.attributes["MagneticFieldStrength"] == "1.5015" && s.laterality == .left)
        #expect(Set(s.findings.map(\.code)) == ["dicom.field-strength-unit", "dicom.laterality-missing", "dicom.patient-position"])
        let reference = try #require(TestData.files(below: "wrist_mr_dcm4che/derived") { $0.hasSuffix(".nii.gz") }.first)
        let image = try #require(try s.load().first)
        try compare(image, "wrist_mr_dcm4che/derived/" + reference.lastPathComponent)
        let told = String(decoding: try image.sidecar.json(), as: UTF8.self)
        #expect(told.contains("\"EchoTime\" : 0.011") && !told.contains("HOSP") && !told.contains("DOE"))
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"))
    func theKneesEchoesAreToldApart() throws {
        let images = try series("knee_mr_mese_pymskt/dicom").load()
        #expect(images.map(\.suffix) == ["_echo-1", "_echo-2"])
        try compare(images[0], "knee_mr_mese_pymskt/derived/knee_t2map_8_e1.nii.gz")
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"), arguments: 1...9)
    func transferSyntaxes(_ number: Int) throws {
        try compare(try #require(try series("dicom_qa/dcm_qa_ts/In/\(number).dcm").load().first), "dicom_qa/dcm_qa_ts/Ref/\(number).nii")
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"), arguments: [("12bitUnsigned", 2), ("12bitUnsigned_0x0F0F", 3), ("12bitSigned_0x0F0F", 4)])
    func junkHighBits(_ file: String, _ number: Int) throws {
        try compare(try #require(try series("dicom_qa/dcm_qa_12bit/In/\(file).dcm").load().first), "dicom_qa/dcm_qa_12bit/Ref/\(number).nii")
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"), arguments: [("mr_0003", "AP_3"), ("mr_0004", "PA_4"), ("mr_0005", "RL_5"), ("mr_0006", "LR_6")])
    func mosaics(_ folder: String, _ reference: String) throws {
        let image = try #require(try series("dicom_qa/dcm_qa_nih/In/20180918Si/\(folder)").load().first)
        try compare(image, "dicom_qa/dcm_qa_nih/Ref/EPI_PE=\(reference).nii")
        guard case .series(let s) = image.content else { Issue.record("no series"); return }
        #expect(abs(s.times[1] - 2.435) < 1e-3)
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"))
    func enhancedMultiFrame() throws {
        let siemens = try #require(try series("dicom_qa/dcm_qa_enh/In/Siemens/XA10").load().first)
        try compare(siemens, "dicom_qa/dcm_qa_enh/Ref/Siemens_REST1_w_SMS_PF7-8_6.nii")
        let philips = try series("dicom_qa/dcm_qa_enh/In/Philips").load()
        try #require(philips.count == 2)
        #expect(philips.map(\.suffix) == ["", "_real"])
        try compare(philips[0], "dicom_qa/dcm_qa_enh/Ref/Philips_WIP_B0_NS_801_e1.nii")
        try compare(philips[1], "dicom_qa/dcm_qa_enh/Ref/Philips_WIP_B0_NS_801_e2_fieldmaphz.nii", allowing: 2e-5)
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"), arguments: 1...4)
    func encodingsOfOneImage(_ number: Int) throws {
        func volume(_ kind: String, _ name: String) throws -> Volume<Float>? {
            frames(try #require(try series("dicom_wg04_msk/\(kind)/MR\(number)_\(name)").load().first).content).first
        }
        let reference = try #require(try volume("REF", "UNC"))
        // The zero byte at the end of MR1_JLSL's stream is more than CharLS 2.4 forgives.
        for kind in ["RLE", "J2KR", "JLSL", "JPLL"] where (kind, number) != ("JLSL", 1) { #expect(try volume(kind, kind) == reference, "\(kind)") }
        let near = try #require(try volume("JLSN", "JLSN"))
        let worst = zip(near.scalars, reference.scalars).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        // Four steps of what is stored.
        let step = Set(reference.scalars).sorted()
        let least = zip(step.dropFirst(), step).map { $0 - $1 }.min() ?? 1
        #expect(worst <= 4.001 * least, "near-lossless differs by \(worst) of steps of \(least)")
        for kind in ["J2KI", "JPLY"] { _ = try volume(kind, kind) }
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"), arguments: [
        ("gantrytilting/001", "gantry tilt"), ("notavolume/001", "no clock"), ("slicecount/001", "only two slices"), ("sliceincrement/001", "missing between"),
        ("sliceincrement/002", "missing between"), ("sliceorientation/001", "more than one orientation"),
    ])
    func whatIsNoVolumeIsRefused(_ folder: String, _ reason: String) throws {
        let s = try series("dicom_dicom2nifti/failing/" + folder)
        do {
            _ = try s.load()
            Issue.record("\(folder) was not refused")
        } catch let error as IOError {
            #expect(error.message.contains(reason), "\(error.message)")
        }
    }

    @Test(.enabled(if: TestData.available, "needs the reference data"))
    func everyOddFileGivesAnImageOrATypedError() throws {
        var read = 0, refused = 0, skipped = 0
        for file in TestData.files(below: "dicom_pydicom", where: { _ in true }) {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file.path(percentEncoded: false), isDirectory: &isFolder), !isFolder.boolValue else { continue }
            let scan = try DICOMFolder.scan(file)
            skipped += scan.skipped.count
            for s in scan.series {
                do {
                    read += try s.load().count
                } catch {
                    #expect(error is IOError, "\(file.lastPathComponent): \(error)")
                    refused += 1
                }
            }
        }
        #expect(read > 20 && refused > 20 && skipped > 10, "\(read) read, \(refused) refused, \(skipped) skipped")
    }
}
