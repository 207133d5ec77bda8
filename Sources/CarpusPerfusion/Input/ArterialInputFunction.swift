import Foundation

/// How much of the agent the arterial plasma carries over time: the arterial input function (AIF, OSIPI Q.IC1.001.[a,p]), linear between samples.
///
/// It is 0 before its first sample and rests at the last value after the last. All that is made from it, integral and convolution, is exact
/// for these straight pieces.
public struct ArterialInputFunction: Sendable, Hashable {
    /// Times of the samples, s, strictly increasing.
    public let times: [Double]
    /// Concentration in the plasma, mM.
    public let plasma: [Double]

    /// An input of given samples.
    ///
    /// - Throws: `PerfusionError` when the samples are fewer than two, not finite, not in order, or nowhere above 0.
    public init(times: [Double], plasma: [Double]) throws {
        guard times.count == plasma.count, times.count > 1 else {
            throw PerfusionError(.badInput, "the arterial input has \(times.count) times and \(plasma.count) values; it needs as many of both, two at least")
        }
        guard (times + plasma).allSatisfy(\.isFinite) else { throw PerfusionError(.badInput, "the arterial input holds a value that is no number") }
        guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else { throw PerfusionError(.badTimes, "the times of the arterial input do not rise from sample to sample") }
        guard plasma.contains(where: { $0 > 0 }) else { throw PerfusionError(.badInput, "the arterial input is nowhere above 0; check its region, or take a population's") }
        (self.times, self.plasma) = (times, plasma)
    }

    /// An input of samples in whole blood; the plasma's are those over 1 - haematocrit.
    ///
    /// - Throws: `PerfusionError` as above, and for a haematocrit that is not from 0 to below 1.
    public init(times: [Double], blood: [Double], haematocrit: Double) throws {
        guard (0..<1).contains(haematocrit) else { throw PerfusionError(.badParameter, "the haematocrit is \(haematocrit); it has to be from 0 to below 1") }
        try self.init(times: times, plasma: blood.map { $0 / (1 - haematocrit) })
    }

    /// The piece that holds a time, and how far the time lies in it, s; nil before the first sample. The last piece goes on for ever.
    private func piece(_ t: Double) -> (index: Int, ahead: Double)? {
        guard t >= times[0] else { return nil }
        var low = 0, high = times.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if times[middle] <= t { low = middle } else { high = middle }
        }
        return (low, t - times[low])
    }

    /// The plasma at the two ends of what part of a piece lies before a time.
    private func ends(_ index: Int, _ ahead: Double) -> (Double, Double) {
        let a = plasma[index]
        guard index + 1 < times.count else { return (a, a) }
        return (a, a + (plasma[index + 1] - a) * ahead / (times[index + 1] - times[index]))
    }

    /// Concentration in the plasma at a time in s, mM.
    public func value(at t: Double) -> Double {
        guard let (i, ahead) = piece(t) else { return 0 }
        return ends(i, ahead).1
    }

    /// ∫ Cp(u) exp(-rate (t - u)) du up to each of the times, mM s: exact, for any spacing of samples and times.
    ///
    /// - Parameters:
    ///   - rate: 1/s, not negative; 0 gives the integral of the input.
    ///   - times: s, in any order.
    public func convolved(rate: Double, at times: [Double]) -> [Double] {
        precondition(rate >= 0, "an exponential response decays")
        var stored = [Double](repeating: 0, count: self.times.count), steps = DecaySteps(rate: rate)
        for i in 1..<self.times.count {
            stored[i] = steps[self.times[i] - self.times[i - 1]].advanced(stored[i - 1], from: plasma[i - 1], to: plasma[i])
        }
        return times.map { t in
            guard let (i, ahead) = piece(t) else { return 0 }
            let (a, b) = ends(i, ahead)
            return steps[ahead].advanced(stored[i], from: a, to: b)
        }
    }

    /// The same input seen at closer times, along a curve without kinks through the samples (monotone cubic Hermite, Fritsch and Carlson, SIAM J
    /// Numer Anal 17, 1980): straight pieces between frames of several seconds cut the peak of a bolus.
    ///
    /// - Parameter step: the largest distance between samples of the result, s.
    public func refined(step: Double) -> ArterialInputFunction {
        precondition(step > 0, "a step is above 0")
        let slopes = MonotoneSlopes.of(times, plasma)
        var t: [Double] = [times[0]], c: [Double] = [plasma[0]]
        for i in 1..<times.count {
            let h = times[i] - times[i - 1], n = max(1, Int((h / step - 1e-9).rounded(.up)))
            for k in 1...n {
                let u = Double(k) / Double(n), v = 1 - u
                t.append(k == n ? times[i] : times[i - 1] + h * u)
                let ends: Double = plasma[i - 1] * v * v * (1 + 2 * u) + plasma[i] * u * u * (3 - 2 * u)
                let cubic: Double = ends + h * u * v * (slopes[i - 1] * v - slopes[i] * u)
                c.append(k == n ? plasma[i] : cubic)
            }
        }
        return ArterialInputFunction(unchecked: t, c)
    }

    private init(unchecked times: [Double], _ plasma: [Double]) { (self.times, self.plasma) = (times, plasma) }

    /// The same input some seconds later.
    public func delayed(by seconds: Double) -> ArterialInputFunction { ArterialInputFunction(unchecked: times.map { $0 + seconds }, plasma) }
}

/// Slopes at samples; tensions are such that a cubic through them neither overshoots nor leaves the samples' order.
private enum MonotoneSlopes {
    static func of(_ t: [Double], _ y: [Double]) -> [Double] {
        let n = t.count
        guard n > 2 else { return [Double](repeating: (y[n - 1] - y[0]) / (t[n - 1] - t[0]), count: n) }
        let d: [Double] = (0..<n - 1).map { (i: Int) -> Double in (y[i + 1] - y[i]) / (t[i + 1] - t[i]) }
        return (0..<n).map { (i: Int) -> Double in
            if i == 0 || i == n - 1 { return d[i == 0 ? 0 : n - 2] }
            // The slope of the parabola through three samples; a peak keeps its parabola, the limits hold only where neighbours rise alike.
            let a = t[i] - t[i - 1], b = t[i + 1] - t[i]
            let parabola: Double = (d[i - 1] * b + d[i] * a) / (a + b)
            guard d[i - 1] * d[i] > 0 else { return parabola }
            let limit = 3 * min(abs(d[i - 1]), abs(d[i]))
            return max(-limit, min(limit, parabola))
        }
    }
}

/// One step of dy/dt = x - rate y for an x that is linear within the step; exact.
struct DecayStep {
    let decay, early, late: Double

    init(rate: Double, length: Double) {
        let z = rate * length
        decay = exp(-z)
        // Series where the closed form loses its digits.
        let whole = z > 1e-3 ? -expm1(-z) / z : 1 - z / 2 + z * z / 6 - z * z * z / 24
        let end = z > 1e-3 ? (1 - whole) / z : 0.5 - z / 6 + z * z / 24 - z * z * z / 120
        early = (whole - end) * length
        late = end * length
    }

    func advanced(_ y: Double, from a: Double, to b: Double) -> Double { y * decay + early * a + late * b }
}

/// Steps of one rate, remembering the last two lengths: even axes need no more.
struct DecaySteps {
    let rate: Double
    private var known: [(length: Double, step: DecayStep)]

    init(rate: Double) { (self.rate, known) = (rate, []) }

    subscript(length: Double) -> DecayStep {
        mutating get {
            if let hit = known.first(where: { abs($0.length - length) <= 1e-12 * length }) { return hit.step }
            let step = DecayStep(rate: rate, length: length)
            if known.count > 1 { known.removeFirst() }
            known.append((length, step))
            return step
        }
    }
}
