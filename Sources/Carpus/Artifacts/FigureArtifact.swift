public import CarpusPipeline
public import CarpusReport
public import Foundation

/// A picture with its words: a PNG for files, a WebP for the page, and a JSON file.
public struct FigureArtifact: Artifact {
    public static var kind: String { "figure" }
    public static var placeholder: Self { FigureArtifact(Figure(title: "", caption: "", altText: "", section: .images, png: Data(), webp: Data())) }
    /// The picture.
    public var figure: Figure

    /// Its pixels, for a file.
    public var png: Data { figure.png }

    /// A picture with its words.
    public init(_ figure: Figure) { self.figure = figure }

    private struct Words: Codable {
        var title, caption, altText: String
        var section: ReportSection
    }

    public init(restingAt stem: URL) throws {
        let words = try JSONDecoder().decode(Words.self, from: Data(contentsOf: stem.appendingPathExtension("json")))
        func picture(_ kind: String) throws -> Data { try Data(contentsOf: stem.appendingPathExtension(kind)) }
        self.init(Figure(title: words.title, caption: words.caption, altText: words.altText, section: words.section, png: try picture("png"), webp: try picture("webp")))
    }

    public func rest(at stem: URL) throws {
        try JSONEncoder.readable.encode(Words(title: figure.title, caption: figure.caption, altText: figure.altText, section: figure.section)).write(to: stem.appendingPathExtension("json"))
        try figure.png.write(to: stem.appendingPathExtension("png"))
        try figure.webp.write(to: stem.appendingPathExtension("webp"))
    }
}
