import Foundation

/// One verb of a protocol: named inputs and parameters in, named outputs out. A stage is pure: equal inputs and parameters
/// give equal outputs, whatever the machine's number of threads.
public protocol Stage: SendableMetatype {
    /// The name protocols use, `register.rigid`. Never renamed once released.
    static var name: String { get }
    /// Raised whenever the same inputs and parameters would give other outputs.
    static var version: Int { get }
    /// What it does, in one sentence.
    static var summary: String { get }
    /// What a protocol may set.
    associatedtype Parameters: StageParameters = NoParameters
    /// Ports it reads: properties that are artifacts, optional artifacts or arrays of artifacts.
    associatedtype Inputs: Codable & Sendable
    /// Ports it fills: properties that are artifacts or optional artifacts.
    associatedtype Outputs: Codable & Sendable
    /// The work.
    static func run(_ inputs: Inputs, _ parameters: Parameters) async throws -> Outputs
    /// What it did, as a sentence for the methods section, with the source it follows.
    static func methods(_ parameters: Parameters) -> String
    /// What to report in place of results that cannot be had; nil when there is nothing to report.
    static func notScorable(_ parameters: Parameters, because reason: String) -> Outputs?
}

extension Stage {
    /// Nothing to say.
    public static func methods(_: Parameters) -> String { "" }
    /// Nothing to report.
    public static func notScorable(_: Parameters, because _: String) -> Outputs? { nil }
}

/// A stage throws this where nothing is wrong with its inputs and they allow no result all the same: the step, and what depends on it, is
/// not scorable, and the run has not failed.
public struct NotScorable: Error, Sendable, Hashable, CustomStringConvertible {
    /// Why, as a part of a sentence: "…, because REASON".
    public let reason: String
    /// A reason.
    public init(because reason: String) { self.reason = reason }
    public var description: String { reason }
}

/// What a protocol may set. Every property has a default, so `init()` is the documentation.
public protocol StageParameters: Codable, Sendable {
    /// The defaults.
    init()
    /// What is wrong with these values, nil when nothing is: a sentence naming the parameter.
    var complaint: String? { get }
}

extension StageParameters {
    /// Nothing wrong.
    public var complaint: String? { nil }
}

/// For stages without parameters.
public struct NoParameters: StageParameters {
    /// Nothing.
    public init() {}
}

/// A named opening of a stage.
public struct Port: Hashable, Sendable {
    /// How many artifacts it takes.
    public enum Arity: Sendable, Hashable {
        case one, optional, many
    }
    /// The name protocols use.
    public let name: String
    /// The kind of artifact.
    public let kind: String
    /// How many artifacts it takes.
    public let arity: Arity

    /// A port of given name, kind and arity.
    public init(name: String, kind: String, arity: Arity) { (self.name, self.kind, self.arity) = (name, kind, arity) }
}

/// A stage with its types erased: what planner and runner see.
public struct AnyStage: Sendable {
    /// The name protocols use.
    public let name: String
    /// Raised with every change of results.
    public let version: Int
    /// What it does, in one sentence.
    public let summary: String
    /// What it reads.
    public let inputs: [Port]
    /// What it fills.
    public let outputs: [Port]
    /// What may be set, with types and defaults.
    public let parameters: [ParameterField]

    /// The defaults overlaid with what a protocol says, as JSON.
    let resolve: @Sendable (JSON) throws -> JSON
    /// A complaint about resolved parameters.
    let complaint: @Sendable (JSON) throws -> String?
    /// Reads inputs, works, and leaves outputs in a folder.
    let run: @Sendable (_ parameters: JSON, _ inputs: [String: [URL]], _ folder: URL) async throws -> Void
    /// Leaves in a folder what is reported in place of results; false when nothing is.
    let notScorable: @Sendable (_ parameters: JSON, _ reason: String, _ folder: URL) throws -> Bool
    /// The sentence for the methods section.
    public let methods: @Sendable (JSON) throws -> String

    /// A stage, erased.
    public init<S: Stage>(_: S.Type) {
        let fields = ParameterField.fields(of: S.Parameters())
        (name, version, summary) = (S.name, S.version, S.summary)
        inputs = PortRecorder.ports(of: S.Inputs.self)
        outputs = PortRecorder.ports(of: S.Outputs.self)
        parameters = fields
        resolve = { given in
            var resolved = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.standard) })
            if case .object(let changes) = given {
                for (key, value) in changes { resolved[key] = value }
            }
            // Through the type and back, so that 1 and 1.0 given for a number are one parameter.
            let typed = try JSON.object(resolved.filter { $0.value != .null }).decoded(as: S.Parameters.self)
            guard case .object(let spelled) = try JSON(encoding: typed) else { return .object([:]) }
            return .object(resolved.mapValues { _ in JSON.null }.merging(spelled) { $1 })
        }
        complaint = { try $0.withoutNulls.decoded(as: S.Parameters.self).complaint }
        run = { parameters, files, folder in
            let inputs = try S.Inputs(from: PortReader(files: files))
            let outputs = try await S.run(inputs, parameters.withoutNulls.decoded(as: S.Parameters.self))
            try outputs.encode(to: PortWriter(folder: folder))
        }
        notScorable = { parameters, reason, folder in
            guard let outputs = S.notScorable(try parameters.withoutNulls.decoded(as: S.Parameters.self), because: reason) else { return false }
            try outputs.encode(to: PortWriter(folder: folder))
            return true
        }
        methods = { S.methods(try $0.withoutNulls.decoded(as: S.Parameters.self)) }
    }
}

extension JSON {
    var withoutNulls: JSON {
        if case .object(let members) = self { .object(members.filter { $0.value != .null }) } else { self }
    }
}
