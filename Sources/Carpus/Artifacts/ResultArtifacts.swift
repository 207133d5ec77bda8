public import CarpusCore
public import CarpusPipeline
public import Foundation

/// Measurements of one stage, in the order they are reported.
public struct Measurements: JSONArtifact {
    public static var kind: String { "measurements" }
    public static var placeholder: Self { Measurements([]) }
    /// The rows.
    public var rows: [CarpusCore.Measurement]
    public var content: [CarpusCore.Measurement] { rows }
    public init(content: [CarpusCore.Measurement]) { rows = content }
    /// Given rows.
    public init(_ rows: [CarpusCore.Measurement]) { self.rows = rows }
}

/// Doubts of one stage.
public struct Findings: JSONArtifact {
    public static var kind: String { "findings" }
    public static var placeholder: Self { Findings([]) }
    /// The doubts.
    public var list: [Finding]
    public var content: [Finding] { list }
    public init(content: [Finding]) { list = content }
    /// Given doubts.
    public init(_ list: [Finding]) { self.list = list }
}

extension Transform: JSONArtifact {
    public static var kind: String { "transform" }
    public static var placeholder: Self { .identity }
    public var content: Transform.Resting { Resting(map: self) }
    public init(content: Resting) { self = content.map }

    /// A transform as it rests in a file.
    public struct Resting: Codable {
        let links: [Link]

        enum Link: Codable {
            case rigid(RigidTransform), affine(Affine), displacement(DisplacementField), spline(SplineField)
        }

        init(map: Transform) { links = Self.links(of: map) }

        private static func links(of map: Transform) -> [Link] {
            switch map {
            case .rigid(let t): [.rigid(t)]
            case .affine(let t): [.affine(t)]
            case .displacement(let t): [.displacement(t)]
            case .spline(let t): [.spline(t)]
            case .chain(let all): all.flatMap(links)
            }
        }

        var map: Transform {
            let all = links.map { link -> Transform in
                switch link {
                case .rigid(let t): .rigid(t)
                case .affine(let t): .affine(t)
                case .displacement(let t): .displacement(t)
                case .spline(let t): .spline(t)
                }
            }
            return all.count == 1 ? all[0] : .chain(all)
        }
    }
}

/// A picture with its words: a PNG and a JSON file.
public struct FigureArtifact: Artifact {
    public static var kind: String { "figure" }
    public static var placeholder: Self { FigureArtifact(title: "", caption: "", altText: "", png: Data()) }
    /// What it shows; the sentence beneath; the same in words for those who cannot see it.
    public var title, caption, altText: String
    /// The picture.
    public var png: Data

    /// A picture with its words.
    public init(title: String, caption: String, altText: String, png: Data) {
        (self.title, self.caption, self.altText, self.png) = (title, caption, altText, png)
    }

    private struct Words: Codable { var title, caption, altText: String }

    public init(restingAt stem: URL) throws {
        let words = try JSONDecoder().decode(Words.self, from: Data(contentsOf: stem.appendingPathExtension("json")))
        self.init(title: words.title, caption: words.caption, altText: words.altText, png: try Data(contentsOf: stem.appendingPathExtension("png")))
    }

    public func rest(at stem: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(Words(title: title, caption: caption, altText: altText)).write(to: stem.appendingPathExtension("json"))
        try png.write(to: stem.appendingPathExtension("png"))
    }
}
