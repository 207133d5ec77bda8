import CarpusCore
import CarpusPipeline

extension VisitSide {
    /// The side, nil where the letter is none.
    var laterality: Laterality? { Laterality(rawValue: letter) }

    /// A finding where a stage's parameter names the other side than what is written beside the scan.
    func conflicts(with parameter: Laterality?, stage: String) -> [Finding] {
        guard let parameter, let laterality, parameter != laterality else { return [] }
        return [Finding(
            .serious, "\(stage).side-conflict", "The protocol and what is written beside the scan name different sides of the wrist; check which it is.",
            evidence: ["protocol": parameter.rawValue, "scan": letter])]
    }
}
