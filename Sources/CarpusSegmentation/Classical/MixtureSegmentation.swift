public import CarpusCore

/// Oedema as the bright part of a mixture of two normal distributions of the marrow's signal on STIR: bones first, by a network or an atlas, then
/// the mixture and a threshold inside them, the order of work published for early arthritis.
public enum MixtureSegmentation {
    /// What counts as bright.
    public struct Parameters: Sendable, Hashable, Codable {
        /// A voxel is labelled when it is of the bright component by more than this.
        public var probability = 0.5
        /// The bright component's mean, and every voxel that is labelled, must lie so many standard deviations of the dark one above its mean:
        /// normal marrow is not normally distributed (noise of magnitude images, red marrow), and has a longer tail above.
        public var separation = 5.0
        /// How much the mean of a voxel's neighbours in its slice counts against the voxel itself.
        public var neighbours = 1.0
        /// Voxels nearer than this to the bone's border are left out, mm within slices: cortex and partial volume.
        public var erosion = 0.7
        /// The largest share of the marrow that may be bright; a larger one says that the dark component is no normal marrow.
        public var largestShare = 0.6
        /// Pieces smaller than this are left out, mm³.
        public var minimumVolume = 10.0
        /// The label's name in the legend.
        public var label = "bone-marrow-oedema"

        /// The defaults.
        public init() {}

        /// What is wrong with these parameters, nil when nothing is.
        public var complaint: String? {
            if !(probability > 0 && probability < 1) { return "probability must be between 0 and 1" }
            if !(separation >= 0 && separation.isFinite) { return "separation must be 0 or more" }
            if !(neighbours >= 0 && neighbours.isFinite) { return "neighbours must be 0 or more" }
            if !(erosion >= 0 && erosion.isFinite) { return "erosion must be 0 mm or more" }
            if !(largestShare > 0 && largestShare <= 1) { return "largestShare must be above 0 and at most 1" }
            if !(minimumVolume >= 0 && minimumVolume.isFinite) { return "minimumVolume must be 0 mm³ or more" }
            return label.isEmpty ? "label must not be empty" : nil
        }
    }

    /// Labels bright marrow.
    ///
    /// - Parameters:
    ///   - image: STIR or T2 with fat suppression, any unit.
    ///   - bones: the bones; any label counts. Of an anatomy map only labels that RAMRIS names bones count.
    /// - Throws: `SegmentationError` when the bones lie on another grid or leave nothing to look at.
    public static func segment(_ image: Volume<Float>, in bones: LabelMap, parameters: Parameters = Parameters()) throws -> SegmentationResult {
        if let complaint = parameters.complaint { throw SegmentationError(.badParameter, complaint) }
        let marrow = eroded(Self.bones(bones), by: parameters.erosion)
        let usable = try Region.usable(image, inside: marrow)
        let signal = NeighbourMean.blended(image, usable: usable, share: Float(parameters.neighbours)).map(Double.init)
        let values = Robust.sample(usable.indices.filter { usable[$0] }.map { Float(signal[$0]) })
        let one = GaussianMixture(of: values, count: 1), two = GaussianMixture(of: values, count: 2)
        let dark = two.components[0], bright = two.components[1]
        let separation = (bright.mean - dark.mean) / dark.deviation
        var evidence = ["dark-mean": "\(dark.mean)", "dark-sd": "\(dark.deviation)", "bright-mean": "\(bright.mean)", "bright-share": "\(bright.weight)", "separation": "\(separation)"]
        evidence["criterion-gain"] = "\(one.criterion - two.criterion)"
        var picked = [Bool](repeating: false, count: usable.count)
        if two.criterion < one.criterion, separation >= parameters.separation {
            let least = dark.mean + parameters.separation * dark.deviation
            for i in usable.indices where usable[i] && signal[i] > least {
                picked[i] = signal[i] >= bright.mean || two.posterior(signal[i], of: 1) > parameters.probability
            }
        }
        var result = LesionPieces.result(picked, on: image.grid, label: parameters.label, minimumVolume: parameters.minimumVolume, stage: "segment.mixture", evidence: evidence)
        if bright.weight > parameters.largestShare, picked.contains(true) {
            result.findings.append(Finding(.warning, "segment.mixture.mostly-bright", "\(Int(100 * bright.weight)) % of the marrow is bright; there may be too little normal marrow to compare with.", evidence: evidence))
        }
        return result
    }

    /// The bones of an anatomy map, or all labels of another map.
    private static func bones(_ map: LabelMap) -> LabelMap {
        let names = Set(WristAnatomy.bones.map(\.name)), values = Set(map.legend.labels.filter { names.contains($0.name) }.map(\.value))
        guard !values.isEmpty else { return map }
        var bones = map
        for i in bones.labels.indices where bones.labels[i] > 0 && !values.contains(bones.labels[i]) { bones.labels[i] = 0 }
        return bones
    }

    /// A map without what lies within a distance of another label or of none, in its own slice.
    private static func eroded(_ map: LabelMap, by margin: Double) -> LabelMap {
        guard margin > 0 else { return map }
        let size = map.grid.size, across = map.grid.throughPlaneAxis, strides = [1, size.x, size.x * size.y]
        // Pixels next to another label within the slice: what is to be kept away from, half a pixel further out.
        var rim = [Bool](repeating: false, count: map.labels.count)
        for i in map.labels.indices where map.labels[i] > 0 {
            let at = map.grid.index(at: i)
            for axis in 0..<3 where axis != across {
                if at[axis] > 0, map.labels[i - strides[axis]] != map.labels[i] { rim[i] = true }
                if at[axis] < size[axis] - 1, map.labels[i + strides[axis]] != map.labels[i] { rim[i] = true }
            }
        }
        var spacing = map.grid.spacing
        let pixel = (0..<3).filter { $0 != across }.map { spacing[$0] }.min() ?? 0
        // Slices are so far apart that they do not reach one another.
        spacing[across] = 1e6
        let squared = DistanceTransform.squaredDistances(to: rim, size: size, spacing: spacing)
        var out = map
        for i in out.labels.indices where squared[i].squareRoot() + pixel / 2 < margin { out.labels[i] = 0 }
        return out
    }
}
