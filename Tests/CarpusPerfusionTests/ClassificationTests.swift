import CarpusCore
import CarpusTestSupport
import Foundation
import Testing

@testable import CarpusPerfusion

/// Curves of known class, with the noise of magnitudes.
struct SimulatedCurves {
    struct Truth { let shape: CurveShape, curveClass: CurveClass; let onset, maximum, rate: Double }

    /// Curves as they are in synovium, arteries and tissue that does not enhance; classes in turn.
    static func make(_ count: Int, step: Double, frames: Int, baseline: Int, snr: Double, seed: UInt64) -> (times: [Double], curves: [[Float]], truth: [Truth]) {
        var dice = Dice(seed: seed)
        func u(_ a: Double, _ b: Double) -> Double { .random(in: a...b, using: &dice) }
        let times = (0..<frames).map { (Double($0) + 0.5) * step }, end = times[frames - 1]
        var curves: [[Float]] = [], truth: [Truth] = []
        for i in 0..<count {
            let shape = [CurveShape.none, .persistent, .slow, .plateau, .washout, .arterial][i % 6]
            let onset = u(Double(baseline) * step + 0.3 * step, Double(baseline) * step + 0.3 * step + 22), height = shape == .none ? 0 : u(0.5, 2.5), rise = u(20, 55), peak = onset + (shape == .arterial ? u(8, 15) : rise)
            let late = shape == .persistent ? u(0.15, 0.4) : shape == .plateau ? u(-0.05, 0.05) : shape == .washout ? u(-0.4, -0.15) : 0
            let drop = u(0.35, 0.6), tau = u(12, 25), start = u(100, 400), sigma = start / snr
            let clean = times.map { t -> Double in
                let ramp = max(0, min(1, (t - onset) / (peak - onset))) * height
                switch shape {
                case .none: return 0
                case .slow: return max(0, t - onset) / (end - onset) * height
                case .arterial: return t > peak ? height * (1 - drop * (1 - exp(-(t - peak) / tau))) * exp(-(t - peak) / 900) : ramp
                default: return ramp + (t > peak ? late * (1 + height) * (t - peak) / 180 : 0)
                }
            }
            curves.append(clean.map { c in
                let a = start * (1 + c) + sigma * Double(dice.normal()), b = sigma * Double(dice.normal())
                return Float((a * a + b * b).squareRoot())
            })
            let classes: [CurveShape: CurveClass] = [.none: .none, .persistent: .persistent, .slow: .persistent, .plateau: .plateau, .washout: .washout, .arterial: .washout]
            truth.append(Truth(shape: shape, curveClass: classes[shape] ?? .none, onset: onset, maximum: height, rate: shape == .slow ? height / (end - onset) : height / (peak - onset)))
        }
        return (times, curves, truth)
    }

    struct Score { var classes = 0.0, shapes = 0.0, onset = 0.0, maximum = 0.0, rate = 0.0; var confusion: [String: Int] = [:] }

    static func score(_ times: [Double], _ curves: [[Float]], _ truth: [Truth], baseline: Int) throws -> Score {
        var s = Score(), onsets: [Double] = [], maxima: [Double] = [], rates: [Double] = []
        for (curve, t) in zip(curves, truth) {
            let r = try EnhancementMaps.read(curve, times: times, baselineFrames: baseline)
            if r.curveClass == t.curveClass { s.classes += 1 / Double(curves.count) } else { s.confusion["\(t.shape)/\(t.curveClass)>\(r.curveClass)", default: 0] += 1 }
            if r.shape == t.shape { s.shapes += 1 / Double(curves.count) } else { s.confusion["\(t.shape)>>\(r.shape)", default: 0] += 1 }
            guard t.curveClass != .none, r.curveClass != .none, t.shape != .arterial else { continue }
            onsets.append(abs(r.onset - t.onset))
            maxima.append(abs(r.maximum / t.maximum - 1))
            rates.append(abs(r.initialRate / t.rate - 1))
        }
        (s.onset, s.maximum, s.rate) = (median(onsets), median(maxima), median(rates))
        return s
    }
}

@Suite("Classes of curves")
struct ClassificationTests {
    static let verbose = ProcessInfo.processInfo.environment["CARPUS_TEST_VERBOSE"] != nil

    @Test("known curves are told apart at every noise", arguments: [(5.0, 72, 7), (6, 60, 6), (20, 20, 3), (18, 20, 3)], [100.0, 50, 20])
    func accuracy(sampling: (Double, Int, Int), snr: Double) throws {
        let (times, curves, truth) = SimulatedCurves.make(600, step: sampling.0, frames: sampling.1, baseline: sampling.2, snr: snr, seed: UInt64(snr) + UInt64(sampling.0))
        let s = try SimulatedCurves.score(times, curves, truth, baseline: sampling.2)
        if Self.verbose { print("TIC own \(sampling.0) s SNR \(snr): classes \(s.classes) shapes \(s.shapes) onset \(s.onset) ME \(s.maximum) IRE \(s.rate) \(s.confusion)") }
        #expect(s.classes >= 0.95)
        #expect(s.shapes >= (sampling.0 < 10 ? 0.97 : 0.9))
        #expect(s.onset < sampling.0 / 5)
        #expect(s.maximum < 0.06 && s.rate < 0.12)
    }

    @Test("the reference's own curves", .enabled(if: Reference.available), arguments: [("tic_sim/tic.csv", 6.0, 6), ("tic_sim/tic_20s.csv", 18, 3)])
    func reference(file: String, step: Double, baseline: Int) throws {
        let rows = try Reference.table(file)
        for snr in ["100", "50", "20"] {
            let mine = rows.filter { $0["baseline_snr"] == snr }
            let curves = mine.map { $0["signal"]!.numbers.map(Float.init) }
            let names: [String: CurveClass] = ["none": .none, "persistent": .persistent, "plateau": .plateau, "washout": .washout]
            let truth = mine.map { SimulatedCurves.Truth(shape: CurveShape(rawValue: UInt8($0["tic_type"]!)!)!, curveClass: names[$0["gd_class"]!]!, onset: Double($0["T_onset_s"]!)!, maximum: Double($0["ME_rel"]!)!, rate: Double($0["IRE_rel_per_s"]!)!) }
            let s = try SimulatedCurves.score(curves[0].indices.map { (Double($0) + 0.5) * step }, curves, truth, baseline: baseline)
            if Self.verbose { print("TIC ref \(step) s SNR \(snr): classes \(s.classes) shapes \(s.shapes) onset \(s.onset) ME \(s.maximum) IRE \(s.rate) \(s.confusion)") }
            #expect(s.classes >= 0.95)
            if step < 10 { #expect(s.shapes >= 0.93) }
            #expect(s.onset < step / 5)
        }
    }

    @Test("noise alone enhances in at most one voxel of two hundred", arguments: [0.0, 1, 3, 10, 30], [(8, 2), (16, 1), (16, 2), (20, 3), (40, 4), (72, 6)])
    func noise(snr: Double, frames: (Int, Int)) throws {
        var dice = Dice(seed: 5), enhancing = 0
        let n = 4000, times = (0..<frames.0).map { Double($0) * 10 }
        for _ in 0..<n {
            let curve = times.map { _ -> Float in
                let a = Float(snr) + dice.normal(), b = dice.normal()
                return (a * a + b * b).squareRoot()
            }
            if try EnhancementMaps.read(curve, times: times, baselineFrames: frames.1).curveClass != .none { enhancing += 1 }
        }
        if Self.verbose { print("TIC noise SNR \(snr) frames \(frames): \(Double(enhancing) / Double(n))") }
        #expect(Double(enhancing) / Double(n) <= 0.005)
    }

    @Test("one frame before the agent, uneven times and a late arrival are borne", arguments: [100.0, 50, 20])
    func hardTimes(snr: Double) throws {
        let (times, curves, truth) = SimulatedCurves.make(600, step: 20, frames: 20, baseline: 1, snr: snr, seed: 51)
        let single = try SimulatedCurves.score(times, curves, truth, baseline: 1)
        #expect(single.classes >= 0.94)
        let (even, late, known) = SimulatedCurves.make(600, step: 5, frames: 90, baseline: 36, snr: snr, seed: 52)
        #expect(try SimulatedCurves.score(even, late, known, baseline: 36).classes >= 0.97)
    }

    @Test("a curve says the same among any others, alone, and in any order of voxels")
    func neighbours() throws {
        let (times, curves, _) = SimulatedCurves.make(150, step: 6, frames: 40, baseline: 5, snr: 30, seed: 8), n = curves.count
        let grid = try Grid(size: Index3(n, 1, 1), spacing: Vector3(1, 1, 1))
        var scalars = [Float](repeating: 0, count: n * 40)
        for v in 0..<n { for t in 0..<40 { scalars[t * n + v] = v == 77 && t == 9 ? .nan : curves[v][t] } }
        var p = EnhancementParameters()
        p.baselineFrames = 5
        let series = TimeSeries(grid: grid, times: times, scalars: scalars), whole = try EnhancementMaps.compute(series, parameters: p)
        let region = LabelMap(grid: grid, labels: (0..<n).map { $0 % 3 == 1 ? 1 : 0 }, legend: CurveClass.legend), part = try EnhancementMaps.compute(series, region: region, parameters: p)
        for v in 0..<n where v != 77 {
            let alone = try EnhancementMaps.read(curves[v], times: times, baselineFrames: 5)
            #expect(UInt16(alone.curveClass.rawValue) == whole.classes.labels[v] && Float(alone.maximum) == whole.maximum.scalars[v])
            if v % 3 == 1 { #expect(whole.maximum.scalars[v] == part.maximum.scalars[v] && whole.probability.scalars[v] == part.probability.scalars[v]) }
        }
        #expect(whole.maximum.scalars[77].isNaN && whole.classes.labels[77] == 0)
    }

    @Test("middles of eight curves are those of sorting", arguments: [1, 2, 3, 7, 12, 39, 40, 71, 199])
    func medians(count: Int) {
        var dice = Dice(seed: 3)
        let network = LaneMedian(count), rows = Scratch(count, repeating: Lane.zero)
        defer { network.free(); rows.free() }
        for i in 0..<count { for l in 0..<8 { rows.base[i][l] = (dice.normal() * 10).rounded() / 10 } }
        let lists = (0..<8).map { l in (0..<count).map { rows.base[$0][l] }.sorted() }, found = network(rows.base)
        for l in 0..<8 { #expect(found[l] == (lists[l][(count - 1) / 2] + lists[l][count / 2]) / 2) }
    }
}
