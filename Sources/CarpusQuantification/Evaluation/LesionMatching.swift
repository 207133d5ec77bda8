import CarpusCore

/// Which lesions of the truth were found: connected pieces (26 neighbours), matched one to one.
///
/// Pieces below a minimum volume are left out on both sides. Of the others, a pair may match whose intersection over union
/// reaches a minimum; pairs are taken by falling intersection over union (equal ones by where they begin in memory), each piece
/// at most once. A matched pair is a true positive, what is left of the result a false positive, of the truth a false negative.
public struct LesionMatching: Sendable, Hashable {
    /// Numbers of lesions.
    public let truePositives, falsePositives, falseNegatives: Int

    /// Lesions of the truth.
    public var truthCount: Int { truePositives + falseNegatives }
    /// Found lesions as a share of the truth's; nil when the truth has none.
    public var sensitivity: Double? { truthCount > 0 ? Double(truePositives) / Double(truthCount) : nil }
    /// 2 TP / (2 TP + FP + FN); nil when neither side has lesions.
    public var f1: Double? {
        let all = 2 * truePositives + falsePositives + falseNegatives
        return all > 0 ? Double(2 * truePositives) / Double(all) : nil
    }

    /// Matches the pieces of a pair.
    ///
    /// - Parameters:
    ///   - minimumVolume: the smallest piece that counts, mm³.
    ///   - minimumIoU: the least intersection over union of a match, 0 to 1; at least one voxel is shared in any case.
    public init(_ pair: MaskPair, minimumVolume: Double, minimumIoU: Double) {
        let found = Components(size: pair.size) { pair.result[$0] }, real = Components(size: pair.size) { pair.truth[$0] }
        func counts(_ size: Int) -> Bool { Double(size) * pair.voxelVolume >= minimumVolume * (1 - 1e-6) }
        var shared: [SIMD2<Int32>: Int] = [:]
        if pair.both > 0 {
            for i in found.labels.indices where found.labels[i] > 0 && real.labels[i] > 0 { shared[SIMD2(found.labels[i], real.labels[i]), default: 0] += 1 }
        }
        let candidates = shared.compactMap { names, n -> (iou: Double, names: SIMD2<Int32>)? in
            let a = found.sizes[Int(names.x) - 1], b = real.sizes[Int(names.y) - 1], iou = Double(n) / Double(a + b - n)
            return counts(a) && counts(b) && iou >= minimumIoU * (1 - 1e-12) ? (iou, names) : nil
        }.sorted { ($1.iou, $0.names.y, $0.names.x) < ($0.iou, $1.names.y, $1.names.x) }
        var usedFound = Set<Int32>(), usedReal = Set<Int32>()
        for (_, names) in candidates where !usedFound.contains(names.x) && !usedReal.contains(names.y) {
            usedFound.insert(names.x)
            usedReal.insert(names.y)
        }
        truePositives = usedReal.count
        falsePositives = found.sizes.count(where: counts) - truePositives
        falseNegatives = real.sizes.count(where: counts) - truePositives
    }
}
