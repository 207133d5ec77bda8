/// Random numbers that are the same everywhere: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
public struct SplitMix: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The row that a seed starts.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= Self.step
        return Self.mixed(state)
    }

    /// What the state grows by: 2⁶⁴ over the golden ratio.
    public static let step: UInt64 = 0x9e37_79b9_7f4a_7c15

    /// The finaliser: every bit of the input moves every bit of the output.
    @inlinable
    public static func mixed(_ x: UInt64) -> UInt64 {
        var z = x
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
