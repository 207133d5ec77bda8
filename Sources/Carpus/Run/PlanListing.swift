public import CarpusPipeline
public import Foundation

/// What a run would do: `carpus plan`.
public struct PlanListing: Sendable {
    /// One step on one occasion.
    public struct Row: Codable, Sendable {
        public let subject, occasion, step, stage: String
        /// What will become of it.
        public let will: Plan.Forecast.Fate
        /// Why.
        public let because: String
    }
    /// The steps in order.
    public let rows: [Row]

    /// Reads protocol and headers; runs nothing.
    ///
    /// - Parameter output: the folder of an earlier run; its store tells what was done.
    public init(protocolFile: URL, input: URL, output: URL?, subject: String?) throws {
        let plan = try CodeTable.resolved(RetestLimits.resolved(StageCatalog.plan(AnalysisProtocol(contentsOf: protocolFile)), beside: protocolFile), beside: protocolFile)
        let study = try Study(at: input, protocol: plan.analysis, only: subject)
        let store = output.map { Store(lookingAt: $0.appending(path: ".carpus")) }
        rows = study.subjects.flatMap { subject in
            plan.forecast(for: subject, store: store, engine: Version.current).map { Row(subject: "sub-\(subject.id)", occasion: $0.occasion.description, step: $0.step, stage: $0.stage, will: $0.will, because: $0.because) }
        }
    }

    /// For a terminal.
    public var text: String {
        rows.map { "\($0.subject) \($0.occasion)\t\($0.step)\t\($0.stage)\t\($0.will.rawValue)\t\($0.because)" }.joined(separator: "\n")
    }
}
