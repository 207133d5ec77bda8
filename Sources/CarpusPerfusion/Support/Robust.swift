/// Statistics that a few strange values do not move.
enum Robust {
    /// The quantile `q` of 0...1 of sorted values, linear between order statistics.
    static func quantile(_ sorted: [Double], _ q: Double) -> Double {
        guard !sorted.isEmpty else { return .nan }
        let at = q * Double(sorted.count - 1), low = Int(at)
        return low + 1 < sorted.count ? sorted[low] + (sorted[low + 1] - sorted[low]) * (at - Double(low)) : sorted[low]
    }

    /// Standard deviation of a curve's noise from the differences of neighbouring frames, whose median makes the rise harmless.
    static func noise(_ curve: [Double]) -> Double {
        let d = zip(curve.dropFirst(), curve).map { $0 - $1 }
        let middle = quantile(d.sorted(), 0.5)
        return 1.4826 * quantile(d.map { abs($0 - middle) }.sorted(), 0.5) / 2.0.squareRoot()
    }
}
