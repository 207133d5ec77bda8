public import CarpusCore
import CarpusIO
public import CarpusPipeline
import CarpusQuantification
import Foundation

/// Labels and measurements as DICOM objects.
public enum ExportDICOM: Stage {
    public static let name = "export.dicom"
    public static let version = 1
    public static let summary = "Writes labels as a DICOM segmentation and measurements as a structured report (TID 1500) of the study that the scans belong to; nothing where the input was not DICOM."

    /// Which codes are used.
    public struct Parameters: StageParameters {
        /// A table like `codes.tsv`, beside the protocol: its codes go before those that come with Carpus.
        public var codes: String?
        /// Codes that go before both, each with `of`, `name`, `scheme`, `code` and `meaning`.
        public var table: [CodeTable.Row] = []
        /// SHA-256 of the table that comes with Carpus; filled in by a run.
        public var digest = ""
        /// The defaults.
        public init() {}

        public var complaint: String? { table.lazy.compactMap(\.complaint).first }
    }

    /// What is written, all on the grid of one series.
    public struct Inputs: Codable, Sendable {
        /// The files of the series whose grid the labels have: `t1.source`.
        public var source: SourceArtifact?
        /// Maps each of whose labels becomes a segment.
        public var labels: [LabelMap]
        /// Maps of lesions, which become a segment for each site of the anatomy that they lie in.
        public var lesions: [LabelMap]
        /// The sites.
        public var anatomy: LabelMap?
        /// What is reported.
        public var measurements: [Measurements]
        /// The side of the wrist.
        public var side: VisitSide?

        public init(
            source: SourceArtifact?, labels: [LabelMap] = [], lesions: [LabelMap] = [], anatomy: LabelMap? = nil, measurements: [Measurements] = [], side: VisitSide? = nil
        ) {
            (self.source, self.labels, self.lesions, self.anatomy, self.measurements, self.side) = (source, labels, lesions, anatomy, measurements, side)
        }
    }

    /// The objects, which get patient and study when they are saved: `dicom/seg.dcm` and `dicom/sr.dcm`.
    public struct Outputs: Codable, Sendable {
        /// What lies where; nothing where no label occurs.
        public var segmentation: SegmentationArtifact?
        /// The numbers; nothing where none were given.
        public var report: ReportArtifact?
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        guard let source = inputs.source?.content else {
            throw NotScorable(because: "the input was not DICOM, or its headers lack valid UIDs of study, series, frame of reference or instances, and no DICOM is invented")
        }
        guard source.isDated else { throw NotScorable(because: "the headers tell no day and time of the study, which a DICOM object must have, and none is invented") }
        for map in inputs.labels + inputs.lesions + (inputs.anatomy.map { [$0] } ?? []) where !map.grid.matches(source.grid) {
            throw IOError(.badGeometry, at: URL(filePath: "seg.dcm"), "export.dicom: a label map lies on another grid than the series of 'source'; give the source of the series whose grid it has, or carry it over with transfer.labels first")
        }
        let codes = StructureCodes(table: CodeTable(parameters.table + (try CodeTable.rows(of: CodeTable.ownFile()))), side: inputs.side.flatMap { Laterality(rawValue: $0.letter) })
        var segmentation = DICOMSegmentation(of: source, version: Version.current), numbers: [String: Int] = [:]
        func add(_ name: String, _ color: [UInt8], _ voxels: [Int]?) throws {
            if let number = try segmentation.add(codes.segment(name, color: color), voxels: voxels ?? []), numbers[name] == nil { numbers[name] = number }
        }
        for map in inputs.labels {
            let places = Self.places(in: map)
            for label in map.legend.labels { try add(label.name, label.color, places[SIMD2(label.value, 0)]) }
        }
        for map in inputs.lesions {
            let places = Self.places(in: map, by: inputs.anatomy)
            for label in map.legend.labels {
                for (name, voxels) in Self.split(label, places, by: inputs.anatomy) { try add(name, label.color, voxels) }
            }
        }
        let hasSegments = !segmentation.segments.isEmpty
        let groups = codes.groups(inputs.measurements.flatMap(\.rows), segments: numbers)
        let uid = hasSegments ? try segmentation.instanceUID : nil
        let report = MeasurementReport(of: source, segmentationUID: uid, version: Version.current, groups: groups)
        return Outputs(segmentation: hasSegments ? SegmentationArtifact(segmentation) : nil, report: groups.isEmpty ? nil : ReportArtifact(content: report))
    }

    /// The voxels of each label and of what lies there in another map (0 without one), rising.
    private static func places(in map: LabelMap, by other: LabelMap? = nil) -> [SIMD2<UInt16>: [Int]] {
        var places: [SIMD2<UInt16>: [Int]] = [:]
        for i in map.labels.indices where map.labels[i] != 0 { places[SIMD2(map.labels[i], other?.labels[i] ?? 0), default: []].append(i) }
        return places
    }

    /// A lesion site by site, as it is measured: `synovitis/radiocarpal`; what lies in no site is `synovitis/elsewhere`.
    private static func split(_ label: Label, _ places: [SIMD2<UInt16>: [Int]], by anatomy: LabelMap?) -> [(name: String, voxels: [Int])] {
        let own = places.filter { $0.key.x == label.value }
        guard let anatomy else { return own.map { (label.name, $0.value) } }
        let kind = LesionSites.kind(of: label.name)
        let sites = anatomy.legend.labels.filter { site in kind == nil || WristAnatomy.structure(named: site.name)?.kind == kind }
        let elsewhere = own.filter { place in !sites.contains { $0.value == place.key.y } }.values.joined().sorted()
        return sites.compactMap { site in own[SIMD2(label.value, site.value)].map { ("\(label.name)/\(site.name)", $0) } } + (elsewhere.isEmpty ? [] : [("\(label.name)/elsewhere", elsewhere)])
    }

    public static func methods(_: Parameters) -> String {
        "Labels and measurements were exported as a DICOM segmentation and a DICOM structured report by template TID 1500."
    }
}
