import CarpusCore

/// What the marrow of this image looks like, learned from the regions that cannot be anything else.
struct MarrowConsensus: Sendable {
    /// Typical brightness of the flattened image.
    let brightness: Float
    /// Typical texture over brightness.
    let texture: Float

    /// From compact regions with a closed rim, away from the border, of a carpal bone's size; nil when there are fewer
    /// than three alike. Where they crowd most in brightness and texture is marrow: a wrist has many bones, cut many times
    /// and found at many depths of rim, while pads of fat and bellies of muscle are each one of a kind.
    init?(_ regions: [MarrowRegion]) {
        let sure = regions.filter { $0.rim > 0.88 && $0.solidity > 0.85 && $0.border == 0 && $0.insideView && 15..<400 ~= $0.area && $0.radius > 1.5 }
        func crowd(_ r: MarrowRegion) -> [MarrowRegion] {
            sure.filter { Self.ratio($0.brightness, r.brightness) < 1.5 && Self.ratio($0.texture, r.texture) < 1.4 }
        }
        var best: [MarrowRegion] = [], most = 0.0
        for region in sure {
            let near = crowd(region), weight = near.reduce(0) { $0 + $1.score }
            if weight > most { (best, most) = (near, weight) }
        }
        guard best.count >= 3 else { return nil }
        brightness = Robust.median(best.map(\.brightness))
        texture = Robust.median(best.map(\.texture))
    }

    /// How many times one is the other, 1 or more.
    private static func ratio(_ a: Float, _ b: Float) -> Float { max(a, b) / max(min(a, b), .leastNormalMagnitude) }

    /// Whether a region looks like it, within the ranges asked for.
    func accepts(_ region: MarrowRegion, _ parameters: MarrowSegmentation.Parameters) -> Bool {
        let b = Double(region.brightness / brightness), t = Double(region.texture / texture)
        return b < parameters.brightnessRange && b > 1 / parameters.brightnessRange
            && t < parameters.textureRange && t > 1 / parameters.textureRange
    }
}
