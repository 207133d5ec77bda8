public import CarpusCore

/// A label's volume, and the range of volumes that the views of an image (mirrored, or by the networks of an ensemble) would have given.
public struct VolumeInterval: Sendable, Hashable, Codable {
    /// The label's name.
    public var label: String
    /// Its volume, mL.
    public var volume: Double
    /// 5th and 95th percentile of the views' volumes, mL; nil with fewer than three views.
    public var low, high: Double?
    /// Number of views.
    public var views: Int

    /// - Parameters:
    ///   - whole: voxels of each label by the mean of all views, at the network's spacing, as are the views'.
    ///   - networkVoxel: the volume of such a voxel, mm³.
    static func intervals(of labels: LabelMap, whole: [UInt16: Int], views: [[UInt16: Int]], networkVoxel: Double) -> [VolumeInterval] {
        let counts = labels.counts
        return labels.legend.labels.map { label in
            let volume = Double(counts[label.value] ?? 0) * labels.grid.voxelVolume / 1000
            guard views.count >= 3 else { return VolumeInterval(label: label.name, volume: volume, views: views.count) }
            // Views are counted at the network's spacing: their shares of the whole count are brought to the labels' grid. Where either has
            // none, there is no share, and a voxel is what it is.
            let shared = counts[label.value].flatMap { m in whole[label.value].map { n in Double(m) / Double(n) * labels.grid.voxelVolume } }
            let sorted = views.map { Double($0[label.value] ?? 0) * (shared ?? networkVoxel) / 1000 }.sorted()
            return VolumeInterval(label: label.name, volume: volume, low: quantile(sorted, 0.05), high: quantile(sorted, 0.95), views: views.count)
        }
    }

    /// A quantile of sorted values, linear between order statistics.
    private static func quantile(_ sorted: [Double], _ q: Double) -> Double {
        let at = q * Double(sorted.count - 1), i = min(sorted.count - 2, Int(at))
        return sorted[i] + (sorted[i + 1] - sorted[i]) * (at - Double(i))
    }
}

/// A connected piece of a label, and how sure the network is of it.
public struct LesionConfidence: Sendable, Hashable, Codable {
    /// The label's name, and the piece's number by falling size.
    public var label: String
    public var piece: Int
    /// Its volume, mL.
    public var volume: Double
    /// Mean and least probability of the label over its voxels.
    public var confidence, least: Double
    /// World position (LPS, mm) of its middle.
    public var centre: Vector3

    /// Labels of whose volume a tenth or more lies in pieces that are less than 60 % sure on average.
    static func doubts(_ pieces: [LesionConfidence]) -> [Finding] {
        var names: [String] = []
        for piece in pieces where !names.contains(piece.label) { names.append(piece.label) }
        return names.compactMap { name in
            let own = pieces.filter { $0.label == name }, weak = own.filter { $0.confidence < 0.6 }
            let whole = own.reduce(0) { $0 + $1.volume }, doubtful = weak.reduce(0) { $0 + $1.volume }
            guard doubtful >= whole / 10 else { return nil }
            return Finding(.warning, "segment.unet.unsure", "The network is unsure of \(Int((100 * doubtful / whole).rounded())) % of \(name), in \(weak.count) of \(own.count) pieces; look at them before using the volume.",
                evidence: ["label": name, "volume-ml": "\(whole)", "doubtful-ml": "\(doubtful)"])
        }
    }

    /// The pieces of every label (26-connected), at most so many of each.
    static func pieces(of labels: LabelMap, confidence: Volume<Float>, limit: Int = 100) -> [LesionConfidence] {
        let present = labels.counts
        return labels.legend.labels.filter { present[$0.value] != nil }.flatMap { label -> [LesionConfidence] in
            let pieces = Components(size: labels.grid.size) { labels.labels[$0] == label.value }
            var sum = [Double](repeating: 0, count: pieces.sizes.count), least = [Double](repeating: 1, count: pieces.sizes.count)
            var place = [Vector3](repeating: .zero, count: pieces.sizes.count)
            for (i, piece) in pieces.labels.enumerated() where piece > 0 {
                let p = Int(piece) - 1, value = Double(confidence.scalars[i])
                sum[p] += value
                least[p] = min(least[p], value)
                place[p] += Vector3(labels.grid.index(at: i))
            }
            return pieces.largestFirst.prefix(limit).enumerated().map { rank, piece in
                let p = piece - 1, n = Double(pieces.sizes[p])
                return LesionConfidence(
                    label: label.name, piece: rank + 1, volume: n * labels.grid.voxelVolume / 1000, confidence: sum[p] / n, least: least[p],
                    centre: labels.grid.worldFromVoxel(place[p] / n))
            }
        }
    }
}

extension LabelDecoding.Meaning {
    /// Voxels of each label in a field of logits.
    func voxels(_ field: LogitField) -> [UInt16: Int] {
        let count = field.shape.reduce(1, *)
        var best = [Float](repeating: 0, count: count), winner = [UInt16](repeating: 0, count: count)
        switch self {
        case .labels(let values):
            best = field.classes[0]
            for (k, value) in values.enumerated().dropFirst() {
                let logits = field.classes[k]
                for i in 0..<count where logits[i] > best[i] { (best[i], winner[i]) = (logits[i], value) }
            }
        case .regions(let values):
            for (k, value) in values.enumerated() {
                let logits = field.classes[k]
                for i in 0..<count where logits[i] > 0 { winner[i] = value }
            }
        }
        var histogram = [Int](repeating: 0, count: Int(UInt16.max) + 1)
        for value in winner { histogram[Int(value)] += 1 }
        return Dictionary(uniqueKeysWithValues: histogram.enumerated().dropFirst().filter { $1 > 0 }.map { (UInt16($0), $1) })
    }
}
