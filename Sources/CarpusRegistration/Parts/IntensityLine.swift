/// A line through pairs of values, second scan over first, that what changed does not move: reweighted least squares (Tukey's biweight, 95 % efficient).
struct IntensityLine {
    private(set) var gain = 1.0, offset = 0.0
    /// The robust standard deviation about it; above 0.
    private(set) var scatter = 0.0

    private static let least = 1e-9, rounds = 5

    init(_ pairs: [PartPair]) {
        let a = pairs.map(\.first).sorted(), b = pairs.map(\.second).sorted(), n = pairs.count
        let wide = a[n * 9 / 10] - a[n / 10], other = b[n * 9 / 10] - b[n / 10]
        if wide > 0, other > 0 { gain = other / wide }
        offset = b[n / 2] - gain * a[n / 2]
        scatter = spread(of: pairs)
        for _ in 0..<Self.rounds { refine(pairs) }
    }

    @inline(__always) func residual(_ pair: PartPair) -> Double { pair.second - gain * pair.first - offset }

    /// How much a residual counts, 0 to 1.
    @inline(__always) func weight(_ residual: Double) -> Double {
        let ratio = residual / (4.685 * scatter), left = 1 - ratio * ratio
        return left > 0 ? left * left : 0
    }

    private func spread(of pairs: [PartPair]) -> Double {
        let sizes = pairs.map { abs(residual($0)) }.sorted()
        return max(1.4826 * sizes[sizes.count / 2], Self.least)
    }

    private mutating func refine(_ pairs: [PartPair]) {
        var n = 0.0, x = 0.0, y = 0.0, xx = 0.0, xy = 0.0
        for pair in pairs {
            let w = weight(residual(pair))
            n += w
            x += w * pair.first
            y += w * pair.second
            xx += w * pair.first * pair.first
            xy += w * pair.first * pair.second
        }
        let determinant = n * xx - x * x
        guard n > 0, determinant > 1e-12 * n * xx else { return }
        gain = (n * xy - x * y) / determinant
        offset = (y - gain * x) / n
        scatter = spread(of: pairs)
    }
}
