/// The JSON Schema (2020-12) of protocol files, made from the stages' types.
public enum ProtocolSchema {
    /// The schema for a catalogue of stages.
    public static func schema(stages: [AnyStage], seriesKinds: [String]) -> JSON {
        let texts: JSON = ["anyOf": [text, ["type": "array", "items": text]]]
        let map: JSON = ["type": "object", "additionalProperties": text]
        let series: JSON = object([
            "kind": ["enum": .array(seriesKinds.map(JSON.string))], "match": map, "file": texts, "entities": map, "required": ["type": "boolean"], "suffix": text,
        ])
        return .object([
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Carpus protocol", "type": "object", "additionalProperties": .bool(false),
            "required": ["carpus", "protocol"],
            "properties": .object([
                "carpus": ["const": .integer(AnalysisProtocol.format)], "protocol": text, "version": ["type": "integer"], "description": text, "extends": text,
                "subjects": text, "visits": text, "pairs": ["enum": .array(AnalysisProtocol.Pairing.allCases.map { .string($0.rawValue) })],
                "series": ["type": "object", "additionalProperties": series],
                "steps": ["type": "object", "additionalProperties": ["oneOf": .array(stages.map { step($0, texts: texts) })]],
                "report": object(["title": text]),
            ]),
        ])
    }

    private static let text: JSON = ["type": "string"]

    private static func object(_ properties: [String: JSON], required: [String] = []) -> JSON {
        .object(["type": "object", "additionalProperties": .bool(false), "properties": .object(properties), "required": .array(required.map(JSON.string))])
    }

    private static func step(_ stage: AnyStage, texts: JSON) -> JSON {
        let inputs = object(
            Dictionary(uniqueKeysWithValues: stage.inputs.map { ($0.name, $0.arity == .many ? texts : text) }),
            required: stage.inputs.filter { $0.arity == .one }.map(\.name))
        return object([
            "use": ["const": .string(stage.name)], "from": inputs, "with": object(Dictionary(uniqueKeysWithValues: stage.parameters.map { ($0.name, $0.schema) })),
            "each": ["enum": .array(AnalysisProtocol.Scope.allCases.map { .string($0.rawValue) })], "save": texts,
        ], required: ["use"])
    }
}

extension ParameterField {
    var schema: JSON {
        var members: [String: JSON]
        switch kind {
        case .boolean: members = ["type": "boolean"]
        case .integer: members = ["type": "integer"]
        case .number: members = ["type": "number"]
        case .string: members = ["type": "string"]
        case .choice(let names): members = ["enum": .array(names.map(JSON.string))]
        case .list: members = ["type": "array"]
        case .object: members = ["type": "object"]
        }
        if standard != .null { members["default"] = standard }
        return .object(members)
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(Dictionary(elements) { $1 }) }
}
