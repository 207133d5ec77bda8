import Foundation

/// A point's tissue, variant and grain in one number, so that its signal is one look-up.
enum Material {
    /// Grains of texture a tissue and variant come in.
    static let grains = 4
    /// Numbers in use.
    static let count = Tissue.allCases.count * 32 * grains

    @inline(__always) static func code(tissue: UInt8, variant: UInt8, grain: Int) -> UInt16 {
        UInt16(tissue) &* 128 &+ UInt16(variant & 31) &* 4 &+ UInt16(truncatingIfNeeded: grain)
    }

    /// Tissue, variant and grain of a number.
    static func parts(_ code: Int) -> (tissue: Tissue, variant: UInt8, grain: Int) {
        guard let tissue = Tissue(rawValue: UInt8(code / 128)) else { preconditionFailure("no tissue has that number") }
        return (tissue, UInt8(code / 4 % 32), code % 4)
    }
}

/// Signals of every material: water's and fat's, real, with their sign.
struct SignalTable: Sendable {
    /// Water's and fat's signal by `Material.code`.
    let signals: [SIMD2<Float>]
    /// Phase of fat against water, radians.
    let fatPhase: Double

    /// - Parameter concentrations: of the agent by tissue and variant (`tissue * 32 + variant`), mM; nil for no agent.
    init(plan: ScanPlan, table: TissueTable, concentrations: [Double]?) {
        let sequence = plan.sequence
        // What enters a 3D slab is used up before it reaches the middle.
        let inflow = plan.sliceProfile == .slab ? 0.3 : 1
        signals = (0..<Material.count).map { code in
            let (tissue, variant, grain) = Material.parts(code)
            let point = table.properties(of: tissue, variant: variant, grain: grain)
            let water = concentrations.map { point.water.with(table.agent, concentration: $0[code / Material.grains]) } ?? point.water
            let w = sequence.signal(of: water, inflow: point.inflow * inflow, flowVoid: point.flowVoid)
            return SIMD2(Float(w), Float(sequence.signal(of: point.fat)))
        }
        fatPhase = sequence.fatPhase(fieldTesla: plan.fieldTesla)
    }

    /// Concentrations by tissue and variant at each time after the injection, mM: `[time][tissue * 32 + variant]`.
    static func concentrations(table: TissueTable, secondsAfterInjection times: [Double]) -> [[Double]] {
        var known: [Kinetics: [Double]] = [:]
        let curves = Tissue.allCases.flatMap { tissue in
            (0..<32).map { variant -> [Double] in
                let kinetics = table.kinetics(of: tissue, variant: UInt8(variant))
                if let curve = known[kinetics] { return curve }
                let curve = kinetics.concentrations(secondsAfterInjection: times, input: table.input)
                known[kinetics] = curve
                return curve
            }
        }
        return times.indices.map { i in curves.map { $0[i] } }
    }

    /// Modulus of water and fat together.
    static func magnitude(water: Double, fat: Double, phase: Double) -> Double {
        ((water + fat * cos(phase)) * (water + fat * cos(phase)) + fat * sin(phase) * fat * sin(phase)).squareRoot()
    }
}
