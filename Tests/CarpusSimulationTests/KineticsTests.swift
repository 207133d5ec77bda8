import CarpusCore
import Foundation
import Testing

@testable import CarpusSimulation

@Suite("Uptake of the agent")
struct KineticsTests {
    @Test("the population's input has the values of its publication")
    func parker() {
        for (t, value) in [(0.0, 0.0803847), (0.165667, 6.030756), (0.4970, 1.213483), (1.0, 0.887187), (4.97, 0.454456)] {
            #expect(abs(ArterialInput.parker(minutes: t) - value) < 1e-5, "at \(t) min")
        }
        #expect(ArterialInput.parker(minutes: -0.01) == 0)
        let input = ArterialInput(haematocrit: 0.4)
        #expect(abs(input.plasma(secondsAfterArrival: 60) - 0.887187 / 0.6) < 1e-5)
        #expect(abs(ArterialInput(haematocrit: 0.4, dose: 0.5).blood(secondsAfterArrival: 60) - 0.887187 / 2) < 1e-5)
    }

    @Test("the extended model agrees with a fine numerical convolution to one part in a thousand")
    func convolution() {
        let input = ArterialInput(haematocrit: 0.42, transitSeconds: 20)
        for k in [
            Kinetics(ktransPerMinute: 0.25, ve: 0.3, vp: 0.03, delaySeconds: 3), Kinetics(ktransPerMinute: 0.03, ve: 0.5, vp: 0),
            Kinetics(ktransPerMinute: 1.5, ve: 0.2, vp: 0.1),
        ] {
            let times = [25.0, 30.0, 37.5, 60.0, 120.0, 301.25]
            let found = k.concentrations(secondsAfterInjection: times, input: input)
            let h = 0.01, kep = k.ktransPerMinute / 60 / k.ve
            for (time, value) in zip(times, found) {
                let t = time - 20 - k.delaySeconds
                guard t > 0 else { continue }
                // Midpoints.
                let n = Int((t / h).rounded())
                var sum = 0.0
                for i in 0..<n { let u = (Double(i) + 0.5) * t / Double(n); sum += input.plasma(secondsAfterArrival: u) * exp(-kep * (t - u)) }
                let exact = k.vp * input.plasma(secondsAfterArrival: t) + k.ktransPerMinute / 60 * sum * t / Double(n)
                #expect(abs(value - exact) < 1e-3 * exact, "\(k) at \(time) s: \(value), not \(exact)")
            }
        }
    }

    @Test("limits: without transfer the plasma's share, without washing out the integral, before the arrival nothing, dispersion keeps the area")
    func limits() {
        let input = ArterialInput(haematocrit: 0.4, transitSeconds: 15)
        let vascular = Kinetics(ktransPerMinute: 0, ve: 0, vp: 0.05).concentrations(secondsAfterInjection: [14.9, 25, 75, 315], input: input)
        #expect(vascular[0] == 0)
        for (value, t) in zip(vascular.dropFirst(), [10.0, 60, 300]) { #expect(abs(value / (0.05 * input.plasma(secondsAfterArrival: t)) - 1) < 1e-3) }
        let patlak = Kinetics(ktransPerMinute: 0.06, ve: 1e6, vp: 0).concentrations(secondsAfterInjection: [315], input: input)[0]
        var area = 0.0
        for i in 0..<30_000 { area += input.plasma(secondsAfterArrival: (Double(i) + 0.5) * 0.01) * 0.01 }
        #expect(abs(patlak / (0.001 * area) - 1) < 1e-3)
        let spread = Kinetics(ktransPerMinute: 0.06, ve: 1e6, vp: 0, dispersionSeconds: 8).concentrations(secondsAfterInjection: [315], input: input)[0]
        // An exponential dispersion delays by its time constant: what is missing at the end is that of the last eight seconds.
        #expect(abs(spread / (0.001 * (area - 8 * input.plasma(secondsAfterArrival: 300))) - 1) < 2e-3)
        #expect(Kinetics.none.concentrations(secondsAfterInjection: [100], input: input) == [0])
        #expect(Kinetics(ktransPerMinute: 0.1, ve: 0.2, vp: 0.1).concentrations(secondsAfterInjection: [], input: input).isEmpty)
    }

    @Test("persistent, plateau and washout curves have their shapes at every strength, in every patient, under both fields", arguments: [1.5, 3.0])
    func shapes(field: Double) throws {
        let times = (0..<37).map { Double($0) * 10 }
        let sequences = [PulseSequence.gradientEcho(repetition: 0.005, echo: 0.0022, flipDegrees: 15), .gradientEcho(repetition: 0.1, echo: 0.0045, flipDegrees: 60)]
        // By class: late change and end, as shares of the peak, and the peak as a multiple of the signal before.
        var found: [KineticClass: (late: [Double], end: [Double], peak: [Double])] = [:]
        for table in [TissueTable.mean(fieldTesla: field)] + (0..<8).map({ TissueTable(fieldTesla: field, seed: $0) }) {
            for tissue in [Tissue.synovitis, .pannus, .erosion] {
                for variant in UInt8(0)..<30 {
                    let concentrations = table.kinetics(of: tissue, variant: variant).concentrations(secondsAfterInjection: times, input: table.input)
                    let pool = table.properties(of: tissue, variant: variant).water
                    for sequence in sequences {
                        let e = concentrations.map { sequence.signal(of: pool.with(table.agent, concentration: $0)) / sequence.signal(of: pool) - 1 }
                        let peak = e.max()!, shape = table.kineticClass(of: tissue, variant: variant)
                        found[shape, default: ([], [], [])].late.append((e[36] - e[14]) / peak)
                        found[shape, default: ([], [], [])].end.append(e[36] / peak)
                        found[shape, default: ([], [], [])].peak.append(peak)
                    }
                }
            }
        }
        #expect(Set(found.keys) == [.persistent, .plateau, .washout])
        let rises = try #require(found[.persistent]), stays = try #require(found[.plateau]), falls = try #require(found[.washout])
        #expect(rises.late.min()! > 0.10 && rises.end.min()! > 0.999, "persistent: \(rises.late.min()!)")
        #expect(stays.late.min()! > -0.10 && stays.late.max()! < 0.10 && stays.end.min()! > 0.9, "plateau: \(stays.late.min()!) to \(stays.late.max()!), \(stays.end.min()!)")
        #expect(falls.late.max()! < -0.10 && falls.end.max()! < 0.8, "washout: \(falls.late.max()!)")
        // All enhance by more than what counts, and less than blood.
        let peaks = found.values.flatMap(\.peak)
        #expect(peaks.min()! > 0.3 && peaks.max()! < 6, "\(peaks.min()!) to \(peaks.max()!)")
    }

    @Test("stronger variants take up more; healthy tissue takes up little, cartilage, cortex and tendon nothing, blood most and first")
    func order() {
        let table = TissueTable.mean(fieldTesla: 1.5), times = (0..<61).map { Double($0) * 5 }
        func curve(_ tissue: Tissue, _ variant: UInt8 = 16) -> [Double] { table.kinetics(of: tissue, variant: variant).concentrations(secondsAfterInjection: times, input: table.input) }
        for base in [UInt8(0), 10, 20] {
            let peaks = (0..<10).map { curve(.synovitis, base + $0).max()! }
            #expect(zip(peaks, peaks.dropFirst()).allSatisfy { $0 < $1 })
        }
        let weakest = [UInt8(0), 10, 20].map { curve(.synovitis, $0).last! }.min()!
        for tissue in [Tissue.muscle, .marrow, .fat, .fluid, .effusion, .nerve] { #expect(curve(tissue).last! < 0.65 * weakest, "\(tissue)") }
        for tissue in [Tissue.cartilage, .cortex, .tendon, .ganglion, .cyst, .air] { #expect(curve(tissue).max()! == 0) }
        // Artery: Parker's blood itself; the vein later and lower in the first pass.
        let artery = curve(.artery), vein = curve(.vein)
        #expect(abs(artery[12] - table.input.blood(secondsAfterArrival: 60 - table.input.transitSeconds)) < 2e-3)
        #expect(artery.firstIndex(of: artery.max()!)! < vein.firstIndex(of: vein.max()!)! && vein.max()! < 0.7 * artery.max()!)
        // Fluid goes on filling when synovium has long begun to empty.
        let fluid = table.kinetics(of: .fluid).concentrations(secondsAfterInjection: [300, 900], input: table.input)
        #expect(fluid[1] > 1.4 * fluid[0])
        #expect(curve(.oedema, 31).last! > 3 * curve(.oedema, 0).last!)
    }
}
