public import CarpusIO
public import CarpusPipeline
public import Foundation

// What becomes DICOM rests without patient and study; a run's own folder gets the objects, with those of the source.

/// Which DICOM files a series was read from: one JSON file.
public struct SourceArtifact: JSONArtifact {
    public static var kind: String { SubjectInput.Series.sourcePort }
    public static var placeholder: Self { SourceArtifact(content: .none) }
    public var content: DICOMSource
    public init(content: DICOMSource) { self.content = content }
}

/// A segmentation: a JSON file and its bits.
public struct SegmentationArtifact: Artifact {
    public static var kind: String { "segmentation" }
    public static var placeholder: Self { SegmentationArtifact(DICOMSegmentation(of: .none, version: "")) }
    /// The segmentation.
    public var segmentation: DICOMSegmentation

    /// Of a segmentation.
    public init(_ segmentation: DICOMSegmentation) { self.segmentation = segmentation }

    public init(restingAt stem: URL) throws { segmentation = try DICOMSegmentation(restingAt: stem) }

    public func rest(at stem: URL) throws { try segmentation.rest(at: stem) }
}

/// A report of measurements: one JSON file.
public struct ReportArtifact: JSONArtifact {
    public static var kind: String { "measurement-report" }
    public static var placeholder: Self { ReportArtifact(content: MeasurementReport(of: .none, segmentation: nil, version: "", groups: [])) }
    public var content: MeasurementReport
    public init(content: MeasurementReport) { self.content = content }
}

extension DICOMSource {
    /// One voxel of nothing: a placeholder.
    static var none: DICOMSource { DICOMSource(grid: .single) }
}
