import CarpusCore
import CarpusIO
import Foundation

/// What is doubtful about who the scans of a subject belong to.
enum PersonDoubts {
    /// By person.
    static func findings(_ found: [(Person, SeriesCandidate)]) -> [Person: [Finding]] {
        Dictionary(grouping: found, by: \.0).compactMapValues { pairs in
            let series = pairs.compactMap { pair -> DICOMSeries? in if case .dicom(let series) = pair.1.source { series } else { nil } }
            let all = [namesPatient(pairs[0].0, series), severalPatients(series), withoutID(series)].compactMap { $0 }
            return all.isEmpty ? nil : all
        }
    }

    private static func namesPatient(_ person: Person, _ series: [DICOMSeries]) -> Finding? {
        guard let name = person.name, series.contains(where: { Identity($0).isTold(by: name) }) else { return nil }
        return Finding(
            .warning, "study.label-names-patient",
            "The participant's label is the name or ID of the patient in the DICOM headers, and stands in all results; name the folder otherwise, or de-identify the scans first.")
    }

    private static func severalPatients(_ series: [DICOMSeries]) -> Finding? {
        let ids = Set(series.map(\.patientKey)).subtracting([""])
        guard ids.count > 1 else { return nil }
        return Finding(.serious, "study.several-patients", "The scans of this participant belong to several patients by their IDs; check that they are of one person.", evidence: ["patients": "\(ids.count)"])
    }

    private static func withoutID(_ series: [DICOMSeries]) -> Finding? {
        let studies = Set(series.filter { $0.patientKey.isEmpty }.map(\.studyUID))
        guard studies.count > 1 else { return nil }
        return Finding(
            .serious, "study.no-patient-id", "Studies without a patient's ID were taken as one participant because of the folders they lie in; check that they are of one person.", evidence: ["studies": "\(studies.count)"])
    }
}

/// What a header tells of who the patient is.
private struct Identity {
    private let isDeidentified: Bool
    /// The ID and the parts of the name, without accents, in small letters and digits.
    private let words: Set<String>

    init(_ series: DICOMSeries) {
        isDeidentified = series.isDeidentified
        let names = series.patientName.split { "^= ,-".contains($0) }.map(String.init)
        words = Set(([series.patientID] + names).map(Self.plain)).subtracting([""])
    }

    /// Whether a label tells the name or the ID. Short words count only where they are the whole label: `01` in another names nobody.
    func isTold(by label: String) -> Bool {
        let label = Self.plain(label)
        return !isDeidentified && words.contains { $0 == label && !$0.allSatisfy(\.isNumber) || $0.count > 3 && label.contains($0) }
    }

    private static func plain(_ text: String) -> String { text.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil).filter { $0.isLetter || $0.isNumber } }
}
