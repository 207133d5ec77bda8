import CarpusCore
import CarpusPerfusion
import CarpusSimulation
import CarpusTestSupport
import Foundation
import Testing

/// The simulator's own curves, made by other code from the same physics.
@Suite("The simulator as an oracle")
struct OracleTests {
    @Test("both forward models agree")
    func forward() throws {
        let blood = ArterialInput(haematocrit: 0.42, transitSeconds: 18), times = (0..<80).map { Double($0) * 4.7 }
        let input = try PopulationInput.parker.function(arrival: 18, haematocrit: 0.42, until: 400, step: 0.1)
        for (k, ve, vp, delay) in [(0.25, 0.3, 0.03, 3.0), (0.03, 0.5, 0, 0), (1.5, 0.2, 0.1, 7.3)] {
            let theirs = Kinetics(ktransPerMinute: k, ve: ve, vp: vp, delaySeconds: delay).concentrations(secondsAfterInjection: times, input: blood)
            let ours = try KineticModel.extendedTofts.concentrations([k, ve, vp], input: input, at: times, delay: delay)
            for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 2e-3 * (theirs.max() ?? 1)) }
        }
    }

    @Test("synovium of every class and strength is told apart as the simulator means it; muscle, cartilage and tendon do not enhance", arguments: [1.5, 3.0])
    func classes(field: Double) throws {
        let times = (0..<40).map { Double($0) * 9 }, sequence = PulseSequence.gradientEcho(repetition: 0.005, echo: 0.0022, flipDegrees: 15)
        var dice = Dice(seed: 31), right = 0, total = 0, confusion: [String: Int] = [:]
        for table in (0..<4).map({ TissueTable(fieldTesla: field, seed: $0) }) {
            func reading(_ tissue: Tissue, _ variant: UInt8) throws -> CurveReading {
                let pool = table.properties(of: tissue, variant: variant).water, base = sequence.signal(of: pool)
                let curve = table.kinetics(of: tissue, variant: variant).concentrations(secondsAfterInjection: times, input: table.input).map { c -> Float in
                    let a = Float(sequence.signal(of: pool.with(table.agent, concentration: c)) / base) + 0.02 * dice.normal(), b = 0.02 * dice.normal()
                    return 100 * (a * a + b * b).squareRoot()
                }
                return try EnhancementMaps.read(curve, times: times, baselineFrames: 2)
            }
            for variant in UInt8(0)..<30 {
                let truth = table.kineticClass(of: .synovitis, variant: variant), found = try reading(.synovitis, variant).curveClass
                let same = [KineticClass.persistent: CurveClass.persistent, .plateau: .plateau, .washout: .washout][truth] == found
                total += 1
                if same { right += 1 } else { confusion["\(truth) \(variant)>\(found)", default: 0] += 1 }
            }
            for tissue in [Tissue.cartilage, .tendon] { #expect(try reading(tissue, 16).curveClass == .none) }
        }
        if ProcessInfo.processInfo.environment["CARPUS_TEST_VERBOSE"] != nil { print("TIC simulator \(field) T: \(Double(right) / Double(total)) \(confusion)") }
        #expect(Double(right) / Double(total) >= 0.94)
    }
}
