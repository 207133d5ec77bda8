import CarpusCore

/// A concept as DICOM writes it: a code, whose code it is, and what it means (PS3.3 8.8).
public struct CodedConcept: Sendable, Hashable, Codable {
    /// Whose code it is: `SCT`, `DCM`, `UCUM`, `FMA`, or `99CARPUS` for Carpus's own.
    public var scheme: String
    /// The code.
    public var value: String
    /// What it means, for people.
    public var meaning: String

    /// A concept of given scheme, code and meaning.
    public init(_ scheme: String, _ value: String, _ meaning: String) { (self.scheme, self.value, self.meaning) = (scheme, value, meaning) }

    /// The scheme of codes that no standard has.
    public static let ownScheme = "99CARPUS"
    /// A concept of Carpus's own; its code is spelled in ASCII, other letters and backslashes by their numbers, so that other names stay other codes: `gr(F6)sse`.
    public static func own(_ value: String, _ meaning: String) -> CodedConcept { CodedConcept(ownScheme, spelled(value), meaning) }

    /// A name in characters that every character set of DICOM has.
    public static func spelled(_ name: String) -> String {
        name.unicodeScalars.map { $0 != "\\" && (0x20...0x7E).contains($0.value) ? String($0) : "(\(String($0.value, radix: 16, uppercase: true)))" }.joined()
    }

    /// What DICOM cannot hold of it, as a sentence without its name; nil where nothing is wrong.
    public var complaint: String? {
        let isPlain = [scheme, value, meaning].allSatisfy { $0.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x5C } }
        return isPlain && scheme.utf8.count <= 16 && value.utf8.count <= 64 && meaning.utf8.count <= 64
            ? nil : "scheme (16 characters at most), code (64) and meaning (64) are ASCII without backslashes"
    }
}

extension DICOMElementList {
    /// Puts a sequence of one concept; more that belongs to it is put by `more`.
    mutating func code(_ tag: UInt32, _ concept: CodedConcept, _ more: (inout DICOMElementList) -> Void = { _ in }) {
        item(tag) {
            // Code Value holds 16 characters.
            if concept.value.unicodeScalars.count > 16 {
                $0.put("LongCodeValue", 0x0008_0119, "UC", concept.value)
            } else {
                $0.put("CodeValue", 0x0008_0100, "SH", concept.value)
            }
            $0.put("CodingSchemeDesignator", 0x0008_0102, "SH", concept.scheme)
            $0.put("CodeMeaning", 0x0008_0104, "LO", concept.meaning.ascii(atMost: 64))
            more(&$0)
        }
    }

    /// Says what the private scheme is.
    mutating func putOwnScheme(version: String) {
        item(0x0008_0110) {  // CodingSchemeIdentificationSequence
            $0.put("CodingSchemeDesignator", 0x0008_0102, "SH", CodedConcept.ownScheme)
            $0.put("CodingSchemeUID", 0x0008_010C, "UI", DICOMUID.derived(from: "coding scheme \(CodedConcept.ownScheme)"))
            $0.put("CodingSchemeName", 0x0008_0115, "ST", "Codes of Carpus, a toolkit for MRI of the wrist")
            $0.put("CodingSchemeVersion", 0x0008_0103, "SH", version.ascii(atMost: 16))
        }
    }
}

extension Laterality {
    /// The side as a concept of CID 244.
    var concept: CodedConcept { self == .left ? CodedConcept("SCT", "7771000", "Left") : CodedConcept("SCT", "24028007", "Right") }
}

extension String {
    /// The text in characters that every character set of DICOM has, since objects keep the character set of their source; without backslashes and control characters.
    func ascii(atMost most: Int) -> String {
        let spelled: [Unicode.Scalar: String] = ["²": "2", "³": "3", "µ": "u", "–": "-", "—": "-", "’": "'", "‘": "'", "“": "\"", "”": "\"", "…": "...", "×": "x", "±": "+/-", "°": " degrees", "≥": ">=", "≤": "<="]
        let plain = unicodeScalars.map { $0 == "\\" ? "/" : (0x20...0x7E).contains($0.value) ? String($0) : spelled[$0] ?? "?" }.joined()
        return String(plain.prefix(most))
    }
}
