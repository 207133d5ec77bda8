public import CarpusPipeline
public import Foundation

/// A self-contained HTML page: one file.
public struct PageArtifact: Artifact {
    public static var kind: String { "page" }
    public static var placeholder: Self { PageArtifact(html: "") }
    /// The page.
    public var html: String

    /// A page.
    public init(html: String) { self.html = html }

    public init(restingAt stem: URL) throws {
        html = String(decoding: try Data(contentsOf: stem.appendingPathExtension("html")), as: UTF8.self)
    }

    public func rest(at stem: URL) throws {
        try Data(html.utf8).write(to: stem.appendingPathExtension("html"))
    }
}
