import CarpusCore
import CarpusQuantification
import Testing

@Suite struct SegmentationAgreementTests {
    private let grid: Grid
    init() throws { grid = try Grid(size: Index3(20, 10, 10), spacing: Vector3(0.5, 1, 2)) }

    private func map(_ boxes: [(name: String, low: Index3, extent: Index3)], from value: UInt16 = 1) -> LabelMap {
        let legend = Legend(boxes.enumerated().map { Label(value: value + UInt16($0), name: $1.name, color: [1, 2, 3]) })
        var map = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: legend)
        for (n, box) in boxes.enumerated() {
            for (i, isInside) in Shapes.box(box.low, box.extent, on: grid).enumerated() where isInside { map.labels[i] = value + UInt16(n) }
        }
        return map
    }

    @Test func regionsMeetByNameAndTellDiceVolumesAndMiddles() throws {
        let first = map([("lunate", Index3(2, 2, 2), Index3(4, 4, 4)), ("scaphoid", Index3(10, 2, 2), Index3(4, 4, 4)), ("hamate", Index3(0, 8, 8), Index3(1, 1, 1))])
        // Values and order differ: the lunate is moved by two voxels along x, the scaphoid is half as long, and there is no hamate.
        let second = map([("scaphoid", Index3(10, 2, 2), Index3(4, 4, 2)), ("lunate", Index3(4, 2, 2), Index3(4, 4, 4))], from: 7)
        let found = SegmentationAgreement(first, second)
        #expect(found.regions.map(\.name) == ["lunate", "scaphoid"])
        let (lunate, scaphoid) = (found.regions[0], found.regions[1])
        #expect(lunate.dice == 0.5 && lunate.first == lunate.second && abs((lunate.distance ?? 0) - 1) < 1e-12)
        #expect(abs((scaphoid.dice ?? 0) - 2 / 3.0) < 1e-12 && abs(scaphoid.first - 0.064) < 1e-12 && abs(scaphoid.second - 0.032) < 1e-12)
        #expect(abs(scaphoid.volumeDifference - 2 / 3.0) < 1e-12 && abs((scaphoid.distance ?? 0) - 2) < 1e-12)
        #expect(SegmentationAgreement(first, second, named: ["scaphoid"]).regions.map(\.name) == ["scaphoid"])
    }

    @Test func theSameMapTwiceAgreesAndAMissingRegionHasNoMiddle() {
        let first = map([("lunate", Index3(2, 2, 2), Index3(4, 4, 4))])
        let same = SegmentationAgreement(first, first).regions[0]
        #expect(same.dice == 1 && same.distance == 0 && same.volumeDifference == 0)
        var empty = first
        empty.labels = [UInt16](repeating: 0, count: grid.count)
        let none = SegmentationAgreement(first, empty).regions[0]
        #expect(none.dice == 0 && none.distance == nil && none.volumeDifference == 2)
    }

    @Test func differencesAreToldByAnatomyAndNamesMayBeLeftOut() {
        let anatomy = map([("radial", Index3(0, 0, 0), Index3(10, 10, 10)), ("ulnar", Index3(10, 0, 0), Index3(10, 10, 10))])
        let first = map([("synovitis", Index3(6, 0, 0), Index3(8, 1, 1))]), second = map([("enhancement", Index3(8, 0, 0), Index3(8, 1, 1))])
        #expect(SegmentationAgreement(first, second).regions.isEmpty)
        let found = SegmentationAgreement(first, second, isMerged: true, anatomy: anatomy)
        #expect(found.regions.map(\.name) == [SegmentationAgreement.merged] && found.regions[0].dice == 0.75)
        // Two voxels of 1 mm³ either side.
        let part = SegmentationAgreement(anatomy, second, named: ["ulnar"], isMerged: true)
        #expect(abs(part.regions[0].first - 1) < 1e-12 && abs(part.regions[0].second - 0.008) < 1e-12, "the second map names no such region, and all of it counts")
        #expect(found.places.map(\.name) == ["radial", "ulnar"] && found.places.allSatisfy { abs($0.volume - 0.002) < 1e-12 })
    }
}
