import CarpusCore
import Testing

@testable import CarpusSimulation

@Suite("The mean wrist")
struct MeanWristTests {
    @Test("its bones are as large as those of the population on average")
    func volumes() {
        let mean = VirtualWrist(.mean, side: .left).counted(DiseaseState(), step: 0.8).bone
        let others = (1...6).map { seed -> [Double] in
            var shape = WristShape.drawn(seed: UInt64(seed))
            (shape.size, shape.flexionDegrees, shape.ulnarDeviationDegrees) = (1, 0, 0)
            return VirtualWrist(shape, side: .left).counted(DiseaseState(), step: 0.8).bone
        }
        for b in 0..<15 {
            // Six wrists whose volumes stray by a tenth tell their mean within 12 %.
            let expected = others.reduce(0) { $0 + $1[b] } / 6
            #expect(abs(mean[b] / expected - 1) < 0.12, "\(WristAnatomy.bones[b].name): \(mean[b]) against \(expected)")
        }
    }

    @Test("a right one is the mirror image of a left one")
    func sides() {
        let (left, right) = (VirtualWrist(.mean, side: .left).sampled(DiseaseState(), step: 1.5).specimen, VirtualWrist(.mean, side: .right).sampled(DiseaseState(), step: 1.5).specimen)
        var mirrored = 0, bones = 0
        for i in left.region.indices where (1...15).contains(left.region[i]) {
            var p = left.grid.worldFromVoxel(Vector3(left.grid.index(at: i)))
            p.x.negate()
            let v = Index3((right.grid.voxelFromWorld(p)).rounded(.toNearestOrEven))
            bones += 1
            if v.min() >= 0 && v.x < right.grid.size.x && v.y < right.grid.size.y && v.z < right.grid.size.z && right.region[right.grid.offset(v.x, v.y, v.z)] == left.region[i] { mirrored += 1 }
        }
        // Samples of either may lie up to half a step off each other's.
        #expect(bones > 5000 && Double(mirrored) > 0.9 * Double(bones), "\(mirrored) of \(bones)")
    }

    @Test("its numbers stray by no more than they are told to")
    func spread() {
        var none = RandomStream(seed: 5, "x", spread: 0), half = RandomStream(seed: 5, "x", spread: 0.5), all = RandomStream(seed: 5, "x")
        for _ in 0..<20 {
            let (a, b, c) = (none.normal(3, 2), half.normal(3, 2), all.normal(3, 2))
            #expect(a == 3 && abs(b - 3 - (c - 3) / 2) < 1e-12)
            #expect(none.uniform(-1, 5) == 2 && abs(half.uniform(-1, 5) - 2 - (all.uniform(-1, 5) - 2) / 2) < 1e-12)
        }
    }
}
