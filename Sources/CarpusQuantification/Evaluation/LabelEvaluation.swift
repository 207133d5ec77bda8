public import CarpusCore

/// One number of an evaluation.
public struct Score: Sendable, Hashable {
    /// The region's name, or `LabelEvaluation.mean` or `.merged`.
    public var region: String
    /// `dice`, `hd95`, ...
    public var measure: String
    /// Nil where there is none.
    public var value: Double?
    /// UCUM: `1`, `mm`, `mL`.
    public var unit: String
    /// What has to be known to read it.
    public var note: String?

    /// A number, or none.
    public init(region: String, measure: String, value: Double?, unit: String, note: String? = nil) {
        (self.region, self.measure, self.value, self.unit, self.note) = (region, measure, value, unit, note)
    }
}

/// How far a label map is from the truth: overlap, surfaces, volumes and lesions, region by region and over all.
///
/// Empty sets follow Metrics Reloaded (Maier-Hein et al., Nat Methods 21, 2024): see Docs/Definitions.md.
public enum LabelEvaluation {
    /// What can be set.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Tolerance of the normalised surface Dice, mm.
        public var tolerance = 1.0
        /// The smallest lesion that counts, mm³.
        public var minimumLesionVolume = 3.0
        /// The least intersection over union of a lesion that was found.
        public var minimumIoU = 0.1
        /// The fraction of positive voxels at which the normalised Dice equals the plain one.
        public var referenceFraction = 0.001

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            if !(tolerance >= 0 && tolerance.isFinite) { return "the tolerance is \(tolerance) mm; it has to be a number that is not negative" }
            if !(minimumLesionVolume >= 0 && minimumLesionVolume.isFinite) { return "the smallest lesion is \(minimumLesionVolume) mm³; it has to be a number that is not negative" }
            if !(0...1).contains(minimumIoU) { return "the intersection over union is \(minimumIoU); it has to be 0 to 1" }
            return referenceFraction > 0 && referenceFraction < 1 ? nil : "the reference fraction is \(referenceFraction); it has to lie between 0 and 1"
        }
    }

    /// A region that both sides name.
    public struct Region: Sendable, Hashable {
        /// Its name.
        public var name: String
        /// Its value in the result.
        public var resultValue: UInt16
        /// The map that holds its truth, an index, and its value there.
        public var truth: Int, truthValue: UInt16

        /// A region of given name and values.
        public init(name: String, resultValue: UInt16, truth: Int = 0, truthValue: UInt16) {
            (self.name, self.resultValue, self.truth, self.truthValue) = (name, resultValue, truth, truthValue)
        }
    }

    /// The name under which means over the regions present in the truth stand.
    public static let mean = "(mean)"
    /// The name under which all regions as one stand.
    public static let merged = "(merged)"

    /// The regions two legends name alike, in the truth's order.
    public static func regions(_ result: Legend, _ truth: Legend) -> [Region] {
        truth.labels.compactMap { label in
            result[label.name].map { Region(name: label.name, resultValue: $0.value, truthValue: label.value) }
        }
    }

    /// The scores of each region, then the means, then those of all regions as one.
    ///
    /// - Parameters:
    ///   - truths: maps that place their voxels where the result does (within 0.01 mm).
    ///   - missing: how many regions of the truth the result does not name; told beside the means.
    /// - Throws: `QuantificationError` for a parameter out of range, another grid, or no region.
    public static func evaluate(_ result: LabelMap, truths: [LabelMap], regions: [Region], missing: Int = 0, parameters: Parameters = .init()) throws -> [Score] {
        if let complaint = parameters.complaint { throw QuantificationError(.badParameter, complaint) }
        guard !regions.isEmpty else { throw QuantificationError(.noOverlap, "result and truth name no region alike") }
        for truth in truths where !truth.grid.matches(result.grid, within: gridTolerance) {
            throw QuantificationError(.gridMismatch, "result and truth lie on different grids; resample one onto the other's")
        }
        let resultBoxes = VoxelBox.boxes(of: result), truthBoxes = truths.map(VoxelBox.boxes)
        var scores: [Score] = [], present: [[Score]] = [], whole = VoxelBox()
        for region in regions {
            var box = box(resultBoxes, region.resultValue)
            box.add(Self.box(truthBoxes[region.truth], region.truthValue))
            whole.add(box)
            let truth = truths[region.truth]
            let pair = MaskPair(grid: result.grid, box: box, inResult: { result.labels[$0] == region.resultValue }, inTruth: { truth.labels[$0] == region.truthValue })
            let own = RegionScores.scores(of: pair, region: region.name, parameters: parameters)
            scores += own
            if pair.truthCount > 0 { present.append(own) }
        }
        scores += RegionScores.means(present, regions: regions.count, missing: missing)
        let pair = mergedPair(result, truths: truths, regions: regions, box: whole)
        return scores + RegionScores.scores(of: pair, region: merged, parameters: parameters)
    }

    /// Two grids are one when their voxels lie within this distance, mm: headers keep 32 bits.
    public static let gridTolerance = 0.01

    private static func box(_ boxes: [VoxelBox], _ value: UInt16) -> VoxelBox { Int(value) < boxes.count ? boxes[Int(value)] : VoxelBox() }

    private static func mergedPair(_ result: LabelMap, truths: [LabelMap], regions: [Region], box: VoxelBox) -> MaskPair {
        func table(_ values: [UInt16]) -> [Bool] {
            var table = [Bool](repeating: false, count: Int(UInt16.max) + 1)
            for value in values { table[Int(value)] = true }
            return table
        }
        let inResult = table(regions.map(\.resultValue))
        let inTruth = truths.indices.map { i in table(regions.filter { $0.truth == i }.map(\.truthValue)) }
        return MaskPair(
            grid: result.grid, box: box, inResult: { inResult[Int(result.labels[$0])] },
            inTruth: { i in truths.indices.contains { inTruth[$0][Int(truths[$0].labels[i])] } })
    }
}
