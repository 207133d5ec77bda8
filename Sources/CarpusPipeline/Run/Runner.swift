public import Foundation

/// Carries a plan out against a store: what is there already is not done again.
public struct Runner: Sendable {
    /// Something that happened, for progress and logs.
    public enum Event: Sendable {
        case started(step: String, subject: String, occasion: Occasion)
        case finished(StepResult, subject: String, seconds: Double)
    }

    let store: Store
    let engine: String
    let threads: Int
    let report: @Sendable (Event) -> Void

    /// A runner.
    ///
    /// - Parameters:
    ///   - engine: the version of Carpus; results of another version are not reused.
    ///   - threads: at most so many steps at a time.
    ///   - report: told what happens, from any thread.
    public init(store: Store, engine: String, threads: Int, report: @escaping @Sendable (Event) -> Void = { _ in }) {
        (self.store, self.engine, self.threads, self.report) = (store, engine, max(1, threads), report)
    }

    /// All steps of a plan for one subject, in the plan's order and by occasion. Series are read as steps named `input.ROLE`.
    public func run(_ plan: Plan, subject: SubjectInput) async -> [StepResult] {
        let jobs = Job.jobs(of: plan, subject: subject)
        var results: [Job.ID: StepResult] = [:], waiting = jobs
        await withTaskGroup(of: (Job.ID, StepResult).self) { group in
            var running = 0
            while !waiting.isEmpty || running > 0 {
                while running < threads, let next = waiting.firstIndex(where: { $0.feeders.allSatisfy { results[$0] != nil } }) {
                    let job = waiting.remove(at: next), known = results
                    running += 1
                    group.addTask { (job.id, await perform(job, subject: subject, known: known)) }
                }
                guard let (id, result) = await group.next() else { break }
                running -= 1
                results[id] = result
            }
        }
        return jobs.compactMap { results[$0.id] }
    }

    /// One stage on given inputs, by the same rules as a step of a plan.
    public func perform(
        _ stage: AnyStage, as step: String, parameters: JSON = .object([:]), inputs: [String: [(stem: URL, digest: String)]], subject: String, occasion: Occasion = .subject
    ) async -> StepResult {
        do {
            let resolved = try stage.resolve(parameters)
            return await execute(stage, step: step, parameters: resolved, inputs: inputs, subject: subject, occasion: occasion)
        } catch {
            return StepResult(step: step, stage: stage.name, occasion: occasion, outcome: .failed(StepResult.sentence(error)), record: nil, outputs: [:])
        }
    }

    private func perform(_ job: Job, subject: SubjectInput, known: [Job.ID: StepResult]) async -> StepResult {
        switch job.work {
        case .series(let series): return await read(series, job: job, subject: subject.id)
        case .absent(let reason, let failed):
            return StepResult(step: job.id.step, stage: "input", occasion: job.id.occasion, outcome: failed ? .failed(reason) : .notScorable(reason), record: nil, outputs: [:])
        case .withheld(let node, let reason): return unscorable(node, job: job, because: reason, subject: subject.id)
        case .node(let node):
            var inputs: [String: [(stem: URL, digest: String)]] = [:]
            for port in node.stage.inputs {
                let (present, reason) = gather(job.sources[port.name] ?? [], known: known)
                inputs[port.name] = present
                if let reason, port.arity == .one { return unscorable(node, job: job, because: reason, subject: subject.id) }
            }
            return await execute(node.stage, step: node.name, parameters: node.parameters, inputs: inputs, subject: subject.id, occasion: job.id.occasion)
        }
    }

    /// What feeds a port, and why some of it is not there.
    private func gather(_ sources: [Job.Feed], known: [Job.ID: StepResult]) -> (present: [(stem: URL, digest: String)], reason: String?) {
        var present: [(stem: URL, digest: String)] = [], reason: String?
        for source in sources {
            guard let result = known[source.job] else { preconditionFailure("a job starts after all that feed it") }
            if let stem = result.outputs[source.port], let digest = result.record?.outputs[source.port] {
                present.append((stem, digest))
            } else {
                reason = reason ?? result.absence(of: source.port)
            }
        }
        return (present, reason)
    }

    private func read(_ series: SubjectInput.Series, job: Job, subject: String) async -> StepResult {
        let key = ResultKey.input(series, engine: engine)
        return await stored(key, step: job.id.step, stage: "input", subject: subject, occasion: job.id.occasion) { folder in
            let begin = ContinuousClock.now
            try series.load(folder)
            return try makeRecord(
                key: key, stage: "input", version: ResultKey.inputVersion, parameters: .object(["origin": .string(series.origin)]), inputs: ["files": [series.digest]],
                ports: [
                    Port(name: "series", kind: series.kind, arity: .one), Port(name: "findings", kind: "findings", arity: .optional),
                    Port(name: SubjectInput.Series.sourcePort, kind: SubjectInput.Series.sourcePort, arity: .optional),
                ], folder: folder, since: begin)
        }
    }

    private func execute(
        _ stage: AnyStage, step: String, parameters: JSON, inputs: [String: [(stem: URL, digest: String)]], subject: String, occasion: Occasion
    ) async -> StepResult {
        let digests = inputs.mapValues { $0.map(\.digest) }.filter { !$0.value.isEmpty }
        let key = ResultKey.stage(stage, engine: engine, parameters: parameters, inputs: digests)
        return await stored(key, step: step, stage: stage.name, subject: subject, occasion: occasion) { folder in
            let begin = ContinuousClock.now
            try await stage.run(parameters, inputs.mapValues { $0.map(\.stem) }, folder)
            return try makeRecord(key: key, stage: stage.name, version: stage.version, parameters: parameters, inputs: digests, ports: stage.outputs, folder: folder, since: begin)
        }
    }

    /// What a stage reports in place of results, kept beside the store since it depends on a sentence, not on data.
    private func unscorable(_ node: Plan.Node, job: Job, because reason: String, subject: String) -> StepResult {
        var outputs: [String: URL] = [:], record: StepRecord?, outcome = StepResult.Outcome.notScorable(reason)
        do {
            let key = Digest.hex(of: "\(node.stage.name) \(node.parameters.canonical) \(reason)")
            let folder = try store.sideFolder(key)
            if try node.stage.notScorable(node.parameters, reason, folder) {
                let made = try makeRecord(key: key, stage: node.stage.name, version: node.stage.version, parameters: node.parameters, inputs: [:], ports: node.stage.outputs, folder: folder, since: .now)
                outputs = made.outputs.reduce(into: [:]) { $0[$1.key] = folder.appending(path: $1.key) }
                record = made
            }
        } catch {
            outcome = .failed(StepResult.sentence(error))
        }
        let result = StepResult(step: node.name, stage: node.stage.name, occasion: job.id.occasion, outcome: outcome, record: record, outputs: outputs)
        report(.finished(result, subject: subject, seconds: 0))
        return result
    }

    private func stored(
        _ key: String, step: String, stage: String, subject: String, occasion: Occasion, work: @Sendable (URL) async throws -> StepRecord
    ) async -> StepResult {
        let begin = ContinuousClock.now
        func result(_ outcome: StepResult.Outcome, _ record: StepRecord? = nil, _ folder: URL? = nil) -> StepResult {
            let outputs = record?.outputs.keys.reduce(into: [String: URL]()) { $0[$1] = folder?.appending(path: $1) } ?? [:]
            let result = StepResult(step: step, stage: stage, occasion: occasion, outcome: outcome, record: record, outputs: outputs)
            report(.finished(result, subject: subject, seconds: (ContinuousClock.now - begin) / .seconds(1)))
            return result
        }
        if let (record, folder) = store.entry(key) { return result(.done(reused: true), record, folder) }
        report(.started(step: step, subject: subject, occasion: occasion))
        do {
            let (record, folder) = try await store.make(key, work: work)
            return result(.done(reused: false), record, folder)
        } catch let refusal as NotScorable {
            return result(.notScorable(refusal.reason))
        } catch {
            // Messages are kept; where the results lie may tell whose they are.
            let place = store.root.deletingLastPathComponent().path(percentEncoded: false)
            return result(.failed(StepResult.sentence(error).replacingOccurrences(of: place, with: "")))
        }
    }

    private func makeRecord(
        key: String, stage: String, version: Int, parameters: JSON, inputs: [String: [String]], ports: [Port], folder: URL, since begin: ContinuousClock.Instant
    ) throws -> StepRecord {
        var outputs: [String: String] = [:]
        for port in ports { outputs[port.name] = try Store.digest(of: port.name, in: folder) }
        let kinds = Dictionary(uniqueKeysWithValues: ports.filter { outputs[$0.name] != nil }.map { ($0.name, $0.kind) })
        return StepRecord(key: key, stage: stage, version: version, engine: engine, parameters: parameters, inputs: inputs, outputs: outputs, kinds: kinds, seconds: (ContinuousClock.now - begin) / .seconds(1))
    }
}

extension StepResult {
    /// An error as a person reads it: ours are their own words; of the system's only what tells no path, since messages are kept.
    static func sentence(_ error: any Error) -> String {
        let system = error as NSError
        guard [NSCocoaErrorDomain, NSPOSIXErrorDomain].contains(system.domain) else { return "\(error)" }
        let cause = system.domain == NSPOSIXErrorDomain ? system : system.userInfo[NSUnderlyingErrorKey] as? NSError
        if let cause, cause.domain == NSPOSIXErrorDomain { return "a file cannot be read or written: " + String(cString: strerror(Int32(cause.code))) }
        return "a file cannot be read or written (Cocoa error \(system.code)); check space and permissions"
    }

    /// Why an output is not there, as a part of a sentence.
    func absence(of port: String) -> String {
        switch outcome {
        case .done: "step '\(step)' gave no '\(port)'"
        case .notScorable(let reason): reason
        case .failed(let message): "step '\(step)' failed: \(message)"
        }
    }
}
