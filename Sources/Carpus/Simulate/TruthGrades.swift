import CarpusCore
import CarpusQuantification

/// The grades that true measures have by the rules of `grade.ramris`, as it is without settings.
enum TruthGrades {
    /// Grades and totals of one visit. A continuous wrist has no slices to count, and nothing true lies near an edge.
    static func rows(of measures: [CarpusCore.Measurement]) -> [CarpusCore.Measurement] {
        var rules = RAMRISParameters()
        (rules.minimumSlices, rules.fractionMargin, rules.thicknessMargin) = (0, 0, 0)
        do {
            return try RAMRISGrades(measures, parameters: rules, method: TruthMeasures.method).measurements
        } catch {
            preconditionFailure("true measures are those of one wrist at one visit: \(error)")
        }
    }
}
