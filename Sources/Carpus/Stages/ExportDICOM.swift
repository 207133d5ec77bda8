public import CarpusCore
import CarpusIO
public import CarpusPipeline
import Foundation

/// Labels and measurements as DICOM objects.
public enum ExportDICOM: Stage {
    public static let name = "export.dicom"
    public static let version = 2
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
        /// The files of further series that the lesions were read on: `t1gd.source`.
        public var evidence: [SourceArtifact]
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
            source: SourceArtifact?, evidence: [SourceArtifact] = [], labels: [LabelMap] = [], lesions: [LabelMap] = [], anatomy: LabelMap? = nil,
            measurements: [Measurements] = [], side: VisitSide? = nil
        ) {
            (self.source, self.evidence, self.labels, self.lesions) = (source, evidence, labels, lesions)
            (self.anatomy, self.measurements, self.side) = (anatomy, measurements, side)
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
        try export(inputs, by: CodeTable(parameters.table + CodeTable.rows(of: CodeTable.ownFile())))
    }

    /// The objects in the codes of a table.
    static func export(_ inputs: Inputs, by table: CodeTable) throws -> Outputs {
        guard let source = inputs.source?.content else {
            throw NotScorable(because: "there is no such series at this visit, or the input was not DICOM, or its headers lack valid UIDs of study, series, frame of reference or instances; no DICOM is invented")
        }
        guard source.isDated else { throw NotScorable(because: "the headers tell no day and time of the study, which a DICOM object must have, and none is invented") }
        for map in inputs.labels + inputs.lesions + (inputs.anatomy.map { [$0] } ?? []) where !map.grid.matches(source.grid) {
            throw IOError(.badGeometry, at: URL(filePath: "seg.dcm"), "export.dicom: a label map lies on another grid than the series of 'source'; give the source of the series whose grid it has, or carry it over with transfer.labels first")
        }
        var voxels = NamedVoxels()
        for map in inputs.labels { voxels.add(map) }
        for map in inputs.lesions { voxels.add(lesions: map, in: inputs.anatomy) }
        let codes = StructureCodes(table: table, side: inputs.side?.laterality)
        let evidence = inputs.evidence.map(\.content), voxel = source.grid.voxelVolume / 1000
        var segmentation = DICOMSegmentation(of: source, evidence: evidence, version: Version.current), segments = SegmentVolumes()
        for entry in voxels.entries {
            let segment = codes.segment(entry, isOfEvidence: entry.isLesion && !segmentation.evidence.isEmpty)
            try check([segment.category, segment.type] + (segment.region.map { [$0] } ?? []), of: entry.name)
            guard let number = try segmentation.add(segment, voxels: entry.voxels) else { continue }
            segments[entry.name] = SegmentVolumes.One(
                number: number, volume: Double(entry.voxels.count) * voxel, voxel: voxel, images: segmentation.evidence(of: number))
        }
        let hasSegments = !segmentation.segments.isEmpty
        let groups = codes.groups(inputs.measurements.flatMap(\.rows), segments: segments)
        for group in groups {
            try check([group.finding] + (group.site.map { [$0] } ?? []) + group.items.flatMap { [$0.concept, $0.unit] + ($0.method.map { [$0] } ?? []) }, of: group.name)
        }
        let report = MeasurementReport(of: source, evidence: evidence, segmentation: hasSegments ? try segmentation.contentUID : nil, version: Version.current, groups: groups)
        return Outputs(segmentation: hasSegments ? SegmentationArtifact(segmentation) : nil, report: groups.isEmpty ? nil : ReportArtifact(content: report))
    }

    /// Codes that DICOM cannot hold are refused here, where the step fails, and not when objects are written.
    private static func check(_ concepts: [CodedConcept], of name: String) throws {
        guard let concept = concepts.first(where: { $0.complaint != nil }), let complaint = concept.complaint else { return }
        throw IOError(.unsupported, at: URL(filePath: "seg.dcm"), "export.dicom: the code '\(concept.value)' of '\(name)' cannot be written (\(complaint)); give it one in the table of codes")
    }

    public static func methods(_: Parameters) -> String {
        "Labels and measurements were exported as a DICOM segmentation and a DICOM structured report by template TID 1500."
    }
}
