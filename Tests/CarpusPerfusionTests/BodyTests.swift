import CarpusCore
import CarpusTestSupport
import Testing

@testable import CarpusPerfusion

@Suite("The body told from air")
struct BodyTests {
    /// A limb of muscle with marrow that the fat suppression darkened, a cortical shell as dark as air and skin that is bright, in the noise of magnitudes.
    private func limb(air: Float, frames: Int = 24) throws -> (series: TimeSeries, body: [Bool], rim: [Bool]) {
        let grid = try Grid(size: Index3(64, 56, 6), spacing: Vector3(1, 1, 3)), n = grid.count
        var scalars = [Float](repeating: 0, count: n * frames), body = [Bool](repeating: false, count: n), rim = body, clean = [Float](repeating: 0, count: n), dice = Dice(seed: 5)
        for v in 0..<n {
            let at = grid.index(at: v), x = Double(at.x) - 31.5, y = Double(at.y) - 27.5
            let limb = (x * x / (24 * 24) + y * y / (18 * 18)).squareRoot(), bone = ((x - 6) * (x - 6) + y * y).squareRoot()
            body[v] = limb <= 1
            rim[v] = abs(limb - 1) < 0.06
            clean[v] = limb > 1 ? 0 : bone < 7 ? 30 : bone < 8.5 ? 2 : limb > 0.93 ? 320 : 110
        }
        for t in 0..<frames {
            for v in 0..<n {
                let s = clean[v] * (t > 6 && clean[v] == 110 ? 1.8 : 1), a = s + air * dice.normal(), b = air * dice.normal()
                scalars[t * n + v] = (a * a + b * b).squareRoot()
            }
        }
        return (TimeSeries(grid: grid, times: (0..<frames).map { Double($0) * 7 }, scalars: scalars), body, rim)
    }

    @Test("muscle, dark marrow and cortical bone are body and air is not, whatever its noise", arguments: [0, 1, 5, 9] as [Float])
    func limbInAir(noise: Float) throws {
        let (series, body, rim) = try limb(air: noise), found = try BodyMask.find(series)
        let inner = body.indices.filter { body[$0] && !rim[$0] }, outer = body.indices.filter { !body[$0] && !rim[$0] }
        let lost = inner.count { found.labels.labels[$0] == 0 }, air = outer.count { found.labels.labels[$0] != 0 }
        #expect(lost * 500 <= inner.count && air * 500 <= outer.count, "\(lost) of \(inner.count) lost, \(air) of \(outer.count) are air")
        #expect(found.findings.isEmpty)
    }

    @Test("noise of air that enhances is not counted in the body, and is in the field")
    func noiseIsNotCounted() throws {
        let (series, _, _) = try limb(air: 9), body = try BodyMask.find(series).labels, maps = try EnhancementMaps.compute(series)
        func volume(_ regions: LabelMap?) throws -> Double { try RegionStatistics.measure(maps, regions: regions, method: "t").first { $0.quantity == "enhancing-volume" }?.value ?? -1 }
        let inAir = maps.voxels.count { maps.classes.labels[$0] != 0 && body.labels[$0] == 0 }
        #expect(try abs(volume(body) + Double(inAir) * 0.003 - volume(nil)) < 1e-9 && inAir > 0)
    }

    @Test("a field without air is body all over, and that is said; one without signal is refused")
    func noAir() throws {
        let grid = try Grid(size: Index3(10, 10, 2), spacing: Vector3(1, 1, 3)), times = [0, 5, 10, 15, 20, 25.0]
        var dice = Dice(seed: 2)
        let full = TimeSeries(grid: grid, times: times, scalars: (0..<grid.count * 6).map { _ in 100 + 2 * dice.normal() })
        let found = try BodyMask.find(full)
        #expect(found.labels.labels.allSatisfy { $0 == 1 } && found.findings.map(\.code) == ["perfusion.body-fills-field"])
        #expect(throws: PerfusionError.self) { try BodyMask.find(TimeSeries(grid: grid, times: times, scalars: [Float](repeating: 0, count: grid.count * 6))) }
    }

    @Test("holes are filled within slices, whichever axis the slices run along", arguments: [0, 1, 2])
    func holes(axis: Int) throws {
        var spacing = Vector3(1, 1, 1)
        spacing[axis] = 4
        let grid = try Grid(size: Index3(7, 7, 7), spacing: spacing)
        // A pipe along the thick axis with a hole inside, and a slit that opens to the border.
        var inside = (0..<grid.count).map { v in
            let at = grid.index(at: v), plane = [0, 1, 2].filter { $0 != axis }.map { at[$0] }
            return (1...5).contains(plane[0]) && (1...5).contains(plane[1]) && !(plane == [2, 2]) && !(plane[0] == 4 && plane[1] >= 3)
        }
        let before = inside.count { $0 }
        SliceHoles.fill(&inside, grid)
        #expect(inside.count { $0 } == before + 7)
    }
}
