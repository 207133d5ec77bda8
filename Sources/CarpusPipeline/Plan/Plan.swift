/// A protocol that has been checked: every stage known, every wire of the right kind, every parameter spelled out, in
/// running order. What it refuses, it refuses before anything runs.
public struct Plan: Sendable {
    /// What feeds a port.
    public struct Source: Sendable, Hashable {
        /// Which visit of a pair; nil when the step's own.
        public enum Visit: String, Sendable, Hashable { case baseline, followup }
        /// A series by role, what its files are, what else is known of the visit, or a step and its output.
        public enum Origin: Sendable, Hashable {
            case series(String)
            case source(String)
            case fact(VisitFact)
            case output(step: String, port: String)
        }
        public let visit: Visit?
        public let origin: Origin
    }

    /// One step, checked.
    public struct Node: Sendable {
        public let name: String
        public let stage: AnyStage
        public let each: AnalysisProtocol.Scope
        /// Every parameter with its value.
        public internal(set) var parameters: JSON
        /// What feeds each port.
        public let sources: [String: [Source]]
        /// Outputs copied into the run's folder.
        public let save: [String]
    }

    /// The protocol as read.
    public let analysis: AnalysisProtocol
    /// Steps, each after all that feed it.
    public private(set) var nodes: [Node]

    /// What steps read of a visit beside its series.
    var facts: [VisitFact] {
        let origins = nodes.flatMap { $0.sources.values.joined().map(\.origin) }
        return VisitFact.allCases.filter { origins.contains(.fact($0)) }
    }

    /// Checks a protocol against a catalogue of stages.
    ///
    /// - Parameter seriesKinds: the kinds of artifact a series can be.
    /// - Throws: `ProtocolError` with file, line and column.
    public init(_ analysis: AnalysisProtocol, stages: [AnyStage], seriesKinds: [String]) throws {
        let catalogue = Dictionary(stages.map { ($0.name, $0) }) { first, _ in first }
        for rule in analysis.series where !seriesKinds.contains(rule.kind) {
            throw ProtocolError(code: .wrongForm, position: rule.position, message: "series '\(rule.role)' cannot be of kind '\(rule.kind)'\(suggestion(for: rule.kind, among: seriesKinds))")
        }
        var used: [String: AnyStage] = [:]
        for step in analysis.steps {
            guard let stage = catalogue[step.use] else {
                throw ProtocolError(code: .unknownStage, position: step.usePosition, message: "step '\(step.name)' uses '\(step.use)', which is no stage\(suggestion(for: step.use, among: catalogue.keys.sorted()))")
            }
            used[step.name] = stage
        }
        let wiring = Wiring(analysis: analysis, stages: used)
        let checked = try analysis.steps.map { step -> Node in
            guard let stage = used[step.name] else { preconditionFailure("every step's stage was looked up") }
            let sources = try wiring.sources(of: step, stage: stage)
            if let stranger = step.save.first(where: { name in !stage.outputs.contains { $0.name == name } }) {
                throw ProtocolError(code: .badWiring, position: step.savePosition, message: "step '\(step.name)' cannot save '\(stranger)'\(suggestion(for: stranger, among: stage.outputs.map(\.name)))")
            }
            return Node(name: step.name, stage: stage, each: step.each, parameters: try Self.parameters(of: step, stage: stage), sources: sources, save: step.save)
        }
        (self.analysis, nodes) = (analysis, try Self.ordered(checked, steps: analysis.steps))
    }

    /// The same plan with other parameters, for what is known only when a run begins.
    public func withParameters(_ change: (Node) throws -> JSON) rethrows -> Plan {
        var plan = self
        for i in plan.nodes.indices { plan.nodes[i].parameters = try change(plan.nodes[i]) }
        return plan
    }

    private static func parameters(of step: AnalysisProtocol.Step, stage: AnyStage) throws -> JSON {
        let names = stage.parameters.map(\.name)
        for member in try step.with?.members(of: "with", allowing: nil) ?? [] {
            guard let field = stage.parameters.first(where: { $0.name == member.key }) else {
                let advice = names.isEmpty ? "; it has none" : suggestion(for: member.key, among: names)
                throw ProtocolError(code: .badParameter, position: member.position, message: "\(stage.name) has no parameter '\(member.key)'\(advice)")
            }
            guard field.accepts(member.value.json) else {
                throw ProtocolError(code: .badParameter, position: member.value.position, message: "\(stage.name): '\(field.name)' must be \(field.expectation), not \(member.value.json.canonical)")
            }
        }
        let position = step.with?.position ?? step.position
        do {
            let resolved = try stage.resolve(step.with?.json ?? .object([:]))
            if let complaint = try stage.complaint(resolved) {
                throw ProtocolError(code: .badParameter, position: position, message: "\(stage.name): \(complaint)")
            }
            return resolved
        } catch let error as DecodingError {
            throw ProtocolError(code: .badParameter, position: position, message: "\(stage.name): a parameter has the wrong form: \(error)")
        }
    }

    /// Steps in an order in which each follows what feeds it; among equals, the file's order.
    private static func ordered(_ nodes: [Node], steps: [AnalysisProtocol.Step]) throws -> [Node] {
        var done: Set<String> = [], order: [Node] = [], waiting = nodes
        while !waiting.isEmpty {
            guard let next = waiting.firstIndex(where: { $0.feeders.isSubset(of: done) }) else {
                let circle = waiting.map(\.name).joined(separator: ", ")
                throw ProtocolError(code: .cycle, position: steps.first { $0.name == waiting[0].name }?.position, message: "these steps feed each other in a circle: \(circle)")
            }
            let node = waiting.remove(at: next)
            done.insert(node.name)
            order.append(node)
        }
        return order
    }
}

extension Plan.Node {
    /// The steps it waits for.
    var feeders: Set<String> {
        Set(sources.values.joined().compactMap { if case .output(let step, _) = $0.origin { step } else { nil } })
    }
}
