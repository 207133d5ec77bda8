/// How tissue exchanges the agent with the blood. Symbols of the OSIPI lexicon.
public enum KineticModel: String, Sendable, Hashable, Codable, CaseIterable {
    /// Tofts and Kermode 1991 (M.IC1.004): C = Ktrans Cp ⊗ exp(-kep t).
    case tofts
    /// Tofts 1997 (M.IC1.005): vp Cp + Ktrans Cp ⊗ exp(-kep t).
    case extendedTofts = "extended-tofts"
    /// Patlak 1983 (M.IC1.006): vp Cp + PS ∫Cp.
    case patlak
    /// Two-compartment exchange (M.IC1.009, Sourbron and Buckley 2012).
    case exchange = "2cxm"
    /// Two-compartment uptake (M.IC1.007, Sourbron 2009).
    case uptake = "2cum"

    /// What a fit tells, in this order, beside the delay.
    public var quantities: [KineticQuantity] {
        switch self {
        case .tofts: [.ktrans, .ve, .kep]
        case .extendedTofts: [.ktrans, .ve, .vp, .kep]
        case .patlak: [.ps, .vp]
        case .exchange: [.fp, .ps, .ve, .vp]
        case .uptake: [.fp, .ps, .vp]
        }
    }

    /// How many quantities there are.
    var quantityCount: Int { self == .patlak ? 2 : self == .tofts || self == .uptake ? 3 : 4 }

    /// The two shapes whose weighted sum is the tissue's curve.
    var shapes: [ResponseShape] {
        switch self {
        case .tofts: [.decaying(0)]
        case .extendedTofts: [.decaying(0), .plasma]
        case .patlak: [.integral, .plasma]
        case .exchange: [.decaying(0), .decaying(1)]
        case .uptake: [.decaying(0), .integral]
        }
    }

    /// How many decay rates it has.
    var rateCount: Int { self == .patlak ? 0 : self == .exchange ? 2 : 1 }
}

/// What the plasma's curve becomes in a tissue.
enum ResponseShape: Sendable, Hashable {
    /// Itself.
    case plasma
    /// Its integral.
    case integral
    /// Its convolution with an exponential; the index of the rate.
    case decaying(Int)
}

/// A number a kinetic model tells. Volumes are fractions of the tissue, not mL/100 mL.
public enum KineticQuantity: String, Sendable, Hashable, Codable, CaseIterable {
    /// Volume transfer constant, 1/min (Q.PH1.008).
    case ktrans = "Ktrans"
    /// Rate of the way back, 1/min (Q.PH1.009).
    case kep
    /// Fraction of extravascular, extracellular space (Q.PH1.001.e).
    case ve
    /// Fraction of plasma (Q.PH1.001.p).
    case vp
    /// Plasma flow, mL/min/100 mL (Q.PH1.002).
    case fp = "Fp"
    /// Permeability-surface product, 1/min (Q.PH1.004 over 100).
    case ps = "PS"
    /// Arterial delay, s (Q.PH1.007).
    case delay = "Ta"

    /// The unit in UCUM.
    public var unit: String {
        switch self {
        case .ktrans, .kep, .ps: "/min"
        case .ve, .vp: "1"
        case .fp: "mL/min/(100.mL)"
        case .delay: "s"
        }
    }
}

/// A tissue's curve as weights of shapes: what is fitted. Weights in 1/s (decaying, integral) or 1 (plasma), rates in 1/s.
struct ResponseWeights: Sendable, Hashable {
    var first = 0.0, second = 0.0
    var rate = 0.0, slowRate = 0.0
}

extension KineticModel {
    /// The numbers of a curve, in the order of `quantities`.
    func values(of w: ResponseWeights) -> [Double] {
        var out = [Double](repeating: 0, count: quantities.count)
        out.withUnsafeMutableBufferPointer { fill(&$0, from: w) }
        return out
    }

    /// The same, without an allocation.
    func fill(_ out: inout UnsafeMutableBufferPointer<Double>, from w: ResponseWeights) {
        let (a, b, k) = (w.first, w.second, w.rate)
        switch self {
        case .tofts: (out[0], out[1], out[2]) = (a * 60, k > 0 ? a / k : 0, k * 60)
        case .extendedTofts: (out[0], out[1], out[2], out[3]) = (a * 60, k > 0 ? a / k : 0, b, k * 60)
        case .patlak: (out[0], out[1]) = (a * 60, b)
        case .uptake:
            // Fp ((1 - E) exp(-t / Tp) + E), 1 / Tp = (Fp + PS) / vp.
            let flow = a + b, ps = a > 0 ? flow * b / a : 0
            (out[0], out[1], out[2]) = (flow * 6000, ps * 60, k > 0 ? (flow + ps) / k : 0)
        case .exchange:
            // Fp ((1 - E) exp(-K₊ t) + E exp(-K₋ t)); 1 / Tb = K₊ - E (K₊ - K₋), K₊ K₋ = 1 / (Te Tb), K₊ + K₋ = 1 / Tp + 1 / Te.
            let flow = a + b, slow = w.slowRate
            guard flow > 0 else { (out[0], out[1], out[2], out[3]) = (0, 0, 0, 0); return }
            let inverseTb = k - b / flow * (k - slow), inverseTe = inverseTb > 0 ? k * slow / inverseTb : 0
            let vp = inverseTb > 0 ? flow / inverseTb : 0, ps = max(0, vp * (k + slow - inverseTe) - flow)
            (out[0], out[1], out[2], out[3]) = (flow * 6000, ps * 60, inverseTe > 0 ? ps / inverseTe : 0, vp)
        }
    }

    /// The curve of given numbers, in the order of `quantities` (kep is ignored).
    ///
    /// - Throws: `PerfusionError` for numbers that are negative or missing.
    func weights(of values: [Double]) throws -> ResponseWeights {
        guard values.count >= quantities.count - (quantities.contains(.kep) ? 1 : 0), values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw PerfusionError(.badParameter, "the model \(rawValue) needs \(quantities.map(\.rawValue).joined(separator: ", ")), none of them negative")
        }
        switch self {
        case .tofts: return ResponseWeights(first: values[0] / 60, rate: values[1] > 0 ? values[0] / values[1] / 60 : 0)
        case .extendedTofts: return ResponseWeights(first: values[0] / 60, second: values[2], rate: values[1] > 0 ? values[0] / values[1] / 60 : 0)
        case .patlak: return ResponseWeights(first: values[0] / 60, second: values[1])
        case .uptake:
            let flow = values[0] / 6000, ps = values[1] / 60, vp = values[2]
            guard flow > 0, vp > 0 else { return ResponseWeights() }
            let e = ps / (flow + ps)
            return ResponseWeights(first: flow * (1 - e), second: flow * e, rate: (flow + ps) / vp)
        case .exchange:
            let flow = values[0] / 6000, ps = values[1] / 60, ve = values[2], vp = values[3]
            guard flow > 0, vp > 0 else { return ResponseWeights() }
            guard ps > 0, ve > 0 else { return ResponseWeights(first: flow, rate: flow / vp) }
            let p = (flow + ps) / vp, e = ps / ve, b = flow / vp
            let sum = p + e, gap = max(0, sum * sum - 4 * e * b).squareRoot()
            let fast = (sum + gap) / 2, slow = e * b / fast
            let share = gap > 0 ? (fast - b) / (fast - slow) : 0.5
            return ResponseWeights(first: flow * (1 - share), second: flow * share, rate: fast, slowRate: slow)
        }
    }

    /// Concentration in the tissue, mM, at times in s: exact for an input of straight pieces.
    ///
    /// - Parameters:
    ///   - values: the model's numbers in the order of `quantities`, in their units; kep may be left out.
    ///   - input: the plasma's curve.
    ///   - times: s, on the input's axis.
    ///   - delay: how much later than in the input the agent arrives, s (Ta).
    /// - Throws: `PerfusionError` for numbers that are negative or missing.
    public func concentrations(_ values: [Double], input: ArterialInputFunction, at times: [Double], delay: Double = 0) throws -> [Double] {
        let w = try weights(of: values), local = times.map { $0 - delay }
        var curve = [Double](repeating: 0, count: times.count)
        for (shape, weight) in zip(shapes, [w.first, w.second]) where weight != 0 {
            let part = switch shape {
            case .plasma: local.map(input.value(at:))
            case .integral: input.convolved(rate: 0, at: local)
            case .decaying(let i): input.convolved(rate: i == 0 ? w.rate : w.slowRate, at: local)
            }
            for i in curve.indices { curve[i] += weight * part[i] }
        }
        return curve
    }
}
