import Foundation

/// A mixture of normal distributions of one feature, by expectation and maximisation (Dempster, Laird and Rubin, J R Stat Soc B 39, 1977).
///
/// Values are binned; components start at evenly spaced quantiles, so that equal values give equal mixtures.
struct GaussianMixture: Sendable, Hashable {
    /// One normal distribution and its share.
    struct Component: Sendable, Hashable {
        var weight, mean, deviation: Double

        func density(_ x: Double) -> Double {
            let z = (x - mean) / deviation
            return weight * exp(-0.5 * z * z) / (deviation * 2.5066282746310002)
        }
    }
    /// Components by rising mean.
    private(set) var components: [Component]
    /// The Bayesian information criterion; less is better.
    private(set) var criterion = 0.0

    init(of values: [Float], count: Int, bins: Int = 1024, rounds: Int = 1000) {
        precondition(!values.isEmpty && count > 0, "a mixture needs values and a component")
        let sorted = values.sorted(), n = Double(sorted.count), low = Double(sorted[0]), high = Double(sorted[sorted.count - 1])
        let mean = sorted.reduce(0) { $0 + Double($1) } / n
        let spread = max((sorted.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / n).squareRoot(), 1e-12)
        components = (0..<count).map {
            Component(weight: 1 / Double(count), mean: Double(sorted[(2 * $0 + 1) * (sorted.count - 1) / (2 * count)]), deviation: spread / Double(count))
        }
        guard high > low else { return }
        let scale = Double(bins) / (high - low)
        var weights = [Double](repeating: 0, count: bins)
        for v in sorted { weights[min(bins - 1, Int((Double(v) - low) * scale))] += 1 }
        let centres = (0..<bins).map { low + (Double($0) + 0.5) / scale }, floor = 1 / scale
        var before = -Double.infinity
        for _ in 0..<rounds {
            let likelihood = improve(weights, centres, n, floor)
            if likelihood - before < 1e-9 * n { break }
            before = likelihood
        }
        components.sort { $0.mean < $1.mean }
        criterion = Double(3 * count - 1) * log(n) - 2 * zip(weights, centres).reduce(0) { sum, bin in
            bin.0 > 0 ? sum + bin.0 * log(max(components.reduce(0) { $0 + $1.density(bin.1) }, 1e-300)) : sum
        }
    }

    /// One round; gives the log likelihood before it.
    private mutating func improve(_ weights: [Double], _ centres: [Double], _ n: Double, _ floor: Double) -> Double {
        var share = [Double](repeating: 0, count: components.count), sum = share, square = share, likelihood = 0.0
        for (w, x) in zip(weights, centres) where w > 0 {
            let densities = components.map { $0.density(x) }, total = max(densities.reduce(0, +), 1e-300)
            likelihood += w * log(total)
            for (k, d) in densities.enumerated() {
                let r = w * d / total
                share[k] += r
                sum[k] += r * x
                square[k] += r * x * x
            }
        }
        for k in components.indices where share[k] > 1e-9 {
            let mean = sum[k] / share[k]
            components[k] = Component(weight: share[k] / n, mean: mean, deviation: max(max(0, square[k] / share[k] - mean * mean).squareRoot(), floor))
        }
        return likelihood
    }

    /// The probability that a value is of a component.
    func posterior(_ x: Double, of k: Int) -> Double {
        var total = 0.0, own = 0.0, nearest = 0, least = Double.infinity
        for (j, c) in components.enumerated() {
            let density = c.density(x), distance = abs(x - c.mean) / c.deviation
            total += density
            if j == k { own = density }
            if distance < least { (nearest, least) = (j, distance) }
        }
        // So far from all that no density is left: the nearest one, in standard deviations.
        return total > 0 ? own / total : nearest == k ? 1 : 0
    }
}
