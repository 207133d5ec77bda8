import CarpusPipeline
import Foundation

/// What ran, on what, with what, and how long: `record.json`.
struct RunRecord: Codable {
    struct Step: Codable {
        var step, stage, occasion, status: String
        var reason: String?
        var record: StepRecord?
    }
    struct Subject: Codable {
        var subject: String
        var steps: [Step]
        var files: [String]

        init(_ input: SubjectInput, results: [StepResult], files: [String]) {
            subject = input.id
            self.files = files
            steps = results.map { r in
                let (status, reason) = r.status
                return Step(step: r.step, stage: r.stage, occasion: r.occasion.description, status: status, reason: reason, record: r.record)
            }
        }
    }
    /// Files that are no scans. Their names stay untold: they may be those of people.
    struct Skipped: Codable {
        var reason: String
        var files: Int
    }

    var carpus = Version.current
    var `protocol`: String
    var protocolVersion: Int
    var protocolSHA256: String
    var subjects: [Subject]
    var skippedFiles: [Skipped]

    /// The steps that gave results, for one subject and occasion or more.
    var stepsDone: Set<String> { Set(subjects.flatMap { $0.steps.filter { $0.status == "done" }.map(\.step) }) }

    init(plan: Plan, subjects: [Subject], skipped: [(path: String, reason: String)]) {
        (`protocol`, protocolVersion, protocolSHA256) = (plan.analysis.name, plan.analysis.version, plan.analysis.digest)
        self.subjects = subjects
        skippedFiles = Dictionary(grouping: skipped, by: \.reason).map { Skipped(reason: $0.key, files: $0.value.count) }.sorted { $0.reason < $1.reason }
    }
}

extension StepResult {
    /// `done`, `not-scorable` or `failed`, and why.
    var status: (name: String, reason: String?) {
        switch outcome {
        case .done: ("done", nil)
        case .notScorable(let reason): ("not-scorable", reason)
        case .failed(let message): ("failed", message)
        }
    }
}
