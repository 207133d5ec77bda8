import CarpusQuantification

/// The statistics of one measure.
struct MeasureAgreement {
    let table: RatingTable
    let options: Agreement.Options

    /// In a fixed order: all raters together, pairs, a reference, changes between visits.
    var rows: [AgreementRow] {
        let changes = table.changes
        return together(table, "icc") + pairs.flatMap(rows(of:)) + referenceRows + (changes.map { together($0, "icc-change") + changeRows($0) } ?? [])
    }

    private var level: Double { options.bootstrap.level }

    /// Every two raters once; with a reference, each of the others with it.
    var pairs: [(Int, Int)] {
        if let reference { return table.raters.indices.filter { $0 != reference }.map { ($0, reference) } }
        return table.raters.indices.flatMap { a in table.raters.indices.filter { $0 > a }.map { (a, $0) } }
    }

    var reference: Int? { options.reference.flatMap { table.raters.firstIndex(of: $0) } }

    /// Whether the values are grades.
    var isGraded: Bool { options.grades ?? table.looksLikeGrades }

    /// Which of the reference's values are positive.
    func positives(_ reference: [Double]) -> [Bool] { reference.map { v in options.positive.map { v >= $0 } ?? (v > 0) } }

    /// What every cut-off gives, for each rater against the reference.
    var curves: [AgreementCurve] {
        guard reference != nil else { return [] }
        return pairs.compactMap { pair in
            let (x, y) = table.pairs(pair.0, pair.1)
            return AgreementCurve(ReceiverOperating(x, isPositive: positives(y)), measure: table.measure, raters: names(pair))
        }
    }

    private func together(_ table: RatingTable, _ name: String) -> [AgreementRow] {
        let rows = table.complete, left = table.count - rows.count
        let note = left > 0 ? "\(left) of \(table.count) subjects lack a value" : nil
        return IntraclassCorrelation.Form.allCases.map { form in
            let estimate = rows.count > 1 ? IntraclassCorrelation(rows).estimate(form, level: level) : Estimate(nil, note: "fewer than two complete subjects")
            return AgreementRow(table, "\(name) \(form.rawValue)", "all", estimate, n: rows.count, note: note)
        }
    }

    private func rows(of pair: (Int, Int)) -> [AgreementRow] {
        let (x, y) = table.pairs(pair.0, pair.1), left = table.count - x.count
        let note = left > 0 ? "\(left) of \(table.count) subjects lack a value" : nil
        func row(_ name: String, _ estimate: Estimate, unit: String = "1") -> AgreementRow {
            AgreementRow(table, name, names(pair), estimate, n: x.count, unit: unit, note: note)
        }
        let limits = BlandAltman(x, y, level: level), ratios = BlandAltman(x, y, logarithms: true, level: level)
        let general = [
            row("pearson", Correlation.pearson(x, y, level: level)), row("spearman", Correlation.spearman(x, y, level: level)),
            row("concordance", Correlation.concordance(x, y, level: level)),
            row("bias", limits.bias, unit: table.unit), row("limit-lower", limits.lowerLimit, unit: table.unit), row("limit-upper", limits.upperLimit, unit: table.unit),
            row("sdd", drawn(x.count) { i in DetectableChange.difference(i.map { x[$0] }, i.map { y[$0] }, averaged: options.averaged).value }, unit: table.unit),
        ]
        guard isGraded else {
            return general + [row("ratio", ratios.bias), row("ratio-limit-lower", ratios.lowerLimit), row("ratio-limit-upper", ratios.upperLimit)]
        }
        // Rows of the table are the reference, where there is one: it stands last in the pair.
        let grades = zip(y, x).map { (Int($0), Int($1)) }, matrix = ConfusionMatrix(grades)
        return general + [
            row("exact-agreement", GradeAgreement.exact(matrix, level: level)), row("close-agreement", GradeAgreement.close(matrix, level: level)),
            row("balanced-accuracy", balanced(grades, within: 0)), row("balanced-accuracy-within-1", balanced(grades, within: 1)),
        ] + Kappa.Weights.allCases.map { row("kappa" + ($0 == .none ? "" : "-\($0.rawValue)"), Kappa.estimate(matrix, weights: $0, level: level)) }
    }

    private func balanced(_ grades: [(Int, Int)], within distance: Int) -> Estimate {
        drawn(grades.count, ResampledBalance(grades, within: distance).value)
    }

    /// How well each rater tells the reference's positives.
    private var referenceRows: [AgreementRow] {
        guard let reference else { return [] }
        return pairs.flatMap { pair -> [AgreementRow] in
            let (x, y) = table.pairs(pair.0, reference), positive = positives(y)
            func row(_ name: String, _ estimate: Estimate, unit: String = "1", note: String? = nil) -> AgreementRow {
                AgreementRow(table, name, names(pair), estimate, n: x.count, unit: unit, note: note)
            }
            let whole = ReceiverOperating(x, isPositive: positive), again = ResampledCurve(x, isPositive: positive)
            // A replicate with one class only defines no area; the whole table says why there is none.
            func area(_ name: String, _ estimate: Estimate, _ statistic: ([Int]) -> Double?) -> AgreementRow {
                row(name, estimate.value == nil ? estimate : drawn(x.count, statistic))
            }
            return [area("auc", whole.area, again.area), area("average-precision", whole.averagePrecision, again.averagePrecision)] + ReceiverOperating.Preference.allCases.flatMap { preference -> [AgreementRow] in
                let name = "cutoff-\(preference.rawValue)"
                guard let point = whole.cutoff(favouring: preference, least: options.least) else {
                    return [row(name, Estimate(nil, note: "no cut-off reaches what is asked for"), unit: table.unit)]
                }
                return [
                    row(name, Estimate(point.cutoff), unit: table.unit, note: "at least this is positive"),
                    row("\(name)-sensitivity", Proportion.wilson(point.truePositives, of: whole.positives, level: level)),
                    row("\(name)-specificity", Proportion.wilson(whole.negatives - point.falsePositives, of: whole.negatives, level: level)),
                ]
            }
        }
    }

    private func changeRows(_ changes: RatingTable) -> [AgreementRow] {
        let responses = changes.raters.indices.map { r -> AgreementRow in
            let all = changes.given(by: r)
            return AgreementRow(table, "srm", changes.raters[r], drawn(all.count) { i in DetectableChange.responseMean(i.map { all[$0] }).value }, n: all.count)
        }
        return responses + pairs.map { pair in
            let (x, y) = changes.pairs(pair.0, pair.1)
            let sdc = drawn(x.count) { i in DetectableChange.change(i.map { x[$0] }, i.map { y[$0] }, averaged: options.averaged).value }
            return AgreementRow(table, "sdc", names(pair), sdc, n: x.count, unit: table.unit)
        }
    }

    private func drawn(_ count: Int, _ statistic: ([Int]) -> Double?) -> Estimate { options.bootstrap.estimate(count: count, statistic) }
    func names(_ pair: (Int, Int)) -> String { "\(table.raters[pair.0])|\(table.raters[pair.1])" }
}
