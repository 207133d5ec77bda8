import CarpusCore

/// How far the curves that an input is the mean of agree: one artery's voxels differ by how well they are filled, not in shape.
struct InputAgreement {
    /// Root mean square over voxels and frames by which the curves differ from the mean curve scaled to each, beyond the noise before the agent; a share of the mean's peak.
    let disagreement: Double
    /// How many curves there are.
    let count: Int
    /// The voxels of an aorta on frames of 5 s have 0.06, an aorta's and a kidney's together more than 0.2.
    static let largest = 0.12

    /// - Parameters:
    ///   - voxels: places in a frame; all their values are finite.
    ///   - baselineFrames: frames before the agent.
    init(_ concentrations: TimeSeries, voxels: [Int], baselineFrames: Int) {
        let n = concentrations.grid.count, frames = concentrations.frameCount
        let curves = voxels.map { v in (0..<frames).map { Double(concentrations.scalars[$0 * n + v]) } }
        let mean = (0..<frames).map { t in curves.reduce(0) { $0 + $1[t] } / Double(max(1, curves.count)) }
        let square = mean.reduce(0) { $0 + $1 * $1 }, top = mean.max() ?? 0
        count = curves.count
        guard top > 0, count > 1 else {
            disagreement = 0
            return
        }
        // Around the peak, where shapes differ; tails are long and alike.
        let window = (0..<frames).filter { mean[$0] > 0.2 * top }
        var apart = 0.0, noise = 0.0
        for c in curves {
            let scale = zip(c, mean).reduce(0) { $0 + $1.0 * $1.1 } / square
            apart += window.reduce(0) { $0 + (c[$1] - scale * mean[$1]) * (c[$1] - scale * mean[$1]) } / Double(window.count)
            noise += c.prefix(baselineFrames).reduce(0) { $0 + $1 * $1 } / Double(max(1, baselineFrames))
        }
        disagreement = max(0, (apart - noise) / Double(count)).squareRoot() / top
    }

    /// A doubt where the shapes differ.
    var findings: [Finding] {
        guard disagreement > Self.largest else { return [] }
        return [Finding(
            .warning, "perfusion.input-inconsistent",
            "The curves of the arterial input's \(count) voxels differ in shape by \(Int((100 * disagreement).rounded())) % of its peak: they are not those of one artery; draw it.",
            evidence: ["disagreement": "\(disagreement)", "voxels": "\(count)"])]
    }
}
