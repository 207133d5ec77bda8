/// Unevenness within tissues: lobules of fat, septa, striae of muscle.
struct SoftTexture: Sendable {
    private let lobules, striae, loose: SmoothNoise
    /// How much fat runs through muscle.
    private let marbling: Float

    init(_ shape: WristShape) {
        var stream = shape.stream("soft-texture")
        lobules = SmoothNoise(seed: shape.seed, "soft-lobules", wavelength: Float(stream.uniform(4, 6.5)))
        striae = SmoothNoise(seed: shape.seed, "soft-striae", wavelength: Float(stream.uniform(1.8, 2.6)))
        loose = SmoothNoise(seed: shape.seed, "soft-loose", wavelength: Float(stream.uniform(1.8, 3)))
        marbling = Float(min(max(0.012 + 0.006 * (shape.fatness - 1) + 0.0004 * (shape.ageYears - 50) + stream.normal(0, 0.004), 0.003), 0.035))
    }

    /// -1 to 1 as a variant.
    @inline(__always) static func variant(_ t: Float) -> UInt8 { UInt8(min(max(15.5 + 15.5 * t, 0), 31)) }

    /// Fat under the skin: lobules a few millimetres long, parted by thin septa, which stand on the skin where fat is thick.
    @inline(__always) func fat(_ p: SIMD3<Float>) -> (Tissue, UInt8) {
        // In the palm septa run from the skin to the aponeurosis; elsewhere they lie more along the arm.
        let palm = p.x > 2 && p.z > 9
        let n = lobules(p * (palm ? SIMD3(1.2, 1.2, 0.5) : SIMD3(0.7, 1, 1)))
        let a = abs(n)
        if a < 0.017 { return (.loose, Self.variant(-0.9)) }
        return (.fat, Self.variant(min(a * 2.2, 0.8) - 0.25))
    }

    /// A nerve: bundles of fibres along it.
    @inline(__always) func nerve(_ p: SIMD3<Float>) -> UInt8 { Self.variant(2.2 * striae(p * SIMD3(0.1, 2, 2))) }

    /// Loose tissue: fat with many fine septa.
    @inline(__always) func loose(_ p: SIMD3<Float>) -> UInt8 { Self.variant(2 * loose(p * SIMD3(0.45, 1, 1)) + 0.1) }

    /// Muscle by a point whose first axis runs along its fibres.
    @inline(__always) func muscle(_ local: SIMD3<Float>) -> (Tissue, UInt8) {
        let n = striae(local * SIMD3(0.13, 1, 1))
        if abs(n) < marbling { return (.fat, Self.variant(-0.5)) }
        return (.muscle, Self.variant(1.8 * n))
    }
}
