public import CarpusCore

/// What is known of how sure the labels of a map are.
public enum LabelDoubts: Sendable {
    /// Nothing: only what lies on a boundary is in doubt.
    case none
    /// How probable each voxel's own label is, as `segment.unet` tells it.
    case confidence(Volume<Float>)
    /// How probable each label of the legend is in each voxel, by rising value.
    case probabilities([Volume<Float>])

    var grids: [(Grid?, String)] {
        switch self {
        case .none: []
        case .confidence(let volume): [(volume.grid, "the confidence")]
        case .probabilities(let volumes): volumes.map { ($0.grid, "a map of probabilities") }
        }
    }

    /// Whether there is anything to make intervals from but the labels' boundary.
    var areKnown: Bool { if case .none = self { false } else { true } }

    /// What is wrong with them, in a sentence; nil when nothing is.
    func complaint(about map: LabelMap, _ parameters: VolumeMeasurement.Parameters) -> String? {
        let known: [Volume<Float>] = switch self {
        case .none: []
        case .confidence(let volume): [volume]
        case .probabilities(let volumes): volumes
        }
        if known.contains(where: { $0.scalars.contains { !$0.isFinite } }) {
            return "a map of confidence or probability holds values that are not finite; give 0 where nothing is known"
        }
        if case .probabilities(let volumes) = self {
            if volumes.count == map.legend.labels.count { return nil }
            return "\(volumes.count) maps of probabilities were given for \(map.legend.labels.count) labels; there has to be one a label"
        }
        return parameters.partialVolume ? "partialVolume needs a map of probabilities for each label" : nil
    }

    /// The probability of one label in each voxel, where it is known as such.
    func probabilities(of label: UInt16, in legend: Legend) -> Volume<Float>? {
        guard case .probabilities(let volumes) = self, let at = legend.labels.firstIndex(where: { $0.value == label }) else { return nil }
        return volumes[at]
    }
}
