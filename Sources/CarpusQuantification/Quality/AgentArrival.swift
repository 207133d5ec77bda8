import CarpusCore

/// Whether a contrast agent can be seen in the scan after it: far more tissue gains signal than loses it.
///
/// Two scans that differ in place, in the coil's shading or in noise alone gain and lose alike; an agent only adds to T1-weighted signal, and in a
/// healthy wrist too, since vessels and skin take it up. What counts is therefore the balance of the two, not how much enhances.
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
    /// Shares of the tissue that gained and lost signal clearly, 0 to 1.
    public let gained, lost: Double
    /// Their difference over their sum, -1 to 1; 0 where nothing changed.
    public let balance: Double
    /// What is seen.
    public let verdict: Verdict

    /// The two shares, in words.
    public var words: String { "\(Self.percent(gained)) of the tissue gained signal, \(Self.percent(lost)) lost it" }

    static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

    /// Below this share of tissue nothing is said to change.
    static let leastShare = 5e-4
    /// A change is clear from this share of the tissue's median signal on, and beyond five standard deviations of noise, which noise alone does not reach.
    static let clearChange: Float = 0.25

    /// - Parameters:
    ///   - pre, post: the scans' values on one grid, `post` divided by the gain between the scans.
    ///   - body: where both scans show tissue; taken from one alone, its border would lose signal wherever the other has moved.
    ///   - noise: the standard deviation of the difference's noise.
    ///   - least: the smallest balance, up or down, that tells anything.
    init(pre: [Float], post: [Float], body: [UInt8], grid: Grid, noise: Float, least: Double) {
        let inner = InnerTissue.indices(of: body, grid: grid, reach: 2)
        let clear = max(5 * noise, Self.clearChange * Robust.median(inner.map { pre[$0] }))
        var up = 0, down = 0
        for i in inner {
            let difference = post[i] - pre[i]
            if difference > clear { up += 1 } else if difference < -clear { down += 1 }
        }
        let whole = Double(max(1, inner.count))
        (gained, lost) = (Double(up) / whole, Double(down) / whole)
        let changed = gained + lost
        balance = changed > 0 ? (gained - lost) / changed : 0
        verdict = changed < Self.leastShare || abs(balance) < least ? .unseen : balance < 0 ? .reversed : .seen
    }
}
