import Foundation

/// One thing a protocol may set, as read from a stage's `Parameters` type.
public struct ParameterField: Sendable, Hashable {
    /// What values it takes.
    public enum Kind: Sendable, Hashable {
        case boolean, integer, number, string, choice([String]), list, object
    }
    /// The name of the property.
    public let name: String
    /// What values it takes.
    public let kind: Kind
    /// Whether it may be left unset.
    public let isOptional: Bool
    /// The default, null when unset.
    public let standard: JSON

    /// The fields of a parameter struct, by its own decoding: no reflection, no second list.
    static func fields<P: StageParameters>(of defaults: P) -> [ParameterField] {
        do {
            guard case .object(let values) = try JSON(encoding: defaults) else { return [] }
            let recorder = ParameterRecorder(values: values)
            _ = try P(from: recorder)
            return recorder.box.fields
        } catch {
            preconditionFailure("\(P.self) must encode and decode its own defaults: \(error)")
        }
    }

    static func kind(of type: any Any.Type) -> Kind {
        switch type {
        case is Bool.Type: .boolean
        case is Int.Type, is UInt32.Type, is UInt16.Type, is UInt64.Type: .integer
        case is Double.Type, is Float.Type: .number
        case is String.Type: .string
        default:
            if let choice = type as? any (CaseIterable & RawRepresentable).Type, let names = Self.names(choice) { .choice(names) }
            else if String(describing: type).hasPrefix("Array") || String(describing: type).hasPrefix("SIMD") { .list }
            else { .object }
        }
    }

    private static func names<T: CaseIterable & RawRepresentable>(_: T.Type) -> [String]? {
        let names = T.allCases.compactMap { $0.rawValue as? String }
        return names.isEmpty ? nil : names
    }

    /// The values it takes, in words.
    public var expectation: String {
        switch kind {
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .string: "a text"
        case .choice(let names): "one of " + names.joined(separator: ", ")
        case .list: "a list"
        case .object: "a mapping"
        }
    }

    /// Whether a value has the right form. Contents of lists and mappings are checked by decoding.
    func accepts(_ value: JSON) -> Bool {
        switch (kind, value) {
        case (_, .null): isOptional
        case (.boolean, .bool), (.integer, .integer), (.number, .integer), (.number, .number), (.string, .string), (.list, .array), (.object, .object): true
        case (.choice(let names), .string(let name)): names.contains(name)
        case (.object, _): false
        default: false
        }
    }
}

private struct ParameterRecorder: NamedValueDecoder {
    final class Box { var fields: [ParameterField] = [] }
    let box = Box()
    let values: [String: JSON]

    init(values: [String: JSON]) { self.values = values }

    func value<T: Decodable>(_ type: T.Type, _ key: String, optional: Bool) throws -> T? {
        let standard = values[key] ?? .null
        box.fields.append(ParameterField(name: key, kind: ParameterField.kind(of: type), isOptional: optional, standard: standard))
        return standard == .null ? nil : try JSON.object(["value": standard]).decoded(as: Boxed<T>.self).value
    }

    private struct Boxed<T: Decodable>: Decodable { let value: T }
}
