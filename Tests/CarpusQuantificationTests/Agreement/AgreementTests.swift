@testable import CarpusQuantification
import CarpusTestSupport
import Foundation
import Testing

/// Every statistic against a library that defines it, and against numbers from papers.
@Suite struct AgreementTests {
    private let fixtures: AgreementFixtures
    init() throws { fixtures = try .load() }

    private func close(_ a: Double?, _ b: Double, _ tolerance: Double = 1e-9) -> Bool { a.map { abs($0 - b) <= tolerance * max(1, abs(b)) } ?? false }
    private func same(_ e: Estimate, _ expected: [Double], _ tolerance: Double = 1e-9) -> Bool {
        close(e.value, expected[0], tolerance) && close(e.lower, expected[1], tolerance) && close(e.upper, expected[2], tolerance)
    }

    @Test func quantilesAreSciPys() {
        for c in fixtures.distributions.normal { #expect(close(Distributions.normalQuantile(c[0]), c[1])) }
        for c in fixtures.distributions.student { #expect(close(Distributions.studentQuantile(c[0], degrees: c[1]), c[2]), "\(c)") }
        for c in fixtures.distributions.fisher { #expect(close(Distributions.fisherQuantile(c[0], c[1], c[2]), c[3]), "\(c)") }
        for c in fixtures.distributions.beta { #expect(close(Distributions.beta(c[0], c[1], c[2]), c[3], 1e-12), "\(c)") }
    }

    @Test func intraclassCorrelationIsPingouins() {
        for table in fixtures.ratings {
            let icc = IntraclassCorrelation(table.rows)
            for form in IntraclassCorrelation.Form.allCases {
                let e = icc.estimate(form)
                #expect(same(e, table.icc[form.rawValue] ?? [], 1e-9), "\(form) \(e)")
            }
        }
    }

    @Test func intraclassCorrelationOfShroutAndFleiss() {
        let icc = IntraclassCorrelation([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
        #expect(close(icc.estimate(.agreement).value, 0.29, 0.005))
        #expect(close(icc.estimate(.consistency).value, 0.71, 0.005))
        #expect(close(icc.estimate(.agreementMean).value, 0.62, 0.005))
    }

    @Test func kappaIsScikitLearnsAndStatsmodels() {
        for case let c in fixtures.kappas {
            let table = ConfusionMatrix(counts: c.counts)
            #expect(same(Kappa.estimate(table, weights: .none), c.none))
            #expect(same(Kappa.estimate(table, weights: .linear), c.linear))
            #expect(same(Kappa.estimate(table, weights: .quadratic), c.quadratic))
            #expect(close(GradeAgreement.exact(table).value, c.exact))
            #expect(close(GradeAgreement.balanced(table).value, c.balanced))
        }
    }

    // The published tables of sacroiliitis and erosion scoring.
    @Test func kappaOfPublishedTables() {
        #expect(close(Kappa.estimate(ConfusionMatrix(counts: [[75, 4], [18, 132]]), weights: .none).value, 0.79598, 5e-6))
        #expect(close(Kappa.estimate(ConfusionMatrix(counts: [[104, 25], [19, 204]]), weights: .none).value, 0.72814, 5e-6))
        let erosion = ConfusionMatrix(counts: [
            [8570, 3476, 854, 198, 59, 129], [1621, 2031, 1267, 318, 60, 72], [13, 63, 149, 140, 32, 26], [1, 7, 41, 81, 30, 17], [0, 1, 20, 31, 33, 13], [0, 1, 23, 78, 63, 93],
        ])
        #expect(close(GradeAgreement.exact(erosion).value, 0.558717, 5e-7))
        #expect(close(GradeAgreement.balanced(erosion).value, 0.421733, 5e-7))
        #expect(close(GradeAgreement.balanced(erosion, within: 1).value, 0.817355, 5e-7))
        #expect(close(Kappa.estimate(erosion, weights: .quadratic).value, 0.481340, 5e-7))
    }

    @Test func aGradeNobodyGaveKeepsItsWidth() {
        let pairs = [(0, 0), (0, 2), (2, 2), (3, 3), (3, 2), (0, 0)]
        let compact = Kappa.estimate(ConfusionMatrix(pairs), weights: .quadratic), listed = Kappa.estimate(ConfusionMatrix(pairs, grades: [0, 1, 2, 3]), weights: .quadratic)
        #expect(close(compact.value, listed.value ?? .nan, 1e-12))
        #expect(close(compact.lower, listed.lower ?? .nan, 1e-12))
    }

    @Test func correlationsAreSciPys() {
        for p in fixtures.pairs {
            #expect(same(Correlation.pearson(p.x, p.y), p.pearson))
            #expect(same(Correlation.spearman(p.x, p.y), p.spearman))
            #expect(same(Correlation.concordance(p.x, p.y), p.concordance))
            #expect(zip(Correlation.ranks(p.x), p.ranks).allSatisfy { close($0, $1) })
            let limits = BlandAltman(p.x, p.y)
            #expect(same(limits.bias, p.bias))
            #expect(close(limits.deviation, p.deviation))
            #expect(close(limits.upperLimit.value, p.bias[0] + 1.96 * p.deviation))
        }
    }

    // Three differences -1, 0, 1: t of two degrees of freedom is 4.302653, the limit's error √(1/3 + 1.96²/4).
    @Test func limitsHaveIntervals() {
        let limits = BlandAltman([1, 2, 3], [2, 2, 2]), reach = 4.302652729911275 * (1 / 3.0 + 1.96 * 1.96 / 4).squareRoot()
        #expect(same(limits.upperLimit, [1.96, 1.96 - reach, 1.96 + reach]) && same(limits.lowerLimit, [-1.96, -1.96 - reach, -1.96 + reach]))
    }

    // Concordance is r where means and spreads are equal, and loses by an offset u the factor 2/(2 + u²).
    @Test func concordanceOfAnOffset() {
        let x = [1.0, 4, 2, 8, 5, 7], y = x.map { $0 + 2 }
        let spread = Moments.products(x, x) / 6
        #expect(close(Correlation.concordance(x, y).value, 2 * spread / (2 * spread + 4)))
        let twice = [4.0, 1, 2, 8, 5, 7]
        #expect(close(Correlation.concordance(x, twice).value, Correlation.pearson(x, twice).value ?? .nan))
    }

    // A ratio of 2 throughout, and spread about it.
    @Test func limitsOfRatios() {
        let y = [1.0, 3, 10, 40, 5], x = y.map { $0 * 2 }
        let exact = BlandAltman(x, y, logarithms: true)
        #expect(close(exact.bias.value, 2) && close(exact.upperLimit.value, 2))
        let swapped = BlandAltman([2.0, 9, 14], [1.0, 3, 10], logarithms: true), back = BlandAltman([1.0, 3, 10], [2.0, 9, 14], logarithms: true)
        #expect(close(swapped.bias.value.map { 1 / $0 }, back.bias.value ?? .nan))
        #expect(BlandAltman([1, 0], [1, 2], logarithms: true).bias.value == nil)
    }

    @Test func smallestChanges() {
        let x = [1.0, 2, 3, 4], y = [1.5, 1.5, 3.5, 3.5]
        let deviation = (1.0 / 3).squareRoot()
        #expect(close(DetectableChange.difference(x, y).value, 1.96 * deviation))
        #expect(close(DetectableChange.difference(x, y, averaged: 4).value, 0.98 * deviation))
        #expect(close(DetectableChange.change(x, y, averaged: 2).value, 0.98 * deviation))
        #expect(close(DetectableChange.retest(x, y).value, 1.96 * deviation))
        #expect(close(DetectableChange.responseMean([1, 2, 3]).value, 2))
    }

    @Test func curvesAreScikitLearns() {
        for c in fixtures.rocs {
            let curve = ReceiverOperating(c.scores, isPositive: c.positive)
            #expect(close(curve.area.value, c.auc))
            #expect(close(curve.averagePrecision.value, c.ap))
            #expect(curve.points.map(\.cutoff) == c.cutoffs)
            #expect(zip(curve.points, c.fpr).allSatisfy { close(1 - curve.specificity($0), $1) } && zip(curve.points, c.tpr).allSatisfy { close(curve.sensitivity($0), $1) })
            #expect(zip(curve.points, c.precision).allSatisfy { close(curve.precision($0), $1) })
        }
    }

    // Subjects drawn again have the bits of a table and a curve made anew.
    @Test func drawingAgainChangesNothing() {
        var dice = Dice(seed: 4)
        let pairs = (0..<60).map { _ in (Int.random(in: 0...3, using: &dice), Int.random(in: 0...3, using: &dice)) }
        let values = pairs.map { Double($0.1) + Double.random(in: 0...1, using: &dice).rounded() }, positive = pairs.map { $0.0 > 1 }
        let balances = [ResampledBalance(pairs), ResampledBalance(pairs, within: 1)], curve = ResampledCurve(values, isPositive: positive)
        for _ in 0..<50 {
            let sample = (0..<60).map { _ in Int.random(in: 0..<60, using: &dice) }
            let table = ConfusionMatrix(sample.map { pairs[$0] }), made = ReceiverOperating(sample.map { values[$0] }, isPositive: sample.map { positive[$0] })
            #expect(balances[0].value(over: sample) == GradeAgreement.balanced(table).value && balances[1].value(over: sample) == GradeAgreement.balanced(table, within: 1).value)
            #expect(curve.area(over: sample) == made.area.value && curve.averagePrecision(over: sample) == made.averagePrecision.value)
        }
        #expect(curve.area(over: [positive.firstIndex(of: true) ?? 0]) == nil && curve.averagePrecision(over: []) == nil && balances[0].value(over: []) == nil)
    }

    @Test func cutoffsByPreference() {
        let curve = ReceiverOperating([1, 2, 3, 4, 5, 6, 7, 8], isPositive: [false, false, true, false, false, true, true, true])
        #expect(curve.cutoff(favouring: .sensitivity, least: 1)?.cutoff == 3)
        #expect(curve.cutoff(favouring: .specificity, least: 1)?.cutoff == 6)
        #expect(curve.cutoff(favouring: .both)?.cutoff == 6)
    }

    @Test func proportionsAreStatsmodels() {
        for c in fixtures.proportions {
            let wald = Proportion.wald(c.hits, of: c.total), wilson = Proportion.wilson(c.hits, of: c.total)
            #expect(close(wald.lower, c.wald[0]) && close(wald.upper, c.wald[1]))
            #expect(close(wilson.lower, c.wilson[0]) && close(wilson.upper, c.wilson[1]), "\(wilson) \(c)")
        }
    }

    @Test func bootstrapEndsAreSciPys() throws {
        for c in fixtures.bootstraps {
            let kind = try #require(Bootstrap.Kind(rawValue: c.kind))
            let ends = Bootstrap.ends(of: c.replicates, value: c.value, jackknife: c.jackknife, kind: kind, level: 0.95)
            #expect(close(ends.lower, c.interval[0]) && close(ends.upper, c.interval[1]), "\(ends) \(c.interval)")
        }
    }

    // The mean of 40 numbers: the interval is about ±1.96 standard errors, the same for the same seed.
    @Test func bootstrapOfAMean() {
        let x = (0..<40).map { Double($0 * 7919 % 40) }, error = (Moments.deviation(x) ?? 0) / 40.0.squareRoot()
        func mean(_ i: [Int]) -> Double? { Moments.mean(i.map { x[$0] }) }
        let one = Bootstrap().estimate(count: 40, mean)
        #expect(one == Bootstrap().estimate(count: 40, mean))
        #expect(close(one.value, 19.5) && close(one.lower, 19.5 - 1.96 * error, 0.02) && close(one.upper, 19.5 + 1.96 * error, 0.02), "\(one)")
        var other = Bootstrap()
        other.seed = 2
        #expect(one != other.estimate(count: 40, mean))
    }

    @Test func whatIsNotDefinedSaysSo() {
        let same = IntraclassCorrelation([[2, 2], [2, 2], [2, 2]])
        #expect(same.estimate(.agreement) == Estimate(nil, note: "all ratings are the same"))
        // Sums of 0.1 are not exact.
        #expect(IntraclassCorrelation([[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]]).estimate(.agreement).value == nil)
        #expect(IntraclassCorrelation([[0.1, 0.1], [0.1, 0.1], [0.1, 0.1]]).estimate(.consistency).value == nil)
        #expect(Correlation.concordance([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]).value == nil)
        #expect(DetectableChange.responseMean([1.1 - 1, 2.1 - 2, 4.1 - 4]).value == nil)
        #expect(IntraclassCorrelation([[0.1, 0.1], [0.3, 0.3], [0.7, 0.7]]).estimate(.agreement) == Estimate(1, note: "no interval: the raters agree exactly"))
        // A rater who is always a quarter higher is consistent with the other, and does not agree.
        #expect(IntraclassCorrelation([[0.25, 0.5], [0.5, 0.75], [1, 1.25]]).estimate(.consistency) == Estimate(1, note: "no interval: the raters differ by constants only"))
        let exact = IntraclassCorrelation([[1, 1], [2, 2], [3, 3]]).estimate(.agreement)
        #expect(exact.value == 1 && exact.lower == nil)
        #expect(Correlation.pearson([1, 1, 1], [1, 2, 3]).value == nil)
        #expect(Correlation.concordance([1, 1], [1, 1]).value == nil)
        #expect(Kappa.estimate(ConfusionMatrix([(1, 1), (1, 1)]), weights: .none).value == nil)
        #expect(Kappa.estimate(ConfusionMatrix([(0, 0), (1, 1)]), weights: .quadratic).value == 1)
        #expect(ReceiverOperating([1, 2], isPositive: [true, true]).area.value == nil)
        #expect(ReceiverOperating([1, 2], isPositive: [true, true]).cutoff(favouring: .both) == nil)
        #expect(DetectableChange.responseMean([2, 2]).value == nil)
        #expect(BlandAltman([1], [2]).bias.value == -1)
        #expect(GradeAgreement.balanced(ConfusionMatrix([])).value == nil)
        #expect(Bootstrap().estimate(count: 1) { _ in 1 }.value == nil)
    }
}
