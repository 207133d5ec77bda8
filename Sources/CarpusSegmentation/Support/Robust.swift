/// Statistics that a few strange values do not move.
enum Robust {
    /// Turns a median absolute deviation into the standard deviation of a normal distribution.
    static let normal: Float = 1.4826

    /// The quantile `q` of 0...1, an order statistic; 0 for no values.
    static func quantile(_ values: [Float], _ q: Double) -> Float {
        guard !values.isEmpty else { return 0 }
        return values.sorted()[min(values.count - 1, max(0, Int(q * Double(values.count - 1) + 0.5)))]
    }

    /// The middle value; 0 for no values.
    static func median(_ values: [Float]) -> Float { quantile(values, 0.5) }

    /// The standard deviation about `centre` that a normal distribution of the same median absolute deviation would have.
    static func scatter(_ values: [Float], about centre: Float) -> Float { normal * median(values.map { abs($0 - centre) }) }

    /// The value below which half of the total weight lies; 0 for no values.
    static func weightedMedian(_ pairs: [(value: Float, weight: Float)]) -> Float {
        let sorted = pairs.sorted { ($0.value, $0.weight) < ($1.value, $1.weight) }
        let half = sorted.reduce(0) { $0 + $1.weight } / 2
        var sum: Float = 0
        for pair in sorted {
            sum += pair.weight
            if sum >= half { return pair.value }
        }
        return sorted.last?.value ?? 0
    }

    /// At most about `limit` of the values, evenly chosen.
    static func sample(_ values: [Float], limit: Int = 200_000) -> [Float] {
        let step = max(1, (values.count + limit - 1) / limit)
        return step == 1 ? values : stride(from: 0, to: values.count, by: step).map { values[$0] }
    }
}
