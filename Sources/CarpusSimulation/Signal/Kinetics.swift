import Foundation

/// How a tissue takes up the agent: the extended model of Tofts (Tofts, JMRI 1997) behind a delayed and dispersed arterial input.
public struct Kinetics: Sendable, Hashable {
    /// Transfer constant, per minute.
    public var ktransPerMinute: Double
    /// Share of the tissue's volume outside cells and vessels; with 0, nothing passes the vessel wall.
    public var ve: Double
    /// Share of the tissue's volume that is plasma.
    public var vp: Double
    /// How much later than in the arteries the agent arrives, s.
    public var delaySeconds: Double
    /// Time constant of the exponential the input is dispersed by on its way, s.
    public var dispersionSeconds: Double

    /// Uptake of given parameters.
    public init(ktransPerMinute: Double, ve: Double, vp: Double, delaySeconds: Double = 0, dispersionSeconds: Double = 0) {
        precondition(ktransPerMinute >= 0 && ve >= 0 && vp >= 0 && delaySeconds >= 0 && dispersionSeconds >= 0, "kinetics are not negative")
        (self.ktransPerMinute, self.ve, self.vp) = (ktransPerMinute, ve, vp)
        (self.delaySeconds, self.dispersionSeconds) = (delaySeconds, dispersionSeconds)
    }

    /// No uptake.
    public static let none = Kinetics(ktransPerMinute: 0, ve: 0, vp: 0)

    /// Step of the sampling that `concentrations` rests on, s.
    static let step = 0.1

    /// Concentrations in the tissue at times after the injection, mM, in the order of the times.
    ///
    /// The input is taken as linear within steps of 0.1 s, and the integral over each step is exact for that: within 0.1 % of the true
    /// convolution everywhere but in the very step of the arrival.
    public func concentrations(secondsAfterInjection times: [Double], input: ArterialInput) -> [Double] {
        guard let last = times.max(), ktransPerMinute > 0 || vp > 0 else { return times.map { _ in 0 } }
        let dt = Self.step, start = input.transitSeconds + delaySeconds
        let count = max(0, Int(((last - start) / dt).rounded(.up))) + 2
        let ktrans = ve > 0 ? ktransPerMinute / 60 : 0, kep = ve > 0 ? ktrans / ve : 0
        let wash = Exponential(rate: kep, step: dt), spread = Exponential(rate: dispersionSeconds > 0 ? 1 / dispersionSeconds : 0, step: dt)
        var curve = [Double](repeating: 0, count: count)
        var arterial = input.plasma(secondsAfterArrival: 0), plasma = dispersionSeconds > 0 ? 0 : arterial, stored = 0.0
        curve[0] = vp * plasma
        for i in 1..<count {
            let nextArterial = input.plasma(secondsAfterArrival: Double(i) * dt)
            let next = dispersionSeconds > 0 ? spread.advanced(plasma, from: arterial, to: nextArterial, gain: 1 / dispersionSeconds) : nextArterial
            stored = wash.advanced(stored, from: plasma, to: next, gain: ktrans)
            (arterial, plasma) = (nextArterial, next)
            curve[i] = vp * plasma + stored
        }
        return times.map { time in
            let position = (time - start) / dt
            guard position >= 0 else { return 0 }
            let i = min(Int(position), count - 2), t = position - Double(i)
            return curve[i] + (curve[i + 1] - curve[i]) * t
        }
    }
}

/// One step of dy/dt = gain x - rate y for an x that is linear within the step; exact.
private struct Exponential {
    let decay: Double, first: Double, second: Double

    init(rate: Double, step: Double) {
        let z = rate * step
        decay = exp(-z)
        // Weights of the two ends; series where the closed form loses its digits.
        let whole = z > 1e-4 ? (1 - decay) / z : 1 - z / 2 + z * z / 6
        let end = z > 1e-4 ? (1 - whole) / z : 0.5 - z / 6 + z * z / 24
        first = (whole - end) * step
        second = end * step
    }

    func advanced(_ y: Double, from a: Double, to b: Double, gain: Double) -> Double { y * decay + gain * (first * a + second * b) }
}
