import CarpusCore
import CarpusQuantification
import Foundation
import Testing

@Suite struct VolumeTests {
    private let legend = Legend([Label(value: 1, name: "synovitis", color: [1, 2, 3]), Label(value: 2, name: "tenosynovitis", color: [4, 5, 6])])

    private func measured(_ map: LabelMap, image: Volume<Float>? = nil, regions: [String] = []) throws -> [CarpusCore.Measurement] {
        try VolumeMeasurement.measure(map, image: image, regions: regions, method: "test/1")
    }

    @Test func volumesAreVoxelsTimesVoxelVolumeOnObliqueGrids() throws {
        let grid = try Phantom.grid(turned: 0.4)
        var labels = [UInt16](repeating: 0, count: grid.count)
        for i in 40_000..<40_250 { labels[i] = 1 }
        let rows = try measured(LabelMap(grid: grid, labels: labels, legend: legend))
        let volume = try #require(rows.first { $0.region == "synovitis" && $0.quantity == "volume" })
        // 250 voxels of 0.8 x 0.8 x 2.5 mm.
        #expect(abs(try #require(volume.value) - 0.4) < 1e-9)
        #expect(volume.unit == "mL")
    }

    @Test func whatWasLookedForAndNotFoundIsZeroAndWhatWasNotLookedForIsNotScorable() throws {
        let grid = try Phantom.grid()
        let map = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: legend)
        let rows = try measured(map, regions: ["synovitis", "erosion"])
        #expect(rows.first { $0.region == "synovitis" }?.value == 0)
        let erosion = try #require(rows.first { $0.region == "erosion" })
        #expect(erosion.value == nil && erosion.status == .notScorable && erosion.reason?.isEmpty == false)
    }

    @Test func signalIsThatUnderTheLabel() throws {
        let grid = try Phantom.grid()
        var labels = [UInt16](repeating: 0, count: grid.count), image = Volume<Float>(grid: grid, repeating: 7)
        for (n, i) in (50_000..<50_100).enumerated() { (labels[i], image.scalars[i]) = (2, Float(100 + n)) }
        let rows = try measured(LabelMap(grid: grid, labels: labels, legend: legend), image: image)
        let mean = try #require(rows.first { $0.region == "tenosynovitis" && $0.quantity == "mean-signal" }?.value)
        #expect(abs(mean - 149.5) < 1e-6)
        let elsewhere = Volume<Float>(grid: try Phantom.grid(turned: 0.1), repeating: 1)
        #expect(throws: QuantificationError.self) { try measured(LabelMap(grid: grid, labels: labels, legend: legend), image: elsewhere) }
    }
}
