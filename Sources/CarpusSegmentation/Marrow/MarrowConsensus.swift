import CarpusCore

/// What the marrow of this image looks like, learned from the regions that cannot be anything else.
struct MarrowConsensus: Sendable {
    /// Typical brightness of the flattened image.
    let brightness: Float
    /// Typical texture over brightness.
    let texture: Float

    /// From compact regions with a closed rim, away from the border, of a carpal bone's size; nil when there are fewer
    /// than three. The area-weighted median, since the bones outweigh what looks like them by chance.
    init?(_ regions: [MarrowRegion]) {
        let sure = regions.filter { $0.rim > 0.9 && $0.solidity > 0.88 && $0.border == 0 && 15..<400 ~= $0.area && $0.radius > 1.5 }
        guard sure.count >= 3 else { return nil }
        brightness = Robust.weightedMedian(sure.map { ($0.brightness, Float($0.area)) })
        texture = Robust.weightedMedian(sure.map { ($0.texture, Float($0.area)) })
    }

    /// Whether a region looks like it, within the ranges asked for.
    func accepts(_ region: MarrowRegion, _ parameters: MarrowSegmentation.Parameters) -> Bool {
        let b = Double(region.brightness / brightness), t = Double(region.texture / texture)
        return b < parameters.brightnessRange && b > 1 / parameters.brightnessRange
            && t < parameters.textureRange && t > 1 / parameters.textureRange
    }
}
