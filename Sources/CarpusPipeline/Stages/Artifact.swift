public import Foundation

/// A value that travels between stages and rests in files.
public protocol Artifact: Codable, Sendable {
    /// What it is, as protocols and error messages call it: `volume`, `labels`.
    static var kind: String { get }
    /// Any value of the type; lets the planner ask a stage for its ports without data.
    static var placeholder: Self { get }
    /// Reads the value back from the files `write` left.
    ///
    /// - Parameter stem: folder and name without extension.
    init(restingAt stem: URL) throws
    /// Writes one or more files whose names are the stem and an extension.
    func rest(at stem: URL) throws
}

extension Artifact {
    // A stage's Inputs and Outputs synthesise Codable; the port coders answer for artifacts before these are reached.
    public init(from decoder: any Decoder) throws { preconditionFailure("\(Self.self) is moved by the runner, not decoded") }
    public func encode(to encoder: any Encoder) throws { preconditionFailure("\(Self.self) is moved by the runner, not encoded") }
}

/// An artifact that is simply one JSON file.
public protocol JSONArtifact: Artifact {
    /// What the file holds.
    associatedtype Content: Codable
    /// The value as its content.
    var content: Content { get }
    /// The value of a content.
    init(content: Content)
}

extension JSONArtifact {
    public init(restingAt stem: URL) throws {
        self.init(content: try JSONDecoder().decode(Content.self, from: Data(contentsOf: stem.appendingPathExtension("json"))))
    }

    public func rest(at stem: URL) throws {
        try JSONEncoder.readable.encode(content).write(to: stem.appendingPathExtension("json"))
    }
}
