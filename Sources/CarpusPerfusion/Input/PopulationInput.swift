import Foundation

/// Arterial inputs from the literature (OSIPI P.AE2.001), mM in whole blood, for standard doses.
public enum PopulationInput: String, Sendable, Hashable, Codable, CaseIterable {
    /// Parker et al., MRM 56 (2006) 993, Table 1; OSIPI M.IC2.001.
    case parker
    /// Georgiou et al., MRM 81 (2019) 1808; OSIPI M.IC2.002.
    case georgiou
    /// McGrath et al., MRM 61 (2009) 1173, model B: small animals.
    case mcgrath

    /// Concentration in whole blood some time after the arrival, mM; 0 before it.
    public func blood(secondsAfterArrival t: Double) -> Double {
        guard t >= 0 else { return 0 }
        return switch self {
        case .parker: Self.parker(t / 60)
        case .georgiou: Self.georgiou(t / 60)
        case .mcgrath: Self.mcgrath(t)
        }
    }

    /// The input in plasma, sampled every `step` seconds.
    ///
    /// - Parameters:
    ///   - arrival: when the agent reaches the artery, s on the axis of the series.
    ///   - haematocrit: share of the blood that is cells.
    ///   - end: the last time that is asked for, s.
    ///   - step: distance of the samples, s.
    /// - Throws: `PerfusionError` for a haematocrit or a range that makes no input.
    public func function(arrival: Double, haematocrit: Double, until end: Double, step: Double = 0.2) throws -> ArterialInputFunction {
        guard step > 0, end > arrival else { throw PerfusionError(.badInput, "the agent arrives at \(arrival) s, after the last frame at \(end) s; check the arrival") }
        let n = Int(((end - arrival) / step).rounded(.up)) + 1
        let times = (0...n).map { arrival + Double($0) * step }
        return try ArterialInputFunction(times: times, blood: times.map { blood(secondsAfterArrival: $0 - arrival) }, haematocrit: haematocrit)
    }

    /// Two Gaussians, first pass and recirculation, and an exponential that a sigmoid lets in; t in min.
    private static func parker(_ t: Double) -> Double {
        func gaussian(_ area: Double, _ centre: Double, _ sigma: Double) -> Double {
            area / (sigma * (2 * Double.pi).squareRoot()) * exp(-(t - centre) * (t - centre) / (2 * sigma * sigma))
        }
        return gaussian(0.809, 0.17046, 0.0563) + gaussian(0.330, 0.365, 0.132) + 1.050 * exp(-0.1685 * t) / (1 + exp(-38.078 * (t - 0.483)))
    }

    /// Three exponentials times a sum of gamma variates, one for each passage; t in min. The printed parameters, to the digits that the
    /// curve in the paper's supplement was made with: rounded as printed, the first pass is wrong by up to 3 %.
    private static func georgiou(_ t: Double) -> Double {
        let alpha = 5.26696775, beta = 0.03207892, tau = 0.12855613
        let decay = 0.37430309 * exp(-0.11269008 * t) + 0.33118589 * exp(-1.17451197 * t) + 10.06087935 * exp(-16.0196272 * t)
        let passages = Int(t / tau)
        let mixing = (0...passages).reduce(0.0) { sum, j in
            let u = t - Double(j) * tau, a = Double(j + 1) * alpha + Double(j)
            guard u > 0 else { return sum }
            return sum + exp(a * log(u) - u / beta - (a + 1) * log(beta) - lgamma(a + 1))
        }
        return decay * mixing
    }

    /// A linear rise and two exponentials; t in s.
    private static func mcgrath(_ t: Double) -> Double {
        let start = 7.0, a1 = 3.4, k1 = 0.045, a2 = 1.81, k2 = 0.0015
        return t <= start ? t * (a1 + a2) / start : a1 * exp(-k1 * (t - start)) + a2 * exp(-k2 * (t - start))
    }
}
