@testable import CarpusPipeline
import Foundation
import Synchronization
import Testing

@Suite(.serialized) struct RunnerTests {
    private let yaml = """
        carpus: 1
        protocol: test
        series:
          x: {kind: number, file: x}
          y: {kind: number, file: y, required: false}
        steps:
          one: {use: toy.add, from: {a: x}, with: {offset: OFFSET}}
          two: {use: toy.add, from: {a: one.sum}, with: {offset: 10}}
          both: {use: toy.add, from: {a: x, b: y}}
          needs: {use: toy.add, from: {a: y}}
          after: {use: toy.add, from: {a: needs.sum}}
          change: {use: toy.difference, each: visit-pair, from: {old: baseline.two.sum, new: followup.two.sum}}
          total: {use: toy.gather, each: subject, from: {all: [two.sum, change.change]}}
        """

    private func results(_ store: Store, offset: Int = 1, visits: [(String, [String: Double])] = [("01", ["x": 1, "y": 5]), ("02", ["x": 4])], threads: Int = 2) async throws -> [String: StepResult] {
        runs.withLock { $0 = [:] }
        let p = try plan(yaml.replacing("OFFSET", with: "\(offset)"))
        let all = await Runner(store: store, engine: "test", threads: threads).run(p, subject: subject(visits))
        return Dictionary(uniqueKeysWithValues: all.map { ("\($0.step) \($0.occasion)", $0) })
    }

    private func number(_ result: StepResult?, _ port: String) throws -> Double {
        try Number(restingAt: try #require(result?.outputs[port])).content
    }

    @Test func stepsRunAtEachVisitBetweenVisitsAndOverTheSubject() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let r = try await results(Store(at: folder))
        #expect(try number(r["two 01"], "sum") == 12)
        #expect(try number(r["two 02"], "sum") == 15)
        #expect(try number(r["change 01>02"], "change") == 3)
        #expect(try number(r["total "], "sum") == 30)
        #expect(try number(r["both 01"], "sum") == 7.5)
        #expect(try number(r["both 02"], "sum") == 5.5, "an optional port without its series stays empty")
    }

    @Test func aMissingOptionalSeriesMakesItsDependantsNotScorableWithTheReason() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let r = try await results(Store(at: folder))
        guard case .notScorable(let reason) = try #require(r["needs 02"]).outcome else { Issue.record("it was scored"); return }
        #expect(reason.contains("'y' was not found at visit 02"))
        #expect(try Words(restingAt: try #require(r["needs 02"]?.outputs["note"])).content == reason)
        guard case .done = try #require(r["needs 01"]).outcome else { Issue.record("visit 01 has the series"); return }
    }

    @Test func visitsWhoseOrderIsNotKnownAreNotCompared() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let p = try plan(yaml.replacing("OFFSET", with: "1")), input = subject([("01", ["x": 1, "y": 5]), ("02", ["x": 4, "y": 1])], orderDoubt: "nobody knows the order")
        let store = try Store(at: folder), all = await Runner(store: store, engine: "test", threads: 2).run(p, subject: input)
        let change = try #require(all.first { $0.step == "change" })
        guard case .notScorable("nobody knows the order") = change.outcome else { Issue.record("it was compared: \(change.outcome)"); return }
        #expect(change.outputs["change"] == nil && change.occasion == .pair(baseline: "01", followup: "02"))
        for result in all where result.step == "one" { guard case .done = result.outcome else { Issue.record("a visit is measured all the same"); return } }
        let told = p.forecast(for: input, store: store, engine: "test").first { $0.step == "change" }
        #expect(told?.will == .notScorable && told?.because == "nobody knows the order")
    }

    @Test func aFaultOfTheSystemTellsNoPath() {
        let cause = NSError(domain: NSPOSIXErrorDomain, code: 28), error = NSError(domain: NSCocoaErrorDomain, code: 640, userInfo: [NSUnderlyingErrorKey: cause, NSFilePathErrorKey: "/somewhere/zwergnase/out"])
        #expect(StepResult.sentence(error).contains("No space left") && !StepResult.sentence(error).contains("zwergnase"))
        #expect(!StepResult.sentence(CocoaError(.fileReadNoSuchFile, userInfo: [NSFilePathErrorKey: "/somewhere/zwergnase/in"])).contains("zwergnase"))
        #expect(StepResult.sentence(RunError(code: .noInput, message: "as it is")) == "as it is")
    }

    @Test func aMissingRequiredSeriesIsAFailure() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let r = try await results(Store(at: folder), visits: [("01", ["y": 2])])
        guard case .failed = try #require(r["input.x 01"]).outcome else { Issue.record("a required series was missing"); return }
        guard case .notScorable = try #require(r["one 01"]).outcome else { Issue.record("it depends on the missing series"); return }
    }

    @Test func whatWasDoneIsNotDoneAgainAndAChangedParameterRedoesOnlyWhatDependsOnIt() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await results(Store(at: folder))
        let again = try await results(Store(at: folder))
        #expect(runs.withLock { $0.isEmpty })
        #expect(try number(again["total "], "sum") == 30)
        let changed = try await results(Store(at: folder), offset: 2)
        let ran = Set(changed.filter { if case .done(reused: false) = $0.value.outcome { true } else { false } }.keys)
        #expect(ran == ["one 01", "one 02", "two 01", "two 02", "change 01>02", "total "])
    }

    @Test func theForecastTellsWhatWillRunAndWhatWasDone() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func forecast(offset: Int) throws -> [String: Plan.Forecast.Fate] {
            let p = try plan(yaml.replacing("OFFSET", with: "\(offset)"))
            let all = p.forecast(for: subject([("01", ["x": 1, "y": 5]), ("02", ["x": 4])]), store: Store(lookingAt: folder), engine: "test")
            return Dictionary(uniqueKeysWithValues: all.map { ("\($0.step) \($0.occasion)", $0.will) })
        }
        let before = try forecast(offset: 1)
        #expect(before["one 01"] == .run && before["needs 02"] == .notScorable && before["after 02"] == .notScorable)
        _ = try await results(Store(at: folder))
        let same = try forecast(offset: 1)
        #expect(same.values.allSatisfy { $0 == .reuse || $0 == .notScorable })
        let changed = try forecast(offset: 2)
        #expect(Set(changed.filter { $0.value == .run }.keys) == ["one 01", "one 02", "two 01", "two 02", "change 01>02", "total "])
    }

    @Test func aKilledRunLeavesNothingThatIsTakenForAResult() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = try await results(Store(at: folder))
        // What a kill leaves: a scratch folder half filled, and entries not yet made.
        let torn = folder.appending(path: "scratch/torn")
        try FileManager.default.createDirectory(at: torn, withIntermediateDirectories: true)
        try Data("half".utf8).write(to: torn.appending(path: "sum.json"))
        let entries = try FileManager.default.contentsOfDirectory(at: folder.appending(path: "store"), includingPropertiesForKeys: nil)
        for entry in entries.sorted(by: { $0.path < $1.path }).prefix(3) { try FileManager.default.removeItem(at: entry) }
        try Data("{".utf8).write(to: try #require(entries.max { $0.path < $1.path }).appending(path: "record.json"))
        let second = try await results(Store(at: folder))
        #expect(!FileManager.default.fileExists(atPath: torn.path(percentEncoded: false)))
        #expect(first.mapValues { $0.record?.outputs } == second.mapValues { $0.record?.outputs })
    }

    @Test func equalInputsAtTheSameTimeDoNotDisturbEachOther() async throws {
        for _ in 0..<40 {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            // Six visits with one and the same scan: every step is asked for six times under one key.
            let all = try await results(Store(at: folder), visits: (1...6).map { ("0\($0)", ["x": 1, "y": 5]) }, threads: 6)
            let failed = all.values.filter { if case .failed = $0.outcome { true } else { false } }
            #expect(failed.isEmpty, "\(failed.map(\.outcome))")
            #expect(try number(all["two 06"], "sum") == 12)
        }
    }

    @Test func aFailureIsToldToWhatDependsOnItAndTheRestGoesOn() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let p = try plan("carpus: 1\nprotocol: t\nseries:\n  x: {kind: number, file: x}\nsteps:\n  bad: {use: toy.fail, from: {a: x}}\n  next: {use: toy.add, from: {a: bad.never}}\n  good: {use: toy.add, from: {a: x}}\n")
        let all = await Runner(store: try Store(at: folder), engine: "test", threads: 1).run(p, subject: subject([("01", ["x": 1])]))
        let outcome = Dictionary(uniqueKeysWithValues: all.map { ($0.step, $0.outcome) })
        guard case .failed(let message) = outcome["bad"], case .notScorable(let reason) = outcome["next"], case .done = outcome["good"] else { Issue.record("\(outcome)"); return }
        #expect(message == "a stage that always fails")
        #expect(reason == "step 'bad' failed: a stage that always fails")
    }

    @Test func aStageThatFindsNoResultHasNotFailed() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let p = try plan("carpus: 1\nprotocol: t\nseries:\n  x: {kind: number, file: x}\nsteps:\n  none: {use: toy.decline, from: {a: x}}\n  next: {use: toy.add, from: {a: none.never}}\n")
        let all = await Runner(store: try Store(at: folder), engine: "test", threads: 1).run(p, subject: subject([("01", ["x": 1])]))
        for step in ["none", "next"] {
            guard case .notScorable(let reason) = try #require(all.first { $0.step == step }).outcome else { Issue.record("\(step)"); return }
            #expect(reason == "the number is not to the stage's taste")
        }
    }

    @Test func aStepReadsTheSideOfItsVisit() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let p = try plan("carpus: 1\nprotocol: t\nseries:\n  x: {kind: number, file: x}\nsteps:\n  told: {use: toy.side, from: {a: x, side: side}}\n")
        for letter in ["L", "R", nil] {
            let one = subject([("01", ["x": 1])]).visits[0]
            let visit = SubjectInput.Visit(id: "01", series: one.series, missing: [:], side: letter.map { VisitSide(letter: $0) })
            let all = await Runner(store: try Store(at: folder), engine: "test", threads: 1).run(p, subject: SubjectInput(id: "01", visits: [visit]))
            #expect(try Words(restingAt: try #require(all.first { $0.step == "told" }?.outputs["words"])).content == letter ?? "unknown")
        }
    }

    @Test func resultsDoNotDependOnTheNumberOfThreads() async throws {
        var digests: [[String: [String: String]?]] = []
        for threads in [1, 2, 4] {
            let folder = try temporaryFolder()
            defer { try? FileManager.default.removeItem(at: folder) }
            digests.append(try await results(Store(at: folder), threads: threads).mapValues { $0.record?.outputs })
        }
        #expect(digests[0] == digests[1] && digests[1] == digests[2])
    }

    @Test func theDigestIsSHA256() throws {
        #expect(Digest.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let file = try temporaryFolder().appending(path: "abc")
        try Data("abc".utf8).write(to: file)
        #expect(try Digest.hex(of: file) == Digest.hex(of: "abc"))
    }
}
