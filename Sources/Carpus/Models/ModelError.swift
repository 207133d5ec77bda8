import Foundation

/// A model that cannot be used: what, where, and what to do.
public struct ModelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of trouble it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        /// No such model, or a file of it is not there.
        public static let missing = Code(raw: "missing")
        /// The manifest cannot be followed.
        public static let malformed = Code(raw: "malformed")
        /// A file is not the one the manifest was written for.
        public static let damaged = Code(raw: "damaged")
    }
    /// What kind of trouble it is.
    public let code: Code
    /// The model's name or place.
    public let model: String
    /// What happened and what to do, in one sentence.
    public let message: String

    /// An error of a kind.
    public init(_ code: Code, _ model: String, _ message: String) { (self.code, self.model, self.message) = (code, model, message) }

    public var description: String { "model \(model): \(message)" }
}

extension URL {
    /// The path as a person writes it.
    var plainPath: String { path(percentEncoded: false) }
}
