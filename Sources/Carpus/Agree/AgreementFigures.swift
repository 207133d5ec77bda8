import CarpusIO
import CarpusQuantification
import CarpusReport
public import Foundation

extension Agreement {
    /// A drawing and the name of its file.
    public struct Drawing: Sendable {
        /// `volume_net_truth_bland-altman.svg`.
        public let name: String
        /// The drawing.
        public let svg: Data
    }

    /// Figures of each measure and pair of raters: limits of agreement, scatter, for grades the table of counts, and with a reference both curves over cut-offs.
    ///
    /// Pairs without a subject in common have none.
    ///
    /// - Throws: `ReportError` when one cannot be drawn.
    public func drawings() throws -> [Drawing] {
        var taken: Set<String> = []
        return try measures.flatMap { measure in
            try MeasureFigures(measure: measure, rows: rows.filter { $0.measure == measure.table.measure }).all().map { parts, figure in
                // Names that differ only in signs a file cannot bear are told apart by a number.
                let plain = parts.map(Self.fileWord).joined(separator: "_")
                var name = plain, count = 1
                while !taken.insert(name).inserted {
                    count += 1
                    name = "\(plain)-\(count)"
                }
                return Drawing(name: name + ".svg", svg: figure.svg)
            }
        }
    }

    /// Writes the drawings into a folder, which is made.
    ///
    /// - Parameter replacing: whether files that are there may be replaced.
    /// - Throws: `IOError` when one is there and may not, or cannot be written; `ReportError` when one cannot be drawn.
    public func writeDrawings(to folder: URL, replacing: Bool) throws {
        let all = try drawings().map { (file: folder.appending(path: $0.name), svg: $0.svg) }
        if !replacing, let old = all.first(where: { FileManager.default.fileExists(atPath: $0.file.path(percentEncoded: false)) }) {
            throw IOError(.exists, at: old.file, "the file is there already; give another folder, or --force to replace it")
        }
        for drawing in all { try OutputFile.write(to: drawing.file) { try drawing.svg.write(to: $0) } }
    }

    private static func fileWord(_ text: String) -> String {
        let kept = text.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return kept.isEmpty ? "x" : String(kept)
    }
}

/// The figures of one measure.
struct MeasureFigures {
    let measure: MeasureAgreement
    /// What was computed of it.
    let rows: [AgreementRow]

    /// Figures, each with the words of its file's name.
    func all() throws -> [([String], VectorFigure)] {
        try measure.pairs.flatMap { pair -> [([String], VectorFigure)] in
            let (x, y) = measure.table.pairs(pair.0, pair.1)
            guard !x.isEmpty else { return [] }
            let words = [measure.table.measure, first(pair), second(pair)].compactMap(\.self), values = Values(pair: pair, x: x, y: y)
            var figures = [(words + ["bland-altman"], try blandAltman(values)), (words + ["scatter"], try scatter(values))]
            // More grades than can be read, as totals have, are not drawn as a table.
            if measure.isGraded, Set(x + y).count <= ConfusionFigure.most { figures.append((words + ["confusion"], try confusion(values))) }
            if measure.reference != nil { figures += try curves(values).map { (words + [$0.0], $0.1) } }
            return figures
        }
    }

    private struct Values { let pair: (Int, Int), x, y: [Double] }

    private func first(_ pair: (Int, Int)) -> String { measure.table.raters[pair.0] }
    private func second(_ pair: (Int, Int)) -> String { measure.table.raters[pair.1] }
    private func title(_ what: String) -> String { (measure.table.measure.map { "\($0): " } ?? "") + what }

    /// A statistic of a pair as it stands in the table.
    private func value(_ statistic: String, _ pair: (Int, Int)) -> IntervalValue? {
        guard let row = rows.first(where: { $0.statistic == statistic && $0.raters == measure.names(pair) }), let value = row.value else { return nil }
        return IntervalValue(value, lower: row.lower, upper: row.upper)
    }

    private func blandAltman(_ v: Values) throws -> VectorFigure {
        try BlandAltmanFigure(
            title: title("limits of agreement"), first: first(v.pair), second: second(v.pair), unit: measure.table.unit, x: v.x, y: v.y,
            bias: value("bias", v.pair), lowerLimit: value("limit-lower", v.pair), upperLimit: value("limit-upper", v.pair)).draw()
    }

    private func scatter(_ v: Values) throws -> VectorFigure {
        let remarks = [("r", "pearson"), ("concordance", "concordance")].compactMap { name, statistic in value(statistic, v.pair).map { (name: name, value: $0) } }
        return try ScatterFigure(title: title("one over the other"), first: first(v.pair), second: second(v.pair), unit: measure.table.unit, x: v.x, y: v.y, remarks: remarks).draw()
    }

    private func confusion(_ v: Values) throws -> VectorFigure {
        let matrix = ConfusionMatrix(zip(v.y, v.x).map { (Int($0), Int($1)) }), kappa = value("kappa-quadratic", v.pair)
        let remark = kappa.map { "kappa, quadratic weights, \($0.text)" } ?? ""
        return try ConfusionFigure(title: title("grades"), rows: second(v.pair), columns: first(v.pair), grades: matrix.grades, counts: matrix.counts, remark: remark).draw()
    }

    private func curves(_ v: Values) throws -> [(String, VectorFigure)] {
        let curve = ReceiverOperating(v.x, isPositive: measure.positives(v.y)), all = curve.positives + curve.negatives
        let name = title("\(first(v.pair)) against \(second(v.pair))"), prevalence = Double(curve.positives) / Double(all)
        let cutoffs = ReceiverOperating.Preference.allCases.compactMap { p in curve.cutoff(favouring: p, least: measure.options.least).map { (p.rawValue, $0) } }
        var figures: [(String, VectorFigure)] = []
        if let area = value("auc", v.pair) {
            let marks = cutoffs.map { CutoffCurveFigure.Mark("\($0) ≥ \($1.cutoff)", x: 1 - curve.specificity($1), y: curve.sensitivity($1)) }
            let points = curve.points.map { SIMD2(1 - curve.specificity($0), curve.sensitivity($0)) }
            figures.append(("roc", try CutoffCurveFigure(.receiverOperating, title: name, points: points, area: area, prevalence: prevalence, marks: marks).draw()))
        }
        if let area = value("average-precision", v.pair) {
            let marks = cutoffs.map { CutoffCurveFigure.Mark("\($0) ≥ \($1.cutoff)", x: curve.sensitivity($1), y: curve.precision($1)) }
            let points = curve.points.map { SIMD2(curve.sensitivity($0), curve.precision($0)) }
            figures.append(("precision-recall", try CutoffCurveFigure(.precisionRecall, title: name, points: points, area: area, prevalence: prevalence, marks: marks).draw()))
        }
        return figures
    }
}
