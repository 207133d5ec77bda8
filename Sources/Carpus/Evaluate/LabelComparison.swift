import CarpusCore
import CarpusIO
import CarpusQuantification
import Foundation

/// A result's label map against the truth's.
enum LabelComparison {
    /// A label map, its axes run nearest to L, P and S, so that files that differ in their axes only can be compared.
    static func read(_ url: URL) throws -> (map: LabelMap, isNamed: Bool) {
        let legend = try Legend.beside(url)
        return (try NIfTI.readLabels(url, legend: legend).reorientedToLPS(), legend != nil)
    }

    /// Two files. Regions meet by name; values meet when neither file has a legend beside it.
    static func rows(of resultFile: URL, against truthFile: URL, _ parameters: LabelEvaluation.Parameters) throws -> [EvaluationRow] {
        var (result, resultNamed) = try read(resultFile), (truth, truthNamed) = try read(truthFile)
        guard result.grid.matches(truth.grid, within: LabelEvaluation.gridTolerance) else {
            let there = "the truth's, \(truthFile.lastPathComponent)"
            throw IOError(.badGeometry, at: resultFile, "the map lies on another grid than \(there): \(difference(result.grid, truth.grid)); resample one onto the other's grid by nearest neighbour first")
        }
        if !resultNamed && !truthNamed {
            // Without legends a value that occurs on one side only is a region that the other side lacks voxels of.
            let all = Legend(Set(result.legend.labels + truth.legend.labels).sorted { $0.value < $1.value })
            result = LabelMap(grid: result.grid, labels: result.labels, legend: all)
            truth = LabelMap(grid: truth.grid, labels: truth.labels, legend: all)
        }
        let regions = LabelEvaluation.regions(result.legend, truth.legend)
        guard !regions.isEmpty else {
            throw IOError(.inconsistent, at: resultFile, "the map and the truth name no region alike: here \(names(result.legend)), in \(truthFile.lastPathComponent) \(names(truth.legend)); a legend (.tsv) beside each map names its regions")
        }
        let occasion = occasion(resultFile)
        let lacking = strangers(truth, to: result.legend), unknown = strangers(result, to: truth.legend)
        let scores = try LabelEvaluation.evaluate(result, truths: [truth], regions: regions, missing: lacking.count, parameters: parameters)
        return scores.map { row($0, occasion, []) }
            + lacking.map { .missing(.labels, occasion, region: $0, "missing in the result") }
            + unknown.map { .missing(.labels, occasion, region: $0, "missing in the truth") }
    }

    /// A score as a line, with more to know about it.
    static func row(_ score: Score, _ occasion: EvaluatedOccasion, _ more: [String]) -> EvaluationRow {
        let notes = (score.note.map { [$0] } ?? []) + more
        return EvaluationRow(
            kind: .labels, participant: occasion.participant, session: occasion.session, region: score.region, measure: score.measure, value: score.value, unit: score.unit,
            note: notes.isEmpty ? nil : notes.joined(separator: "; "))
    }

    /// Regions that occur in a map and that a legend does not name, in the map's order.
    static func strangers(_ map: LabelMap, to legend: Legend) -> [String] {
        let counts = map.counts
        return map.legend.labels.filter { counts[$0.value] != nil && legend[$0.name] == nil }.map(\.name)
    }

    /// In what two grids differ.
    private static func difference(_ a: Grid, _ b: Grid) -> String {
        let apart = zip(a.corners, b.corners).map { ($0 - $1).length }.max() ?? 0
        return words(a) == words(b) ? "as many voxels, but up to " + String(format: "%.3g", apart) + " mm away" : "\(words(a)), there \(words(b))"
    }

    /// Size and spacing of a grid.
    static func words(_ grid: Grid) -> String {
        let s = grid.spacing
        return "\(grid.size.x) x \(grid.size.y) x \(grid.size.z) voxels of " + [s.x, s.y, s.z].map { String(format: "%.4g", $0) }.joined(separator: " x ") + " mm"
    }

    private static func names(_ legend: Legend) -> String {
        let names = legend.labels.map(\.name)
        return names.isEmpty ? "nothing" : names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", ..." : "")
    }

    private static func occasion(_ file: URL) -> EvaluatedOccasion {
        let entities = BIDSName(file.lastPathComponent).entities
        return EvaluatedOccasion(participant: entities["sub"].map { "sub-\($0)" }, session: entities["ses"].map { "ses-\($0)" })
    }
}
