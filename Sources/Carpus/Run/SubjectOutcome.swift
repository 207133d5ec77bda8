import CarpusCore
public import CarpusPipeline
import Foundation

/// One subject's results, gathered for tables and the report.
struct SubjectOutcome {
    let plan: Plan
    let subject: SubjectInput
    let results: [StepResult]
    /// The side of the wrist by visit.
    let sides: [String: Laterality]

    /// Every measurement, with visit, side and the digest of what it was measured on.
    func measurements() throws -> [CarpusCore.Measurement] {
        try results.flatMap { result -> [CarpusCore.Measurement] in
            try outputs(of: result, kind: Measurements.kind).flatMap { stem in
                try Measurements(restingAt: stem).rows.map { row in
                    var row = row
                    row.visit = result.occasion.description
                    row.side = row.side ?? sides.side(at: result.occasion.description)
                    row.source = result.record?.inputs.sorted { $0.key < $1.key }.first?.value.first
                    return row
                }
            }
        }
    }

    private func outputs(of result: StepResult, kind: String) -> [URL] {
        result.outputs.sorted { $0.key < $1.key }.filter { result.record?.kinds[$0.key] == kind }.map(\.value)
    }

    /// The report, composed as a stage so that it is made again only when something in it changed.
    func report(with runner: Runner, store: Store) async throws -> StepResult {
        var inputs: [String: [(stem: URL, digest: String)]] = ["figures": [], "stacks": [], "findings": [], "measurements": []]
        var summary = RunSummary(
            title: plan.analysis.reportTitle, subject: subject.id, carpus: Version.current, protocolName: plan.analysis.name,
            protocolVersion: plan.analysis.version, protocolDigest: plan.analysis.digest, visits: subject.visits.map(\.id), sides: sides)
        for result in results {
            let (status, reason) = result.status
            summary.steps.append(.init(
                step: result.step, stage: result.record.map { "\($0.stage)/\($0.version)" } ?? result.stage, occasion: result.occasion.description, status: status, reason: reason,
                parameters: result.record?.parameters, methods: try methods(of: result)))
            for (port, kind) in [("figures", FigureArtifact.kind), ("stacks", StackArtifact.kind), ("findings", Findings.kind), ("measurements", Measurements.kind)] {
                for (name, stem) in result.outputs.sorted(by: { $0.key < $1.key }) where result.record?.kinds[name] == kind {
                    guard let digest = result.record?.outputs[name] else { continue }
                    inputs[port]?.append((stem, digest))
                    summary.sources[port, default: []].append(.init(step: result.step, occasion: result.occasion.description))
                }
            }
        }
        let folder = try store.sideFolder("summary-\(subject.id)"), stem = folder.appending(path: "summary")
        try summary.rest(at: stem)
        inputs["summary"] = [(stem, try Digest.hex(of: stem.appendingPathExtension("json")))]
        return await runner.perform(AnyStage(ComposeReport.self), as: "report", inputs: inputs, subject: subject.id)
    }

    private func methods(of result: StepResult) throws -> String {
        guard case .done = result.outcome, let node = plan.nodes.first(where: { $0.name == result.step }) else { return "" }
        return try node.stage.methods(node.parameters)
    }
}

/// What the report needs to know of a run beside the artifacts: no durations, so that equal results make equal reports.
public struct RunSummary: JSONArtifact {
    public static var kind: String { "summary" }
    public static var placeholder: Self {
        RunSummary(title: "", subject: "", carpus: "", protocolName: "", protocolVersion: 0, protocolDigest: "", visits: [], sides: [:])
    }
    /// A step and what became of it.
    public struct Step: Codable, Sendable {
        var step, stage, occasion, status: String
        var reason: String?
        var parameters: JSON?
        var methods: String
    }
    /// Where an artifact of a list port came from.
    public struct Origin: Codable, Sendable { var step, occasion: String }

    /// What the summary holds.
    public struct Content: Codable, Sendable {
        var title, subject, carpus, protocolName: String
        var protocolVersion: Int
        var protocolDigest: String
        var visits: [String]
        var sides: [String: Laterality]
        var steps: [Step] = []
        var sources: [String: [Origin]] = [:]
    }
    public var content: Content
    public init(content: Content) { self.content = content }

    init(title: String, subject: String, carpus: String, protocolName: String, protocolVersion: Int, protocolDigest: String, visits: [String], sides: [String: Laterality]) {
        content = Content(title: title, subject: subject, carpus: carpus, protocolName: protocolName, protocolVersion: protocolVersion, protocolDigest: protocolDigest, visits: visits, sides: sides)
    }

    var steps: [Step] {
        get { content.steps }
        set { content.steps = newValue }
    }
    var sources: [String: [Origin]] {
        get { content.sources }
        set { content.sources = newValue }
    }
}

extension [String: Laterality] {
    /// The side at an occasion as it stands in tables: that of the visit, or of a pair whose visits agree.
    func side(at occasion: String) -> Laterality? {
        let found = Set(occasion.split(separator: ">").map { self[String($0)] })
        return found.count == 1 ? found.first ?? nil : nil
    }
}
