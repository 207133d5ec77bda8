/// Which values are black and white.
struct GreyWindow: Hashable, Sendable {
    let low, high: Float

    /// From the 0.5th to the 99.5th percentile of the finite values, so that a few bright vessels or spikes do not darken the rest.
    ///
    /// - Parameter share: of the values that may lie below, and that may lie above.
    init(robust images: [[Float]], leaving share: Double = 0.005) {
        var seen: [Float] = []
        for scalars in images {
            // Percentiles of a fixed sample: sorting a whole study would take longer than drawing it. An odd step meets all columns of rows of even length.
            let step = scalars.count / 262_144 | 1
            for i in stride(from: 0, to: scalars.count, by: step) where scalars[i].isFinite { seen.append(scalars[i]) }
        }
        seen.sort()
        guard let first = seen.first, let last = seen.last else { (low, high) = (0, 1); return }
        let a = seen[Int(share * Double(seen.count - 1))], b = seen[Int(((1 - share) * Double(seen.count - 1)).rounded(.up))]
        // A bright structure smaller than the percentile would otherwise leave no window at all.
        (low, high) = a < b ? (a, b) : first < last ? (first, last) : (first, first + 1)
    }

    /// 0 for black to 1 for white.
    func grey(_ value: Float) -> Double { Double(max(0, min(1, (value - low) / (high - low)))) }
}
