import Foundation

/// One step on one occasion, with what must be done before.
struct Job: Sendable {
    struct ID: Hashable, Sendable {
        let step: String
        let occasion: Occasion
    }
    struct Feed: Sendable, Hashable {
        let job: ID
        let port: String
    }
    enum Work: Sendable {
        case node(Plan.Node)
        case series(SubjectInput.Series)
        /// A step that must not run whatever its inputs are, and why.
        case withheld(Plan.Node, String)
        /// A series that is not there, why, and whether that is a failure.
        case absent(String, failed: Bool)
    }
    let id: ID
    let work: Work
    /// What feeds each port.
    let sources: [String: [Feed]]
    let feeders: Set<ID>

    /// The plan unrolled over a subject's visits and pairs of visits.
    static func jobs(of plan: Plan, subject: SubjectInput) -> [Job] {
        var jobs: [Job] = []
        for visit in subject.visits {
            for rule in plan.analysis.series {
                let work: Work = visit.series[rule.role].map { .series($0) }
                    ?? .absent(visit.missing[rule.role] ?? "series '\(rule.role)' was not found at visit \(visit.id)", failed: rule.isRequired)
                jobs.append(Job(id: ID(step: "input.\(rule.role)", occasion: .visit(visit.id)), work: work, sources: [:], feeders: []))
            }
        }
        for fact in plan.facts { jobs += subject.visits.map { job(of: fact, at: $0) } }
        let ids = subject.visits.map(\.id)
        for node in plan.nodes {
            for occasion in occasions(node.each, visits: ids, pairing: plan.analysis.pairing) {
                // A change in the wrong direction would look like any other.
                if node.each == .visitPair, let doubt = subject.orderDoubt {
                    jobs.append(Job(id: ID(step: node.name, occasion: occasion), work: .withheld(node, doubt), sources: [:], feeders: []))
                    continue
                }
                let sources = node.sources.mapValues { $0.flatMap { feeds($0, at: occasion, plan: plan, visits: ids) } }
                jobs.append(Job(id: ID(step: node.name, occasion: occasion), work: .node(node), sources: sources, feeders: Set(sources.values.joined().map(\.job))))
            }
        }
        return jobs
    }

    /// What is known of a visit, which is read like a series.
    private static func job(of fact: VisitFact, at visit: SubjectInput.Visit) -> Job {
        let work: Work? = switch fact {
        case .date: visit.date.map { .series(fact.series($0, told: "\($0.year)-\($0.month)-\($0.day)")) }
        case .side: visit.side.map { .series(fact.series($0, told: $0.letter)) }
        }
        return Job(
            id: ID(step: "input.\(fact.rawValue)", occasion: .visit(visit.id)),
            work: work ?? .absent("the \(fact.rawValue) of visit \(visit.id) is not known", failed: false), sources: [:], feeders: [])
    }

    private static func occasions(_ scope: AnalysisProtocol.Scope, visits: [String], pairing: AnalysisProtocol.Pairing) -> [Occasion] {
        switch scope {
        case .visit: visits.map(Occasion.visit)
        case .subject: [.subject]
        case .visitPair:
            switch pairing {
            case .consecutive: zip(visits, visits.dropFirst()).map { .pair(baseline: $0, followup: $1) }
            case .fromBaseline: visits.dropFirst().map { .pair(baseline: visits[0], followup: $0) }
            }
        }
    }

    private static func feeds(_ source: Plan.Source, at occasion: Occasion, plan: Plan, visits: [String]) -> [Feed] {
        let step: String, port: String, scope: AnalysisProtocol.Scope
        switch source.origin {
        case .series(let role): (step, port, scope) = ("input.\(role)", "series", .visit)
        case .source(let role): (step, port, scope) = ("input.\(role)", SubjectInput.Series.sourcePort, .visit)
        case .fact(let fact): (step, port, scope) = ("input.\(fact.rawValue)", "series", .visit)
        case .output(let name, let output):
            (step, port, scope) = (name, output, plan.nodes.first { $0.name == name }?.each ?? .visit)
        }
        let places: [Occasion] = switch (occasion, source.visit) {
        case (.pair(let a, _), .baseline): [.visit(a)]
        case (.pair(_, let b), .followup): [.visit(b)]
        case (.subject, _): occasions(scope, visits: visits, pairing: plan.analysis.pairing)
        default: [occasion]
        }
        return places.map { Feed(job: ID(step: step, occasion: $0), port: port) }
    }
}
