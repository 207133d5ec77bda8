import CarpusCore
import CarpusTestSupport
import Foundation
import Testing

@testable import CarpusPerfusion

/// Signals of tissues with random kinetics, and the least error that any estimate without bias can have.
struct SimulatedTissues {
    let times = (0..<100).map { 1.8 + 3.6 * Double($0) }, baselineFrames = 7, relaxivity = 4.5
    let sequence: SpoiledGradientEcho, input: ArterialInputFunction
    private(set) var truth: [(ktrans: Double, ve: Double, vp: Double, delay: Double)] = []
    private(set) var t1: [Float] = [], signals: [Float] = []

    init(_ count: Int, snr: Double, longestDelay: Double = 0, seed: UInt64) throws {
        var dice = Dice(seed: seed)
        func u(_ a: Double, _ b: Double) -> Double { .random(in: a...b, using: &dice) }
        sequence = try SpoiledGradientEcho(repetitionTime: 0.004, flipAngle: 20)
        input = try PopulationInput.parker.function(arrival: 30, haematocrit: 0.45, until: 362, step: 0.1)
        signals = [Float](repeating: 0, count: count * times.count)
        for v in 0..<count {
            let k = exp(u(log(0.01), log(0.6))), ve = u(0.08, 0.6), vp = u(0, 0.1), t10 = u(0.8, 1.6), d = longestDelay > 0 ? u(0, longestDelay) : 0
            truth.append((k, ve, vp, d))
            t1.append(Float(t10))
            let c = try KineticModel.extendedTofts.concentrations([k, ve, vp], input: input, at: times, delay: d)
            let base = sequence.signal(scale: 1e4, r1: 1 / t10), sigma = base / snr
            for (t, c) in c.enumerated() {
                let a = sequence.signal(scale: 1e4, r1: 1 / t10 + relaxivity * c) + sigma * Double(dice.normal()), b = sigma * Double(dice.normal())
                signals[t * count + v] = Float((a * a + b * b).squareRoot())
            }
        }
    }

    var series: TimeSeries {
        get throws { TimeSeries(grid: try Grid(size: Index3(truth.count, 1, 1), spacing: Vector3(1, 1, 1)), times: times, scalars: signals) }
    }

    func concentrations() throws -> TimeSeries {
        let s = try series
        return ConcentrationMap.convert(s, sequence: sequence, baseline: Baseline.mean(s, frames: baselineFrames), t1: t1, relaxivity: relaxivity, voxels: Array(truth.indices)).series
    }

    /// Root mean square of the least standard deviations of Ktrans, the scale of the signal unknown.
    func bound(snr: Double) throws -> Double {
        var sum = 0.0
        for v in stride(from: 0, to: truth.count, by: 10) {
            let x = [truth[v].ktrans, truth[v].ve, truth[v].vp], r10 = 1 / Double(t1[v]), base = sequence.signal(scale: 1, r1: r10)
            func curve(_ p: [Double]) throws -> [Double] {
                try KineticModel.extendedTofts.concentrations(p, input: input, at: times, delay: truth[v].delay).map { sequence.signal(scale: 1, r1: r10 + relaxivity * $0) / base }
            }
            let middle = try curve(x)
            var columns = [middle]
            for i in 0..<3 {
                let h = 1e-4 * max(x[i], 1e-2)
                var up = x, down = x
                up[i] += h
                down[i] = max(0, down[i] - h)
                columns.append(try zip(curve(up), curve(down)).map { ($0 - $1) / (up[i] - down[i]) })
            }
            var m = (0..<4).map { i in (0..<4).map { j in zip(columns[i], columns[j]).reduce(0) { $0 + $1.0 * $1.1 } * snr * snr } + (0..<4).map { $0 == i ? 1.0 : 0 } }
            for k in 0..<4 {
                let pivot = m[k][k]
                for j in 0..<8 { m[k][j] /= pivot }
                for i in 0..<4 where i != k { let f = m[i][k]; for j in 0..<8 { m[i][j] -= f * m[k][j] } }
            }
            sum += m[1][5]
        }
        return (sum / Double((truth.count + 9) / 10)).squareRoot()
    }
}

@Suite("Fits against the bound of Cramér and Rao")
struct CramerRaoTests {
    @Test("Ktrans is as exact as signals allow", arguments: [100.0, 50, 20])
    func bound(snr: Double) throws {
        let tissues = try SimulatedTissues(2000, snr: snr, seed: 8), bound = try tissues.bound(snr: snr)
        let c = try tissues.concentrations(), fit = try KineticFit(input: tissues.input, times: tissues.times), all = Array(tissues.truth.indices)
        let found = try fit.fit(c, voxels: all, baseline: .init(frames: tissues.baselineFrames, t1: tissues.t1, relaxivity: tissues.relaxivity))
        let error = rms(all.map { Double(found[.ktrans]![$0]) - tissues.truth[$0].ktrans })
        let calibrated = all.map { (Double(found[.ktrans]![$0]) - tissues.truth[$0].ktrans) / Double(found.errors(of: .ktrans)![$0]) }
        if ProcessInfo.processInfo.environment["CARPUS_TEST_VERBOSE"] != nil { print("DRO bound SNR \(snr): Ktrans \(error) bound \(bound) ratio \(error / bound), errors over standard errors: middle \(median(calibrated.map { abs($0) }))") }
        #expect(error < 1.15 * bound)
        // The middle of a normal distribution's absolute values is 0.674 of its standard deviation.
        #expect(abs(median(calibrated.map { abs($0) }) / 0.674 - 1) < 0.2)
    }

    @Test("an input sampled with the frames serves nearly as well, when it is refined", arguments: [100.0, 50, 20])
    func framed(snr: Double) throws {
        let tissues = try SimulatedTissues(2000, snr: snr, seed: 8), bound = try tissues.bound(snr: snr), c = try tissues.concentrations(), all = Array(tissues.truth.indices)
        let framed = try ArterialInputFunction(times: tissues.times, plasma: tissues.times.map(tissues.input.value(at:)))
        func error(_ input: ArterialInputFunction, _ method: KineticFit.Method = .nonLinear) throws -> Double {
            var p = KineticFit.Parameters()
            p.method = method
            let found = try KineticFit(input: input, times: tissues.times, parameters: p).fit(c, voxels: all)
            return rms(all.map { Double(found[.ktrans]![$0]) - tissues.truth[$0].ktrans })
        }
        let straight = try error(framed), refined = try error(framed.refined(step: 0.2)), linear = try error(framed, .linear)
        if ProcessInfo.processInfo.environment["CARPUS_TEST_VERBOSE"] != nil { print("DRO framed SNR \(snr): bound \(bound), straight \(straight / bound), refined \(refined / bound), linear \(linear / bound)") }
        #expect(refined <= straight * 1.02)
    }
}
