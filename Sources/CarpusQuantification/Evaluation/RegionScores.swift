import CarpusCore

/// The scores of one pair, and their means: the rows, their names, units and order.
enum RegionScores {
    static func scores(of pair: MaskPair, region: String, parameters: LabelEvaluation.Parameters) -> [Score] {
        let overlap = OverlapScores(pair, referenceFraction: parameters.referenceFraction)
        let lesions = LesionMatching(pair, minimumVolume: parameters.minimumLesionVolume, minimumIoU: parameters.minimumIoU)
        let empty: String? = switch (pair.resultCount, pair.truthCount) {
        case (0, 0): "neither result nor truth has a voxel"
        case (0, _): "the result has no voxel"
        case (_, 0): "the truth has no voxel"
        default: nil
        }
        func score(_ measure: String, _ value: Double?, _ unit: String, _ note: String? = nil) -> Score {
            Score(region: region, measure: measure, value: value, unit: unit, note: note ?? empty)
        }
        var scores = [score("dice", overlap.dice, "1"), score("ndsc", overlap.normalisedDice, "1")]
        scores += surfaces(pair, parameters).map { score($0.measure, $0.value, $0.unit, $0.note) }
        return scores + [
            score("truth-volume", overlap.truthVolume, "mL"), score("result-volume", overlap.resultVolume, "mL"),
            score("volume-error", overlap.volumeError, "mL"), score("relative-volume-error", overlap.relativeVolumeError, "1"),
            score("false-positive-volume", overlap.falsePositiveVolume, "mL"), score("false-negative-volume", overlap.falseNegativeVolume, "mL"),
            score("lesions", Double(lesions.truthCount), "1"), score("lesion-f1", lesions.f1, "1"), score("lesion-sensitivity", lesions.sensitivity, "1"),
            score("lesion-true-positives", Double(lesions.truePositives), "1"), score("lesion-false-positives", Double(lesions.falsePositives), "1"),
            score("lesion-false-negatives", Double(lesions.falseNegatives), "1"),
        ]
    }

    private static func surfaces(_ pair: MaskPair, _ parameters: LabelEvaluation.Parameters) -> [(measure: String, value: Double?, unit: String, note: String?)] {
        let within = "within \(parameters.tolerance) mm"
        guard pair.resultCount > 0, pair.truthCount > 0 else {
            let one = pair.resultCount + pair.truthCount > 0
            let why = one ? "one side has no voxel: the diagonal of the grid" : nil
            return [("nsd", one ? 0 : nil, "1", nil), ("hd95", one ? pair.gridDiagonal : nil, "mm", why), ("hd95-voxels", one ? pair.gridDiagonal : nil, "mm", why)]
        }
        let distances = SurfaceDistances(pair)
        return [
            ("nsd", distances.surfaceDice(tolerance: parameters.tolerance), "1", within), ("hd95", distances.hausdorff(share: 0.95), "mm", nil),
            ("hd95-voxels", VoxelSurface.hausdorff(pair, share: 0.95), "mm", nil),
        ]
    }

    /// Counts have no mean that tells anything.
    private static let averaged = ["dice", "ndsc", "nsd", "hd95", "hd95-voxels", "volume-error", "relative-volume-error", "lesion-f1", "lesion-sensitivity"]
    private static let units = ["hd95": "mm", "hd95-voxels": "mm", "volume-error": "mL"]

    /// The means over the regions present in the truth.
    static func means(_ present: [[Score]], regions: Int, missing: Int) -> [Score] {
        averaged.map { measure in
            let values = present.compactMap { scores in scores.first { $0.measure == measure }?.value }
            var note = "over \(values.count) of \(regions) regions, those present in the truth"
            if missing > 0 { note += "; \(missing) more of the truth are missing in the result" }
            let mean = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
            return Score(region: LabelEvaluation.mean, measure: measure, value: mean, unit: units[measure] ?? "1", note: note)
        }
    }
}
