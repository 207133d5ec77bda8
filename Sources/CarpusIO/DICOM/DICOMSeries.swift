public import CarpusCore
public import Foundation

/// The images of one SeriesInstanceUID: headers are known, voxels are read by `load`.
public struct DICOMSeries: Sendable {
    /// The files, by path.
    public let files: [URL]
    /// Images in all files: slices times frames.
    public let instanceCount: Int
    /// How the series was made, by DICOM keyword; several values are separated by backslashes, field strength is in tesla.
    public let attributes: [String: String]
    /// Which side, where the headers tell.
    public let laterality: Laterality?
    /// What is doubtful about the series as a whole.
    public let findings: [Finding]
    /// Whom it belongs to; empty where the header does not tell.
    public let patientID: String
    /// The ID with who issued it, since two houses may give the same; empty without an ID. It is fit for comparison only.
    public let patientKey: String
    /// The patient's name as the header has it, for comparison only: no result tells it.
    public let patientName: String
    /// Whether the header says that the patient's identity was removed, so that the ID is a pseudonym.
    public let isDeidentified: Bool
    /// YYYYMMDD.
    public let studyDate: String?
    /// The study's UID.
    public let studyUID: String
    /// The series' UID.
    public let seriesUID: String

    let sources: [DICOMFile]
    /// T.
    let tesla: Double?

    init(_ unsorted: [DICOMFile]) throws {
        let (sources, doubles) = try SameInstance.removed(unsorted.sorted { $0.url.path(percentEncoded: false) < $1.url.path(percentEncoded: false) })
        let first = sources[0].allValues
        (self.sources, files) = (sources, sources.map(\.url))
        instanceCount = sources.reduce(0) { $0 + max(1, $1.values.int(.frames) ?? 1) }
        // Functional groups may name other instances: whose a file is stands at its top.
        let top = DICOMValues(layers: [sources[0].elements.values])
        (patientID, studyUID, seriesUID) = (top[.patientID] ?? "", top[.studyUID] ?? "", top[.seriesUID] ?? "")
        patientKey = top.patientKey
        (patientName, isDeidentified) = (top[.patientName] ?? "", top[.identityRemoved]?.uppercased() == "YES")
        studyDate = first[.studyDate]

        var findings = doubles
        tesla = SeriesDoubts.tesla(first, &findings)
        laterality = SeriesDoubts.laterality(sources, &findings)
        SeriesDoubts.position(first, &findings)
        self.findings = findings

        var told: [String: String] = [:]
        for tag in DICOMTag.descriptive { told[tag.keyword] = first[tag] }
        if told["EchoTime"] == nil { told["EchoTime"] = first[.effectiveEchoTime] }
        if let tesla { told["MagneticFieldStrength"] = String(format: "%g", tesla) }
        told["StudyDescription"] = first[.studyDescription]
        attributes = told
    }
}

extension DICOMFile {
    /// The first frame's values before those of the file.
    var allValues: DICOMValues {
        DICOMValues(layers: (elements[items: .perFrame].first.map { [$0.flattened] } ?? []) + (elements[items: .shared].first.map { [$0.flattened] } ?? []) + [elements.values])
    }
}

extension DICOMValues {
    /// The patient's ID, behind it who issued it where that is told; empty without an ID.
    var patientKey: String {
        guard let id = self[.patientID] else { return "" }
        return self[.issuer].map { id + "\\" + $0 } ?? id
    }
}

/// Files that hold the very same instance.
private enum SameInstance {
    /// Leaves out files that are copies byte for byte; those that only claim to be the same stay, and are refused later.
    static func removed(_ files: [DICOMFile]) throws -> ([DICOMFile], [Finding]) {
        var kept: [DICOMFile] = [], byUID: [String: [DICOMFile]] = [:], copies = 0
        for file in files {
            let uid = file.values[.sopInstance] ?? ""
            let twins = uid.isEmpty ? [] : (byUID[uid] ?? []).filter { $0.length == file.length }
            if try twins.contains(where: { try Data(contentsOf: $0.url) == Data(contentsOf: file.url) }) {
                copies += 1
            } else {
                kept.append(file)
                byUID[uid, default: []].append(file)
            }
        }
        guard copies > 0 else { return (kept, []) }
        let finding = Finding(.note, "dicom.duplicate-files", "Some files are copies of others, byte for byte; each instance is used once.", evidence: ["count": "\(copies)"])
        return (kept, [finding])
    }
}
