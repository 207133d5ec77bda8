public import CarpusCore

/// How noisy a scan is beside its tissue.
public struct ScanNoise: Sendable, Hashable {
    /// The standard deviation of the noise in tissue, and the median signal there, in the scan's unit.
    public let noise, signal: Double
    /// Signal over noise; nil where no noise was found.
    public var ratio: Double? { noise > 0 ? signal / noise : nil }

    /// Measures a scan as it is stored: noise from how neighbours in the slice differ (Immerkær 1996), so what a scanner's filter or interpolation took away is not seen.
    ///
    /// - Throws: `QuantificationError` where the scan shows no tissue.
    public init(of scan: Volume<Float>) throws {
        let known = scan.map { $0.isFinite ? $0 : 0 }
        var body = Foreground.mask(of: known)
        for i in body.indices where !scan.scalars[i].isFinite { body[i] = 0 }
        let values = Robust.sample(body).map { known.scalars[$0] }
        guard values.count >= 200, let least = values.min(), let most = values.max(), most > least else {
            throw QuantificationError(.noTissue, "the scan shows no tissue (\(values.count) voxels above air, or one value everywhere); look at it")
        }
        noise = Double(Noise.standardDeviation(of: known, inside: body))
        signal = Double(Robust.median(values))
    }
}
