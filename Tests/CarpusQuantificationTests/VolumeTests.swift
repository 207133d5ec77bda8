import CarpusCore
@testable import CarpusQuantification
import Testing

@Suite struct VolumeTests {
    static let legend = Legend([
        Label(value: 1, name: "synovitis", color: [1, 0, 0]), Label(value: 2, name: "tenosynovitis", color: [0, 1, 0]), Label(value: 3, name: "bone-marrow-oedema", color: [0, 0, 1]),
    ])

    /// Two boxes of label 1, of 64 and 8 voxels, away from each other and from the border, on an oblique left-handed grid.
    static func boxes() throws -> LabelMap {
        let d = RigidTransform(axis: Vector3(1, 2, 3), angle: 0.6).matrix * Matrix3(diagonal: Vector3(1, 1, -1))
        let grid = try Grid(size: Index3(14, 12, 10), spacing: Vector3(0.5, 0.5, 2), origin: Vector3(-40, 3, 9), direction: d)
        var map = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: legend)
        func fill(_ low: Index3, _ n: Int, _ label: UInt16) {
            for z in low.z..<low.z + n { for y in low.y..<low.y + n { for x in low.x..<low.x + n { map.labels[grid.offset(x, y, z)] = label } } }
        }
        fill(Index3(2, 2, 2), 4, 1)
        fill(Index3(9, 8, 6), 2, 1)
        return map
    }

    func row(_ rows: [Measurement], _ quantity: String, _ region: String) -> Measurement? { rows.first { $0.quantity == quantity && $0.region == region } }

    @Test func volumesAreExact() throws {
        let rows = try VolumeMeasurement.measure(Self.boxes(), method: "t/1").measurements
        let volume = try #require(row(rows, "volume", "synovitis"))
        #expect(abs(volume.value! - 72 * 0.5 / 1000) < 1e-12 && volume.unit == "mL" && volume.method == "t/1")
        // 64 of 72 voxels lie on a boundary.
        #expect(volume.status == .review && volume.reason == "64 of 72 voxels lie on the boundary")
    }

    @Test func whatDoesNotOccurIsZeroOnlyWhenItWasLookedFor() throws {
        let map = try Self.boxes()
        let careful = try VolumeMeasurement.measure(map, method: "t").measurements
        #expect(row(careful, "volume", "tenosynovitis")?.status == .notScorable && row(careful, "volume", "tenosynovitis")?.value == nil)
        var parameters = VolumeMeasurement.Parameters()
        parameters.wholeFieldAssessed = true
        let sure = try VolumeMeasurement.measure(map, parameters: parameters, method: "t").measurements
        #expect(row(sure, "volume", "tenosynovitis")?.value == 0 && row(sure, "volume", "tenosynovitis")?.status == .ok)
    }

    @Test func regionsAskedForAreZeroInTheLegendAndNotScorableOutsideIt() throws {
        let map = try Self.boxes()
        let rows = try VolumeMeasurement.measure(map, regions: ["tenosynovitis", "erosion"], method: "t").measurements.filter { $0.quantity == "volume" }
        #expect(rows.map(\.region) == ["synovitis", "tenosynovitis", "erosion"])
        #expect(rows[1].value == 0 && rows[1].status == .ok)
        #expect(rows[2].value == nil && rows[2].status == .notScorable && rows[2].reason?.contains("erosion") == true)
        #expect(try VolumeMeasurement.measure(map, regions: [], method: "t").measurements.filter { $0.quantity == "volume" }.map(\.region) == ["synovitis", "tenosynovitis", "bone-marrow-oedema"])
    }

    @Test func componentsAreListedByFallingSize() throws {
        var parameters = VolumeMeasurement.Parameters()
        parameters.components = true
        var rows = try VolumeMeasurement.measure(Self.boxes(), parameters: parameters, method: "t").measurements
        #expect(abs(row(rows, "volume", "synovitis-1")!.value! - 0.032) < 1e-12 && abs(row(rows, "volume", "synovitis-2")!.value! - 0.004) < 1e-12)
        #expect(row(rows, "volume", "synovitis-3") == nil)
        parameters.minimumComponentVolume = 4.5
        rows = try VolumeMeasurement.measure(Self.boxes(), parameters: parameters, method: "t").measurements
        #expect(row(rows, "volume", "synovitis-2") == nil && abs(row(rows, "volume", "synovitis")!.value! - 0.036) < 1e-12)
    }

    @Test func piecesThatTouchAtACornerAreOne() throws {
        let grid = try Grid(size: Index3(4, 4, 4), spacing: Vector3(1, 1, 1))
        let inside: Set<Int> = [grid.offset(0, 0, 0), grid.offset(1, 1, 1), grid.offset(3, 3, 3)]
        #expect(Components(size: grid.size) { inside.contains($0) }.sizes == [2, 1])
    }

    @Test func whatTouchesTheBorderIsToBeLookedAt() throws {
        let grid = try Grid(size: Index3(20, 20, 20), spacing: Vector3(1, 1, 1))
        let map = LabelMap(grid: grid, labels: (0..<grid.count).map { grid.index(at: $0).z < 10 ? 1 : 0 }, legend: Self.legend)
        let volume = try #require(row(try VolumeMeasurement.measure(map, method: "t").measurements, "volume", "synovitis"))
        #expect(volume.value == 4 && volume.status == .review && volume.reason?.contains("border") == true)
    }

    @Test func lesionsAreMeasuredInTheSitesTheyCanLieIn() throws {
        let map = try Self.boxes()
        var anatomy = LabelMap(grid: map.grid, labels: [UInt16](repeating: 0, count: map.grid.count), legend: WristAnatomy.legend)
        // Radiocarpal, away from the border of the field: half of the large box.
        for z in 1..<9 { for y in 1..<11 { for x in 1..<4 { anatomy.labels[map.grid.offset(x, y, z)] = 17 } } }
        let rows = try VolumeMeasurement.measure(map, anatomy: anatomy, method: "t").measurements
        #expect(abs(row(rows, "volume", "synovitis/radiocarpal")!.value! - 0.016) < 1e-12)
        #expect(abs(row(rows, "fraction", "synovitis/radiocarpal")!.value! - 32.0 / (3 * 10 * 8)) < 1e-12)
        #expect(row(rows, "volume", "synovitis/distal-radioulnar")?.status == .notScorable)
        #expect(row(rows, "volume", "synovitis/scaphoid") == nil && row(rows, "volume", "bone-marrow-oedema/radiocarpal") == nil)
    }

    @Test func signalsLeaveOutWhatIsNotFinite() throws {
        let map = try Self.boxes()
        var image = Volume<Float>(grid: map.grid, repeating: -1000), n: Float = 0
        for i in map.labels.indices where map.labels[i] == 1 { image.scalars[i] = n; n += 1 }   // 0...71
        let first = map.labels.firstIndex(of: 1)!
        image.scalars[first] = .nan   // leaves 1...71: mean and median 36, sample variance 71 * 72 / 12
        let rows = try VolumeMeasurement.measure(map, image: image, method: "t").measurements
        #expect(row(rows, "mean-signal", "synovitis")?.value == 36 && row(rows, "median-signal", "synovitis")?.value == 36)
        #expect(abs(row(rows, "sd-signal", "synovitis")!.value! - 426.0.squareRoot()) < 1e-9)
    }

    @Test func gridsThatDifferAndParametersOutOfRangeAreRefused() throws {
        let map = try Self.boxes()
        let other = Volume<Float>(grid: try Grid(size: map.grid.size, spacing: Vector3(1, 1, 1)), repeating: 0)
        #expect(throws: QuantificationError.self) { try VolumeMeasurement.measure(map, image: other, method: "t") }
        var parameters = VolumeMeasurement.Parameters()
        #expect(parameters.complaint == nil)
        parameters.boundaryShareToReview = 1.5
        #expect(parameters.complaint?.contains("boundaryShareToReview") == true)
        #expect(throws: QuantificationError.self) { try VolumeMeasurement.measure(map, parameters: parameters, method: "t") }
        parameters = .init()
        parameters.minimumComponentVolume = .nan
        #expect(parameters.complaint?.contains("minimumComponentVolume") == true)
    }

    @Test func labelsWithoutANameAreTold() throws {
        var map = try Self.boxes()
        map.labels[0] = 77
        let findings = try VolumeMeasurement.measure(map, method: "t").findings
        #expect(findings.first { $0.code == "volumes.unnamed-label" }?.evidence == ["77": "1 voxels"])
    }
}
