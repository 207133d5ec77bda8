public import Foundation

/// A file of Protocols/: which series are looked for, which stages run, wired how, with which parameters.
public struct AnalysisProtocol: Sendable {
    /// How a series is recognised: by tags (all of them), by file name, or by BIDS entities (all of them). One of the ways
    /// suffices; the first series that fits plays the role.
    public struct SeriesRule: Sendable {
        /// The role: `t1`.
        public let role: String
        /// The kind of artifact it is: `volume`, `timeseries`.
        public let kind: String
        /// Whether a visit without it has failed.
        public let isRequired: Bool
        /// Regular expressions that tags, by DICOM or BIDS keyword, must contain.
        public let match: [String: String]
        /// Patterns with `*` and `?`, one of which the file name must match.
        public let files: [String]
        /// BIDS entities and `suffix` the file name must carry; an empty value means: must not carry.
        public let entities: [String: String]
        /// The BIDS suffix of what is derived from it.
        public let suffix: String
        let position: Position
    }

    /// Over what a step is repeated.
    public enum Scope: String, Sendable, Hashable, Codable, CaseIterable {
        case visit, visitPair = "visit-pair", subject
    }

    /// Which visits make pairs.
    public enum Pairing: String, Sendable, Hashable, Codable, CaseIterable {
        /// Each visit with the next.
        case consecutive
        /// The first visit with each later one.
        case fromBaseline = "from-baseline"
    }

    /// One use of a stage.
    public struct Step: Sendable {
        public let name, use: String
        /// Over what it is repeated.
        public let each: Scope
        /// Port, and what feeds it; several references feed a list.
        let from: [Wire]
        let with: Located?
        /// Outputs copied into the run's folder.
        public let save: [String]
        let savePosition: Position
        let position, usePosition: Position
    }

    struct Wire: Sendable {
        let port: String
        let references: [String]
        let position: Position
    }

    /// The protocol's name and version, as they stand in results.
    public let name: String
    public let version: Int
    /// What it is for.
    public let description: String
    /// A regular expression with one group that finds the subject in a relative path.
    public let subjectPattern: String?
    /// A regular expression with one group that finds the visit in a relative path.
    public let visitPattern: String?
    /// Which visits make pairs.
    public let pairing: Pairing
    public let series: [SeriesRule]
    public let steps: [Step]
    /// The report's title.
    public let reportTitle: String
    /// SHA-256 of what was resolved, file and all it extends.
    public let digest: String

    /// The version of the format this code reads.
    public static let format = 1

    /// A protocol from a file, with everything it extends.
    public init(contentsOf file: URL) throws {
        try self.init(Self.load(file, seen: []), fileName: file.lastPathComponent)
    }

    /// A protocol from a YAML text that extends nothing.
    public init(yaml: String, file: String = "protocol.yml") throws {
        try self.init(Located.parse(yaml, file: file), fileName: file)
    }

    private static func load(_ file: URL, seen: [URL]) throws -> Located {
        let file = file.standardizedFileURL
        guard !seen.contains(file) else {
            throw ProtocolError(code: .cycle, position: nil, message: "\(file.lastPathComponent) extends itself")
        }
        let text: String
        do {
            text = try String(contentsOf: file, encoding: .utf8)
        } catch {
            throw ProtocolError(code: .unreadable, position: nil, message: "\(file.path(percentEncoded: false)): the protocol cannot be read; check the path and that it is UTF-8 text")
        }
        let own = try Located.parse(text, file: file.lastPathComponent)
        guard let parent = try own.members(of: "a protocol").first(where: { $0.key == "extends" }) else { return own }
        let name = try parent.value.string("extends")
        let base = name.hasPrefix("/") ? URL(filePath: name) : file.deletingLastPathComponent().appending(path: name)
        guard FileManager.default.fileExists(atPath: base.path(percentEncoded: false)) else {
            throw ProtocolError(code: .unreadable, position: parent.value.position, message: "it extends '\(name)', which is not there")
        }
        return try load(base, seen: seen + [file]).overlaid(with: own)
    }

    private init(_ document: Located, fileName: String) throws {
        let keys = ["carpus", "protocol", "version", "description", "extends", "subjects", "visits", "pairs", "series", "steps", "report"]
        let members = try document.members(of: "a protocol", allowing: keys)
        func member(_ key: String) -> Located? { members.first { $0.key == key }?.value }
        func required(_ key: String) throws -> Located {
            guard let value = member(key) else {
                throw ProtocolError(code: .missingKey, position: document.position, message: "a protocol needs the key '\(key)'")
            }
            return value
        }
        let format = try required("carpus")
        guard try format.integer("carpus") == Self.format else {
            throw ProtocolError(code: .wrongForm, position: format.position, message: "this version of Carpus reads protocols of format \(Self.format)")
        }
        name = try required("protocol").string("protocol")
        version = try member("version")?.integer("version") ?? 1
        description = try member("description")?.string("description") ?? ""
        subjectPattern = try member("subjects")?.regularExpression("subjects")
        visitPattern = try member("visits")?.regularExpression("visits")
        pairing = try member("pairs").map { try Self.choice($0, "pairs") } ?? .consecutive
        series = try required("series").members(of: "series").map(Self.rule)
        steps = try required("steps").members(of: "steps").map(Self.step)
        let report = try member("report")?.members(of: "report", allowing: ["title"])
        reportTitle = try report?.first { $0.key == "title" }?.value.string("title") ?? name
        digest = Digest.hex(of: document.json.canonical)
    }

    private static func rule(_ m: Located.Member) throws -> SeriesRule {
        let what = "series '\(m.key)'"
        let members = try m.value.members(of: what, allowing: ["kind", "match", "file", "entities", "required", "suffix"])
        func member(_ key: String) -> Located? { members.first { $0.key == key }?.value }
        let match = try member("match")?.members(of: "match").map { ($0.key, try $0.value.regularExpression("match")) } ?? []
        let files = try member("file")?.strings("file") ?? []
        let entities = try member("entities")?.members(of: "entities").map { ($0.key, try $0.value.string("an entity")) } ?? []
        guard !match.isEmpty || !files.isEmpty || !entities.isEmpty else {
            throw ProtocolError(code: .missingKey, position: m.position, message: "\(what) says nothing to recognise it by; give 'match', 'file' or 'entities'")
        }
        return SeriesRule(
            role: m.key, kind: try member("kind")?.string("kind") ?? "volume",
            isRequired: try member("required")?.boolean("required") ?? true,
            match: Dictionary(match) { $1 }, files: files, entities: Dictionary(entities) { $1 },
            suffix: try member("suffix")?.string("suffix") ?? "T1w", position: m.position)
    }

    private static func step(_ m: Located.Member) throws -> Step {
        let what = "step '\(m.key)'"
        let members = try m.value.members(of: what, allowing: ["use", "from", "with", "each", "save"])
        func member(_ key: String) -> Located? { members.first { $0.key == key }?.value }
        guard let use = member("use") else {
            throw ProtocolError(code: .missingKey, position: m.position, message: "\(what) needs 'use', the name of a stage")
        }
        let wires = try member("from")?.members(of: "from").map {
            Wire(port: $0.key, references: try $0.value.strings("a source"), position: $0.value.position)
        }
        return Step(
            name: m.key, use: try use.string("use"), each: try member("each").map { try choice($0, "each") } ?? .visit,
            from: wires ?? [], with: member("with"), save: try member("save")?.strings("save") ?? [],
            savePosition: member("save")?.position ?? m.position, position: m.position, usePosition: use.position)
    }

    private static func choice<T: CaseIterable & RawRepresentable<String>>(_ value: Located, _ what: String) throws -> T {
        let text = try value.string(what)
        guard let choice = T(rawValue: text) else {
            throw ProtocolError(code: .wrongForm, position: value.position, message: "\(what) cannot be '\(text)'\(suggestion(for: text, among: T.allCases.map(\.rawValue)))")
        }
        return choice
    }
}
