import Foundation

/// What may be known of a visit beside its series, under the name by which steps read it.
public enum VisitFact: String, Sendable, Hashable, CaseIterable {
    /// The day, `VisitDate`; the side of the body, `VisitSide`.
    case date, side

    /// The kind of artifact it is.
    public var kind: String { self == .date ? VisitDate.kind : VisitSide.kind }

    /// The fact as something that is read like a series.
    func series(_ value: some Artifact, told text: String) -> SubjectInput.Series {
        SubjectInput.Series(kind: kind, digest: Digest.hex(of: text), origin: "the visit's \(rawValue)") { try value.rest(at: $0.appending(path: "series")) }
    }
}

/// The side of the body that a visit's scans show. A step reads it as `side`; where it is not known an optional input stays empty.
public struct VisitSide: JSONArtifact, Hashable {
    public static var kind: String { "side" }
    public static var placeholder: Self { VisitSide(letter: "L") }

    /// As it rests in a file.
    public struct Content: Codable, Sendable {
        let side: String
    }
    /// L or R, as DICOM's Laterality.
    public let letter: String

    public var content: Content { Content(side: letter) }
    public init(content: Content) { letter = content.side }

    /// A side by its letter.
    public init(letter: String) { self.letter = letter }
}
