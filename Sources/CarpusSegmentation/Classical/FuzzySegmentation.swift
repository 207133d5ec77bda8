public import CarpusCore

/// Lesions as the uppermost of several fuzzy clusters inside a mask, as Tripoliti et al. (Artif Intell Med 40, 2007) found
/// inflamed tissue of the hand, and Aizenberg et al. oedema and tenosynovitis of the wrist (Magn Reson Med 79, 2018; Eur Radiol 29, 2019).
public enum FuzzySegmentation {
    /// How many clusters, and which voxels belong to the uppermost.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Clusters; the brightest is the lesion.
        public var clusters = 3
        /// The exponent that makes memberships soft, above 1.
        public var fuzzifier = 2.0
        /// Voxels that belong to the brightest cluster by more than this are labelled.
        public var membership = 0.5
        /// How much the mean of a voxel's neighbours in its slice counts against the voxel itself (after Ahmed et al., IEEE Trans Med Imaging 21, 2002).
        public var neighbours = 1.0
        /// The lesion's centre must lie at least so many robust standard deviations above the median of the mask, else nothing is labelled.
        public var aboveNoise = 3.0
        /// Pieces smaller than this are left out, mm³.
        public var minimumVolume = 5.0
        /// The label's name in the legend.
        public var label = "lesion"

        /// The defaults.
        public init() {}

        /// What is wrong with these parameters, nil when nothing is.
        public var complaint: String? {
            if !(2...10).contains(clusters) { return "clusters must be 2 to 10" }
            if !(fuzzifier > 1 && fuzzifier <= 10) { return "fuzzifier must be above 1 and at most 10" }
            if !(membership > 0 && membership < 1) { return "membership must be between 0 and 1" }
            if !(neighbours >= 0 && neighbours.isFinite) { return "neighbours must be 0 or more" }
            if !(aboveNoise >= 0 && aboveNoise.isFinite) { return "aboveNoise must be 0 or more" }
            if !(minimumVolume >= 0 && minimumVolume.isFinite) { return "minimumVolume must be 0 mm³ or more" }
            return label.isEmpty ? "label must not be empty" : nil
        }
    }

    /// Labels the voxels of the brightest cluster.
    ///
    /// - Parameters:
    ///   - image: what the agent added, or another image in which lesions are bright; any unit.
    ///   - mask: where to look, and what clusters are made of; everywhere when nil.
    /// - Throws: `SegmentationError` when the mask lies on another grid or leaves nothing to look at.
    public static func segment(_ image: Volume<Float>, inside mask: LabelMap? = nil, parameters: Parameters = Parameters()) throws -> SegmentationResult {
        if let complaint = parameters.complaint { throw SegmentationError(.badParameter, complaint) }
        let usable = try Region.usable(image, inside: mask)
        let smooth = NeighbourMean.blended(image, usable: usable, share: Float(parameters.neighbours))
        let values = usable.indices.filter { usable[$0] }.map { smooth[$0] }
        let clusters = FuzzyClusters(of: Robust.sample(values), count: parameters.clusters, fuzzifier: parameters.fuzzifier)
        let sample = Robust.sample(values), median = Robust.median(sample), scatter = Robust.scatter(sample, about: median)
        let top = clusters.centres[parameters.clusters - 1], floor = Double(median) + parameters.aboveNoise * Double(scatter)
        let evidence = ["centres": clusters.centres.map { "\($0)" }.joined(separator: " "), "least-centre": "\(floor)"]
        var picked = [Bool](repeating: false, count: usable.count)
        if top > floor {
            var memberships = [Double](repeating: 0, count: parameters.clusters)
            for i in usable.indices where usable[i] {
                clusters.memberships(Double(smooth[i]), into: &memberships)
                // Above the uppermost centre memberships fall again; what is brighter than the lesion's centre is lesion.
                picked[i] = Double(smooth[i]) >= top || memberships[parameters.clusters - 1] > parameters.membership
            }
        }
        return LesionPieces.result(picked, on: image.grid, label: parameters.label, minimumVolume: parameters.minimumVolume, stage: "segment.fuzzy", evidence: evidence)
    }
}

/// A voxel and its neighbours.
enum NeighbourMean {
    /// Each voxel's value and the mean of its usable neighbours in its slice, the neighbours counting `share` times.
    static func blended(_ image: Volume<Float>, usable: [Bool], share: Float) -> [Float] {
        guard share > 0 else { return image.scalars }
        let size = image.grid.size, across = image.grid.throughPlaneAxis, strides = [1, size.x, size.x * size.y]
        let within = (0..<3).filter { $0 != across }
        var out = image.scalars
        for i in out.indices where usable[i] {
            let at = image.grid.index(at: i)
            var sum: Float = 0, n: Float = 0
            for axis in within {
                if at[axis] > 0, usable[i - strides[axis]] { sum += image.scalars[i - strides[axis]]; n += 1 }
                if at[axis] < size[axis] - 1, usable[i + strides[axis]] { sum += image.scalars[i + strides[axis]]; n += 1 }
            }
            if n > 0 { out[i] = (image.scalars[i] + share * sum / n) / (1 + share) }
        }
        return out
    }
}

/// What every classical method does last.
enum LesionPieces {
    /// The picked voxels in pieces (26-connected) of at least a volume, as one label; a note when nothing is left.
    static func result(_ picked: [Bool], on grid: Grid, label: String, minimumVolume: Double, stage: String, evidence: [String: String]) -> SegmentationResult {
        let pieces = Components(size: grid.size) { picked[$0] }, enough = minimumVolume * (1 - 1e-9)
        let labels = pieces.labels.map { $0 > 0 && Double(pieces.sizes[Int($0) - 1]) * grid.voxelVolume >= enough ? UInt16(1) : 0 }
        let color = WristAnatomy.lesionLegend[label]?.color ?? [213, 94, 0]
        var result = SegmentationResult(labels: LabelMap(grid: grid, labels: labels, legend: Legend([Label(value: 1, name: label, color: color)])))
        if !labels.contains(1) {
            result.findings.append(Finding(.note, "\(stage).nothing-found", "Nothing was labelled \(label): nothing large enough stands out.",
                evidence: evidence.merging(["pieces": "\(pieces.sizes.count)", "minimum-volume-mm3": "\(minimumVolume)"]) { $1 }))
        }
        return result
    }
}
