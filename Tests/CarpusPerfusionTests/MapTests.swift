import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@testable import CarpusPerfusion

/// A field of curves on an anisotropic grid.
struct Field {
    let series: TimeSeries
    let regions: LabelMap

    /// Halves of a box, one with curves of known class in turn, one with noise; every voxel has its own scale.
    init(step: Double = 6, frames: Int = 60, baseline: Int = 6) throws {
        let grid = try Grid(size: Index3(24, 10, 4), spacing: Vector3(0.5, 0.5, 3))
        let half = grid.count / 2
        let made = SimulatedCurves.make(half, step: step, frames: frames, baseline: baseline, snr: 50, seed: 3), quiet = SimulatedCurves.make(half * 6, step: step, frames: frames, baseline: baseline, snr: 20, seed: 4)
        var scalars = [Float](repeating: 0, count: grid.count * frames), labels = [UInt16](repeating: 2, count: grid.count)
        for v in 0..<half {
            labels[v] = 1
            for t in 0..<frames {
                scalars[t * grid.count + v] = made.curves[v][t]
                scalars[t * grid.count + half + v] = quiet.curves[v * 6][t]
            }
        }
        series = TimeSeries(grid: grid, times: made.times, scalars: scalars)
        regions = LabelMap(grid: grid, labels: labels, legend: Legend([Label(value: 1, name: "synovium", color: [1, 2, 3]), Label(value: 2, name: "muscle", color: [4, 5, 6]), Label(value: 3, name: "bone", color: [7, 8, 9])]))
    }
}

@Suite("Maps and regions")
struct MapTests {
    @Test("the arrival is found, regions are counted in voxels and millilitres, and nothing is counted twice")
    func regions() throws {
        let field = try Field(), maps = try EnhancementMaps.compute(field.series, region: field.regions)
        #expect((5...7).contains(maps.arrival.baselineFrames), "\(maps.arrival)")
        let rows = try RegionStatistics.measure(maps, regions: field.regions, method: "test/1")
        func value(_ name: String, _ region: String) -> Double? { rows.first { $0.quantity == name && $0.region == region }?.value }
        let n = try #require(value("N-total", "synovium")), parts = ["persistent", "plateau", "washout"].compactMap { value("N-\($0)", "synovium") }
        #expect(abs(n - 400) < 12, "five sixths of 480 enhance: \(n)")
        #expect(parts.reduce(0, +) == n)
        let volume = try #require(value("enhancing-volume", "synovium")), me = try #require(value("ME", "synovium")), ire = try #require(value("IRE", "synovium"))
        let meN = try #require(value("MExN", "synovium")), ireV = try #require(value("IRExV", "synovium"))
        #expect(abs(volume - n * 0.75 / 1000) < 1e-9 && abs(meN - n * me) < 1e-6 && abs(ireV - volume * ire) < 1e-9)
        #expect(value("N-total", "muscle") == 0 && rows.contains { $0.region == "bone" && $0.status == .notScorable } && rows.contains { $0.quantity == "ME" && $0.region == "muscle" && $0.status == .notScorable })
        let curves = try RegionCurve.list(field.series, maps, regions: field.regions)
        #expect(curves.map(\.region) == ["synovium"] && curves[0].voxels == Int(n) && abs(curves[0].mean[2]) < 0.01)
        #expect(zip(curves[0].low, curves[0].high).allSatisfy { $0 <= $1 } && curves[0].middle[40] > 0.5)
        #expect(zip(curves[0].lowerQuartile, curves[0].upperQuartile).allSatisfy { $0 <= $1 } && zip(curves[0].low, curves[0].lowerQuartile).allSatisfy { $0 <= $1 })
        let part = try RegionStatistics.measure(maps, regions: nil, excluding: LabelMap(grid: field.series.grid, labels: maps.classes.labels.map { $0 == 3 ? 1 : 0 }, legend: ArterialExclusion.legend), method: "t")
        #expect(part.first { $0.quantity == "N-washout" }?.value == 0)
    }

    @Test("voxels that a frame does not show do not hide the arrival from the others")
    func gaps() throws {
        let field = try Field(), n = field.series.grid.count, synovium = (0..<n).filter { field.regions.labels[$0] == 1 }
        var series = field.series
        for v in synovium where v % 2 == 0 { series.scalars[3 * n + v] = .nan }
        let found = try Arrival.find(in: series, voxels: synovium), whole = try Arrival.find(in: field.series, voxels: synovium)
        // Other voxels are the brightest fiftieth then; a frame, 6 s, is how well an arrival is told.
        #expect(try abs(#require(found.time) - #require(whole.time)) <= 6)
    }

    @Test("nothing depends on threads, and no map has a gap inside its region")
    func threads() throws {
        let field = try Field(), before = Parallel.threads
        defer { Parallel.threads = before }
        Parallel.threads = 1
        let one = try EnhancementMaps.compute(field.series, region: field.regions)
        Parallel.threads = 3
        let three = try EnhancementMaps.compute(field.series, region: field.regions)
        #expect(one.labels == three.labels && one.initialRate.scalars == three.initialRate.scalars && one.probability.scalars == three.probability.scalars)
        for map in [one.maximum, one.initialRate, one.onset, one.peak, one.washIn, one.washOut, one.area60, one.area90, one.fitError, one.probability] {
            #expect(map.scalars.allSatisfy { $0.isFinite })
        }
        #expect(one.probability.scalars.allSatisfy { $0 >= 0 && $0 <= 1.0001 })
    }

    @Test("times that are no axis are refused in words")
    func times() throws {
        func complaint(_ times: [Double], _ frames: Int) -> String? {
            do { try TimeAxis.check(times, frames: frames) } catch { return "\(error)" }
            return nil
        }
        #expect(complaint([], 0)?.contains("no frames") == true)
        #expect(complaint([0], 1)?.contains("one volume") == true)
        #expect(complaint([0, 1], 2)?.contains("at least 4") == true)
        #expect(complaint([0, 1, 2], 4)?.contains("3 times for 4 frames") == true)
        #expect(complaint([0, 1, 1, 2], 4)?.contains("is that of frame 2 and of frame 3") == true)
        #expect(complaint([0, 2, 1, 3], 4)?.contains("comes before") == true)
        #expect(complaint([0, 1, .nan, 3], 4)?.contains("no number") == true)
        #expect(complaint([0, 1, 2, 3], 4) == nil)
        #expect(throws: PerfusionError.self) { try TimeAxis.even(interval: 0, frames: 10) }
        let grid = try Grid(size: Index3(2, 1, 1), spacing: Vector3(1, 1, 1))
        let empty = TimeSeries(grid: grid, times: [0, 1, 2, 3], scalars: [Float](repeating: .nan, count: 8))
        #expect(throws: PerfusionError.self) { try EnhancementMaps.compute(empty) }
        for interval in [0, -1, Double.nan, .infinity] { #expect(throws: PerfusionError.self) { try TimeAxis.even(interval: interval, frames: 10) } }
        #expect(complaint([0, 1, .infinity, 3], 4)?.contains("frame 3") == true)
    }

    @Test("a frame without values is named; voxels that are NaN or infinite are passed over and counted; no frame and one frame are refused everywhere")
    func missing() throws {
        let field = try Field(), n = field.series.grid.count
        func refused(_ series: TimeSeries) -> PerfusionError? {
            do { _ = try EnhancementMaps.compute(series) } catch { return error as? PerfusionError }
            return nil
        }
        var lost = field.series
        for v in 0..<n { lost.scalars[6 * n + v] = .infinity }
        #expect(refused(lost)?.code == .notFinite && refused(lost)?.message.contains("frame 7") == true)
        var holes = field.series
        (holes.scalars[3 * n + 5], holes.scalars[8 * n + 9], holes.scalars[11]) = (.nan, .infinity, -.infinity)
        let maps = try EnhancementMaps.compute(holes)
        #expect([5, 9, 11].allSatisfy { maps.maximum.scalars[$0].isNaN && maps.classes.labels[$0] == 0 } && maps.findings.contains { $0.code == "perfusion.voxels-without-curve" })
        #expect(maps.maximum.scalars.filter { $0.isNaN }.count == 3)
        let grid = field.series.grid, none = TimeSeries(grid: grid, times: [], scalars: []), one = field.series.frame(0)
        #expect(refused(none)?.code == .tooFewFrames)
        let single = TimeSeries(grid: grid, times: [0], scalars: one.scalars)
        #expect(refused(single)?.message.contains("one volume") == true)
        var p = KineticAnalysis.Parameters()
        (p.repetitionTime, p.flipAngle, p.tissueT1) = (0.005, 20, 1.2)
        for series in [none, single, lost] { #expect(throws: PerfusionError.self) { try KineticAnalysis.compute(series, parameters: p, method: "t") } }
        #expect(throws: PerfusionError.self) { try KineticFit(input: KineticTests.input, times: []) }
        #expect(throws: PerfusionError.self) { try KineticFit(input: KineticTests.input, times: [0, 1, 1, 2]) }
        #expect(throws: PerfusionError.self) { try KineticFit(input: KineticTests.input, times: [0, 1, .nan, 2]) }
        #expect(throws: PerfusionError.self) { try EnhancementMaps.read([1, 2, 3], times: [0, 1, 1], baselineFrames: 1) }
    }

    @Test("a tube that enhances early and falls is an artery, a blob of synovium is not")
    func arteries() throws {
        let grid = try Grid(size: Index3(20, 20, 8), spacing: Vector3(1, 1, 2)), frames = 50, times = (0..<frames).map { Double($0) * 5 }
        var scalars = [Float](repeating: 100, count: grid.count * frames), dice = Dice(seed: 9), truth = Set<Int>()
        for t in 0..<frames {
            let s = times[t]
            let arterial = s < 30 ? 0 : s < 40 ? (s - 30) / 10 * 2.5 : 2.5 * (0.4 + 0.6 * exp(-(s - 40) / 15))
            let synovial = s < 35 ? 0 : s < 75 ? (s - 35) / 40 * 1.5 : 1.5 * (1 - 0.4 * (s - 75) / 175)
            for z in 0..<8 {
                for y in 0..<20 { for x in 0..<20 {
                    let v = grid.offset(x, y, z)
                    if (4...5).contains(x) && (4...5).contains(y) { scalars[t * grid.count + v] = 100 * Float(1 + arterial); truth.insert(v) }
                    if (10...16).contains(x) && (8...14).contains(y) && (2...5).contains(z) { scalars[t * grid.count + v] = 100 * Float(1 + synovial) }
                } }
            }
        }
        for i in scalars.indices { scalars[i] += 2 * dice.normal() }
        let series = TimeSeries(grid: grid, times: times, scalars: scalars), maps = try EnhancementMaps.compute(series)
        let found = try ArterialExclusion.find(maps).labels.enumerated().filter { $0.element > 0 }.map(\.offset)
        #expect(Set(found).isSubset(of: truth) && found.count > truth.count * 9 / 10, "\(found.count) of \(truth.count)")
    }

    @Test("an aorta across a slab no longer than it is thick is an artery, and a flat piece that runs through it is not")
    func aorta() throws {
        let grid = try Grid(size: Index3(48, 40, 5), spacing: Vector3(1.5, 1.5, 4)), frames = 50, times = (0..<frames).map { Double($0) * 5 }
        let round = Set((0..<grid.count).filter { v in
            let at = grid.index(at: v), x = Double(at.x) - 12, y = Double(at.y) - 12
            return x * x + y * y < 36
        })
        let flat = Set((0..<grid.count).filter { v in (26...45).contains(grid.index(at: v).x) && (24...26).contains(grid.index(at: v).y) })
        var scalars = [Float](repeating: 100, count: grid.count * frames), dice = Dice(seed: 31)
        for t in 0..<frames {
            let s = times[t], rise = s < 30 ? 0 : s < 40 ? (s - 30) / 10 * 2.5 : 2.5 * (0.4 + 0.6 * exp(-(s - 40) / 15))
            for v in round.union(flat) { scalars[t * grid.count + v] = 100 * Float(1 + rise) }
        }
        for i in scalars.indices { scalars[i] += 2 * dice.normal() }
        let maps = try EnhancementMaps.compute(TimeSeries(grid: grid, times: times, scalars: scalars))
        var p = ArterialExclusion.Parameters()
        // All that enhances is as steep here.
        p.steepestShare = 1
        let found = Set(try ArterialExclusion.find(maps, parameters: p).labels.enumerated().filter { $0.element > 0 }.map(\.offset))
        #expect(found.isDisjoint(with: flat) && found.intersection(round).count > round.count * 9 / 10, "\(found.count) of \(round.count)")
    }

    @Test("an artery is found among tissue and air, and its curve is the blood's; from a region it is the same")
    func automaticInput() throws {
        let grid = try Grid(size: Index3(20, 16, 2), spacing: Vector3(1, 1, 3)), n = grid.count, frames = 80, times = (0..<frames).map { Double($0) * 3 }
        let input = try PopulationInput.parker.function(arrival: 24, haematocrit: 0.42, until: 245), sequence = try SpoiledGradientEcho(repetitionTime: 0.004, flipAngle: 25)
        let blood = times.map { input.value(at: $0) * 0.58 }, tissue = try KineticModel.extendedTofts.concentrations([0.2, 0.3, 0.04], input: input, at: times, delay: 3)
        var scalars = [Float](repeating: 0, count: n * frames), artery = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: n), legend: ArterialExclusion.legend), region = artery, dice = Dice(seed: 21)
        for v in 0..<n {
            let x = v % 20, isArtery = x < 3 && v / 20 % 16 < 5, isTissue = x < 12
            if isArtery { artery.labels[v] = 1 } else if isTissue { region.labels[v] = 1 }
            for t in 0..<frames {
                let signal = isArtery ? sequence.signal(scale: 5000, r1: 1 / 1.6 + 4.5 * blood[t]) : isTissue ? sequence.signal(scale: 5000, r1: 1 / 1.2 + 4.5 * tissue[t]) : 0
                let a = Float(signal) + 3 * dice.normal(), b = 3 * dice.normal()
                scalars[t * n + v] = (a * a + b * b).squareRoot()
            }
        }
        let series = TimeSeries(grid: grid, times: times, scalars: scalars)
        for source in [KineticAnalysis.InputSource.region, .automatic] {
            var p = KineticAnalysis.Parameters()
            (p.repetitionTime, p.flipAngle, p.tissueT1, p.input, p.baselineFrames) = (0.004, 25, 1.2, source, 7)
            let whole = source == .automatic ? nil : region
            let found = try KineticAnalysis.compute(series, artery: source == .region ? artery : nil, region: whole, parameters: p, method: "t")
            let top = found.input.plasma.max() ?? 0
            #expect(abs(top / (times.map { input.value(at: $0) }.max() ?? 1) - 1) < 0.1, "\(source): \(top)")
            let ktrans = (0..<n).filter { region.labels[$0] == 1 }.compactMap { v in found.maps[.ktrans].map { Double($0.scalars[v]) } }
            #expect(abs(median(ktrans) - 0.2) < 0.012, "\(source): \(median(ktrans))")
        }
    }

    @Test("smoothing takes noise out of a tissue and leaves its border where it is")
    func smoothing() throws {
        let grid = try Grid(size: Index3(16, 8, 2), spacing: Vector3(1, 1, 3)), frames = 40, times = (0..<frames).map { Double($0) * 6 }
        var scalars = [Float](repeating: 0, count: grid.count * frames), dice = Dice(seed: 12)
        for t in 0..<frames {
            let rise = max(0, min(1, (times[t] - 40) / 40))
            for v in 0..<grid.count { scalars[t * grid.count + v] = 100 * Float(1 + (v % 16 < 8 ? 1.5 * rise : 0)) + 8 * dice.normal() }
        }
        let series = TimeSeries(grid: grid, times: times, scalars: scalars)
        var p = EnhancementParameters()
        let plain = try EnhancementMaps.compute(series, parameters: p)
        p.spatialSmoothing = true
        let smooth = try EnhancementMaps.compute(series, parameters: p)
        func spread(_ maps: EnhancementMaps) -> Double { rms((0..<grid.count).filter { $0 % 16 < 8 }.map { Double(maps.maximum.scalars[$0]) - 1.5 }) }
        #expect(spread(smooth) < 0.6 * spread(plain), "\(spread(smooth)) and \(spread(plain))")
        #expect((0..<grid.count).allSatisfy { (smooth.classes.labels[$0] != 0) == ($0 % 16 < 8) })
    }

    @Test("in a series of noise alone hardly a voxel enhances, though the arrival is searched where noise rose most", arguments: [0.0, 4, 20], [12, 20, 60])
    func noiseAlone(snr: Double, frames: Int) throws {
        let grid = try Grid(size: Index3(40, 40, 3), spacing: Vector3(1, 1, 3))
        var dice = Dice(seed: 13)
        let scalars = (0..<grid.count * frames).map { _ -> Float in
            let a = Float(snr) + dice.normal(), b = dice.normal()
            return (a * a + b * b).squareRoot()
        }
        let maps = try EnhancementMaps.compute(TimeSeries(grid: grid, times: (0..<frames).map { Double($0) * 8 }, scalars: scalars))
        let share = Double(maps.classes.labels.filter { $0 != 0 }.count) / Double(grid.count)
        #expect(share <= 0.005, "\(share) with a baseline of \(maps.arrival.baselineFrames)")
    }

    @Test("the schemes of seven shapes and three types fill their own legends")
    func schemes() throws {
        let field = try Field()
        for (scheme, legend) in [(EnhancementParameters.Scheme.sevenShapes, CurveShape.legend), (.threeTypes, CurveType.legend), (.fourClass, CurveClass.legend)] {
            var p = EnhancementParameters()
            (p.scheme, p.majorityFilter) = (scheme, scheme == .threeTypes)
            let maps = try EnhancementMaps.compute(field.series, region: field.regions, parameters: p)
            #expect(maps.labels.legend == legend && Set(maps.labels.counts.keys).isSubset(of: Set(legend.labels.map(\.value))) && maps.labels.counts.count >= 3)
        }
    }

    @Test("pharmacokinetics without T1 are refused, with the reason")
    func refusal() throws {
        let field = try Field()
        var p = KineticAnalysis.Parameters()
        (p.repetitionTime, p.flipAngle, p.fatSuppressed) = (0.005, 20, true)
        do {
            _ = try KineticAnalysis.compute(field.series, region: field.regions, parameters: p, method: "t")
            Issue.record("it was not refused")
        } catch let error as PerfusionError {
            #expect(error.code == .needsT1 && error.message.contains("fat-suppressed"))
        }
        p.fatSuppressed = false
        #expect(throws: PerfusionError.self) { try KineticAnalysis.compute(field.series, parameters: p, method: "t") }
        p.tissueT1 = 1.2
        let found = try KineticAnalysis.compute(field.series, region: field.regions, parameters: p, method: "t")
        #expect(found.maps[.ktrans]?.scalars.allSatisfy { $0.isFinite && $0 >= 0 } == true)
        #expect(found.measurements.contains { $0.region == "synovium" && $0.quantity == "Ktrans-median" })
        // A region has the same rows whether a number came out of it or not.
        func rows(_ region: String) -> [String] { found.measurements.filter { $0.region == region }.map(\.quantity) }
        #expect(rows("bone") == rows("synovium") && found.measurements.contains { $0.region == "bone" && $0.quantity == "Ktrans-median" && $0.status == .notScorable })
    }
}

@Suite("Real dynamic series", .enabled(if: TestData.available))
struct RealSeriesTests {
    @Test("the abdomen's tumour enhances as it was measured, on its own uneven times")
    func abdomen() throws {
        let folder = TestData.url("dce_abdomen_madym/derived")
        let told = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "dce_4d.json"))) as? [String: Any]
        let times = try #require(told?["times_s_from_first"] as? [Double])
        guard case .series(let read) = try NIfTI.read(folder.appending(path: "dce_4d.nii.gz")).content else { Issue.record("no series"); return }
        let series = TimeSeries(grid: read.grid, times: times, scalars: read.scalars), tumour = try NIfTI.readLabels(folder.appending(path: "tumour_roi.nii.gz"))
        let maps = try EnhancementMaps.compute(series, region: tumour), inside = maps.voxels
        #expect(inside.count == 294 && maps.arrival.baselineFrames > 2)
        let base = inside.map { Double(maps.baseline.scalars[$0]) }.reduce(0, +) / 294
        // 79 in the first frame; breathing moves it to 114 before the agent comes in the ninth.
        #expect((79...114).contains(base) && (6...9).contains(maps.arrival.baselineFrames), "\(base)")
        let enhancing = inside.filter { maps.classes.labels[$0] != 0 }
        #expect(enhancing.count > 250)
        for map in [maps.maximum, maps.initialRate, maps.onset, maps.probability] { #expect(inside.allSatisfy { map.scalars[$0].isFinite }) }
        let top = enhancing.map { Double(maps.baseline.scalars[$0]) * (1 + Double(maps.maximum.scalars[$0])) }.reduce(0, +) / Double(enhancing.count)
        #expect(top > 200 && top < 330, "\(top)")
    }

    @Test("T1 of the abdomen's tumour is what it was measured to be")
    func flipAngles() throws {
        let folder = TestData.url("dce_abdomen_madym/derived"), tumour = try NIfTI.readLabels(folder.appending(path: "tumour_roi.nii.gz"))
        let volumes = try (1...3).map { try NIfTI.readVolume(folder.appending(path: "vfa_\($0).nii.gz")) }
        var p = RelaxationMaps.Parameters()
        (p.flipAngles, p.repetitionTime) = ([2, 10, 20], 0.004)
        let found = try RelaxationMaps.compute(volumes, region: tumour, parameters: p, method: "t"), known = found.t1.scalars.filter(\.isFinite).map(Double.init)
        #expect(known.count > 285 && abs(median(known) - 0.925) < 0.02, "\(known.count), \(median(known))")
    }
}
