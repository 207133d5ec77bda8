import Foundation
import Yams

/// A place in a file, for messages: line and column from 1.
public struct Position: Sendable, Hashable, CustomStringConvertible {
    public let file: String
    public let line, column: Int
    public var description: String { "\(file):\(line):\(column)" }
}

/// A protocol file that cannot be used: what, where, and what to do.
public struct ProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is.
    public struct Code: Sendable, Hashable {
        let raw: String
        public static let notYAML = Code(raw: "not YAML"), unreadable = Code(raw: "unreadable"), wrongForm = Code(raw: "wrong form")
        public static let unknownKey = Code(raw: "unknown key"), missingKey = Code(raw: "missing key"), unknownStage = Code(raw: "unknown stage")
        public static let badParameter = Code(raw: "bad parameter"), badWiring = Code(raw: "bad wiring"), cycle = Code(raw: "cycle")
    }
    public let code: Code
    /// Where in the file; nil when the file as a whole is meant.
    public let position: Position?
    /// What is wrong and what would be right, in one sentence.
    public let message: String
    public var description: String { position.map { "\($0): \(message)" } ?? message }
}

/// A YAML value that remembers where it stood.
struct Located: Sendable {
    indirect enum Value: Sendable {
        case scalar(JSON), array([Located]), object([Member])
    }
    struct Member: Sendable {
        let key: String
        let position: Position
        let value: Located
    }
    let value: Value
    let position: Position

    /// The document in a YAML text.
    static func parse(_ text: String, file: String) throws -> Located {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw ProtocolError(code: .notYAML, position: Position(file: file, line: 1, column: 1), message: "the file is empty; a protocol begins with 'carpus: 1'")
            }
            return try Located(node, file: file)
        } catch let error as YamlError {
            throw ProtocolError(code: .notYAML, position: nil, message: "\(file): not a YAML file: \(error)")
        }
    }

    private init(_ node: Node, file: String) throws {
        let here = Position(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        position = here
        switch node {
        case .scalar(let s): value = .scalar(Self.resolved(s))
        case .sequence(let all): value = .array(try all.map { try Located($0, file: file) })
        case .mapping(let all):
            value = .object(try all.map { key, inner in
                let at = Position(file: file, line: key.mark?.line ?? here.line, column: key.mark?.column ?? here.column)
                guard let name = key.string else {
                    throw ProtocolError(code: .wrongForm, position: at, message: "a key must be a text")
                }
                return Member(key: name, position: at, value: try Located(inner, file: file))
            })
        case .alias:
            throw ProtocolError(code: .wrongForm, position: here, message: "an alias to an anchor that does not exist")
        }
    }

    private static func resolved(_ s: Node.Scalar) -> JSON {
        guard s.style == .plain || s.style == .any else { return .string(s.string) }
        if ["", "~", "null"].contains(s.string) { return .null }
        if let v = Bool.construct(from: s), ["true", "false"].contains(s.string.lowercased()) { return .bool(v) }
        if let v = Int.construct(from: s) { return .integer(v) }
        if let v = Double.construct(from: s) { return .number(v) }
        return .string(s.string)
    }

    /// The same without positions.
    var json: JSON {
        switch value {
        case .scalar(let v): v
        case .array(let all): .array(all.map(\.json))
        case .object(let all): .object(Dictionary(all.map { ($0.key, $0.value.json) }) { $1 })
        }
    }

    /// This mapping with the members of another laid over it, mapping into mapping; a null removes.
    func overlaid(with other: Located) -> Located {
        guard case .object(var members) = value, case .object(let changes) = other.value else { return other }
        for change in changes {
            let place = members.firstIndex { $0.key == change.key }
            if case .scalar(.null) = change.value.value {
                if let place { members.remove(at: place) }
            } else if let place {
                members[place] = Member(key: change.key, position: change.position, value: members[place].value.overlaid(with: change.value))
            } else {
                members.append(change)
            }
        }
        return Located(value: .object(members), position: position)
    }

    init(value: Value, position: Position) { (self.value, self.position) = (value, position) }

    // MARK: - Reading with complaint

    /// The members of a mapping, all of whose keys are known.
    func members(of what: String, allowing keys: [String]? = nil) throws -> [Member] {
        guard case .object(let members) = value else {
            throw ProtocolError(code: .wrongForm, position: position, message: "\(what) must be a mapping of names to values")
        }
        if let keys, let stranger = members.first(where: { !keys.contains($0.key) }) {
            throw ProtocolError(code: .unknownKey, position: stranger.position, message: "\(what) has no key '\(stranger.key)'\(suggestion(for: stranger.key, among: keys))")
        }
        return members
    }

    func string(_ what: String) throws -> String {
        switch value {
        case .scalar(.string(let s)): return s
        case .scalar(.integer(let i)): return String(i)
        default: throw ProtocolError(code: .wrongForm, position: position, message: "\(what) must be a text")
        }
    }

    func boolean(_ what: String) throws -> Bool {
        guard case .scalar(.bool(let b)) = value else {
            throw ProtocolError(code: .wrongForm, position: position, message: "\(what) must be true or false")
        }
        return b
    }

    func integer(_ what: String) throws -> Int {
        guard case .scalar(.integer(let i)) = value else {
            throw ProtocolError(code: .wrongForm, position: position, message: "\(what) must be a whole number")
        }
        return i
    }

    /// A text, or a list of texts.
    func strings(_ what: String) throws -> [String] {
        if case .array(let all) = value { try all.map { try $0.string(what) } } else { [try string(what)] }
    }

    func regularExpression(_ what: String) throws -> String {
        let pattern = try string(what)
        do {
            _ = try NSRegularExpression(pattern: pattern)
        } catch {
            throw ProtocolError(code: .wrongForm, position: position, message: "\(what) is not a regular expression: '\(pattern)'")
        }
        return pattern
    }
}

/// "; did you mean 'x'? It has a, b, c": the nearest valid name, and all of them.
func suggestion(for name: String, among valid: [String]) -> String {
    guard let nearest = valid.min(by: { editDistance(name, $0) < editDistance(name, $1) }) else { return "" }
    let close = editDistance(name, nearest) <= max(2, name.count / 2)
    return (close ? "; did you mean '\(nearest)'?" : ";") + " There is \(valid.joined(separator: ", "))"
}

/// Insertions, deletions and replacements from one word to another (Levenshtein).
func editDistance(_ a: String, _ b: String) -> Int {
    let a = Array(a), b = Array(b)
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, y) in b.enumerated() {
            (diagonal, row[j + 1]) = (row[j + 1], min(row[j + 1] + 1, row[j] + 1, diagonal + (x == y ? 0 : 1)))
        }
    }
    return row[b.count]
}
