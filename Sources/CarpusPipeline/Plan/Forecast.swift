extension Plan {
    /// What will become of a step, as far as inputs and earlier results tell.
    public struct Forecast: Sendable {
        /// What will become of it.
        public enum Fate: String, Sendable, Hashable, Codable { case run, reuse, notScorable = "not-scorable", fail }
        public let step, stage: String
        public let occasion: Occasion
        public let will: Fate
        /// Why.
        public let because: String
    }

    /// What a run on a subject would do.
    ///
    /// - Parameters:
    ///   - store: what an earlier run left; nil when there was none.
    ///   - engine: the version of Carpus; results of another are not reused.
    public func forecast(for subject: SubjectInput, store: Store?, engine: String) -> [Forecast] {
        var seen = Foresight(store: store, engine: engine)
        return Job.jobs(of: self, subject: subject).map { seen.forecast($0) }
    }
}

/// Goes through jobs in order and keeps what is known of those before.
private struct Foresight {
    let store: Store?
    let engine: String
    /// Why a job gives nothing.
    var absent: [Job.ID: String] = [:]
    /// What a job gave when it ran earlier.
    var records: [Job.ID: StepRecord] = [:]

    mutating func forecast(_ job: Job) -> Plan.Forecast {
        switch job.work {
        case .series(let series):
            return known(job, stage: "input", key: ResultKey.input(series, engine: engine), otherwise: "to be read from \(series.origin)")
        case .absent(let reason, let failed):
            absent[job.id] = reason
            return Plan.Forecast(step: job.id.step, stage: "input", occasion: job.id.occasion, will: failed ? .fail : .notScorable, because: reason)
        case .withheld(let node, let reason): return notScorable(node, job, because: reason)
        case .node(let node): return forecast(node, job)
        }
    }

    private mutating func forecast(_ node: Plan.Node, _ job: Job) -> Plan.Forecast {
        let needed = node.stage.inputs.filter { $0.arity == .one }.flatMap { job.sources[$0.name] ?? [] }
        if let reason = needed.compactMap({ absent[$0.job] }).first { return notScorable(node, job, because: reason) }
        var digests: [String: [String]] = [:]
        for (port, feeds) in job.sources {
            for feed in feeds where absent[feed.job] == nil {
                guard let record = records[feed.job] else {
                    return Plan.Forecast(step: node.name, stage: node.stage.name, occasion: job.id.occasion, will: .run, because: "'\(feed.job.step)' runs before it")
                }
                if let digest = record.outputs[feed.port] { digests[port, default: []].append(digest) }
            }
        }
        let key = ResultKey.stage(node.stage, engine: engine, parameters: node.parameters, inputs: digests)
        return known(job, stage: node.stage.name, key: key, otherwise: "not done before with these inputs and parameters")
    }

    private mutating func notScorable(_ node: Plan.Node, _ job: Job, because reason: String) -> Plan.Forecast {
        absent[job.id] = reason
        return Plan.Forecast(step: node.name, stage: node.stage.name, occasion: job.id.occasion, will: .notScorable, because: reason)
    }

    private mutating func known(_ job: Job, stage: String, key: String, otherwise reason: String) -> Plan.Forecast {
        if let record = store?.entry(key)?.record {
            records[job.id] = record
            return Plan.Forecast(step: job.id.step, stage: stage, occasion: job.id.occasion, will: .reuse, because: "done before with the same inputs and parameters")
        }
        return Plan.Forecast(step: job.id.step, stage: stage, occasion: job.id.occasion, will: .run, because: reason)
    }
}
