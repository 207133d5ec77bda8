import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// What dciodvfy, of Debian's package dicom3tools, says of files written here.
struct DICOMValidationTests {
    private static let program: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/dciodvfy" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Lines of complaint about a file.
    private func complaints(about file: URL) throws -> [String] {
        let process = Process(), output = Pipe()
        process.executableURL = URL(filePath: try #require(Self.program))
        process.arguments = ["-new", file.path(percentEncoded: false)]
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(said.contains("MRImage"), "\(said)")
        return said.split(separator: "\n").map(String.init).filter { $0.hasPrefix("Error") || $0.hasPrefix("Warning") }
    }

    private func series(_ acquisition: MRSeriesDescription.Acquisition, _ contrast: MRSeriesDescription.Contrast? = nil) throws -> MRSeriesDescription {
        let start = try #require(DICOMMoment(date: "20240102", time: "101530"))
        return MRSeriesDescription(
            patient: .init(id: "sub-01", name: "Simulated^One"), study: .init(instanceUID: DICOMUID.derived(from: "study"), start: start, description: "Wrist"),
            instanceUID: DICOMUID.derived(from: "series"), frameOfReferenceUID: DICOMUID.derived(from: "frame of reference"), number: 1, description: "t1_se_cor", laterality: .left,
            acquisition: acquisition, contrast: contrast)
    }

    @Test(.enabled(if: program != nil, "needs dciodvfy, of dicom3tools"), arguments: 0..<3)
    func theStandardIsKept(_ kind: Int) throws {
        let folder = try temporaryFolder().appending(path: "series")
        let grid = try Grid(size: Index3(8, 6, 3), spacing: Vector3(0.4, 0.4, 3), origin: Vector3(-1.6, 0, 1.2), direction: RigidTransform(axis: Vector3(1, 2, 3), angle: 0.5).matrix)
        let image = Volume<Float>(grid: grid, scalars: (0..<grid.count).map { Float($0 * 10) })
        switch kind {
        case 0:
            try DICOMWriter.write(image, as: try series(.init(sequence: [.spinEcho], repetitionTime: 0.57, echoTime: 0.017, flipAngle: 90, fieldStrength: 1.5)), to: folder)
        case 1:
            let stir = MRSeriesDescription.Acquisition(sequence: [.spinEcho, .inversionRecovery], variant: [.segmented], repetitionTime: 4, echoTime: 0.03, inversionTime: 0.15, flipAngle: 90, echoTrainLength: 8, fieldStrength: 1.5, sliceThickness: 2.7)
            try DICOMWriter.write(image, as: try series(stir), to: folder)
        default:
            let dce = MRSeriesDescription.Acquisition(sequence: [.gradientRecalled], variant: [.segmented, .spoiled], options: [.fatSaturation], isThreeDimensional: true, repetitionTime: 0.005, echoTime: 0.002, flipAngle: 20, fieldStrength: 3)
            let contrast = MRSeriesDescription.Contrast(agent: "Gadobutrol", volume: 7.5, start: DICOMMoment(date: "20240102", time: "101600"))
            try DICOMWriter.write(TimeSeries(grid: grid, times: [0, 5, 10], scalars: image.scalars + image.scalars + image.scalars), as: try series(dce, contrast), to: folder)
        }
        for name in ["IM0001.dcm", "IM0003.dcm"] {
            let said = try complaints(about: folder.appending(path: name))
            #expect(said.filter { $0.hasPrefix("Error") }.isEmpty, "\(said)")
            #expect(said == [], "warnings")
        }
    }
}
