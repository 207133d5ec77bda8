import CarpusPipeline
import Foundation
import Testing

@Suite struct ProtocolTests {
    private func refusal(_ yaml: String) -> String {
        do {
            _ = try plan(yaml)
            return "accepted"
        } catch { return "\(error)" }
    }

    private func document(series: String = "  x: {kind: number, file: x}", steps: String) -> String {
        "carpus: 1\nprotocol: test\nseries:\n\(series)\nsteps:\n\(steps)\n"
    }

    @Test(arguments: [
        ("  s: {use: toy.add, from: {a: x}, wiht: {offset: 1}}", "p.yml:6:35: step 's' has no key 'wiht'; did you mean 'with'?"),
        ("  s: {use: toy.ad, from: {a: x}}", "p.yml:6:12: step 's' uses 'toy.ad', which is no stage; did you mean 'toy.add'?"),
        ("  s: {use: toy.add, from: {a: x}, with: {ofset: 1}}", "toy.add has no parameter 'ofset'; did you mean 'offset'?"),
        ("  s: {use: toy.add, from: {a: x}, with: {offset: much}}", "'offset' must be a number, not \"much\""),
        ("  s: {use: toy.add, from: {a: x}, with: {mode: thrice}}", "'mode' must be one of plain, twice, not \"thrice\""),
        ("  s: {use: toy.add, from: {a: x}, with: {offset: -101}}", "'offset' must be at least -100"),
        ("  s: {use: toy.add}", "step 's' leaves input 'a' of toy.add open"),
        ("  s: {use: toy.add, from: {a: y}}", "nothing is called 'y'; did you mean 'x'?"),
        ("  s: {use: toy.add, from: {c: x}}", "toy.add has no input 'c'"),
        ("  s: {use: toy.add, from: {a: t.note}}\n  t: {use: toy.add, from: {a: x}}", "takes number, and 't.note' is words"),
        ("  s: {use: toy.add, from: {a: t.summ}}\n  t: {use: toy.add, from: {a: x}}", "step 't' has no output 'summ'; did you mean 'sum'?"),
        ("  s: {use: toy.add, from: {a: t.sum}}\n  t: {use: toy.add, from: {a: s.sum}}", "feed each other in a circle: s, t"),
        ("  s: {use: toy.difference, each: visit-pair, from: {old: x, new: followup.x}}", "write baseline.x or followup.x"),
        ("  s: {use: toy.difference, from: {old: baseline.x, new: x}}", "only a step with 'each: visit-pair'"),
        ("  s: {use: toy.add, from: {a: x}, save: [summ]}", "cannot save 'summ'; did you mean 'sum'?"),
        ("  s: {use: toy.add, from: {a: x}, each: vist}", "each cannot be 'vist'; did you mean 'visit'?"),
    ])
    func aFaultIsRefusedWithItsPlaceAndTheNearestName(steps: String, message: String) {
        #expect(refusal(document(steps: steps)).contains(message), "\(refusal(document(steps: steps)))")
    }

    @Test func faultsOfTheWholeAreRefused() {
        #expect(refusal("carpus: 2\nprotocol: x\nseries: {}\nsteps: {}").contains("reads protocols of format 1"))
        #expect(refusal("carpus: 1\nseries: {}\nsteps: {}").contains("needs the key 'protocol'"))
        #expect(refusal("carpus: [1").contains("not a YAML file"))
        #expect(refusal("").contains("empty"))
        #expect(refusal(document(series: "  x: {kind: nmber, file: x}", steps: "  s: {use: toy.add, from: {a: x}}")).contains("did you mean 'number'"))
        #expect(refusal(document(series: "  x: {kind: number}", steps: "  s: {use: toy.add, from: {a: x}}")).contains("nothing to recognise it by"))
        #expect(refusal(document(series: "  x: {kind: number, match: {A: '('}}", steps: "  s: {use: toy.add, from: {a: x}}")).contains("not a regular expression"))
    }

    @Test func everyDefaultIsSpelledOutAndEqualParametersHaveOneSpelling() throws {
        let a = try plan(document(steps: "  s: {use: toy.add, from: {a: x}}")).nodes[0].parameters
        let b = try plan(document(steps: "  s: {use: toy.add, from: {a: x}, with: {offset: 1.5, mode: plain}}")).nodes[0].parameters
        #expect(a == b)
        #expect(a.canonical == #"{"mode":"plain","names":[],"offset":1.5,"limit":null}"# || a["offset"] == .number(1.5))
        let c = try plan(document(steps: "  s: {use: toy.add, from: {a: x}, with: {offset: 2, limit: 3}}")).nodes[0].parameters
        let d = try plan(document(steps: "  s: {use: toy.add, from: {a: x}, with: {offset: 2.0, limit: 3.0}}")).nodes[0].parameters
        #expect(c.canonical == d.canonical)
    }

    @Test func stepsAreOrderedByWhatFeedsThemAndARoleWinsOverAStepOfTheSameName() throws {
        let p = try plan(document(steps: "  last: {use: toy.add, from: {a: x.sum}}\n  x: {use: toy.add, from: {a: x}}"))
        #expect(p.nodes.map(\.name) == ["x", "last"])
    }

    @Test func portsAndParametersAreReadFromTheTypes() {
        let add = AnyStage(Add.self)
        #expect(add.inputs == [Port(name: "a", kind: "number", arity: .one), Port(name: "b", kind: "number", arity: .optional)])
        #expect(add.outputs.map(\.kind) == ["number", "words"])
        #expect(AnyStage(Gather.self).inputs == [Port(name: "all", kind: "number", arity: .many)])
        #expect(add.parameters.map(\.name) == ["offset", "mode", "limit", "names"])
        #expect(add.parameters.map(\.kind) == [.number, .choice(["plain", "twice"]), .number, .list])
        #expect(add.parameters.map(\.isOptional) == [false, false, true, false])
    }

    @Test func aSiteOverridesAProtocolByExtendingIt() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try document(steps: "  s: {use: toy.add, from: {a: x}, with: {offset: 1, mode: twice}}\n  t: {use: toy.add, from: {a: x}}").write(to: folder.appending(path: "base.yml"), atomically: true, encoding: .utf8)
        try "extends: base.yml\nprotocol: site\nsteps:\n  s: {with: {offset: 7}}\n  t: null\n".write(to: folder.appending(path: "site.yml"), atomically: true, encoding: .utf8)
        let p = try Plan(AnalysisProtocol(contentsOf: folder.appending(path: "site.yml")), stages: toyStages, seriesKinds: ["number"])
        #expect(p.analysis.name == "site")
        #expect(p.nodes.map(\.name) == ["s"])
        #expect(p.nodes[0].parameters["offset"] == .integer(7))
        #expect(p.nodes[0].parameters["mode"] == .string("twice"))
        try "extends: loop.yml\n".write(to: folder.appending(path: "loop.yml"), atomically: true, encoding: .utf8)
        #expect(throws: ProtocolError.self) { try AnalysisProtocol(contentsOf: folder.appending(path: "loop.yml")) }
    }

    @Test func theSchemaKnowsEveryStageAndParameter() throws {
        let schema = ProtocolSchema.schema(stages: toyStages, seriesKinds: ["number"]).canonical
        for word in ["toy.add", "toy.gather", "offset", "visit-pair", "\"enum\":[\"plain\",\"twice\"]", "\"default\":1.5"] { #expect(schema.contains(word), "\(word)") }
    }

    @Test func theKeyOfJSONDoesNotDependOnOrder() throws {
        let a = try JSONDecoder().decode(JSON.self, from: Data(#"{"b": 1, "a": [true, null, 2.5, "x\n\"y"]}"#.utf8))
        #expect(a.canonical == #"{"a":[true,null,2.5,"x\n\"y"],"b":1}"#)
        #expect(try JSONDecoder().decode(JSON.self, from: Data(a.canonical.utf8)) == a)
    }
}
