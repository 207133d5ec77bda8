import Foundation

/// Noise of magnitude images, which is that of the channels only far from the floor.
enum RicianNoise {
    /// Standard deviation of the channels from that of the magnitudes and their mean (Koay and Basser, J Magn Reson 179, 2006): in air the
    /// magnitudes scatter by 0.655 of it.
    static func sigma(deviation: Double, mean: Double) -> Double {
        guard deviation > 0, mean > 0 else { return deviation }
        let ratio = mean / deviation
        // Below the ratio of pure noise there is no signal; above 6 the correction is under one in a hundred.
        if ratio <= 1.9131 { return deviation / 0.65514 }
        if ratio > 6 { return deviation }
        var theta = ratio
        for _ in 0..<60 {
            let next = max(0, variance(theta) * (1 + ratio * ratio) - 2).squareRoot()
            if abs(next - theta) < 1e-6 { break }
            theta = next
        }
        return deviation / variance(theta).squareRoot()
    }

    /// The channels' noise over the magnitudes' scatter, by the ratio of mean to scatter from 1.9 to 6: the same as `sigma`, looked up.
    static func inflation(ratio: Double) -> Double {
        let at = max(0, min(63, (ratio - 1.9) / 4.1 * 63)), i = min(62, Int(at))
        return table[i] + (table[i + 1] - table[i]) * (at - Double(i))
    }
    private static let table = (0..<64).map { sigma(deviation: 1, mean: 1.9 + 4.1 * Double($0) / 63) }

    /// Variance of magnitudes over that of a channel, at a signal of `theta` standard deviations.
    static func variance(_ theta: Double) -> Double {
        let q = theta * theta / 4
        let term = (2 + theta * theta) * scaledI0(q) + theta * theta * scaledI1(q)
        return 2 + theta * theta - .pi / 8 * term * term
    }

    /// exp(-x) I₀(x), by its integral: exact to rounding for the smooth periodic integrand.
    private static func scaledI0(_ x: Double) -> Double { (0..<48).reduce(0) { $0 + exp(x * (cos(.pi * (Double($1) + 0.5) / 48) - 1)) } / 48 }
    private static func scaledI1(_ x: Double) -> Double {
        (0..<48).reduce(0) { sum, i in
            let c = cos(.pi * (Double(i) + 0.5) / 48)
            return sum + c * exp(x * (c - 1))
        } / 48
    }
}
