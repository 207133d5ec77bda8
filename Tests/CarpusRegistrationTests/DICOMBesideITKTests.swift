import CarpusCore
import CarpusIO
import CarpusRegistration
import CarpusTestSupport
import Foundation
import Testing

/// DCMTK writes, GDCM reads and ITK, which brings a GDCM of its own kin, computes, all in one process.
struct DICOMBesideITKTests {
    @Test func whatDCMTKWroteAndGDCMReadITKCorrects() throws {
        let folder = try temporaryFolder().appending(path: "series"), start = try #require(DICOMMoment(date: "20240102"))
        let image = Phantom.image(on: try Phantom.grid(spacing: Vector3(1.6, 1.6, 2.5))).map { $0.rounded() + 100 }
        let series = MRSeriesDescription(
            patient: .init(id: "sub-01", name: "Simulated^One"), study: .init(instanceUID: DICOMUID.derived(from: "study"), start: start, description: "Wrist"),
            instanceUID: DICOMUID.derived(from: "series"), frameOfReferenceUID: DICOMUID.derived(from: "frame of reference"), number: 1, description: "t1_se_cor", laterality: .left,
            acquisition: .init(sequence: [.spinEcho], repetitionTime: 0.57, echoTime: 0.017, flipAngle: 90, fieldStrength: 1.5))
        func corrected(_ volume: Volume<Float>) throws -> [Float] { try BiasField.correct(volume).corrected.scalars }
        let before = try corrected(image)
        try DICOMWriter.write(image, as: series, to: folder)
        guard case .volume(let read) = try DICOMFolder.scan(folder).series[0].load()[0].content else { Issue.record("no volume"); return }
        #expect(read.scalars == image.scalars)
        #expect(try zip(corrected(read), before).allSatisfy { abs($0 - $1) <= 1e-4 * abs($1) })
    }
}
