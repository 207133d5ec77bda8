import CarpusCore
import Testing

@testable import CarpusSimulation

@Suite("Pose of the hand")
struct PoseTests {
    /// Middle of a bone's voxels, hand's frame of size 1.
    private func middle(of bone: UInt8, _ shape: WristShape) -> SIMD3<Float> {
        let wrist = VirtualWrist(shape, side: .left), specimen = wrist.sampled(DiseaseState(), step: 1).specimen
        var sum = SIMD3<Float>(), n: Float = 0
        for i in specimen.region.indices where specimen.region[i] == bone {
            let w = specimen.grid.worldFromVoxel(Vector3(specimen.grid.index(at: i)))
            sum += wrist.frame.hand(SIMD3(Float(w.x), Float(w.y), Float(w.z)))
            n += 1
        }
        return sum / n
    }

    @Test("flexion takes the hand towards the palm, deviation towards the ulna; bones and soft parts go together")
    func directions() {
        let straight = middle(of: 13, WristShape(seed: 4))
        for (flexed, axis, sign) in [(WristShape(seed: 4, flexionDegrees: 10), 2, Float(1)), (WristShape(seed: 4, ulnarDeviationDegrees: 8), 1, Float(-1))] {
            let moved = middle(of: 13, flexed), change = (moved - straight)[axis] * sign
            // The third metacarpal lies some 30 mm distal of the centre.
            #expect(change > 2.5 && change < 9, "\(change)")
            let back = PoseBend(flexed).straightened(moved) - straight
            #expect((back * back).sum().squareRoot() < 0.8, "\(back)")
        }
    }
}
