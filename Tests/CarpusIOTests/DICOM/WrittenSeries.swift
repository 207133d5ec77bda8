import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

/// A series written to a folder and read back, to make objects of.
struct WrittenSeries {
    let folder: URL
    let source: DICOMSource
    let study: StudySource
    var grid: Grid { source.grid }
    /// SOPInstanceUIDs, in the order of slices.
    var instances: [String] { source.slices.joined().map(\.instanceUID) }

    /// Turned about an axis that is none of the world's; slices are thick, and a slice's pixels fill no whole bytes.
    init(size: Index3 = Index3(5, 7, 4), leftHanded: Bool = false, patient: String = "Simulated^Ånne", frames: Int = 1, id: String = "P-17", participant: String = "01", study: String = "study", series name: String = "series") throws {
        let r = RigidTransform(axis: Vector3(0.4, 1, -0.3), angle: 0.37).matrix
        let coronal = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, leftHanded ? -1 : 1, 0))
        let grid = try Grid(size: size, spacing: Vector3(0.3515625, 1.0 / 3, 3), origin: Vector3(-31.4159265358979, 1 / 7.0, 101.3), direction: r * coronal)
        let start = try #require(DICOMMoment(date: "20240229", time: "101530"))
        let series = MRSeriesDescription(
            patient: .init(id: id, name: patient, birthDate: "19700101", sex: .female, age: 54),
            study: .init(instanceUID: DICOMUID.derived(from: study), id: "S1", accessionNumber: "A1", start: start, description: "Wrist"),
            instanceUID: DICOMUID.derived(from: name), frameOfReferenceUID: DICOMUID.derived(from: "frame of reference"), number: 3, description: "t1_se_cor", laterality: .left,
            acquisition: .init(sequence: [.gradientRecalled], repetitionTime: 0.57, echoTime: 0.017, flipAngle: 90, fieldStrength: 1.5, sliceThickness: 2.7))
        folder = try temporaryFolder().appending(path: "series")
        let scalars = (0..<grid.count * frames).map { Float($0 % 4096) }
        if frames == 1 {
            try DICOMWriter.write(Volume(grid: grid, scalars: scalars), as: series, to: folder)
        } else {
            try DICOMWriter.write(TimeSeries(grid: grid, times: (0..<frames).map { Double($0) * 5 }, scalars: scalars), as: series, to: folder)
        }
        let read = try #require(try DICOMFolder.scan(folder).series.first)
        source = try #require(try read.load().first?.source)
        self.study = try StudySource(read.files[0], participant: participant)
    }

    /// A segment of a name.
    static func segment(_ name: String, color: [UInt8] = [213, 94, 0]) -> DICOMSegmentation.Segment {
        .init(
            name: name, category: .init("SCT", "49755003", "Morphologically Abnormal Structure"), type: .init("SCT", "409774005", "Inflammation"),
            region: .init("SCT", "74670003", "Wrist joint"), side: .left, color: color)
    }

    /// Two segments that overlap, one in the second slice alone; labels below 1 are nowhere.
    func segmentation(evidence: [DICOMSource] = []) throws -> DICOMSegmentation {
        var segmentation = DICOMSegmentation(of: source, evidence: evidence, version: "1.2.3")
        let slice = grid.size.x * grid.size.y
        var first = Self.segment("synovitis/radiocarpal")
        first.isOfEvidence = !evidence.isEmpty
        _ = try segmentation.add(first) { $0 % 3 == 0 }
        _ = try segmentation.add(Self.segment("erosion/capitate", color: [204, 121, 167])) { $0 / slice == 1 && $0 % slice < 4 }
        return segmentation
    }

    /// Numbers of the first segment, one that is none, and of a region without a segment.
    func report(on segmentation: DICOMSegmentation?) throws -> MeasurementReport {
        let volume = CodedConcept("SCT", "118565006", "Volume"), mL = CodedConcept("UCUM", "mL", "milliliter"), one = CodedConcept("UCUM", "1", "no units")
        let finding = CodedConcept("SCT", "416209007", "Synovitis")
        return MeasurementReport(of: source, evidence: segmentation?.evidence ?? [], segmentation: try segmentation?.contentUID, version: "1.2.3", groups: [
            .init(name: "synovitis/radiocarpal", finding: finding, site: .own("RADIOCARPAL", "Radiocarpal joint"), side: .left, segment: 1, images: segmentation?.evidence(of: 1) ?? [], items: [
                .init(concept: volume, unit: mL, method: .init("DCM", "126030", "Sum of segmented voxel method for volume"), value: 0.1 + 0.2, status: .review, reason: "unsure by ± 1 mm³ \\ more", algorithm: "measure.volumes/3"),
                .init(concept: .own("ramris", "RAMRIS-like grade"), unit: one, value: 2, status: .ok, algorithm: "grade.ramris/1"),
            ]),
            .init(name: "synovitis/distal-radioulnar", finding: finding, site: .own("RADIOULNAR", "Distal radioulnar joint"), side: .left, items: [
                .init(concept: volume, unit: mL, value: nil, status: .notScorable, reason: "no series at visit 01 was recognised as 't1gd'", algorithm: "measure.volumes/3"),
            ]),
        ])
    }
}

extension DICOMSegmentation {
    /// Adds the voxels that fit.
    mutating func add(_ segment: Segment, where isInside: (Int) -> Bool) throws -> Int? { try add(segment, voxels: (0..<source.grid.count).filter(isInside)) }
}
