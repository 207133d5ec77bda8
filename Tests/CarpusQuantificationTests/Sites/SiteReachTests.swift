import CarpusCore
import Testing
@testable import CarpusQuantification

/// Slices 3 mm apart, pixels of 0.5 mm: the nearest site is so in millimetres, not in voxels.
@Suite struct SiteReachTests {
    private let grid: Grid
    private let radius: UInt16 = 1, first: UInt16 = 19, second: UInt16 = 20, tenosynovitis: UInt16 = 2

    init() throws { grid = try Grid(size: Index3(40, 3, 5), spacing: Vector3(0.5, 0.5, 3)) }

    /// Extensor 1 in the middle row of slice 0, extensor 2 at its end in slice 2, bone over all of slice 4.
    private var sites: [UInt16] {
        (0..<grid.count).map { i in
            let at = grid.index(at: i)
            return at.z == 4 ? radius : at.y != 1 ? 0 : at.z == 0 && at.x < 20 ? first : at.z == 2 && at.x >= 30 ? second : 0
        }
    }

    private func extended(_ places: [Index3], reach: Double) -> [UInt16] {
        var labels = [UInt16](repeating: 0, count: grid.count)
        for p in places { labels[grid.offset(p.x, p.y, p.z)] = tenosynovitis }
        let lesions = LabelMap(grid: grid, labels: labels, legend: WristAnatomy.lesionLegend), all = SiteReach(grid, reach: reach).extended(sites, by: lesions)
        #expect(all.indices.allSatisfy { labels[$0] != 0 || all[$0] == sites[$0] }, "only lesions change their site")
        return places.map { all[grid.offset($0.x, $0.y, $0.z)] }
    }

    @Test func theNearestSiteInMillimetresTakesALesion() {
        // 11 pixels (5.5 mm) from extensor 2, two slices (6 mm) from extensor 1.
        #expect(extended([Index3(19, 1, 2)], reach: 6) == [second])
        #expect(extended([Index3(19, 1, 2)], reach: 5.4) == [0])
        // 7 mm and 6 mm.
        #expect(extended([Index3(16, 1, 2)], reach: 8) == [first])
    }

    @Test func aLesionInASiteOfAnotherKindIsGivenAwayOrLeft() {
        // In bone: two slices (6 mm) from extensor 2.
        #expect(extended([Index3(35, 1, 4)], reach: 6.1) == [second])
        #expect(extended([Index3(35, 1, 4)], reach: 5.9) == [radius])
        // In a site of its kind it stays, whatever is as near.
        #expect(extended([Index3(19, 1, 0), Index3(30, 1, 2)], reach: 8) == [first, second])
    }

    /// Through the measurement: what swells beside its sheath counts in it, and no longer as outside.
    @Test func whatSwellsBesideItsSiteIsCountedInIt() throws {
        let labels = sites.indices.map { i in
            let at = grid.index(at: i)
            return at.z == 0 && at.x < 20 && at.y == 2 ? tenosynovitis : 0
        }
        let lesions = LabelMap(grid: grid, labels: labels, legend: WristAnatomy.lesionLegend)
        let anatomy = LabelMap(grid: grid, labels: sites, legend: WristAnatomy.legend)
        for (reach, outside) in [(0.0, 20.0), (1, 0)] {
            var parameters = VolumeMeasurement.Parameters()
            parameters.reach = reach
            let rows = try VolumeMeasurement.measure(lesions, anatomy: anatomy, parameters: parameters, regions: ["tenosynovitis"], method: "test").measurements
            let stray = try #require(rows.first { $0.quantity == "outside-anatomy-volume" && $0.region == "tenosynovitis" }?.value)
            #expect(abs(stray - outside * 0.75e-3) < 1e-9)
            let all = try #require(rows.first { $0.quantity == "volume-in-anatomy" && $0.region == "tenosynovitis" }?.value)
            #expect(abs(all - (20 - outside) * 0.75e-3) < 1e-9)
        }
    }
}
