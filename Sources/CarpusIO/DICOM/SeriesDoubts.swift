import CarpusCore
import Foundation

/// What is checked once for a whole series: units, sides, positions.
enum SeriesDoubts {
    /// Field strength in tesla; some scanners write gauss.
    static func tesla(_ v: DICOMValues, _ findings: inout [Finding]) -> Double? {
        guard let told = v.double(.fieldStrength), told > 0 else { return nil }
        guard told > 30 else { return told }
        let tesla = told / 10_000
        findings.append(Finding(.note, "dicom.field-strength-unit", "The field strength is written in gauss and was converted to tesla.", evidence: ["MagneticFieldStrength": String(format: "%g", told), "tesla": String(format: "%g", tesla)]))
        return tesla
    }

    /// The side, from the tags for it; descriptions only confirm, contradict, or stand in where the tags are silent.
    static func laterality(_ files: [DICOMFile], _ findings: inout [Finding]) -> Laterality? {
        var told: [String: Set<Laterality>] = [:]
        for file in files {
            let v = file.allValues
            for tag in [DICOMTag.imageLaterality, .frameLaterality, .seriesLaterality] {
                if let side = v[tag].flatMap({ Laterality(rawValue: $0.uppercased()) }) { told[tag.keyword, default: []].insert(side) }
            }
        }
        let v = files[0].allValues
        var words: [String: Set<Laterality>] = [:]
        for tag in [DICOMTag.seriesDescription, .protocolName, .studyDescription, .bodyPart] {
            let sides = v[tag].map(sides) ?? []
            if !sides.isEmpty { words[tag.keyword] = sides }
        }
        let tags = told.values.reduce(into: Set()) { $0.formUnion($1) }, spoken = words.values.reduce(into: Set()) { $0.formUnion($1) }
        let evidence = told.merging(words) { a, _ in a }.mapValues { $0.map(\.rawValue).sorted().joined(separator: ", ") }
        if tags.count > 1 || tags.isEmpty && spoken.count > 1 || tags.count == 1 && !spoken.isEmpty && !spoken.isSuperset(of: tags) {
            findings.append(Finding(.warning, "dicom.laterality-conflict", "The headers name both sides; check which wrist this is.", evidence: evidence))
            return tags.count == 1 ? tags.first : nil
        }
        if tags.isEmpty {
            let sentence = spoken.isEmpty ? "The headers do not tell which side this is." : "No tag tells which side this is; it was taken from a description."
            findings.append(Finding(.note, "dicom.laterality-missing", sentence, evidence: evidence))
        }
        return tags.first ?? spoken.first
    }

    /// Sides named as words.
    private static func sides(_ text: String) -> Set<Laterality> {
        let words = Set(text.lowercased().split { !$0.isLetter }.map(String.init))
        var sides = Set<Laterality>()
        if !words.isDisjoint(with: ["left", "lt", "links", "gauche"]) { sides.insert(.left) }
        if !words.isDisjoint(with: ["right", "rt", "rechts", "droit", "droite"]) { sides.insert(.right) }
        return sides
    }

    /// Wrists are often scanned above the head: the world axes then follow the body, not the hand.
    static func position(_ v: DICOMValues, _ findings: inout [Finding]) {
        guard let position = v[.patientPosition]?.uppercased(), position.hasPrefix("FF") || position.hasSuffix("P") || position.contains("D") else { return }
        findings.append(Finding(.note, "dicom.patient-position", "The patient lay \(Self.posture(position)), not supine and head first; left, posterior and superior are the body's, not the arm's.", evidence: ["PatientPosition": position]))
    }

    /// PatientPosition (0018,5100) in words: HFP is head first, prone.
    private static func posture(_ position: String) -> String {
        let way = position.hasPrefix("FF") ? "feet first" : position.hasPrefix("HF") ? "head first" : "as coded"
        switch position.dropFirst(2) {
        case "P": return "prone, \(way)"
        case "S": return "supine, \(way)"
        case "DR": return "on the right side, \(way)"
        case "DL": return "on the left side, \(way)"
        default: return "in position \(position)"
        }
    }
}
