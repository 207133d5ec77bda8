public import CarpusCore
public import CarpusPipeline

/// Carries labels from an atlas or another visit onto an image.
public enum TransferLabels: Stage {
    public static let name = "transfer.labels"
    public static let version = 2
    public static let summary = "Carries a label map onto the grid of an image through one transform or a chain of them, and says what fell outside."

    /// How labels are carried.
    public struct Parameters: StageParameters {
        /// How a label between voxels is chosen: linear takes the largest share of the eight around, nearest the nearest voxel's.
        public var interpolation = LabelInterpolation.linear
        /// Take the chain of transforms backwards, for labels that lie on the image that stayed.
        public var inverse = false
        /// The share of a label outside the image's field of view above which its volume is to be looked at, 0 to 1.
        public var largestShareOutside = 0.01
        /// Tell the volumes before and after; not where labels are only means to an end.
        public var measure = true
        /// The defaults.
        public init() {}

        public var complaint: String? { (0...1).contains(largestShareOutside) ? nil : "'largestShareOutside' must be 0 to 1" }
    }

    /// Labels, an image, and the way between.
    public struct Inputs: Codable, Sendable {
        /// The image the labels are carried onto; it stands first, since what is saved goes by its series.
        public var onto: Volume<Float>
        /// The labels to carry.
        public var labels: LabelMap
        /// World points of `onto` to those of `labels`; of several the last is applied first, none is the identity, and with `inverse` the whole chain leads from `labels` to `onto`.
        public var transforms: [Transform]

        public init(labels: LabelMap, onto: Volume<Float>, transforms: [Transform]) { (self.labels, self.onto, self.transforms) = (labels, onto, transforms) }
    }

    /// The labels on the image, and what became of them.
    public struct Outputs: Codable, Sendable {
        /// The labels on the image's grid, with their legend.
        public var labels: LabelMap
        /// Of each label its volume before and after, mL, and the share that fell outside the image's field of view.
        public var volumes: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let chain = inputs.transforms.dropFirst().reduce(inputs.transforms.first ?? .identity, *), source = inputs.labels, grid = inputs.onto.grid
        let labelsFromImage = parameters.inverse ? try chain.inverted(for: grid) : chain
        let carried = source.resampled(onto: grid, through: labelsFromImage, interpolation: parameters.interpolation)
        let before = source.counts, after = carried.counts, names = source.legend
        let outside = LabelLoss(of: source, counts: before, onto: grid) { try parameters.inverse ? chain($0) : chain.preimage(of: $0) }
        var rows: [Measurement] = [], cut: [String] = [], lost: [String] = []
        for (value, count) in before.sorted(by: { $0.key < $1.key }) {
            let region = names[value]?.name ?? "label-\(value)", share = outside.shares[value], unplaced = outside.unplaced[value] ?? 0
            let isCut = (share ?? 0) > parameters.largestShareOutside, volume = Double(after[value] ?? 0) * grid.voxelVolume / 1000
            let reasons = (isCut ? ["part of it lies outside the field of view"] : []) + (unplaced > 0 ? ["no way back from its voxels"] : [])
            let status = reasons.isEmpty ? Measurement.Status.ok : .review, reason = reasons.isEmpty ? nil : reasons.joined(separator: "; ")
            if isCut, let share { cut.append("\(region) \(Int((100 * share).rounded())) %") }
            if after[value] == nil { lost.append(region) }
            rows.append(Measurement("volume-before", Double(count) * source.grid.voxelVolume / 1000, unit: "mL", region: region, method: method))
            rows.append(Measurement("volume-after", volume, unit: "mL", region: region, status: status, reason: reason, method: method))
            rows.append(share.map { Measurement("share-outside", $0, unit: "1", region: region, status: status, reason: reason, method: method) }
                ?? .notScorable("share-outside", unit: "1", region: region, because: "no way back from its voxels", method: method))
        }
        return Outputs(labels: carried, volumes: Measurements(parameters.measure ? rows : []), findings: Findings(findings(cut: cut, lost: lost, unplaced: outside.unplaced.values.reduce(0, +))))
    }

    private static func findings(cut: [String], lost: [String], unplaced: Int) -> [Finding] {
        var all: [Finding] = []
        if !cut.isEmpty {
            all.append(Finding(.warning, "labels.outside", "Part of the labels falls outside the image's field of view; their volumes are too small.", evidence: ["labels": cut.joined(separator: ", ")]))
        }
        if !lost.isEmpty {
            all.append(Finding(.serious, "labels.lost", "Labels are gone after they were carried: outside the field of view, or thinner than a voxel.", evidence: ["labels": lost.joined(separator: ", ")]))
        }
        if unplaced > 0 {
            all.append(Finding(.warning, "labels.no-way-back", "The deformation has no way back from some labelled voxels; what falls outside is counted without them.", evidence: ["voxels": "\(unplaced)"]))
        }
        return all
    }

    public static func methods(_ p: Parameters) -> String {
        "Labels were carried through the transforms in one step, each voxel taking \(p.interpolation == .linear ? "the label with the largest share of the eight voxels around" : "the label of the nearest voxel")."
    }
}

/// How much of each label lies outside a grid after a map.
private struct LabelLoss {
    /// The share of each label, 0 to 1; none where the map says nothing of it.
    private(set) var shares: [UInt16: Double] = [:]
    /// How many of the voxels of each label that were looked at the map says nothing of.
    private(set) var unplaced: [UInt16: Int] = [:]

    /// Of a label of twice as many voxels every second is looked at, of three times as many every third, and so on.
    private static let limit = 200_000

    init(of map: LabelMap, counts: [UInt16: Int], onto grid: Grid, _ place: @Sendable (Vector3) throws -> Vector3) {
        // Of each label every which voxel is looked at, 0 for none; and how many were passed.
        var steps = [Int](repeating: 0, count: Int(UInt16.max) + 1), passed = steps
        for (label, count) in counts { steps[Int(label)] = max(1, count / Self.limit) }
        let looked = map.labels.indices.filter { i in
            let label = Int(map.labels[i])
            guard steps[label] > 0 else { return false }
            passed[label] += 1
            return (passed[label] - 1) % steps[label] == 0
        }
        // 1 inside, 0 outside, nil unknown.
        var fates = [Bool?](repeating: nil, count: looked.count)
        fates.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer
            Parallel.forEach(blocksOf: looked.count) { block in
                for i in block {
                    guard let p = try? place(map.grid.worldFromVoxel(Vector3(map.grid.index(at: looked[i])))) else { continue }
                    let v = grid.voxelFromWorld(p), end = Vector3(grid.size) - 0.5
                    out[i] = v.x >= -0.5 && v.y >= -0.5 && v.z >= -0.5 && v.x < end.x && v.y < end.y && v.z < end.z
                }
            }
        }
        var inside: [UInt16: Int] = [:], all: [UInt16: Int] = [:]
        for (voxel, fate) in zip(looked, fates) {
            guard let fate else { unplaced[map.labels[voxel], default: 0] += 1; continue }
            all[map.labels[voxel], default: 0] += 1
            if fate { inside[map.labels[voxel], default: 0] += 1 }
        }
        for (label, count) in all { shares[label] = 1 - Double(inside[label] ?? 0) / Double(count) }
    }
}
