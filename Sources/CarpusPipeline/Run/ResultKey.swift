/// What a result is stored under: SHA-256 of all that decides it.
enum ResultKey {
    /// Raised whenever the same files would be read as something else.
    static let inputVersion = 3

    /// A series as read from its files.
    static func input(_ series: SubjectInput.Series, engine: String) -> String {
        Digest.hex(of: JSON.object(["engine": .string(engine), "input": .string(series.digest), "kind": .string(series.kind), "version": .integer(inputVersion)]).canonical)
    }

    /// A stage's outputs.
    ///
    /// - Parameter inputs: SHA-256 by input port; ports that stay empty are left out.
    static func stage(_ stage: AnyStage, engine: String, parameters: JSON, inputs: [String: [String]]) -> String {
        Digest.hex(of: JSON.object([
            "stage": .string(stage.name), "version": .integer(stage.version), "engine": .string(engine), "parameters": parameters,
            "inputs": .object(inputs.mapValues { .array($0.map(JSON.string)) }),
        ]).canonical)
    }
}
