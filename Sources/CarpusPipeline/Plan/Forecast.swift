extension Plan {
    /// What will become of a step, as far as the inputs tell.
    public struct Forecast: Sendable {
        public let step, stage: String
        public let occasion: Occasion
        /// `run`, `not-scorable` or `fail`.
        public let will: String
        /// Why.
        public let because: String
    }

    /// What a run on a subject would do.
    public func forecast(for subject: SubjectInput) -> [Forecast] {
        var absent: [Job.ID: String] = [:]
        return Job.jobs(of: self, subject: subject).map { job in
            switch job.work {
            case .series(let series):
                return Forecast(step: job.id.step, stage: "input", occasion: job.id.occasion, will: "run", because: series.origin)
            case .absent(let reason, let failed):
                absent[job.id] = reason
                return Forecast(step: job.id.step, stage: "input", occasion: job.id.occasion, will: failed ? "fail" : "not-scorable", because: reason)
            case .node(let node):
                let needed = node.stage.inputs.filter { $0.arity == .one }.flatMap { job.sources[$0.name] ?? [] }
                if let reason = needed.lazy.compactMap({ absent[$0.job] }).first {
                    absent[job.id] = reason
                    return Forecast(step: node.name, stage: node.stage.name, occasion: job.id.occasion, will: "not-scorable", because: reason)
                }
                return Forecast(step: node.name, stage: node.stage.name, occasion: job.id.occasion, will: "run", because: "all it needs is there")
            }
        }
    }
}
