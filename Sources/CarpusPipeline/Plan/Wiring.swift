/// Finds what the names in `from:` mean.
///
/// A name is a series' role, a role and `.source` for the files it was read from, or `step.output`, or a step with one output of the wanted kind; in a step over visit pairs it
/// carries `baseline.` or `followup.` before it, unless it names another step over pairs. A role wins over a step of the
/// same name, and both over `date` and `side`, the day of the visit and the side of the body.
struct Wiring {
    let analysis: AnalysisProtocol
    let stages: [String: AnyStage]

    func sources(of step: AnalysisProtocol.Step, stage: AnyStage) throws -> [String: [Plan.Source]] {
        var sources: [String: [Plan.Source]] = [:]
        for wire in step.from {
            guard let port = stage.inputs.first(where: { $0.name == wire.port }) else {
                throw fault(wire, "\(stage.name) has no input '\(wire.port)'\(suggestion(for: wire.port, among: stage.inputs.map(\.name)))")
            }
            guard port.arity == .many || wire.references.count == 1 else {
                throw fault(wire, "input '\(port.name)' of \(stage.name) takes one source, not \(wire.references.count)")
            }
            sources[port.name] = try wire.references.map { try source($0, for: port, step: step, wire: wire) }
        }
        if let open = stage.inputs.first(where: { $0.arity == .one && sources[$0.name] == nil }) {
            throw ProtocolError(code: .badWiring, position: step.position, message: "step '\(step.name)' leaves input '\(open.name)' of \(stage.name) open; give it a source of kind \(open.kind)")
        }
        return sources
    }

    private func source(_ reference: String, for port: Port, step: AnalysisProtocol.Step, wire: AnalysisProtocol.Wire) throws -> Plan.Source {
        var parts = reference.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        var visit: Plan.Source.Visit?
        if let prefix = parts.first.flatMap(Plan.Source.Visit.init), parts.count > 1 {
            guard step.each == .visitPair else {
                throw fault(wire, "'\(reference)': only a step with 'each: visit-pair' knows a baseline and a follow-up")
            }
            visit = prefix
            parts.removeFirst()
        }
        let (origin, kind) = try origin(parts, reference: reference, port: port, step: step, wire: wire)
        guard kind == port.kind else {
            throw fault(wire, "input '\(port.name)' of \(stages[step.name]?.name ?? step.use) takes \(port.kind), and '\(reference)' is \(kind)")
        }
        try checkScope(origin, visit: visit, reference: reference, port: port, step: step, wire: wire)
        return Plan.Source(visit: visit, origin: origin)
    }

    private func origin(
        _ parts: [String], reference: String, port: Port, step: AnalysisProtocol.Step, wire: AnalysisProtocol.Wire
    ) throws -> (Plan.Source.Origin, kind: String) {
        let roles = analysis.series.map(\.role), steps = analysis.steps.map(\.name)
        if parts.count == 1, let rule = analysis.series.first(where: { $0.role == parts[0] }) {
            return (.series(rule.role), rule.kind)
        }
        let source = SubjectInput.Series.sourcePort
        if parts.count == 2, parts[1] == source, roles.contains(parts[0]) { return (.source(parts[0]), source) }
        if parts.count == 1, stages[parts[0]] == nil, let fact = VisitFact(rawValue: parts[0]) { return (.fact(fact), fact.kind) }
        guard (1...2).contains(parts.count), let stage = stages[parts[0]] else {
            throw fault(wire, "nothing is called '\(reference)'\(suggestion(for: parts.first ?? "", among: roles + steps))")
        }
        if parts.count == 2 {
            guard let output = stage.outputs.first(where: { $0.name == parts[1] }) else {
                throw fault(wire, "step '\(parts[0])' has no output '\(parts[1])'\(suggestion(for: parts[1], among: stage.outputs.map(\.name)))")
            }
            return (.output(step: parts[0], port: output.name), output.kind)
        }
        let fitting = stage.outputs.filter { $0.kind == port.kind }
        guard fitting.count == 1 else {
            let all = stage.outputs.map { "\(parts[0]).\($0.name) (\($0.kind))" }.joined(separator: ", ")
            throw fault(wire, "step '\(parts[0])' has \(fitting.count) outputs of kind \(port.kind); name one: \(all)")
        }
        return (.output(step: parts[0], port: fitting[0].name), fitting[0].kind)
    }

    /// A step sees what lives over the same thing it is repeated over; one over pairs also sees both its visits.
    private func checkScope(
        _ origin: Plan.Source.Origin, visit: Plan.Source.Visit?, reference: String, port: Port, step: AnalysisProtocol.Step, wire: AnalysisProtocol.Wire
    ) throws {
        var scope = AnalysisProtocol.Scope.visit
        if case .output(let name, _) = origin, let feeder = analysis.steps.first(where: { $0.name == name }) { scope = feeder.each }
        switch (step.each, scope, visit) {
        case (.visit, .visit, nil), (.visitPair, .visitPair, nil), (.visitPair, .visit, .some), (.subject, .subject, nil): return
        case (.visitPair, .visit, nil):
            throw fault(wire, "'\(reference)' belongs to one visit; write baseline.\(reference) or followup.\(reference)")
        case (.subject, _, nil) where port.arity == .many: return
        default:
            throw fault(wire, "step '\(step.name)' is repeated over each \(step.each.rawValue) and cannot read '\(reference)', which belongs to each \(scope.rawValue)")
        }
    }

    private func fault(_ wire: AnalysisProtocol.Wire, _ message: String) -> ProtocolError {
        ProtocolError(code: .badWiring, position: wire.position, message: message)
    }
}
