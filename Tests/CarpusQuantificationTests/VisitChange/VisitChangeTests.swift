import CarpusCore
import CarpusQuantification
import Foundation
import Testing

private typealias Measurement = CarpusCore.Measurement

/// Changes that are known by construction.
@Suite struct VisitChangeTests {
    private func volume(_ value: Double, _ region: String = "synovitis/radiocarpal", status: Measurement.Status = .ok, reason: String? = nil) -> Measurement {
        Measurement("volume", value, unit: "mL", region: region, status: status, reason: reason, method: "t")
    }

    private func change(_ a: [Measurement], _ b: [Measurement], days: Int? = 365, _ rules: [DetectableRule] = []) throws -> [String: Measurement] {
        var parameters = VisitChange.Parameters()
        parameters.detectable = rules
        let rows = try VisitChange(from: a, to: b, days: days, parameters: parameters, method: "t").measurements
        return Dictionary(uniqueKeysWithValues: rows.map { ("\($0.quantity) \($0.region)", $0) })
    }

    private func one(_ a: Double, _ b: Double, _ kind: String, days: Int? = 365, _ rules: [DetectableRule] = []) throws -> Measurement {
        try #require(try change([volume(a)], [volume(b)], days: days, rules)["volume-\(kind) synovitis/radiocarpal"])
    }

    private func near(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) < 1e-12 } ?? false }

    // 2 mL become 3 mL in 200 days.
    @Test func changesAreWhatTheirNamesSay() throws {
        let change = try one(2, 3, "change", days: 200), annual = try one(2, 3, "annual-change", days: 200)
        #expect(change.value == 1 && change.unit == "mL" && change.status == .ok)
        #expect(try one(2, 3, "relative-change").value == 0.5 && one(2, 3, "symmetrised-change").value == 0.4)
        #expect(near(annual.value, 365.25 / 200) && annual.unit == "mL/a")
        #expect(near(try one(2, 3, "annual-symmetrised-change", days: 200).value, 0.4 * 365.25 / 200))
    }

    @Test func swappedVisitsOnlyFlipTheSign() throws {
        for kind in ["change", "symmetrised-change", "change-direction"] {
            let rules = [DetectableRule(measure: "volume", absolute: 0.5, relative: 0.2)]
            let there = try one(2, 3, kind, rules).value, back = try one(3, 2, kind, rules).value
            #expect(there != 0 && there == back.map { -$0 })
        }
    }

    @Test func onlyWhatExceedsTheLimitIsAChange() throws {
        let absolute = [DetectableRule(measure: "volume", absolute: 0.5)], both = [DetectableRule(measure: "volume", absolute: 0.1, relative: 0.4)]
        for (b, word, sign) in [(2.5, "within-noise", 0), (2.5.nextUp, "increase", 1), (1.5, "within-noise", 0), (1.5.nextDown, "decrease", -1), (2, "within-noise", 0)] as [(Double, String, Double)] {
            let row = try one(2, b, "change-direction", absolute)
            #expect(row.value == sign && row.reason?.hasPrefix(word + ":") == true && row.status == .ok, "\(b) \(row)")
        }
        // 2 to 3 is 0.4 of the mean, which is the limit and does not exceed it.
        #expect(try one(2, 3, "change-direction", both).value == 0 && one(2, 3.01, "change-direction", both).value == 1)
        #expect(try one(0, 0, "change-direction", both).value == 0)
        let none = try one(2, 9, "change-direction")
        #expect(none.status == .notScorable && none.reason?.contains("no smallest detectable change") == true)
    }

    @Test func theMostExactRuleSpeaks() throws {
        let rules = [
            DetectableRule(measure: "volume", absolute: 9), DetectableRule(measure: "volume", region: "synovitis", absolute: 0.5),
            DetectableRule(measure: "volume", region: "synovitis/radiocarpal", absolute: 2), DetectableRule(measure: "fraction", absolute: 0),
        ]
        let regions = ["synovitis/radiocarpal", "synovitis/distal-radioulnar", "synovitis", "synovitisX", "erosion/lunate"]
        let rows = try change(regions.map { volume(1, $0) }, regions.map { volume(2, $0) }, rules)
        #expect(regions.map { rows["volume-change-direction \($0)"]?.value } == [0, 1, 1, 0, 0])
    }

    @Test func whatCannotBeComparedSaysWhy() throws {
        let lost = Measurement.notScorable("volume", unit: "mL", region: "synovitis/radiocarpal", because: "t1gd is missing", method: "t")
        let rows = try change([volume(1), volume(1, "erosion/lunate")], [lost, volume(2, "erosion/hamate")], [DetectableRule(measure: "volume", absolute: 0)])
        #expect(rows.count == 18 && rows.values.allSatisfy { $0.status == .notScorable })
        #expect(rows["volume-change synovitis/radiocarpal"]?.reason == "follow-up: t1gd is missing")
        #expect(rows["volume-change-direction erosion/lunate"]?.reason == "there is no volume of erosion/lunate at the follow-up")
        #expect(rows["volume-change erosion/hamate"]?.reason == "there is no volume of erosion/hamate at the baseline")
        #expect(try one(0, 1, "relative-change").reason == "the baseline is 0" && one(0, 1, "symmetrised-change").value == 2)
        #expect(try one(0, 0, "symmetrised-change").value == nil && one(0, 0, "change").value == 0)
        #expect(try one(1, 2, "annual-change", days: nil).reason == "the dates of the visits are not known")
        #expect(try one(1, 2, "annual-change", days: 0).status == .notScorable && one(1, 2, "change", days: 0).value == 1)
    }

    @Test func doubtsAreCarried() throws {
        let rows = try change([volume(1, status: .review, reason: "cut off")], [volume(2)], [DetectableRule(measure: "volume", absolute: 0.1)])
        #expect(rows.values.allSatisfy { $0.status == .review && $0.reason?.contains("baseline: cut off") == true })
        #expect(rows["volume-change-direction synovitis/radiocarpal"]?.value == 1)
    }

    @Test func gradesHaveNoRelativeChange() throws {
        func grade(_ value: Double) -> Measurement { Measurement("ramris", value, unit: "1", region: "synovitis/total", method: "t") }
        let rows = try change([grade(3)], [grade(5)], [DetectableRule(measure: "ramris", absolute: 1.5)])
        #expect(rows.keys.sorted() == ["ramris-change synovitis/total", "ramris-change-direction synovitis/total"])
        #expect(rows["ramris-change synovitis/total"]?.value == 2 && rows["ramris-change-direction synovitis/total"]?.value == 1)
    }

    @Test func datesAndLimitsThatAreMissingAreFindings() throws {
        let result = try VisitChange(from: [volume(1)], to: [volume(2)], days: -3, method: "t")
        #expect(result.findings.map(\.code) == ["change.no-limit", "change.dates"])
    }

    // Differences -1, 0, 1 of sd 1: 1.96. As shares of the mean 10: 0.1 each way.
    @Test func limitsFromTestAndRetest() {
        let pairs = [(10.5, 9.5), (10, 10), (9.5, 10.5)].map { RetestPair(measure: "volume", region: "synovitis", test: $0.0, retest: $0.1) }
        let absolute = DetectableRule.estimated(from: pairs), relative = DetectableRule.estimated(from: pairs, scale: .relative)
        #expect(absolute.count == 1 && near(absolute[0].absolute, 1.96) && absolute[0].relative == nil && absolute[0].region == "synovitis")
        #expect(near(relative[0].relative, 0.196) && relative[0].absolute == nil)
        #expect(DetectableRule.estimated(from: Array(pairs.prefix(2))).isEmpty)
        // Two zeros say nothing of shares.
        #expect(DetectableRule.estimated(from: pairs.prefix(2) + [RetestPair(measure: "volume", region: "synovitis", test: 0, retest: 0)], scale: .relative).isEmpty)
    }

    @Test func foolishRulesAreRefused() throws {
        #expect(DetectableRule(measure: "volume").complaint?.contains("neither") == true && DetectableRule(measure: "volume", absolute: -1).complaint != nil)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(DetectableRule.self, from: Data(#"{"measure": "volume", "absolut": 1}"#.utf8)) }
        #expect(throws: QuantificationError.self) { try change([volume(1)], [volume(2)], [DetectableRule(measure: "volume")]) }
        #expect(throws: QuantificationError.self) { try change([volume(1), volume(2)], [volume(2)]) }
    }
}
