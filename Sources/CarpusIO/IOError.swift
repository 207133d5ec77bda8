public import Foundation

/// A file or folder that could not be read or written: what, where, and what to do.
public struct IOError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        public static let missing = Code(raw: "missing"), unreadable = Code(raw: "unreadable")
        public static let notRecognised = Code(raw: "not recognised"), malformed = Code(raw: "malformed")
        public static let truncated = Code(raw: "truncated"), unsupported = Code(raw: "unsupported")
        public static let badGeometry = Code(raw: "bad geometry"), inconsistent = Code(raw: "inconsistent")
        public static let cannotWrite = Code(raw: "cannot write"), exists = Code(raw: "exists")
    }
    /// What kind of trouble it is.
    public let code: Code
    /// The file or folder.
    public let place: URL
    /// What happened and what to do, in one sentence without the file's name.
    public let message: String

    /// An error at a place.
    public init(_ code: Code, at place: URL, _ message: String) {
        (self.code, self.place, self.message) = (code, place, message)
    }

    public var description: String { "\(place.path(percentEncoded: false)): \(message)" }
}
