import CarpusCore
import CarpusSegmentation
import Testing

@Suite struct LesionNamingTests {
    let grid: Grid
    /// A joint, a compartment, a bone, a vessel, what lies beside it, and two voxels of nothing; 1 mL each.
    let anatomy: LabelMap

    init() throws {
        grid = try Grid(size: Index3(7, 1, 1), spacing: Vector3(10, 10, 10))
        anatomy = LabelMap(grid: grid, labels: [17, 20, 3, 29, 0, 0, 0], legend: WristAnatomy.legend)
    }

    func map(_ labels: [UInt16]) -> LabelMap { LabelMap(grid: grid, labels: labels, legend: Legend([Label(value: 1, name: "found", color: [1, 2, 3])])) }

    @Test func placeTellsTheLesion() throws {
        let enhancing = try LesionNaming.name(map([1, 1, 1, 1, 1, 1, 0]), as: .enhancement, anatomy: anatomy)
        #expect(enhancing.labels.labels == [1, 2, 0, 0, 0, 0, 0])
        #expect(enhancing.labels.legend.labels.map(\.name) == ["synovitis", "tenosynovitis"])
        // The bone beside the vessel, the vessel and its other side are suspect; one voxel lies elsewhere.
        #expect(enhancing.vesselSuspect == 3 && enhancing.outside == 1)
        let water = try LesionNaming.name(map([1, 1, 1, 1, 1, 1, 1]), as: .water, anatomy: anatomy)
        #expect(water.labels.labels == [0, 0, 3, 0, 0, 0, 0])
        #expect(water.labels.legend.labels.map(\.name) == ["bone-marrow-oedema"])
    }

    @Test func anAnatomyOfBonesAloneHoldsNoSynovitis() throws {
        let bones = LabelMap(grid: grid, labels: [0, 0, 3, 0, 0, 0, 0], legend: Legend(WristAnatomy.legend.labels.filter { $0.value <= 15 }))
        #expect(throws: SegmentationError.self) { try LesionNaming.name(map([1, 1, 1, 1, 1, 1, 1]), as: .enhancement, anatomy: bones) }
        #expect(try LesionNaming.name(map([1, 1, 1, 1, 1, 1, 1]), as: .water, anatomy: bones).labels.labels == [0, 0, 3, 0, 0, 0, 0])
        let joint = Legend(WristAnatomy.legend.labels.filter { $0.value == 17 })
        let alone = try LesionNaming.name(map([1, 1, 0, 0, 0, 0, 0]), as: .enhancement, anatomy: LabelMap(grid: grid, labels: [17, 0, 0, 0, 0, 0, 0], legend: joint))
        #expect(alone.labels.legend.labels.map(\.name) == ["synovitis"], "tenosynovitis had no site to be looked for in")
        #expect(alone.vesselSuspect == nil && alone.outside == 1, "no vessel was named to suspect")
    }

    @Test func anotherGridIsRefused() throws {
        let other = LabelMap(grid: try Grid(size: Index3(7, 1, 1), spacing: Vector3(9, 10, 10)), labels: [UInt16](repeating: 0, count: 7), legend: Legend([]))
        #expect(throws: SegmentationError.self) { try LesionNaming.name(other, as: .enhancement, anatomy: anatomy) }
    }
}
