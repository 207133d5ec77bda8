import CarpusCore
import CarpusIO
import CarpusPipeline
import Foundation

/// A series found in the input folder, before it is known which role it plays.
struct SeriesCandidate: Sendable {
    enum Source: Sendable {
        case nifti(URL, sidecar: URL?)
        case dicom(DICOMSeries)
    }
    let source: Source
    /// Relative to the input folder; for a DICOM series that of its first file's folder.
    let path: String
    /// What results tell of where it came from: no name that a folder or file has unless BIDS gave it.
    let reference: String
    /// The participant's label; given when all persons are known.
    var subject: String
    let visit: String
    /// Whether a folder or a file's name told the visit; else it is a number given here.
    let visitIsNamed: Bool
    /// Tags by DICOM or BIDS keyword, for matching.
    let attributes: [String: String]
    let laterality: Laterality?

    /// What the file name says; DICOM files' names say nothing.
    var fileName: String? {
        if case .nifti(let file, _) = source { file.lastPathComponent } else { nil }
    }

    /// The UID of a DICOM series, and its first file.
    var dicomFile: (String, URL)? {
        if case .dicom(let series) = source { (series.seriesUID, series.files[0]) } else { nil }
    }

    /// The day it was acquired, where the headers tell.
    var date: VisitDate? {
        switch source {
        case .dicom(let series): series.studyDate.flatMap { VisitDate($0) }
        case .nifti: ["AcquisitionDateTime", "AcquisitionDate", "StudyDate"].lazy.compactMap { attributes[$0].flatMap { VisitDate($0) } }.first
        }
    }

    /// Whether it meets one of the ways a rule recognises a series by: tags, file name, or BIDS entities.
    func meets(_ rule: AnalysisProtocol.SeriesRule) -> Bool {
        if !rule.match.isEmpty, rule.match.allSatisfy({ key, pattern in attributes[key]?.contains(pattern: pattern) ?? false }) { return true }
        guard let fileName else { return false }
        if rule.files.contains(where: { Glob.matches($0, fileName) }) { return true }
        guard !rule.entities.isEmpty else { return false }
        let name = BIDSName(fileName)
        return rule.entities.allSatisfy { key, value in
            let found = key == "suffix" ? name.suffix : name.entities[key]
            return value.isEmpty ? found == nil : found == value
        }
    }

    /// The series as the runner takes it.
    func input(kind: String, findings: [Finding]) throws -> SubjectInput.Series {
        let files: [URL] = switch source {
        case .nifti(let file, let sidecar): [file] + (sidecar.map { [$0] } ?? [])
        case .dicom(let series): series.files
        }
        let content = try Digest.hex(of: files)
        let doubts = try JSON(encoding: findings).canonical
        return SubjectInput.Series(kind: kind, digest: Digest.hex(of: "\(content) \(doubts)"), origin: reference) { folder in
            let (image, all, source) = try loadNamelessly(kind: kind)
            try image.rest(at: folder.appending(path: "series"))
            try Findings(findings + all).rest(at: folder.appending(path: "findings"))
            if let source { try SourceArtifact(content: source).rest(at: folder.appending(path: SubjectInput.Series.sourcePort)) }
        }
    }

    /// Loads, and says of what cannot be read only which series it is: the message goes into logs and records, and paths may tell names.
    private func loadNamelessly(kind: String) throws -> (any Artifact, [Finding], DICOMSource?) {
        do {
            return try load(kind: kind)
        } catch let error as IOError {
            throw RunError(code: .noInput, message: "\(reference): \(error.message)")
        } catch let error as CocoaError {
            throw RunError(code: .noInput, message: "\(reference): the files cannot be read (Cocoa error \(error.code.rawValue)); check that they are there and may be read")
        }
    }

    private func load(kind: String) throws -> (any Artifact, [Finding], DICOMSource?) {
        switch source {
        case .nifti(let file, _):
            let image = try NIfTI.read(file)
            switch (image.content, kind) {
            case (.volume(let v), "volume"): return (v, image.findings, nil)
            case (.series(let s), "timeseries"): return (s, image.findings, nil)
            default: throw IOError(.inconsistent, at: file, "the protocol expects a \(kind) here, and the file holds the other kind; correct 'kind' or how the series is recognised")
            }
        case .dicom(let series):
            return try loadDICOM(series, kind: kind)
        }
    }

    private func loadDICOM(_ series: DICOMSeries, kind: String) throws -> (any Artifact, [Finding], DICOMSource?) {
        let images = try series.load()
        let fitting = images.compactMap { image -> (any Artifact, [Finding], DICOMSource?)? in
            switch (image.content, kind) {
            case (.volume(let v), "volume"): (v, image.findings, image.source)
            case (.series(let s), "timeseries"): (s, image.findings, image.source)
            default: nil
            }
        }
        guard let first = fitting.first else {
            throw IOError(.inconsistent, at: series.files[0].deletingLastPathComponent(), "the protocol expects a \(kind) here, and the DICOM series holds none; correct 'kind' or how the series is recognised")
        }
        var findings = series.findings + first.1
        if fitting.count > 1 {
            findings.append(Finding(.warning, "study.several-images", "The series holds \(fitting.count) images (echoes or image types); the first is used.", evidence: ["series": reference]))
        }
        return (first.0, findings, first.2)
    }
}
