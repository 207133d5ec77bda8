@testable import Carpus
import CarpusCore
@testable import CarpusIO
import CarpusQuantification
import Foundation
import Testing

/// A segmentation and a report say of each other only what holds.
struct ExportDICOMStageTests {
    private static let table = CodeTable([
        .init(of: .method, name: "volume", scheme: "DCM", code: "126030", meaning: "Sum of segmented voxel method for volume"),
        .init(of: .measure, name: "volume", scheme: "SCT", code: "118565006", meaning: "Volume"), .init(of: .finding, name: "synovitis", scheme: "SCT", code: "416209007", meaning: "Synovitis"),
    ])

    /// A series of 8 x 8 x 6 voxels of 2 mm³ as it is read from DICOM files.
    private static func source(_ size: Index3 = Index3(8, 8, 6)) throws -> DICOMSource {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let grid = try Grid(size: size, spacing: Vector3(1, 1, 2), origin: .zero, direction: .identity), start = try #require(DICOMMoment(date: "20240229", time: "101530"))
        let series = MRSeriesDescription(
            patient: .init(id: "P", name: "P", birthDate: "19700101", sex: .female), study: .init(instanceUID: "1.2", accessionNumber: "A", start: start, description: "Wrist"),
            instanceUID: "1.3", frameOfReferenceUID: "1.4", number: 1, description: "t1", laterality: .left,
            acquisition: .init(sequence: [.gradientRecalled], repetitionTime: 0.5, echoTime: 0.01, flipAngle: 90, fieldStrength: 1.5))
        try DICOMWriter.write(Volume(grid: grid, scalars: (0..<grid.count).map { Float($0) }), as: series, to: folder)
        return try #require(try DICOMFolder.scan(folder).series.first?.load().first?.source)
    }

    private static func map(_ source: DICOMSource, _ names: [(UInt16, String)], _ value: (Index3) -> UInt16) -> LabelMap {
        LabelMap(grid: source.grid, labels: (0..<source.grid.count).map { value(source.grid.index(at: $0)) }, legend: Legend(names.map { Label(value: $0, name: $1, color: [1, 2, 3]) }))
    }

    private static func volume(_ value: Double, _ region: String, _ quantity: String = "volume") -> CarpusCore.Measurement {
        CarpusCore.Measurement(quantity, value, unit: quantity == "volume" ? "mL" : "1", region: region, method: "measure.volumes/3")
    }

    private func groups(_ inputs: ExportDICOM.Inputs) throws -> [MeasurementReport.Group] {
        let outputs = try ExportDICOM.export(inputs, by: Self.table)
        return try #require(outputs.report).content.groups
    }

    @Test func aVolumeThatIsNotTheSegmentsIsNotCalledSo() throws {
        let source = try Self.source(), anatomy = Self.map(source, [(1, "distal-radius"), (10, "hamate")]) { $0.x < 4 ? 1 : 10 }
        // 6 voxels, 12 mm³, in each bone.
        let lesions = Self.map(source, [(1, "bone-marrow-oedema")]) { $0.y == 2 && ($0.x == 1 || $0.x == 6) ? 1 : 0 }
        let rows = [Self.volume(0.0071, "bone-marrow-oedema/distal-radius"), Self.volume(0.012, "bone-marrow-oedema/hamate"), Self.volume(0.024, "bone-marrow-oedema")]
        let exact = try groups(.init(source: SourceArtifact(content: source), lesions: [lesions], anatomy: anatomy, measurements: [Measurements(rows)]))
        #expect(exact.map(\.segment) == [nil, 2, nil])
        #expect(exact.map { $0.items[0].method?.value } == ["within-10-mm", "126030", "126030"])
        #expect(exact[0].items[0].note?.contains("0.012 mL") == true && exact[1].items[0].note == nil)
        // Sums of probabilities may be less or more.
        let expected = try groups(.init(source: SourceArtifact(content: source), lesions: [lesions], anatomy: anatomy, measurements: [
            Measurements([Self.volume(0.0121, "bone-marrow-oedema/hamate"), Self.volume(0.013, "bone-marrow-oedema/distal-radius")]),
        ]))
        #expect(expected.map(\.segment) == [nil, nil] && expected.allSatisfy { $0.items[0].method?.value == "not-segment-sum" })
    }

    @Test func anErosionOutsideTheBoneIsOfTheBoneItTouchesAsItIsMeasured() throws {
        let source = try Self.source(), anatomy = Self.map(source, [(7, "capitate"), (9, "lunate"), (30, "radiocarpal")]) { at in
            guard (1...6).contains(at.x), (1...6).contains(at.y), (1...4).contains(at.z) else { return 0 }
            return at.x < 3 ? 7 : at.x == 3 ? 30 : at.x > 4 ? 9 : 0
        }
        // Beside the capitate, within what the map calls the joint.
        let lesions = Self.map(source, [(4, "erosion")]) { $0.x == 3 && (2...5).contains($0.y) && $0.z == 2 ? 4 : 0 }
        let rows = try VolumeMeasurement.measure(lesions, anatomy: anatomy, parameters: .init(), method: "measure.volumes/3").measurements
        let outputs = try ExportDICOM.export(.init(source: SourceArtifact(content: source), lesions: [lesions], anatomy: anatomy, measurements: [Measurements(rows)]), by: Self.table)
        #expect(outputs.segmentation?.segmentation.segments.map(\.name) == ["erosion/capitate"])
        let group = try #require(outputs.report?.content.groups.first { $0.name == "erosion/capitate" }), volume = try #require(group.items.first)
        #expect(volume.value == 0.008 && volume.method?.value == "126030" && group.segment == 1)
    }

    @Test func whatIsNotThereIsNoFinding() throws {
        let source = try Self.source()
        func finding(_ rows: [CarpusCore.Measurement]) throws -> String {
            try #require(try groups(.init(source: SourceArtifact(content: source), measurements: [Measurements(rows)])).first).finding.value
        }
        let site = "synovitis/radiocarpal", none = CarpusCore.Measurement.notScorable("volume", unit: "mL", region: site, because: "no series", method: "m/1")
        #expect(try finding([Self.volume(0.1, site), Self.volume(1, site, "ramris")]) == "416209007")
        #expect(try finding([Self.volume(0, site), Self.volume(0, site, "fraction")]) == "synovitis-assessed-for")
        #expect(try finding([Self.volume(0.01, site), Self.volume(0, site, "ramris")]) == "synovitis-assessed-for")
        #expect(try finding([none]) == "synovitis-not-scorable")
    }

    @Test func mapsThatHoldOneNameGiveOneSegment() throws {
        let source = try Self.source()
        let maps = [2, 3].map { y in Self.map(source, [(1, "synovitis")]) { $0.y == y && $0.z == 1 ? 1 : 0 } }
        let outputs = try ExportDICOM.export(.init(source: SourceArtifact(content: source), lesions: maps), by: Self.table), segmentation = try #require(outputs.segmentation?.segmentation)
        #expect(segmentation.segments.map(\.name) == ["synovitis"])
        #expect(segmentation.voxels(of: 1) == Array(source.grid.offset(0, 2, 1)..<source.grid.offset(0, 2, 1) + 16))
    }

    @Test func namesThatDICOMCannotHoldAreSpelledOrRefused() throws {
        let source = try Self.source()
        func export(_ name: String) throws -> [DICOMSegmentation.Segment] {
            let map = Self.map(source, [(1, name)]) { $0.z == 0 ? 1 : 0 }
            return try #require(try ExportDICOM.export(.init(source: SourceArtifact(content: source), labels: [map]), by: Self.table).segmentation).segmentation.segments
        }
        let names = ["gr\u{F6}\\sse", "gr\u{FC}\\sse"], types = try names.map { try export($0)[0].type }
        #expect(types.map(\.value) == ["gr(F6)(5C)sse", "gr(FC)(5C)sse"] && types.allSatisfy { $0.complaint == nil })
        #expect { _ = try export(String(repeating: "x", count: 65)) } throws: { ($0 as? IOError)?.code == .unsupported }
    }

    @Test func lesionsPointToTheSeriesTheyWereReadOn() throws {
        let source = try Self.source(), map = Self.map(source, [(1, "synovitis")]) { $0.z == 1 ? 1 : 0 }, bone = Self.map(source, [(1, "hamate")]) { $0.z == 2 ? 1 : 0 }
        var further = try JSONSerialization.jsonObject(with: JSONEncoder().encode(source)) as? [String: Any]
        further?["seriesUID"] = "1.33"
        let stir = try JSONDecoder().decode(DICOMSource.self, from: JSONSerialization.data(withJSONObject: try #require(further)))
        let inputs = ExportDICOM.Inputs(
            source: SourceArtifact(content: source), evidence: [SourceArtifact(content: stir)], labels: [bone], lesions: [map],
            measurements: [Measurements([Self.volume(0.128, "synovitis"), Self.volume(0.128, "hamate")])])
        let outputs = try ExportDICOM.export(inputs, by: Self.table)
        #expect(outputs.segmentation?.segmentation.segments.map(\.isOfEvidence) == [false, true] && outputs.report?.content.evidence.map(\.seriesUID) == ["1.33"])
        let groups = try #require(outputs.report?.content.groups)
        #expect(groups.map(\.segment) == [2, 1] && groups[0].images.map(\.instanceUID) == source.slices[1].map(\.instanceUID) && groups[1].images.isEmpty)
    }
}
