import Foundation

/// Tenosynovitis of one compartment: its sheath stands off the tendons, more on one side and over a part of its length.
struct SheathInflation: Sendable {
    /// Largest width, mm of a wrist of size 1.
    private let thickness: Float
    private let fluidShare: Float
    /// Where along the sheath it is widest, over which share of the sheath it reaches to either side, and on which side.
    private let middle: Float, reach: Float, side: Float
    private let unevenness: SmoothNoise
    private let region: UInt8

    /// The inflation of a compartment, 0 to 9; what the dials leave open follows from the seed and stays over the visits.
    init(_ state: DiseaseState.Sheath, compartment: Int, size: Double, seed: UInt64) {
        var stream = RandomStream(seed: seed, "sheath-\(compartment)")
        thickness = Float(state.thickness / size)
        fluidShare = Float(state.fluidShare)
        middle = Float(stream.uniform(0.3, 0.7))
        reach = Float(stream.uniform(0.3, 0.5))
        side = Float(stream.uniform(-.pi, .pi))
        unevenness = SmoothNoise(seed: seed, "sheath-noise-\(compartment)", wavelength: 5)
        region = UInt8(19 + compartment)
    }

    /// The inflamed or fluid-filled sheath at a point, nil outside it. It takes the place of soft tissue only.
    @inline(__always) func sample(_ s: HealthySample, _ p: SIMD3<Float>, _ vessels: VascularPattern) -> TissueSample? {
        let t = s.soft.sheathPosition
        guard t >= 0, t <= 1, s.soft.tendonDistance > 0, s.soft.tendonDistance < thickness * 1.3, s.soft.skinDepth > 1.8 else { return nil }
        switch s.point.tissue {
        case .sheath, .loose, .fat, .muscle: break
        default: return nil
        }
        let along = 1 - Blend.step(abs(t - middle), from: 0.4 * reach, to: reach)
        let around = 0.6 + 0.4 * cos(s.soft.sheathAngle - side)
        let width = thickness * along * around * (1 + 0.5 * unevenness(p))
        guard s.soft.tendonDistance < width, width > 0.35 else { return nil }
        // Fluid lies against the tendon, proliferating tissue along the outer wall.
        let isFluid = s.soft.tendonDistance / width + 0.3 * unevenness(p * 1.7) < fluidShare
        return TissueSample(tissue: isFluid ? .sheathFluid : .pannus, variant: isFluid ? 16 : vessels.variant(at: p), region: region, lesion: 2)
    }
}
