public import Foundation

/// One subject's scans as the runner sees them: visits in order of time where that is known, series by role.
public struct SubjectInput: Sendable {
    /// One series that plays a role.
    public struct Series: Sendable {
        /// The kind of artifact it becomes.
        public let kind: String
        /// SHA-256 over the source files, and what else decides what is read from them.
        public let digest: String
        /// Where it came from, relative to the input folder; for the record.
        public let origin: String
        /// Writes the artifact `series`, when there are doubts the artifact `findings`, and where files can be pointed back to the artifact `source` into a folder.
        public let load: @Sendable (_ folder: URL) throws -> Void

        /// The artifact, and its kind, that tells which files a series was read from: a step reads it as `ROLE.source`.
        public static let sourcePort = "source"

        public init(kind: String, digest: String, origin: String, load: @escaping @Sendable (URL) throws -> Void) {
            (self.kind, self.digest, self.origin, self.load) = (kind, digest, origin, load)
        }
    }

    /// One visit.
    public struct Visit: Sendable {
        public let id: String
        /// Series by role.
        public let series: [String: Series]
        /// For a role without a series, why.
        public let missing: [String: String]
        /// Its day, where that is known.
        public let date: VisitDate?
        /// The side of the body that was scanned, where that is known.
        public let side: VisitSide?

        public init(id: String, series: [String: Series], missing: [String: String], date: VisitDate? = nil, side: VisitSide? = nil) {
            (self.id, self.series, self.missing, self.date, self.side) = (id, series, missing, date, side)
        }
    }

    public let id: String
    public let visits: [Visit]
    /// Why it is not known which visit came first, in words; nil where it is known, or there is one visit. Nothing is then told from one visit to another.
    public let orderDoubt: String?

    public init(id: String, visits: [Visit], orderDoubt: String? = nil) { (self.id, self.visits, self.orderDoubt) = (id, visits, orderDoubt) }
}

/// Where a step is done: at a visit, between two, or for the subject as a whole.
public enum Occasion: Sendable, Hashable, Codable, CustomStringConvertible {
    case visit(String)
    case pair(baseline: String, followup: String)
    case subject

    /// As it stands in tables: `01`, `01>02`, empty for the subject.
    public var description: String {
        switch self {
        case .visit(let id): id
        case .pair(let a, let b): "\(a)>\(b)"
        case .subject: ""
        }
    }
}

/// What became of one step on one occasion.
public struct StepResult: Sendable {
    /// What became of it.
    public enum Outcome: Sendable {
        /// It ran now, or had run before.
        case done(reused: Bool)
        /// It could not be scored, and why: an input is missing.
        case notScorable(String)
        /// It failed, and why.
        case failed(String)
    }
    public let step: String
    public let stage: String
    public let occasion: Occasion
    public let outcome: Outcome
    /// The record of what ran; nil when nothing did.
    public let record: StepRecord?
    /// For each output that exists, folder and name without extension.
    public let outputs: [String: URL]

    /// The same step, failed after all, since what it made cannot be saved.
    public func failing(because error: any Error) -> StepResult {
        StepResult(step: step, stage: stage, occasion: occasion, outcome: .failed(Self.sentence(error)), record: record, outputs: outputs)
    }
}

/// What ran, on what, with what, and what came out.
public struct StepRecord: Codable, Sendable, Hashable {
    /// The key it is stored under.
    public let key: String
    public let stage: String
    public let version: Int
    /// The version of Carpus, which is part of the key.
    public let engine: String
    public let parameters: JSON
    /// SHA-256 by input port.
    public let inputs: [String: [String]]
    /// SHA-256 by output port.
    public let outputs: [String: String]
    /// Kind of artifact by output port.
    public let kinds: [String: String]
    /// How long it took when it ran, s.
    public let seconds: Double
}
