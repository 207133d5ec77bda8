import CarpusCore

/// Volumes and widths of a sampled wrist: the truth, counted on the model and not on any image.
public struct WristCounts: Sendable, Hashable {
    /// mL of each bone, in the order of `WristAnatomy.bones`: whole, and as far as RAMRIS assesses it.
    public let bone: [Double], assessed: [Double]
    /// mL of oedema and erosion within the assessed part of each bone.
    public let oedema: [Double], erosion: [Double]
    /// mL of synovitis and effusion of each joint, and of its whole compartment as the anatomy labels it, in the order of `WristAnatomy.joints`.
    public let synovitis: [Double], effusion: [Double], capacity: [Double]
    /// mL of inflamed sheath of each tendon compartment, its fluid included, and the fluid alone.
    public let sheath: [Double], sheathFluid: [Double]
    /// Width of each inflamed sheath, mm: 99 % of its volume lies no farther from the tendon; 0 where there is none.
    public let sheathWidth: [Double]
    /// Mean width of each inflamed sheath, mm: twice the mean distance of its volume from the tendon, the width of an even layer.
    public let meanSheathWidth: [Double]

    init(_ tally: Tally, sampleVolume: Double) {
        func volumes(_ counts: [Int]) -> [Double] { counts.map { Double($0) * sampleVolume } }
        func inParts(_ counts: [Int]) -> [Double] { volumes(counts).map { $0 / Double(Tally.parts) } }
        (bone, assessed, oedema, erosion) = (volumes(tally.bone), inParts(tally.assessed), inParts(tally.oedema), inParts(tally.erosion))
        (synovitis, effusion, capacity) = (volumes(tally.synovitis), volumes(tally.effusion), volumes(tally.capacity))
        (sheath, sheathFluid) = (volumes(tally.sheath), volumes(tally.sheathFluid))
        sheathWidth = tally.sheathWidths.map { widths in
            let most = Double(widths.reduce(0, +)) * 0.99
            var sum = 0.0
            for (tenth, n) in widths.enumerated() where n > 0 {
                if sum + Double(n) >= most { return (Double(tenth) + (most - sum) / Double(n)) / 10 }
                sum += Double(n)
            }
            return 0
        }
        meanSheathWidth = tally.sheathWidths.map { widths in
            let total = widths.reduce(0, +), sum = widths.enumerated().reduce(0) { $0 + (2 * $1.offset + 1) * $1.element }
            return total > 0 ? Double(sum) / Double(total) / 10 : 0
        }
    }
}
