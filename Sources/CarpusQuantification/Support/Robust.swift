import Foundation

/// Statistics that a few strange voxels do not move.
enum Robust {
    /// Turns a median absolute deviation into the standard deviation of a normal distribution.
    static let normal: Float = 1.4826

    /// The quantile `q` of 0...1, linear between order statistics; 0 for no values.
    static func quantiles(_ values: [Float], _ q: [Double]) -> [Float] {
        guard !values.isEmpty else { return q.map { _ in 0 } }
        let sorted = values.sorted()
        return q.map { q in
            let at = q * Double(sorted.count - 1), low = Int(at), f = Float(at - Double(low))
            return low + 1 < sorted.count ? sorted[low] + (sorted[low + 1] - sorted[low]) * f : sorted[low]
        }
    }

    /// The middle value; 0 for no values.
    static func median(_ values: [Float]) -> Float { quantiles(values, [0.5])[0] }

    /// The standard deviation about zero that a normal distribution of the same median absolute value would have.
    static func scatter(_ values: [Float]) -> Float { normal * median(values.map(abs)) }

    /// At most `limit` of the indices where `mask` is not 0, evenly chosen.
    static func sample(_ mask: [UInt8], limit: Int = 250_000) -> [Int] {
        let count = mask.reduce(into: 0) { $0 += $1 == 0 ? 0 : 1 }
        let step = max(1, (count + limit - 1) / limit)
        var chosen: [Int] = []
        chosen.reserveCapacity(count / step + 1)
        var seen = 0
        for i in mask.indices where mask[i] != 0 {
            if seen % step == 0 { chosen.append(i) }
            seen += 1
        }
        return chosen
    }
}
