import Carpus
import CarpusCore
import Testing

/// What `measure.perfusion` makes of regions that were carried over, that are doubtful, or that are not there.
@Suite struct MeasurePerfusionTests {
    private let legend = Legend([Label(value: 1, name: "radiocarpal", color: [1, 1, 1]), Label(value: 2, name: "lunate", color: [2, 2, 2])])

    /// Six voxels of 8 mm³: three in either region, of which two and one enhance.
    private func inputs(regions: Bool = true) throws -> MeasurePerfusion.Inputs {
        let grid = try Grid(size: Index3(6, 1, 1), spacing: Vector3(2, 2, 2)), classes = Legend((1...3).map { Label(value: $0, name: ["persistent", "plateau", "washout"][Int($0) - 1], color: [3, 3, 3]) })
        let map = LabelMap(grid: grid, labels: [1, 3, 0, 0, 2, 0], legend: classes)
        let maximum = Volume<Float>(grid: grid, scalars: [0.5, 1.5, 0, 0, 2, 0]), rate = Volume<Float>(grid: grid, scalars: [0.01, 0.03, 0, 0, 0.05, 0])
        return .init(classes: map, ME: maximum, IRE: rate, regions: regions ? LabelMap(grid: grid, labels: [1, 1, 1, 2, 2, 2], legend: legend) : nil)
    }

    private func row(_ rows: [CarpusCore.Measurement], _ quantity: String, _ region: String) throws -> CarpusCore.Measurement {
        try #require(rows.first { $0.quantity == quantity && $0.region == region }, "\(quantity) of \(region)")
    }

    @Test func onlyTheRegionsAskedForAreTold() throws {
        var parameters = MeasurePerfusion.Parameters()
        parameters.regions = ["radiocarpal", "extensor-1"]
        let rows = try MeasurePerfusion.run(inputs(), parameters).perfusion.rows
        #expect(Set(rows.map(\.region)) == ["radiocarpal", "extensor-1"])
        let volume = try row(rows, "enhancing-volume", "radiocarpal"), missing = try row(rows, "enhancing-volume", "extensor-1")
        #expect(abs((volume.value ?? 0) - 0.016) < 1e-12 && volume.status == .ok)
        #expect(try row(rows, "ME", "radiocarpal").value == 1)
        #expect(missing.status == .notScorable && missing.reason == "the regions have none of this name")
    }

    @Test func whatIsDoubtfulOrCutIsToBeLookedAt() throws {
        var cut = try inputs(), parameters = MeasurePerfusion.Parameters()
        let reason = "part of it lies outside the field of view"
        cut.carried = Measurements([
            Measurement("share-outside", 0.3, unit: "1", region: "radiocarpal", status: .review, reason: reason, method: "m"), Measurement("share-outside", 0, unit: "1", region: "lunate", method: "m"),
        ])
        let rows = try MeasurePerfusion.run(cut, parameters).perfusion.rows
        #expect(rows.filter { $0.region == "radiocarpal" }.allSatisfy { $0.status == .review && $0.reason == reason })
        #expect(rows.filter { $0.region == "lunate" }.allSatisfy { $0.status == .ok })
        parameters.doubt = "nobody looked"
        let doubted = try MeasurePerfusion.run(cut, parameters).perfusion.rows
        #expect(try row(doubted, "IRE", "radiocarpal").reason == reason + "; nobody looked")
        #expect(doubted.allSatisfy { $0.status == .review })
    }

    @Test func withoutRegionsTheFieldIsCountedOnlyWhenAskedAndTheRegionsHaveNoNumber() throws {
        var parameters = MeasurePerfusion.Parameters()
        let none = try MeasurePerfusion.run(inputs(regions: false), parameters).perfusion.rows
        #expect(none.map(\.region) == ["all"] && none[0].status == .notScorable)
        (parameters.regions, parameters.wholeField) = (["radiocarpal"], true)
        let rows = try MeasurePerfusion.run(inputs(regions: false), parameters).perfusion.rows
        let field = try row(rows, "enhancing-volume", "all"), site = try row(rows, "enhancing-volume", "radiocarpal")
        #expect(abs((field.value ?? 0) - 0.024) < 1e-12 && field.status == .review && site.status == .notScorable)
        #expect(MeasurePerfusion.notScorable(parameters, because: "no series")?.perfusion.rows.map(\.region) == ["radiocarpal"])
    }
}
