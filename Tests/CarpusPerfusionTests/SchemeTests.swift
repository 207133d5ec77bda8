import CarpusCore
import CarpusTestSupport
import Testing

@testable import CarpusPerfusion

@Suite("Three types, quantiles and smoothing over time, by numbers")
struct SchemeTests {
    /// Voxels that rise to a height within a minute and then change, with noise of a fiftieth of the baseline.
    private func series(_ curves: [(height: Double, change: Double)]) throws -> TimeSeries {
        let grid = try Grid(size: Index3(curves.count, 1, 1), spacing: Vector3(1, 1, 1)), times = (0..<84).map { Double($0) * 5 }
        var scalars: [Float] = [], dice = Dice(seed: 21)
        for t in times {
            for c in curves {
                let rise = max(0, min(1, (t - 40) / 50)), late = max(0, min(1, (t - 160) / 150))
                scalars.append(100 * Float((1 + c.height * rise) * (1 + c.change * late)) + 2 * dice.normal())
            }
        }
        return TimeSeries(grid: grid, times: times, scalars: scalars)
    }

    @Test("a tenth of the signal parts types I, II and III, and half the baseline those without a type")
    func types() throws {
        let kinds: [(height: Double, change: Double, type: CurveType)] = [
            (1, 0.2, .persistent), (1, 0.02, .plateau), (1, -0.02, .plateau), (1, -0.2, .washout), (0.35, 0.2, .none), (2, 0.25, .persistent), (2, -0.16, .washout), (0, 0, .none),
        ]
        let voxels = (0..<960).map { kinds[$0 % kinds.count] }
        var p = EnhancementParameters()
        p.scheme = .threeTypes
        let maps = try EnhancementMaps.compute(series(voxels.map { ($0.height, $0.change) }), parameters: p)
        let right = voxels.indices.count { maps.labels.labels[$0] == UInt16(voxels[$0].type.rawValue) }
        #expect(Double(right) >= 0.97 * 960, "\(right) of 960")
        // The limit is the protocol's: at three tenths nothing of these persists or washes out.
        p.lateShare = 0.3
        let wide = try EnhancementMaps.compute(series(voxels.map { ($0.height, $0.change) }), parameters: p)
        #expect(wide.labels.labels.allSatisfy { $0 == 0 || $0 == UInt16(CurveType.plateau.rawValue) })
    }

    @Test("quantiles of ME and IRE, and the spread of a region's curve, are those of their voxels")
    func quantiles() throws {
        let grid = try Grid(size: Index3(103, 1, 1), spacing: Vector3(1, 2, 3)), classes = LabelMap(grid: grid, labels: (0..<103).map { $0 < 101 ? 2 : 0 }, legend: CurveClass.legend)
        let me = Volume(grid: grid, scalars: (0..<103).map { $0 < 101 ? Float($0) / 50 : 0 }), rate = Volume(grid: grid, scalars: (0..<103).map { Float(100 - min($0, 100)) / 1000 })
        let rows = try RegionStatistics.measure(classes: classes, maximum: me, initialRate: rate, regions: nil, method: "t")
        for (name, value) in [("ME-p10", 0.2), ("ME-median", 1), ("ME-p90", 1.8), ("ME", 1), ("IRE-p10", 0.01), ("IRE-median", 0.05), ("IRE-p90", 0.09), ("MExV", 1 * 0.606), ("N-total", 101)] {
            let found = try #require(rows.first { $0.quantity == name }?.value)
            #expect(abs(found - value) < 1e-6, "\(name): \(found)")
        }
        let times = [0.0, 5, 10, 15], scalars = times.flatMap { t in (0..<103).map { v in Float(100 * (1 + (t > 5 ? Double(min(v, 100)) / 50 : 0))) } }
        let curve = try RegionCurve.list(TimeSeries(grid: grid, times: times, scalars: scalars), classes: classes, baseline: Volume(grid: grid, repeating: 100), regions: nil)[0]
        for (list, value) in [(curve.low, 0.2), (curve.lowerQuartile, 0.5), (curve.middle, 1), (curve.upperQuartile, 1.5), (curve.high, 1.8), (curve.mean, 1)] {
            #expect(abs(list[1]) < 1e-6 && abs(list[3] - value) < 1e-5, "\(list)")
        }
    }

    @Test("smoothing over time leaves less noise about a curve, and its onset where it was")
    func temporal() throws {
        let series = try series([(height: Double, change: Double)](repeating: (1, 0), count: 300))
        var p = EnhancementParameters()
        let plain = try EnhancementMaps.compute(series, parameters: p)
        p.temporalSmoothing = true
        let smooth = try EnhancementMaps.compute(series, parameters: p)
        // A mean of 1 2 1 quarters leaves 0.61 of the noise.
        let ratio = median(smooth.fitError.scalars.map(Double.init)) / median(plain.fitError.scalars.map(Double.init))
        #expect((0.5...0.72).contains(ratio), "\(ratio)")
        #expect(abs(median(smooth.onset.scalars.map(Double.init)) - 40) < 2.5 && abs(median(smooth.maximum.scalars.map(Double.init)) - 1) < 0.02)
    }
}
