import Carpus
import CarpusCore
import Testing

@Suite struct CompareSegmentationsTests {
    /// Boxes on 40 x 20 x 10 voxels of 1 x 1 x 2 mm, from corner and extent in voxels.
    private func map(_ boxes: [(value: UInt16, low: Index3, extent: Index3)], _ names: [UInt16: String]) throws -> LabelMap {
        let grid = try Grid(size: Index3(40, 20, 10), spacing: Vector3(1, 1, 2))
        let legend = Legend(names.sorted { $0.key < $1.key }.map { Label(value: $0.key, name: $0.value, color: [9, 9, 9]) })
        return LabelMap(grid: grid, labels: (0..<grid.count).map { i in
            boxes.first { box in
                let at = grid.index(at: i) &- box.low
                return at.min() >= 0 && at.x < box.extent.x && at.y < box.extent.y && at.z < box.extent.z
            }?.value ?? 0
        }, legend: legend)
    }

    private let cube = Index3(6, 6, 3)
    /// The lunate lies alike in both, the scaphoid four of its six voxels off, the hamate is half as large in the second, and the pisiform is in the first alone.
    private func pair() throws -> (first: LabelMap, second: LabelMap) {
        let first = try map([(1, Index3(2, 2, 2), cube), (2, Index3(14, 2, 2), cube), (3, Index3(2, 12, 2), cube), (5, Index3(30, 2, 2), cube)], [1: "lunate", 2: "scaphoid", 3: "hamate", 5: "pisiform"])
        let second = try map([(4, Index3(2, 2, 2), cube), (3, Index3(18, 2, 2), cube), (10, Index3(2, 12, 2), Index3(3, 6, 3))], [4: "lunate", 3: "scaphoid", 10: "hamate", 6: "pisiform"])
        return (first, second)
    }

    private func value(_ rows: [CarpusCore.Measurement], _ quantity: String, _ region: String) throws -> Double? {
        try #require(rows.first { $0.quantity == quantity && $0.region == region }, "\(quantity) of \(region)").value
    }

    private func number(_ rows: [CarpusCore.Measurement], _ quantity: String, _ region: String) throws -> Double {
        let found = try value(rows, quantity, region)
        return try #require(found, "\(quantity) of \(region)")
    }

    @Test func regionsInWhichTwoSegmentationsPartAreDoubted() throws {
        let (first, second) = try pair(), answer = try CompareSegmentations.run(.init(first: first, second: second), .init()), rows = answer.agreement.rows
        func expect(_ region: String, dice: Double?, difference: Double, distance: Double?) throws {
            let found = try (dice: value(rows, "agreement-dice", region), distance: value(rows, "agreement-distance", region), difference: number(rows, "agreement-volume-difference", region))
            #expect(found.dice == dice && found.distance == distance && abs(found.difference - difference) < 1e-12, "\(region): \(found)")
        }
        // A cube has 108 voxels of 2 mm³.
        try expect("lunate", dice: 1, difference: 0, distance: 0)
        try expect("scaphoid", dice: 1.0 / 3, difference: 0, distance: 4)
        try expect("hamate", dice: 2.0 / 3, difference: -0.108, distance: 1.5)
        try expect("pisiform", dice: 0, difference: -0.216, distance: nil)
        #expect(answer.findings.list.map { $0.evidence["region"] } == ["scaphoid", "hamate", "pisiform"])
        let scaphoid = try #require(rows.first { $0.region == "scaphoid" })
        #expect(scaphoid.status == .review && scaphoid.reason == "two segmentations part: Dice 0.33; middles 4.0 mm apart", "\(scaphoid.reason ?? "")")
        let hamate = try #require(rows.first { $0.region == "hamate" })
        #expect(hamate.reason == "two segmentations part: Dice 0.67; 0.22 against 0.11 mL", "\(hamate.reason ?? "")")
        #expect(rows.filter { $0.region == "lunate" }.allSatisfy { $0.status == .ok })
    }

    @Test func limitsAndNamesAreTheProtocols() throws {
        let (first, second) = try pair()
        var easy = CompareSegmentations.Parameters()
        (easy.leastDice, easy.largestVolumeDifference, easy.largestDistance, easy.regions) = (0.3, 0.7, 4, ["scaphoid", "hamate"])
        let calm = try CompareSegmentations.run(.init(first: first, second: second), easy)
        #expect(calm.findings.list.isEmpty && Set(calm.agreement.rows.map(\.region)) == ["scaphoid", "hamate"])
        (easy.leastDice, easy.minimumVolume) = (0.5, 0.3)
        #expect(try CompareSegmentations.run(.init(first: first, second: second), easy).findings.list.isEmpty, "0.216 mL is less than what is doubted at all")
        easy.regions = ["capitate"]
        let strange = try CompareSegmentations.run(.init(first: first, second: second), easy).findings.list
        #expect(strange.count == 1 && strange[0].sentence.contains("capitate"))
    }

    @Test func mapsOfOtherNamesAreMergedAndDifferencesFindTheirPlace() throws {
        let (first, second) = try pair(), anatomy = try map([(1, .zero, Index3(12, 20, 10)), (2, Index3(12, 0, 0), Index3(28, 20, 10))], [1: "ulnar", 2: "radial"])
        var merged = CompareSegmentations.Parameters()
        merged.merged = true
        let rows = try CompareSegmentations.run(.init(first: first, second: second, anatomy: anatomy), merged).agreement.rows
        // 432 and 270 voxels, of which 108, 36 and 54 are shared.
        #expect(try value(rows, "agreement-dice", "(merged)") == 2.0 * 198 / 702)
        // Ulnar half a hamate differs; radial twice four sixths of a scaphoid and the pisiform.
        let places = try (ulnar: number(rows, "disagreement", "ulnar"), radial: number(rows, "disagreement", "radial"))
        #expect(abs(places.ulnar - 0.108) < 1e-12 && abs(places.radial - 0.504) < 1e-12, "\(places)")
    }

    @Test func theSecondIsCarriedOntoTheFirstsGrid() throws {
        let (first, second) = try pair(), fine = try Grid(size: Index3(80, 40, 20), spacing: Vector3(0.5, 0.5, 1), origin: Vector3(-0.25, -0.25, -0.5))
        let rows = try CompareSegmentations.run(.init(first: first, second: second.resampled(onto: fine)), .init()).agreement.rows
        #expect(try value(rows, "agreement-dice", "lunate") == 1 && value(rows, "agreement-distance", "scaphoid") == 4)
    }
}
