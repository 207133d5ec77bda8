import Foundation

// Codable synthesis already knows a stage's ports by name and type. Three small coders read it off:
// one records the ports, one fills inputs from files, one writes outputs to files.

/// A list port, seen without its element's type.
private protocol ArtifactList {
    static var element: any Artifact.Type { get }
    static func read(_ stems: [URL]) throws -> Self
}

extension Array: ArtifactList where Element: Artifact {
    static var element: any Artifact.Type { Element.self }
    static func read(_ stems: [URL]) throws -> [Element] { try stems.map { try Element(restingAt: $0) } }
}

struct PortRecorder: NamedValueDecoder {
    final class Box { var ports: [Port] = [] }
    let box = Box()

    static func ports<T: Decodable>(of _: T.Type) -> [Port] {
        let recorder = PortRecorder()
        do { _ = try T(from: recorder) } catch { preconditionFailure("the ports of \(T.self) cannot be read: \(error)") }
        return recorder.box.ports
    }

    func value<T: Decodable>(_: T.Type, _ key: String, optional: Bool) throws -> T? {
        if let type = T.self as? any Artifact.Type {
            box.ports.append(Port(name: key, kind: type.kind, arity: optional ? .optional : .one))
            return type.placeholder as? T
        }
        guard let list = T.self as? any ArtifactList.Type else { preconditionFailure("port '\(key)': \(T.self) is not an Artifact") }
        box.ports.append(Port(name: key, kind: list.element.kind, arity: .many))
        return try list.read([]) as? T
    }
}

struct PortReader: NamedValueDecoder {
    let files: [String: [URL]]

    func value<T: Decodable>(_: T.Type, _ key: String, optional: Bool) throws -> T? {
        if let type = T.self as? any Artifact.Type {
            guard let stem = files[key]?.first else { return nil }
            return try type.init(restingAt: stem) as? T
        }
        guard let list = T.self as? any ArtifactList.Type else { return nil }
        return try list.read(files[key] ?? []) as? T
    }
}

struct PortWriter: NamedValueEncoder {
    let folder: URL

    func write(_ value: any Encodable, _ key: String) throws {
        guard let artifact = value as? any Artifact else { preconditionFailure("output '\(key)' is not an Artifact") }
        try artifact.rest(at: folder.appending(path: key))
    }
}
