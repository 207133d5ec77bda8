import CarpusCore
import Testing

@Suite struct FirstLightTests {
    @Test func aCubeOfLabelsHasItsVolumeInMillilitres() throws {
        let grid = try Grid(size: Index3(10, 10, 10), spacing: Vector3(0.5, 0.5, 2))
        let map = LabelMap(grid: grid, labels: [UInt16](repeating: 3, count: 1000), legend: WristAnatomy.legend)
        #expect(map.volume(of: 3) == 0.5)
    }
}
