import Foundation

/// What one patient's tissues are to a scanner of a given field: relaxation, water and fat, and how they take up the agent.
public struct TissueTable: Sendable {
    /// Field, tesla: 1.5 and 3 are the sources' fields, and T1 and T2 follow a power of the field between and beyond them.
    public let fieldTesla: Double
    /// How blood carries the agent to the wrist.
    public var input: ArterialInput
    /// The agent: gadobutrol unless set otherwise.
    public var agent: ContrastAgent
    /// How much more or less than the mean a patient's inflamed tissue takes up: a factor on Ktrans and ve.
    let uptake: Double
    /// How much more than usual muscle takes up, as after exercise or with myositis; 1 in most.
    let muscleUptake: Double
    private let values: [TissueValues]
    private let factors: [Factors]
    private let fatFactors: Factors

    /// What a patient's tissue has of the central values.
    private struct Factors: Sendable {
        var density = 1.0, t1 = 1.0, t2 = 1.0, reversible = 1.0, fat = 1.0
    }

    /// The central values.
    public static func mean(fieldTesla: Double) -> TissueTable { TissueTable(fieldTesla: fieldTesla, seed: nil) }

    /// One patient's values: T1 within about 15 %, T2 within 25 %, densities within 8 % and R2' within a factor of 1.6 of the central ones, as wide
    /// as the sources differ.
    public init(fieldTesla: Double, seed: UInt64) { self.init(fieldTesla: fieldTesla, seed: .some(seed)) }

    private init(fieldTesla: Double, seed: UInt64?) {
        precondition(fieldTesla > 0, "a scanner has a field")
        self.fieldTesla = fieldTesla
        values = Tissue.allCases.map(TissueValues.values)
        func drawn(_ name: String) -> Factors {
            guard let seed else { return Factors() }
            var stream = RandomStream(seed: seed, "tissue-" + name)
            func factor(_ deviation: Double) -> Double { exp(stream.normal(0, deviation, limit: 2)) }
            return Factors(density: factor(0.035), t1: factor(0.07), t2: factor(0.11), reversible: factor(0.24), fat: factor(0.12))
        }
        factors = Tissue.allCases.map { drawn("\($0)") }
        fatFactors = drawn("lipid")
        agent = .gadobutrol(fieldTesla: fieldTesla)
        if let seed {
            var stream = RandomStream(seed: seed, "agent")
            input = ArterialInput(haematocrit: stream.normal(0.42, 0.03, limit: 2), transitSeconds: stream.uniform(14, 26), dose: stream.normal(1, 0.1, limit: 2))
            uptake = exp(stream.normal(0, 0.15, limit: 2))
            muscleUptake = stream.chance(0.15) ? stream.uniform(1.5, 4) : 1
        } else {
            (input, uptake, muscleUptake) = (ArterialInput(), 1, 1)
        }
    }

    /// What a point is to the scanner.
    ///
    /// - Parameters:
    ///   - variant: 0 to 31; see `Tissue`.
    ///   - grain: 0 to 3, which of the four grains of trabecular texture; of marrow and its oedema only.
    public func properties(of tissue: Tissue, variant: UInt8 = 16, grain: Int = 0) -> TissueProperties {
        precondition(variant < 32 && (0..<4).contains(grain), "a variant is below 32, a grain below 4")
        let value = values[Int(tissue.rawValue)], factor = factors[Int(tissue.rawValue)]
        let share = Double(variant) / 31, uneven = 2 * share - 1
        var density = value.density * factor.density, fatShare = value.fat, t2Rate = 1 / (field(value.t2) * factor.t2)
        var reversible = value.reversible * factor.reversible, trabecular = 0.0
        switch tissue {
        case .marrow, .oedema:
            // Red marrow is half fat, fatty marrow nearly all; oedema replaces fat by water.
            fatShare = tissue == .marrow ? 0.97 - 0.47 * share : 0.97 - 0.92 * share
            let grainOf = TissueValues.trabecular[grain]
            trabecular = grainOf.rate * factor.reversible
            density *= grainOf.density
        case .tendon:
            let cosine = cos(share * .pi / 2), order = (3 * cosine * cosine - 1) * (3 * cosine * cosine - 1) / 4
            t2Rate += TissueValues.dipolar.rate * order / factor.t2
            reversible += TissueValues.dipolar.reversible * order * factor.reversible
        case .synovitis, .pannus, .erosion: break
        default:
            density *= 1 + 0.05 * uneven
            fatShare = min(max(value.fat * (value.fat > 0.5 ? 1 : factor.fat) + value.fatSwing * uneven, 0), 1)
        }
        let inField = fieldTesla / 1.5
        let water = SpinPool(
            protonDensity: density * (1 - fatShare), t1Seconds: field(value.t1) * factor.t1, t2Seconds: 1 / t2Rate,
            reversibleRate: (reversible + trabecular) * inField)
        var fat = SpinPool(
            protonDensity: density * fatShare, t1Seconds: field(TissueValues.fatT1) * fatFactors.t1, t2Seconds: field(TissueValues.fatT2) * fatFactors.t2,
            reversibleRate: (TissueValues.fatReversible * fatFactors.reversible.squareRoot() + trabecular) * inField)
        fat.trainT2Seconds = field(TissueValues.fatTrainT2) * fatFactors.t2
        return TissueProperties(
            water: water, fat: fat, inflow: tissue == .artery ? 0.7 : tissue == .vein ? 0.3 : 0, flowVoid: tissue == .artery ? 0.85 : tissue == .vein ? 0.45 : 0)
    }

    /// A value of the table's field, from those at 1.5 and 3 T.
    private func field(_ pair: (Double, Double)) -> Double { pair.0 * pow(pair.1 / pair.0, log2(fieldTesla / 1.5)) }
}
