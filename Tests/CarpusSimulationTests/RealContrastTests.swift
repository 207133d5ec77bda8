import CarpusCore
import Testing

@testable import CarpusSimulation

/// Contrast of the virtual gradient echo against a real one: coronal, TR 235 ms, TE 11 ms, 1.5 T, 2 mm slices, of a left wrist.
@Suite("Contrast of a real gradient echo")
struct RealContrastTests {
    /// Means of hand-placed regions of the real series over that of subcutaneous fat, and its noise; see Docs/VirtualWrist.md.
    private static let real: [(tissue: Tissue, signal: Double)] = [(.muscle, 1.24), (.marrow, 0.48), (.cortex, 0.02), (.effusion, 1.41)]
    private static let fatOverNoise = 35.0

    @Test("contrast to noise against fat lies within 30 % of the real one")
    func contrast() throws {
        var state = DiseaseState()
        for j in 0..<3 { state.joints[j].effusion = 1.2 }
        let wrist = VirtualWrist(WristShape(seed: 12, ageYears: 55), side: .left), specimen = wrist.sampled(state, step: 0.3).specimen
        let grid = try Grid(size: Index3(180, 180, 22), spacing: Vector3(0.45, 0.45, 2), origin: Vector3(-40, -22, 40), direction: Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0)))
        var plan = ScanPlan(grid: grid, sequence: .gradientEcho(repetition: 0.235, echo: 0.011, flipDegrees: 20))
        (plan.signalToNoise, plan.sliceProfile) = (Self.fatOverNoise, .selective(thickness: 2))
        let scan = VirtualScanner(specimen).acquire(plan, table: .mean(fieldTesla: 1.5), seed: 1, name: "gre")
        let means = Self.means(scan.volume, specimen)
        let fat = try #require(means[.fat])
        for (tissue, signal) in Self.real {
            let virtual = try #require(means[tissue], "\(tissue)")
            let contrast = (virtual - fat) / scan.noise, wanted = (signal - 1) * Self.fatOverNoise
            #expect(abs(contrast / wanted - 1) < 0.3, "\(tissue): \(contrast), real \(wanted)")
        }
        #expect(abs(fat / scan.noise / Self.fatOverNoise - 1) < 0.1)
    }

    /// Mean signal over voxels that hold one tissue alone, at their middle and half a voxel and more around it.
    private static func means(_ volume: Volume<Float>, _ specimen: Specimen) -> [Tissue: Double] {
        var sums: [Tissue: (Double, Int)] = [:]
        let inner = specimen.grid
        for i in 0..<volume.grid.count {
            let w = volume.grid.worldFromVoxel(Vector3(volume.grid.index(at: i)))
            func at(_ d: Vector3) -> Tissue? {
                let v = inner.voxelFromWorld(w + d).rounded(.toNearestOrEven)
                guard v.min() >= 0, v.x < Double(inner.size.x), v.y < Double(inner.size.y), v.z < Double(inner.size.z) else { return nil }
                let offset = inner.offset(Int(v.x), Int(v.y), Int(v.z))
                // A red patch would be another tissue.
                if specimen.tissue[offset] == Tissue.marrow.rawValue, specimen.variant[offset] > 12 { return nil }
                return Tissue(rawValue: specimen.tissue[offset])
            }
            guard let tissue = at(.zero), tissue != .air else { continue }
            let reach: [Vector3] = [Vector3(0.9, 0, 0), Vector3(-0.9, 0, 0), Vector3(0, 0, 0.9), Vector3(0, 0, -0.9), Vector3(0, 1.1, 0), Vector3(0, -1.1, 0)]
            guard reach.allSatisfy({ at($0) == tissue }) else { continue }
            let sum = sums[tissue] ?? (0, 0)
            sums[tissue] = (sum.0 + Double(volume.scalars[i]), sum.1 + 1)
        }
        return sums.filter { $0.value.1 >= 10 }.mapValues { $0.0 / Double($0.1) }
    }
}
