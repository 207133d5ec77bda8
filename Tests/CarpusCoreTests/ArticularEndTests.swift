import CarpusCore
import Testing

@Suite struct ArticularEndTests {
    /// A long bone of 16 x 12 mm whose face has a step: one half ends at 0, the other 4 mm deeper; the carpus lies flat, 8 mm beyond the nearer half and 12 beyond the other.
    private func wrist(_ bone: UInt16, carpal: UInt16, spacing: Vector3) throws -> LabelMap {
        let extent = Vector3(24, 20, 60)
        let grid = try Grid(size: Index3((extent / spacing).rounded(.up)), spacing: spacing, origin: Vector3(-12, -10, -36) + spacing / 2)
        let labels = (0..<grid.count).map { i -> UInt16 in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            guard abs(p.x) < 8, abs(p.y) < 6 else { return 0 }
            if p.z > 8 { return p.z < 20 ? carpal : 0 }
            return p.z < (p.x < 0 ? 0 : -4) && p.z > -30 ? bone : 0
        }
        return LabelMap(grid: grid, labels: labels, legend: WristAnatomy.legend)
    }

    @Test("the forearm faces the carpus across 15 mm, metacarpals across 10", arguments: [Vector3(0.5, 0.5, 0.5), Vector3(0.5, 0.5, 1)])
    func reach(spacing: Vector3) throws {
        for (bone, carpal, depth) in [(UInt16(1), UInt16(4), -2.0), (2, 5, -2), (13, 9, 0)] {
            let end = try #require(ArticularEnd.all(in: wrist(bone, carpal: carpal, spacing: spacing))[bone])
            #expect(abs(end.middle.z - depth) < 0.3 && end.shaftward.z < -0.9995 && end.showsShaft && end.cutShare == 0, "\(bone): \(end)")
        }
    }
}
