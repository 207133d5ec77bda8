import CarpusCore
public import CarpusPipeline
import CarpusReport

/// One subject's page.
public enum ComposeReport: Stage {
    public static let name = "compose.report"
    public static let version = 2
    public static let summary = "Composes one self-contained HTML page of a subject's figures, findings, measurements and provenance."

    /// Everything the subject's steps gave; the summary tells where each came from.
    public struct Inputs: Codable, Sendable {
        /// The pictures.
        public var figures: [FigureArtifact]
        /// The slices to look through.
        public var stacks: [StackArtifact]
        /// The doubts.
        public var findings: [Findings]
        /// The numbers.
        public var measurements: [Measurements]
        /// The run in words.
        public var summary: RunSummary
    }

    /// The page.
    public struct Outputs: Codable, Sendable {
        /// One file that needs nothing beside it.
        public var page: PageArtifact
    }

    public static func run(_ inputs: Inputs, _: NoParameters) throws -> Outputs {
        Outputs(page: PageArtifact(html: try ReportPage.html(content(inputs))))
    }

    private static func content(_ inputs: Inputs) -> ReportContent {
        let run = inputs.summary.content
        var page = ReportContent(
            title: run.title, subject: run.subject, analysis: .init(name: run.protocolName, version: run.protocolVersion, digest: run.protocolDigest), toolkit: run.carpus)
        page.visits = run.visits.map { .init($0, side: run.sides[$0]) }
        page.steps = run.steps.map(step)
        page.figures = sourced(inputs.figures.map { [$0.figure] }, run, port: "figures")
        page.stacks = sourced(inputs.stacks.map { [$0.content] }, run, port: "stacks")
        page.findings = sourced(inputs.findings.map(\.list), run, port: "findings")
        page.measurements = sourced(inputs.measurements.map(\.rows), run, port: "measurements").map { measured in
            var measured = measured
            measured.value.visit = measured.value.visit ?? measured.occasion
            measured.value.side = measured.value.side ?? run.sides.side(at: measured.occasion)
            return measured
        }
        return page
    }

    /// The elements of a list port, each with the step it came from.
    private static func sourced<Value>(_ lists: [[Value]], _ run: RunSummary.Content, port: String) -> [ReportContent.Sourced<Value>] {
        let origins = run.sources[port, default: []]
        return lists.enumerated().flatMap { i, list in
            list.map { i < origins.count ? .init($0, step: origins[i].step, occasion: origins[i].occasion) : .init($0, step: "", occasion: "") }
        }
    }

    private static func step(_ step: RunSummary.Step) -> ReportContent.Step {
        var settings: [ReportContent.Setting] = []
        if case .object(let members) = step.parameters {
            settings = members.sorted { $0.key < $1.key }.filter { $0.value != .null }.map { .init($0.key, $0.value.canonical) }
        }
        return .init(step.step, stage: step.stage, occasion: step.occasion, status: step.status, reason: step.reason, parameters: settings, methods: step.methods)
    }
}
