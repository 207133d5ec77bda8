import CarpusCore

/// Whether a contrast agent can be seen in the scan after it: tissue gains signal, and none loses it.
///
/// The difference of the scans is held against noise and against what a misalignment makes of edges, as a change between visits is (`ChangeSignificance`). What is
/// left beyond three standard deviations goes one way where an agent was given, in a healthy wrist too, since vessels take it up; the other way where the scans are swapped.
/// How much is left tells nothing by itself.
public struct AgentArrival: Sendable, Hashable {
    /// What is seen.
    public enum Verdict: String, Sendable, Hashable, Codable {
        /// The agent is there.
        case seen
        /// It cannot be told from no agent.
        case unseen
        /// Clearly more tissue lost signal than gained it: the scans are swapped, or differ in something else.
        case reversed
    }
    /// Shares of the tissue that gained and lost signal by more than three standard deviations, in clusters that noise does not make, 0 to 1.
    public let gained, lost: Double
    /// Their difference over their sum, -1 to 1; 0 where nothing changed.
    public let balance: Double
    /// What is seen.
    public let verdict: Verdict

    /// The two shares, in words.
    public var words: String { "\(Self.percent(gained)) of the tissue gained signal, \(Self.percent(lost)) lost it" }

    static func percent(_ share: Double) -> String { "\((share * 10000).rounded() / 100) %" }

    /// Below this share of tissue nothing is said to change.
    static let leastShare = 2e-4
    /// How many standard deviations are a change, and in how many neighbouring voxels.
    static let threshold = 3.0, leastVoxels = 5
    /// What an alignment within a visit leaves, mm, and interpolation, as in `ProgressionMap.Parameters`.
    private static let error = PositionError(registration: 0.3, local: nil, interpolation: 0.22)
    /// Variance of the Gaussian by which the difference is smoothed along each axis, mm², and the blocks over which its scatter is measured, mm.
    private static let smoothing = Vector3(repeating: 0.49), block = 40.0

    /// - Parameters:
    ///   - difference: the scan after over the gain, minus the scan before; NaN where either is not known.
    ///   - mean: half their sum.
    ///   - body: where both scans show tissue; taken from one alone, its border would lose signal wherever the other has moved.
    ///   - least: the smallest balance, up or down, that tells anything.
    init(difference: Volume<Float>, mean: Volume<Float>, body: [UInt8], least: Double) {
        let grid = mean.grid, change = Smoothing.smoothedKeepingGaps(difference, variance: Self.smoothing), signal = Smoothing.smoothedKeepingGaps(mean, variance: Self.smoothing)
        let sample = Robust.sample(body), floor = 1e-3 * Robust.median(sample.map { abs(signal.scalars[$0]) })
        let noise = max(ChangeSignificance.flatScatter(of: change, mean: signal, at: sample), floor, .leastNormalMagnitude)
        let z = ChangeSignificance.zScore(of: change, mean: signal, noise: noise, error: Self.error, blockSize: Self.block, body: body).z
        var inside = [UInt8](repeating: 0, count: grid.count)
        let inner = InnerTissue.indices(of: body, grid: grid, reach: 2), whole = Double(max(1, inner.count))
        for i in inner { inside[i] = 1 }
        let clusters = ChangeSignificance.clusters(z, assessed: inside, threshold: Self.threshold, leastVoxels: Self.leastVoxels)
        (gained, lost) = (Double(clusters.count { $0 == 2 }) / whole, Double(clusters.count { $0 == 1 }) / whole)
        let changed = gained + lost
        balance = changed > 0 ? (gained - lost) / changed : 0
        verdict = changed < Self.leastShare || abs(balance) < least ? .unseen : balance < 0 ? .reversed : .seen
    }
}
