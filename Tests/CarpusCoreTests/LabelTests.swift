@testable import CarpusCore
import Testing

@Suite struct LabelTests {
    static let oblique = RigidTransform(axis: Vector3(1, -1, 2), angle: 0.8).matrix

    @Test func volumesAreRightOnObliqueAndLeftHandedGrids() throws {
        for mirror in [1.0, -1] {
            let d = Self.oblique * Matrix3(diagonal: Vector3(mirror, 1, 1))
            let grid = try Grid(size: Index3(10, 10, 10), spacing: Vector3(0.5, 0.4, 2.5), direction: d)
            var map = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: 1000), legend: WristAnatomy.legend)
            for i in 0..<600 { map.labels[i] = 3 }
            for i in 600..<610 { map.labels[i] = 60000 }
            #expect(abs(map.volume(of: 3) - 0.3) < 1e-12)
            #expect(map.volume(of: 4) == 0)
            #expect(map.counts == [3: 600, 60000: 10])
        }
    }

    @Test func theLegendFindsByValueAndName() {
        let legend = Legend([Label(value: 7, name: "b", color: [0, 0, 0]), Label(value: 2, name: "a", color: [1, 2, 3])])
        #expect(legend.labels.map(\.value) == [2, 7])
        #expect(legend[7]?.name == "b" && legend["a"]?.value == 2 && legend[1] == nil && legend["c"] == nil)
        let pieces = Legend.components("lesion", count: 3)
        #expect(pieces.labels.map(\.name) == ["lesion-1", "lesion-2", "lesion-3"])
    }

    @Test func labelsAreCarriedByNearestNeighbour() throws {
        let grid = try Grid(size: Index3(20, 20, 20), spacing: Vector3(1, 1, 1), direction: Self.oblique)
        // 1 inside a ball, 9 outside: nothing in between may arise.
        let middle = grid.centre
        let labels = (0..<grid.count).map { (grid.worldFromVoxel(Vector3(grid.index(at: $0))) - middle).length < 6 ? UInt16(1) : 9 }
        let map = LabelMap(grid: grid, labels: labels, legend: Legend.components("c", count: 9))
        let fine = try Grid(size: Index3(60, 60, 60), spacing: Vector3(0.4, 0.4, 0.4), origin: middle - Vector3(repeating: 11.8))
        let turn = Transform.rigid(RigidTransform(axis: Vector3(0, 1, 1), angle: 1.1, centre: middle))
        let carried = map.resampled(onto: fine, through: turn)
        #expect(Set(carried.labels) == [0, 1, 9] && carried.legend == map.legend)
        #expect(abs(carried.volume(of: 1) - map.volume(of: 1)) < 0.02 * map.volume(of: 1))
        for o in stride(from: 0, to: fine.count, by: 101) {
            let v = grid.voxelFromWorld(turn(fine.worldFromVoxel(Vector3(fine.index(at: o))))), n = (v + 0.5).rounded(.down)
            let inside = n.min() >= 0 && n.max() <= 19
            #expect(carried.labels[o] == (inside ? map.labels[grid.offset(Int(n.x), Int(n.y), Int(n.z))] : 0))
        }
    }

    @Test func theWristIsNamedAndNumberedAsTheDesignSays() {
        let names = [
            "distal-radius", "distal-ulna", "scaphoid", "lunate", "triquetrum", "pisiform", "trapezium", "trapezoid", "capitate", "hamate",
            "metacarpal-1-base", "metacarpal-2-base", "metacarpal-3-base", "metacarpal-4-base", "metacarpal-5-base",
            "distal-radioulnar", "radiocarpal", "intercarpal-carpometacarpal",
            "extensor-1", "extensor-2", "extensor-3", "extensor-4", "extensor-5", "extensor-6", "flexor-fcr", "flexor-fpl", "flexor-common", "flexor-fcu",
            "vessel", "nerve",
        ]
        #expect(WristAnatomy.structures.map(\.name) == names)
        #expect(WristAnatomy.structures.map(\.label) == Array(1...30))
        let kinds = [(1...15, WristAnatomy.Kind.bone), (16...18, .joint), (19...28, .tendonCompartment), (29...29, .vessel), (30...30, .nerve)]
        for (range, kind) in kinds { for value in range { #expect(WristAnatomy.structures[value - 1].kind == kind) } }
        #expect(WristAnatomy.legend.labels.map(\.name) == names)
        #expect(WristAnatomy.structure(named: "hamate")?.label == 10 && WristAnatomy.structure(named: "femur") == nil)
        #expect(WristAnatomy.bones.filter { $0.extent == .whole }.map(\.label) == Array(3...10))
        #expect(WristAnatomy.lesionLegend.labels.map(\.name) == ["synovitis", "tenosynovitis", "bone-marrow-oedema", "erosion"])
        #expect(WristAnatomy.lesionLegend.labels.map(\.value) == [1, 2, 3, 4])
        #expect(Set(WristAnatomy.legend.labels.map(\.color)).count == 30)
    }

    @Test func measurementsWithoutANumberSayWhy() {
        let none = Measurement.notScorable("volume", unit: "mL", region: "lunate", because: "not covered", method: "m/1")
        #expect(none.value == nil && none.status == .notScorable && none.reason == "not covered")
        #expect(Finding.Severity.note < .warning && .warning < .serious)
    }
}
