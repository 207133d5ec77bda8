import CarpusCore
import Foundation
import Testing

@testable import CarpusQuantification

@Suite struct SheathThicknessTests {
    /// A tendon of radius 2 mm, inflamed 2 mm around from z = -16.5 to 16.5, that leans by some degrees towards x and y alike, in slices of 3 mm.
    private func sheath(leaning degrees: Double, side: Double, slice: Double = 3) throws -> SheathThickness {
        let angle = degrees * .pi / 180, along = Vector3(sin(angle) * side.squareRoot(), sin(angle) * (1 - side).squareRoot(), cos(angle))
        let size = Index3(130, 130, Int(42 / slice)), spacing = Vector3(0.4, 0.4, slice)
        let grid = try Grid(size: size, spacing: spacing, origin: (Vector3(size) - 1) * spacing / -2)
        let labels = (0..<grid.count).map { i -> UInt16 in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i))), t = p.dot(along), r = (p - along * t).length
            return r < 2 ? 1 : r < 4 && abs(p.z) < 16.5 ? 2 : 0
        }
        let map = LabelMap(grid: grid, labels: labels, legend: Legend([])), box = try #require(LabelNeighbourhood(of: 2, in: map, voxels: 26))
        return SheathThickness(grid: grid, box: box, across: 2, isTendon: { labels[$0] == 1 }, isInflamed: { labels[$0] == 2 })
    }

    // 99 % of a ring from 2 to 4 mm lies within 1.985 mm of its tendon, twice the mean distance is 2.222 mm. In the slices' plane the same ring is 2.8 mm
    // wide where the tendon leans by 45 degrees.
    @Test("a sheath is as thick as it is across its tendon, however that leans", arguments: [0, 15, 30, 42], [0, 0.5, 1] as [Double])
    func leaning(degrees: Int, side: Double) throws {
        for slice in [3.0, 1.5] {
            let found = try sheath(leaning: Double(degrees), side: side, slice: slice)
            #expect(abs(try #require(found.maximum) - 1.985) < 0.2, "\(found.maximum ?? 0)")
            #expect(abs(try #require(found.mean) - 2.222) < 0.15, "\(found.mean ?? 0)")
            #expect(found.shareWithoutTendon == 0)
        }
    }
}
