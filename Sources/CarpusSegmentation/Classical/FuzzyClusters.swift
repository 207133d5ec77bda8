import Foundation

/// Fuzzy c-means of one feature (Bezdek, Pattern Recognition with Fuzzy Objective Function Algorithms, 1981).
///
/// Values are binned first, so that the time does not depend on their number; clusters start at evenly spaced quantiles, so that equal values
/// give equal clusters.
struct FuzzyClusters: Sendable, Hashable {
    /// Centres, rising.
    private(set) var centres: [Double]
    /// The exponent that makes memberships soft, above 1.
    let fuzzifier: Double

    /// - Parameter count: clusters, at least 2.
    init(of values: [Float], count: Int, fuzzifier: Double, bins: Int = 4096, rounds: Int = 500) {
        precondition(!values.isEmpty && count > 1 && fuzzifier > 1, "fuzzy clusters need values, two clusters and an exponent above 1")
        self.fuzzifier = fuzzifier
        let sorted = values.sorted(), low = Double(sorted[0]), high = Double(sorted[sorted.count - 1])
        centres = (0..<count).map { Double(sorted[(2 * $0 + 1) * (sorted.count - 1) / (2 * count)]) }
        guard high > low else { return }
        // Where many values are equal, quantiles may be too: such centres are spread over the range.
        if Set(centres).count < count { centres = (0..<count).map { low + (high - low) * (Double($0) + 0.5) / Double(count) } }
        var weights = [Double](repeating: 0, count: bins)
        let scale = Double(bins) / (high - low)
        for v in sorted { weights[min(bins - 1, Int((Double(v) - low) * scale))] += 1 }
        var u = [Double](repeating: 0, count: count)
        for _ in 0..<rounds {
            var sum = [Double](repeating: 0, count: count), total = sum
            for b in 0..<bins where weights[b] > 0 {
                let x = low + (Double(b) + 0.5) / scale
                memberships(x, into: &u)
                for k in 0..<count {
                    let w = pow(u[k], fuzzifier) * weights[b]
                    sum[k] += w * x
                    total[k] += w
                }
            }
            let next = centres.indices.map { total[$0] > 0 ? sum[$0] / total[$0] : centres[$0] }
            let moved = zip(next, centres).map { abs($0 - $1) }.max() ?? 0
            centres = next
            if moved < (high - low) * 1e-7 { break }
        }
        centres.sort()
    }

    /// How much a value belongs to each cluster; the sum is 1.
    func memberships(_ x: Double) -> [Double] {
        var u = [Double](repeating: 0, count: centres.count)
        memberships(x, into: &u)
        return u
    }

    /// How much a value belongs to each cluster, into an array of as many numbers as there are clusters.
    func memberships(_ x: Double, into u: inout [Double]) {
        var nearest = 0
        for k in centres.indices {
            u[k] = (x - centres[k]) * (x - centres[k])
            if u[k] < u[nearest] { nearest = k }
        }
        // Ratios to the least distance: their powers are at most 1, and one of them is, whatever the exponent.
        let least = u[nearest], exponent = 1 / (fuzzifier - 1)
        var sum = 0.0
        for k in centres.indices {
            u[k] = k == nearest ? 1 : least > 0 ? pow(least / u[k], exponent) : 0
            sum += u[k]
        }
        for k in centres.indices { u[k] /= sum }
    }
}
