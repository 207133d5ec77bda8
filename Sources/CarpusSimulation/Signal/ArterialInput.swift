import Foundation

/// How blood carries the agent: the population's arterial input of Parker et al. (MRM 2006), for a bolus of 0.1 mmol/kg.
public struct ArterialInput: Sendable, Hashable {
    /// Share of the blood that is cells, which the agent does not enter.
    public var haematocrit: Double
    /// From the injection to its arrival in the wrist's arteries, s.
    public var transitSeconds: Double
    /// The dose as a multiple of 0.1 mmol/kg.
    public var dose: Double

    /// An input; the defaults are the population's.
    public init(haematocrit: Double = 0.42, transitSeconds: Double = 18, dose: Double = 1) {
        precondition((0..<1).contains(haematocrit) && dose >= 0, "a haematocrit is below 1 and a dose not negative")
        (self.haematocrit, self.transitSeconds, self.dose) = (haematocrit, transitSeconds, dose)
    }

    /// Concentration in whole arterial blood some time after the arrival, mM; 0 before it.
    public func blood(secondsAfterArrival: Double) -> Double { dose * Self.parker(minutes: secondsAfterArrival / 60) }

    /// Concentration in arterial plasma some time after the arrival, mM: the blood's over 1 - haematocrit.
    public func plasma(secondsAfterArrival: Double) -> Double { blood(secondsAfterArrival: secondsAfterArrival) / (1 - haematocrit) }

    /// Two Gaussians (first pass and recirculation) and an exponential that a sigmoid lets in; mM of blood, 0 before time 0.
    public static func parker(minutes t: Double) -> Double {
        guard t >= 0 else { return 0 }
        func gaussian(_ area: Double, _ centre: Double, _ sigma: Double) -> Double {
            area / (sigma * (2 * Double.pi).squareRoot()) * exp(-(t - centre) * (t - centre) / (2 * sigma * sigma))
        }
        return gaussian(0.809, 0.17046, 0.0563) + gaussian(0.330, 0.365, 0.132) + 1.050 * exp(-0.1685 * t) / (1 + exp(-38.078 * (t - 0.483)))
    }
}
