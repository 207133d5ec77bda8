import CarpusCore
import CarpusSegmentation
import Testing

@Suite struct LesionNamingTests {
    let grid: Grid
    /// A joint, a compartment, a bone, a vessel, and nothing.
    let anatomy: LabelMap

    init() throws {
        grid = try Grid(size: Index3(5, 1, 1), spacing: Vector3(10, 10, 10))
        anatomy = LabelMap(grid: grid, labels: [17, 20, 3, 29, 0], legend: WristAnatomy.legend)
    }

    func map(_ labels: [UInt16]) -> LabelMap { LabelMap(grid: grid, labels: labels, legend: Legend([Label(value: 1, name: "found", color: [1, 2, 3])])) }

    @Test func placeTellsTheLesion() throws {
        let result = try LesionNaming.name(enhancing: map([1, 1, 1, 1, 1]), oedema: map([1, 1, 1, 1, 1]), anatomy: anatomy)
        #expect(result.labels.labels == [1, 2, 3, 0, 0])
        #expect(result.labels.legend.labels.map(\.name) == ["synovitis", "tenosynovitis", "bone-marrow-oedema"])
        // Bone, vessel and the rest: three voxels of 1 mL.
        #expect(result.findings.first?.evidence["elsewhere"] == "3.0 mL")
    }

    @Test func whatWasNotLookedForIsNoLabel() throws {
        let without = try LesionNaming.name(enhancing: nil, oedema: map([0, 0, 1, 0, 0]), anatomy: anatomy)
        #expect(without.labels.legend.labels.map(\.name) == ["bone-marrow-oedema"])
        let dry = try LesionNaming.name(enhancing: map([0, 0, 1, 0, 0]), oedema: nil, anatomy: anatomy)
        #expect(dry.labels.labels == [0, 0, 0, 0, 0])
        #expect(dry.labels.legend.labels.map(\.name) == ["synovitis", "tenosynovitis"])
    }

    @Test func otherGridsAndNothingAreRefused() throws {
        let other = LabelMap(grid: try Grid(size: Index3(5, 1, 1), spacing: Vector3(9, 10, 10)), labels: [0, 0, 0, 0, 0], legend: Legend([]))
        #expect(throws: SegmentationError.self) { try LesionNaming.name(enhancing: other, oedema: nil, anatomy: anatomy) }
        #expect(throws: SegmentationError.self) { try LesionNaming.name(enhancing: nil, oedema: nil, anatomy: anatomy) }
    }
}
