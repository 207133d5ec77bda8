/// What follows from counting voxels.
public struct OverlapScores: Sendable, Hashable {
    /// 2 TP / (2 TP + FP + FN); nil when both sets are empty.
    public let dice: Double?
    /// Normalised Dice, 2 TP / (2 TP + κ FP + FN); nil when both sets are empty.
    ///
    /// κ = h (1 / r - 1), h the truth's positive voxels over its negative ones in the whole grid, r the fraction of positive voxels
    /// for which it equals the plain one (Raina et al., ISBI 2023, arXiv 2302.05432). Depends on how much background the grid shows.
    public let normalisedDice: Double?
    /// Volumes, mL.
    public let resultVolume, truthVolume, falsePositiveVolume, falseNegativeVolume: Double

    /// Result less truth, mL.
    public var volumeError: Double { resultVolume - truthVolume }
    /// Result less truth, as a share of the truth; nil when that is empty.
    public var relativeVolumeError: Double? { truthVolume > 0 ? volumeError / truthVolume : nil }

    /// The scores of a pair.
    ///
    /// - Parameter referenceFraction: r, above 0 and below 1.
    public init(_ pair: MaskPair, referenceFraction r: Double) {
        precondition(r > 0 && r < 1, "the reference fraction lies between 0 and 1")
        let tp = Double(pair.both), fp = Double(pair.onlyResult), fn = Double(pair.onlyTruth)
        let millilitres = pair.voxelVolume / 1000
        (resultVolume, truthVolume) = ((tp + fp) * millilitres, (tp + fn) * millilitres)
        (falsePositiveVolume, falseNegativeVolume) = (fp * millilitres, fn * millilitres)
        guard tp + fp + fn > 0 else {
            (dice, normalisedDice) = (nil, nil)
            return
        }
        dice = 2 * tp / (2 * tp + fp + fn)
        let negatives = Double(pair.gridCount - pair.truthCount)
        // Without negatives there can be no false positive, and κ does not matter.
        let kappa = negatives > 0 ? (tp + fn) / negatives * (1 / r - 1) : 0
        // An empty truth makes κ zero: nothing of it was found.
        normalisedDice = pair.truthCount == 0 ? 0 : 2 * tp / (2 * tp + kappa * fp + fn)
    }
}
