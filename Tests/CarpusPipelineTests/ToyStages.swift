import CarpusPipeline
import Foundation
import Synchronization

/// A number that rests in a file.
struct Number: JSONArtifact, Equatable {
    static var kind: String { "number" }
    static var placeholder: Number { Number(content: 0) }
    var content: Double
}

struct Words: JSONArtifact {
    static var kind: String { "words" }
    static var placeholder: Words { Words(content: "") }
    var content: String
}

/// How often stages really ran.
let runs = Mutex<[String: Int]>([:])
func count(_ key: String) { runs.withLock { $0[key, default: 0] += 1 } }

enum Add: Stage {
    static let name = "toy.add", version = 1, summary = "Adds."
    struct Parameters: StageParameters {
        var offset = 1.5
        var mode = Mode.plain
        var limit: Double?
        var names: [String] = []
        enum Mode: String, Codable, CaseIterable { case plain, twice }
        var complaint: String? { offset < -100 ? "'offset' must be at least -100" : nil }
    }
    struct Inputs: Codable, Sendable { var a: Number; var b: Number? }
    struct Outputs: Codable, Sendable { var sum: Number; var note: Words }
    static func run(_ i: Inputs, _ p: Parameters) -> Outputs {
        count("add \(i.a.content)")
        return Outputs(sum: Number(content: i.a.content + (i.b?.content ?? 0) + p.offset), note: Words(content: p.mode.rawValue))
    }
    static func notScorable(_: Parameters, because reason: String) -> Outputs? { Outputs(sum: Number(content: -1), note: Words(content: reason)) }
}

enum Gather: Stage {
    static let name = "toy.gather", version = 1, summary = "Sums a list."
    struct Inputs: Codable, Sendable { var all: [Number] }
    struct Outputs: Codable, Sendable { var sum: Number }
    static func run(_ i: Inputs, _: NoParameters) -> Outputs { Outputs(sum: Number(content: i.all.map(\.content).reduce(0, +))) }
}

enum Difference: Stage {
    static let name = "toy.difference", version = 1, summary = "Subtracts."
    struct Inputs: Codable, Sendable { var old: Number; var new: Number }
    struct Outputs: Codable, Sendable { var change: Number }
    static func run(_ i: Inputs, _: NoParameters) -> Outputs { Outputs(change: Number(content: i.new.content - i.old.content)) }
}

enum Gap: Stage {
    static let name = "toy.gap", version = 1, summary = "Counts days; -1 where one is not known."
    struct Inputs: Codable, Sendable { var old: VisitDate?; var new: VisitDate?; var value: Number }
    struct Outputs: Codable, Sendable { var days: Number }
    static func run(_ i: Inputs, _: NoParameters) -> Outputs { Outputs(days: Number(content: i.old.flatMap { a in i.new.map { Double(a.days(to: $0)) } } ?? -1)) }
}

struct Refusal: Error, CustomStringConvertible { var description: String { "a stage that always fails" } }
enum Fail: Stage {
    static let name = "toy.fail", version = 1, summary = "Fails."
    struct Inputs: Codable, Sendable { var a: Number }
    struct Outputs: Codable, Sendable { var never: Number }
    static func run(_: Inputs, _: NoParameters) throws -> Outputs { throw Refusal() }
}

enum Decline: Stage {
    static let name = "toy.decline", version = 1, summary = "Finds no result in sound inputs."
    struct Inputs: Codable, Sendable { var a: Number }
    struct Outputs: Codable, Sendable { var never: Number }
    static func run(_: Inputs, _: NoParameters) throws -> Outputs { throw NotScorable(because: "the number is not to the stage's taste") }
}

enum SideOf: Stage {
    static let name = "toy.side", version = 1, summary = "Tells the side."
    struct Inputs: Codable, Sendable { var a: Number; var side: VisitSide? }
    struct Outputs: Codable, Sendable { var words: Words }
    static func run(_ i: Inputs, _: NoParameters) -> Outputs { Outputs(words: Words(content: i.side?.letter ?? "unknown")) }
}

let toyStages = [
    AnyStage(Add.self), AnyStage(Gather.self), AnyStage(Difference.self), AnyStage(Gap.self), AnyStage(Fail.self), AnyStage(Decline.self), AnyStage(SideOf.self),
]

func plan(_ yaml: String) throws -> Plan {
    try Plan(AnalysisProtocol(yaml: yaml, file: "p.yml"), stages: toyStages, seriesKinds: ["number"])
}

/// A subject whose visits hold one number a role.
func subject(_ visits: [(String, [String: Double])], orderDoubt: String? = nil) -> SubjectInput {
    let all = visits.map { id, values in
        SubjectInput.Visit(id: id, series: values.mapValues { value in
            SubjectInput.Series(kind: "number", digest: Digest.hex(of: "\(value)"), origin: "made up") { folder in
                count("load \(value)")
                try Number(content: value).rest(at: folder.appending(path: "series"))
            }
        }, missing: [:])
    }
    return SubjectInput(id: "01", visits: all, orderDoubt: orderDoubt)
}

func temporaryFolder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "carpus-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
}
