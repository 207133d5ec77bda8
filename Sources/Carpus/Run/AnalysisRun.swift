import CarpusCore
public import CarpusPipeline
public import Foundation

/// A protocol on a folder of scans: everything `carpus run` does but talk.
public struct AnalysisRun: Sendable {
    /// What the user asked for.
    public struct Options: Sendable {
        /// The protocol file.
        public var protocolFile: URL
        /// The folder of scans.
        public var input: URL
        /// Where results go.
        public var output: URL
        /// One subject only.
        public var subject: String?
        /// Steps and threads at a time.
        public var threads: Int
        /// Do everything again, and write into a folder that is not a run's own.
        public var force: Bool

        public init(protocolFile: URL, input: URL, output: URL, subject: String? = nil, threads: Int, force: Bool = false) {
            (self.protocolFile, self.input, self.output) = (protocolFile, input, output)
            (self.subject, self.threads, self.force) = (subject, threads, force)
        }
    }

    /// How it ended.
    public struct Ending: Sendable {
        /// Steps that failed, as sentences.
        public let failures: [String]
        /// The report of each subject, and the page of all where there are several.
        public let reports: [URL]
        /// Steps done now, and steps that had been done before.
        public let done, reused: Int
    }

    let options: Options
    let plan: Plan

    /// Checks the protocol, and that its models are there; nothing is written yet.
    public init(_ options: Options) throws {
        self.options = options
        let plan = try StageCatalog.plan(AnalysisProtocol(contentsOf: options.protocolFile))
        self.plan = try CodeTable.resolved(RetestLimits.resolved(ModelLibrary.pinned(plan), beside: options.protocolFile), beside: options.protocolFile)
    }

    /// The work. Results appear subject by subject.
    public func run(progress: @escaping @Sendable (Runner.Event) -> Void) async throws -> Ending {
        Parallel.threads = options.threads
        let study = try Study(at: options.input, protocol: plan.analysis, only: options.subject)
        let lock = try OutputFolder(options.output, input: options.input, force: options.force)
        defer { lock.release() }
        let store = try Store(at: options.output.appending(path: ".carpus"), forgetting: options.force)
        let log = try RunLog(in: options.output)
        let runner = Runner(store: store, engine: Version.current, threads: options.threads) {
            log.add($0)
            progress($0)
        }

        let measures = try MeasureFile(in: options.output)
        var records: [RunRecord.Subject] = [], reports: [URL] = [], failures: [String] = []
        var done = 0, reused = 0
        for subject in study.subjects {
            var results = await runner.run(plan, subject: subject)
            let outcome = SubjectOutcome(plan: plan, subject: subject, results: results, sides: study.sides[subject.id] ?? [:])
            try measures.add(outcome.measurements(), of: subject.id)
            let page = try await outcome.report(with: runner, store: store)
            results.append(page)
            var written = try Derivatives(output: options.output, plan: plan, dicomFiles: study.dicomFiles).save(&results, subject: subject.id)
            if let stem = page.outputs["page"] {
                let file = options.output.appending(path: "sub-\(subject.id).html")
                try OutputFile.write(to: file) { try Data(contentsOf: stem.appendingPathExtension("html")).write(to: $0) }
                reports.append(file)
                written.append(file.lastPathComponent)
            }
            for result in results {
                switch result.outcome {
                case .done(let again): if again { reused += 1 } else { done += 1 }
                case .failed(let message): failures.append("sub-\(subject.id) \(result.occasion) \(result.step): \(message)")
                case .notScorable: break
                }
            }
            records.append(RunRecord.Subject(subject, results: results, files: written))
        }
        try measures.finish()
        let record = RunRecord(plan: plan, subjects: records, skipped: study.skipped)
        let cohort = CohortFiles(output: options.output, plan: plan, record: record)
        if records.count > 1 { reports.append(try cohort.write()) } else { try cohort.remove() }
        try DatasetFiles(output: options.output, plan: plan, study: study, input: options.input).write(record: record)
        return Ending(failures: failures, reports: reports, done: done, reused: reused)
    }
}
