/// Otsu's threshold, IEEE Trans. Syst. Man Cybern. 9 (1979) 62-66.
public enum Otsu {
    /// The value that best parts the values into two classes: those above it belong to the upper one. The single value
    /// when all are equal; nil for no values. Values must be finite.
    public static func threshold(_ values: [Float], bins: Int = 512) -> Float? {
        guard var low = values.first else { return nil }
        var high = low
        for v in values { (low, high) = (min(low, v), max(high, v)) }
        guard high > low else { return low }
        // In Double: the span of two finite Floats may not be one.
        let scale = Double(bins) / (Double(high) - Double(low))
        var histogram = [Double](repeating: 0, count: bins)
        for v in values { histogram[min(bins - 1, Int((Double(v) - Double(low)) * scale))] += 1 }
        let total = Double(values.count)
        let mean = histogram.indices.reduce(0) { $0 + Double($1) * histogram[$1] } / total
        var below = 0.0, sum = 0.0, best = (value: -1.0, first: 0, last: 0)
        for i in 0..<(bins - 1) {
            below += histogram[i] / total
            sum += Double(i) * histogram[i] / total
            guard below > 0, below < 1 else { continue }
            let between = (mean * below - sum) * (mean * below - sum) / (below * (1 - below))
            if between > best.value { best = (between, i, i) } else if between == best.value { best.last = i }
        }
        // A gap between the classes leaves the threshold free; its middle is taken.
        return Float(Double(low) + (Double(best.first + best.last) / 2 + 1) / scale)
    }
}
