import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@testable import CarpusPerfusion

/// A slab with an artery, a kidney, a vein and tissue, all of Parker's input.
private struct Slab {
    let series: TimeSeries
    /// 1 the artery's inner voxels, 2 its rim, half tissue, 3 the kidney, 4 the vein, 5 tissue.
    let kinds: [Int]
    let arrival = 31.7, tissue = [0.2, 0.3, 0.04]
    let step: Double

    /// - Parameter b1: the flip angle reached over the one asked for, by column of the grid.
    init(step: Double = 4, snr: Double, flipAngle: Double = 20, seed: UInt64 = 5, b1: (Int) -> Double = { _ in 1 }) throws {
        self.step = step
        let grid = try Grid(size: Index3(30, 24, 4), spacing: Vector3(2, 2, 4)), n = grid.count, times = (0..<Int(300 / step)).map { Double($0) * step }
        let input = try PopulationInput.parker.function(arrival: arrival, haematocrit: 0.42, until: 320), blood = times.map { 0.58 * input.value(at: $0) }
        let perfused = try KineticModel.extendedTofts.concentrations(tissue, input: input, at: times, delay: 3)
        // A kidney holds what it takes in; a vein has what has passed the tissue.
        let kept = input.convolved(rate: 1 / 200, at: times.map { $0 - 3 }), passed = input.convolved(rate: 1 / 12, at: times.map { $0 - 8 })
        let kidney = times.indices.map { 0.25 * 0.58 * input.value(at: times[$0] - 3) + kept[$0] / 100 }, vein = passed.map { 0.58 * $0 / 12 }
        let curves = [perfused, blood, zip(blood, perfused).map { 0.5 * $0 + 0.5 * $1 }, kidney, vein, perfused], t1 = [1.2, 1.6, 1.4, 1.3, 1.6, 1.2]
        kinds = (0..<n).map { v in
            let at = grid.index(at: v), x = abs(at.x - 6), y = abs(at.y - 6)
            if x <= 1 && y <= 1 { return 1 }
            if x <= 2 && y <= 2 { return 2 }
            if hypot(Double(at.x) - 21.5, 0.8 * (Double(at.y) - 8.5)) < 4.5 { return 3 }
            return (13...15).contains(at.x) && (15...17).contains(at.y) ? 4 : 5
        }
        var dice = Dice(seed: seed), scalars = [Float](repeating: 0, count: n * times.count)
        for v in 0..<n {
            let kind = kinds[v], sequence = try SpoiledGradientEcho(repetitionTime: 0.004, flipAngle: flipAngle * b1(grid.index(at: v).x))
            let quiet = sequence.signal(scale: 5000, r1: 1 / t1[kind])
            for t in times.indices { scalars[t * n + v] = Float(sequence.signal(scale: 5000, r1: 1 / t1[kind] + 4.5 * curves[kind][t])) + dice.normal() * Float(quiet / snr) }
        }
        series = TimeSeries(grid: grid, times: times, scalars: scalars)
    }

    func mask(_ wanted: Set<Int>) -> LabelMap {
        LabelMap(grid: series.grid, labels: kinds.map { wanted.contains($0) ? 1 : 0 }, legend: Legend([Label(value: 1, name: "part", color: [9, 9, 9])]))
    }

    var parameters: KineticAnalysis.Parameters {
        var p = KineticAnalysis.Parameters()
        (p.repetitionTime, p.flipAngle, p.tissueT1, p.input) = (0.004, 20, 1.2, .automatic)
        return p
    }

    func kind(_ voxel: [Int]) -> Int { kinds[voxel[0] + series.grid.size.x * (voxel[1] + series.grid.size.y * voxel[2])] }
}

@Suite("The artery that is found")
struct ArteryTests {
    @Test("is the artery, not its rim, a kidney or a vein, and Ktrans by it is right", arguments: [2, 5], [20, 50, 200])
    func found(step: Double, snr: Double) throws {
        let slab = try Slab(step: step, snr: snr), tissue = slab.mask([5])
        let found = try KineticAnalysis.compute(slab.series, region: tissue, parameters: slab.parameters, method: "t")
        let voxels = try #require(found.inputRecord.voxels), right = voxels.count { slab.kind($0) == 1 }
        #expect(voxels.count >= 5 && right == voxels.count, "\(right) of \(voxels.count)")
        #expect(!found.findings.contains { $0.code.hasPrefix("perfusion.input") }, "\(found.findings.map(\.code))")
        let ktrans = try #require(found.measurements.first { $0.quantity == "Ktrans-median" }?.value)
        #expect(abs(ktrans / 0.2 - 1) < (step > 2 ? 0.15 : 0.08), "\(ktrans)")
    }

    @Test("a region of artery and kidney is doubted for its curves' shapes, the artery alone is not; noise makes no shape", arguments: [20, 50, 200])
    func mixed(snr: Double) throws {
        let slab = try Slab(snr: snr)
        var p = slab.parameters
        p.input = .region
        func codes(_ kinds: Set<Int>) throws -> [String] {
            try KineticAnalysis.compute(slab.series, artery: slab.mask(kinds), region: slab.mask([4]), parameters: p, method: "t").findings.map(\.code)
        }
        for clean in [[1], [1, 2]] as [Set<Int>] { #expect(try !codes(clean).contains("perfusion.input-inconsistent"), "\(clean)") }
        // A kidney's many voxels make the input theirs: it is doubted for what it is.
        #expect(try codes([1, 4]).contains("perfusion.input-inconsistent") && codes([1, 3]).contains { $0.hasPrefix("perfusion.input-") })
    }

    @Test("an input of one bright frame, or of a slow injection, is doubted for its breadth; a population's is not")
    func breadth() throws {
        let times = (0..<80).map { Double($0) * 4 }, parker = try PopulationInput.parker.function(arrival: 41, haematocrit: 0.42, until: 330)
        func codes(_ plasma: [Double]) throws -> [String] { MeasuredInput.doubts(try ArterialInputFunction(times: times, plasma: plasma), count: 9).map(\.code) }
        let plain = times.map(parker.value(at:))
        var spike = plain.map { min($0, 0.8) }
        spike[13] = 9
        #expect(try !codes(plain).contains("perfusion.input-breadth") && codes(spike).contains("perfusion.input-breadth"))
        // Half a minute of injection.
        let slow = times.map { t in (0..<30).reduce(0.0) { $0 + parker.value(at: t - Double($1)) } / 30 }
        #expect(try !Set(codes(slow)).isDisjoint(with: ["perfusion.input-breadth", "perfusion.input-dispersed"]))
    }

    @Test("B1 of the dynamic series counts: without the map Ktrans is wrong, with it right; a map in percent is doubted")
    func b1() throws {
        let slab = try Slab(snr: 500, flipAngle: 8) { x in 0.75 + 0.5 * Double(x) / 29 }, grid = slab.series.grid
        let map = Volume(grid: grid, scalars: (0..<grid.count).map { Float(0.75 + 0.5 * Double(grid.index(at: $0).x) / 29) })
        var p = slab.parameters
        (p.input, p.inputArrival, p.flipAngle) = (.parker, slab.arrival, 8)
        func errors(_ b1: Volume<Float>?) throws -> [Double] {
            let found = try KineticAnalysis.compute(slab.series, b1: b1, region: slab.mask([5]), parameters: p, method: "t"), ktrans = try #require(found.maps[.ktrans])
            return slab.kinds.indices.filter { slab.kinds[$0] == 5 }.map { abs(Double(ktrans.scalars[$0]) / 0.2 - 1) }.sorted()
        }
        let with = try errors(map), without = try errors(nil)
        #expect(with[with.count * 9 / 10] < 0.03 && without[without.count * 9 / 10] > 0.1, "\(with[with.count * 9 / 10]) and \(without[without.count * 9 / 10])")
        let percent = Volume(grid: grid, scalars: map.scalars.map { $0 * 100 })
        #expect(throws: PerfusionError.self) { try KineticAnalysis.compute(slab.series, b1: percent, region: slab.mask([5]), parameters: p, method: "t") }
        let other = Volume<Float>(grid: try Grid(size: Index3(2, 2, 2), spacing: Vector3(1, 1, 1)), repeating: 1)
        #expect(throws: PerfusionError.self) { try KineticAnalysis.compute(slab.series, b1: other, parameters: p, method: "t") }
    }

    @Test("an artery that is drawn fills before the tissue, and its own frames before the agent are its baseline")
    func drawnArteryBeforeTheTissue() throws {
        // Frames of 2 s, and a tissue that follows 3 s behind: its arrival taken for the artery's puts agent into the baseline of the input, and Ktrans a third too high.
        let slab = try Slab(step: 2, snr: 50)
        var p = slab.parameters
        p.input = .region
        let found = try KineticAnalysis.compute(slab.series, artery: slab.mask([1]), region: slab.mask([5]), parameters: p, method: "t")
        let ktrans = try #require(found.measurements.first { $0.quantity == "Ktrans-median" }?.value)
        #expect(abs(ktrans / 0.2 - 1) < 0.05, "\(ktrans)")
    }

    @Test("with a baseline that is told and no arrival the agent is sought after it; a baseline that reaches into the rise is doubted")
    func toldBaseline() throws {
        let slab = try Slab(snr: 100)
        var p = slab.parameters
        p.input = .parker
        for frames in [3, 7] {
            p.baselineFrames = frames
            let found = try KineticAnalysis.compute(slab.series, region: slab.mask([5]), parameters: p, method: "t")
            let ktrans = try #require(found.measurements.first { $0.quantity == "Ktrans-median" }?.value)
            #expect(abs(ktrans / 0.2 - 1) < 0.05 && !found.findings.contains { $0.code == "perfusion.baseline-after-arrival" }, "\(frames): \(ktrans)")
            #expect(found.inputRecord.arrivalIsGuessed == true)
        }
        p.baselineFrames = 14
        #expect(try KineticAnalysis.compute(slab.series, region: slab.mask([5]), parameters: p, method: "t").findings.contains { $0.code == "perfusion.baseline-after-arrival" })
    }
}

@Suite("The axis that time runs along")
struct TimeAxisTests {
    /// A series with two axes exchanged: axis 3 are the frames.
    private func exchanged(_ s: TimeSeries, _ axis: Int) throws -> TimeSeries {
        var size = [s.grid.size.x, s.grid.size.y, s.grid.size.z, s.frameCount]
        let strides = { (n: [Int]) in [1, n[0], n[0] * n[1], n[0] * n[1] * n[2]] }, from = strides(size)
        size.swapAt(axis, 3)
        var scalars = [Float](repeating: 0, count: s.scalars.count), i = 0
        for t in 0..<size[3] { for z in 0..<size[2] { for y in 0..<size[1] { for x in 0..<size[0] {
            var at = [x, y, z, t]
            at.swapAt(axis, 3)
            scalars[i] = s.scalars[zip(at, from).reduce(0) { $0 + $1.0 * $1.1 }]
            i += 1
        } } } }
        let grid = try Grid(size: Index3(size[0], size[1], size[2]), spacing: Vector3(1, 1, 1))
        return TimeSeries(grid: grid, times: (0..<size[3]).map { Double($0) * 5 }, scalars: scalars)
    }

    @Test("frames stored as slices or rows are told, at any noise", arguments: [1, 2], [10, 50])
    func simulated(axis: Int, snr: Double) throws {
        var series = try Slab(step: 5, snr: snr).series, dice = Dice(seed: 8)
        // Tissue is not alike from place to place, as it is from frame to frame.
        let share = (0..<series.grid.count).map { _ in 1 + 0.2 * dice.normal() }
        series.scalars = series.scalars.enumerated().map { $1 * max(share[$0 % series.grid.count], 0.3) }
        #expect(try TimeAxis.axisLikeTime(series) == nil && TimeAxis.axisLikeTime(exchanged(series, axis)) == axis)
        #expect(try EnhancementMaps.compute(exchanged(series, axis)).findings.contains { $0.code == "perfusion.time-axis" && $0.severity == .serious })
    }

    @Test("a series without an agent, of slices that are all alike, or of an object that begins at a slice, raises no doubt")
    func quiet() throws {
        let grid = try Grid(size: Index3(12, 12, 16), spacing: Vector3(1, 1, 1)), n = grid.count
        var dice = Dice(seed: 3)
        // Places by slice, and how much they rise. A step from slice to slice in all places, and no agent, is left out: that looks as an agent does.
        let alike = { (_: Int) in 100.0 }, begins = { (z: Int) in z < 6 ? 4.0 : 100 }, brighter = { (z: Int) in z < 6 ? 60.0 : 100 }
        for (name, object, rise) in [("alike", alike, 0), ("alike", alike, 1), ("begins", begins, 0), ("begins", begins, 1), ("brighter", brighter, 1)] as [(String, (Int) -> Double, Double)] {
            let scalars = (0..<n * 12).map { i in Float(object(i % n / 144) * (1 + (i / n > 4 ? rise : 0))) + dice.normal() }
            let series = TimeSeries(grid: grid, times: (0..<12).map { Double($0) * 9 }, scalars: scalars)
            #expect(TimeAxis.axisLikeTime(series) == nil, "\(name), \(rise)")
        }
        // A coil that reaches in from one side, tissue that differs, and next to no agent: the rows rise together, and the frames are copies of each other.
        let rows = try Grid(size: Index3(20, 40, 8), spacing: Vector3(1, 1, 1)), tissue = (0..<rows.count).map { _ in 100 * (1 + 0.15 * dice.normal()) }
        let scalars = (0..<rows.count * 20).map { i -> Float in
            let v = i % rows.count, y = rows.index(at: v).y
            return tissue[v] * Float(min(1, 0.4 + 0.1 * Double(y))) * (v % 100 == 0 && i / rows.count > 6 ? 1.8 : 1) + dice.normal()
        }
        #expect(TimeAxis.axisLikeTime(TimeSeries(grid: rows, times: (0..<20).map { Double($0) * 6 }, scalars: scalars)) == nil)
    }

    @Test("real and reference series are as they should be, and told when exchanged", .enabled(if: TestData.available, "needs the reference data"))
    func real() throws {
        for name in ["dce_abdomen_madym/derived/dce_4d.nii.gz", "dce_dcemri_jl/derived/breast_dce_4d.nii.gz"] {
            guard case .series(let series) = try NIfTI.read(TestData.url(name)) { (0..<$0).map { Double($0) * 5 } }.content else { Issue.record("no series"); continue }
            #expect(TimeAxis.axisLikeTime(series) == nil, "\(name)")
            for axis in 0..<3 { #expect(try TimeAxis.axisLikeTime(exchanged(series, axis)) == axis, "\(name), axis \(axis)") }
        }
        for name in ["qiba_v4_etofts_3s/dce_snr20", "qiba_v6_tofts_3s/dce_snr50", "own_etm_delay_snr50/dce", "own_2cxm_snr50/dce", "pkmodeling_DRO5min3secinf/dce"] where Reference.available {
            let file = Reference.folder.appending(path: name + ".nii.gz")
            guard case .series(let series) = try NIfTI.read(file, times: { (0..<$0).map { Double($0) * 3 } }).content else { Issue.record("no series"); continue }
            #expect(TimeAxis.axisLikeTime(series) == nil, "\(name)")
        }
    }
}
