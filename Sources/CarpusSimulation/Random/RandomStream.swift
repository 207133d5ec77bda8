import CarpusCore
import Foundation

/// A row of random numbers that depends on a seed and a name alone, so that what one part of the simulation draws never moves
/// what another draws. SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
struct RandomStream: RandomNumberGenerator, Sendable {
    private var state: UInt64
    /// How far numbers stray from their mean, as a share: 1 as they are drawn, 0 not at all.
    private let spread: Double

    /// The stream of a name under a seed.
    init(seed: UInt64, _ name: String, spread: Double = 1) {
        self.spread = spread
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = seed ^ hash
        // Neighbouring seeds start far apart.
        state = next() ^ (hash &* 0x9e37_79b9_7f4a_7c15)
    }

    /// The next 64 bits.
    mutating func next() -> UInt64 {
        state &+= SplitMix.step
        return SplitMix.mixed(state)
    }

    /// A number between two bounds, each equally likely.
    mutating func uniform(_ low: Double, _ high: Double) -> Double {
        let share = even()
        return low + (high - low) * (spread == 1 ? share : 0.5 + spread * (share - 0.5))
    }

    /// A number of 0..<1, whatever the spread.
    private mutating func even() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A normal number (Box and Muller), cut off at `limit` standard deviations either side.
    mutating func normal(_ mean: Double = 0, _ deviation: Double = 1, limit: Double = 3) -> Double {
        let radius = (-2 * log(max(even(), 0x1p-53))).squareRoot(), angle = 2 * Double.pi * even()
        return mean + spread * deviation * min(max(radius * cos(angle), -limit), limit)
    }

    /// Whether something of that probability happens.
    mutating func chance(_ probability: Double) -> Bool { uniform(0, 1) < probability }

    /// A whole number of a range.
    mutating func integer(_ range: ClosedRange<Int>) -> Int { range.lowerBound + Int(uniform(0, Double(range.count))) }
}
