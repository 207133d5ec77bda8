public import CarpusCore

/// What is brighter than a threshold.
public enum ThresholdSegmentation {
    /// How to label what is bright.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Voxels above this value, in the image's unit, are labelled; nil finds it by Otsu's method.
        public var threshold: Double? = nil
        /// The label's name in the legend.
        public var label = "lesion"
        /// Pieces smaller than this are left out, mm³.
        public var minimumVolume = 5.0
        /// A threshold that is found lies at least this many robust standard deviations (1.4826 times the median absolute
        /// deviation) above the median: Otsu's method parts noise in two where the lesion is a small share of the image.
        public var aboveNoise = 4.0

        /// The defaults.
        public init() {}

        /// What is wrong with these parameters, nil when nothing is.
        public var complaint: String? {
            if let threshold, !threshold.isFinite { return "threshold must be a finite number" }
            if label.isEmpty { return "label must not be empty" }
            if !(minimumVolume >= 0 && minimumVolume.isFinite) { return "minimumVolume must be 0 mm³ or more" }
            if !(aboveNoise >= 0 && aboveNoise.isFinite) { return "aboveNoise must be 0 or more" }
            return nil
        }
    }

    /// Labels the voxels above the threshold, in 26-connected pieces of at least the minimum volume. NaN is never labelled.
    ///
    /// - Parameters:
    ///   - image: the image, in any unit.
    ///   - mask: where to look and what Otsu's method is asked about; everywhere when nil.
    /// - Throws: `SegmentationError` when the mask lies on another grid or leaves nothing to look at.
    public static func segment(_ image: Volume<Float>, inside mask: LabelMap? = nil, parameters: Parameters = Parameters()) throws -> SegmentationResult {
        if let complaint = parameters.complaint { throw SegmentationError(.badParameter, complaint) }
        let usable = try Region.usable(image, inside: mask)
        let legend = Legend([Label(value: 1, name: parameters.label, color: [213, 94, 0])])
        var result = SegmentationResult(labels: LabelMap(grid: image.grid, labels: [UInt16](repeating: 0, count: image.grid.count), legend: legend))
        let threshold: Double
        if let given = parameters.threshold { threshold = given } else {
            let found = otsu(image.scalars.indices.filter { usable[$0] }.map { image.scalars[$0] }, parameters)
            if found.threshold <= found.floor {
                result.findings.append(Finding(.note, "segment.threshold.noise-limit",
                    "Otsu's threshold for \(parameters.label) does not stand out from the noise; the noise's own limit was taken.",
                    evidence: ["threshold": "\(found.threshold)", "noise-limit": "\(found.floor)"]))
            }
            threshold = max(found.threshold, found.floor)
        }
        let pieces = Components(size: image.grid.size) { usable[$0] && Double(image.scalars[$0]) > threshold }
        let enough = parameters.minimumVolume * (1 - 1e-9)
        for i in pieces.labels.indices where pieces.labels[i] > 0 {
            if Double(pieces.sizes[Int(pieces.labels[i]) - 1]) * image.grid.voxelVolume >= enough { result.labels.labels[i] = 1 }
        }
        if !result.labels.labels.contains(1) {
            result.findings.append(Finding(.note, "segment.threshold.nothing-found",
                "Nothing was labelled \(parameters.label): no piece above the threshold is large enough.",
                evidence: ["threshold": "\(threshold)", "pieces": "\(pieces.sizes.count)", "minimum-volume-mm3": "\(parameters.minimumVolume)"]))
        }
        return result
    }

    /// Otsu's threshold and the value it must exceed to count.
    private static func otsu(_ values: [Float], _ parameters: Parameters) -> (threshold: Double, floor: Double) {
        let sample = Robust.sample(values), median = Robust.median(sample)
        let scatter = Robust.scatter(sample, about: median)
        let threshold = Otsu.threshold(values) ?? median
        return (Double(threshold), Double(median) + parameters.aboveNoise * Double(scatter))
    }
}
