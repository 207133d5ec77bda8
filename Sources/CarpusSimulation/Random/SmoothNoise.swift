import CarpusCore

/// Smooth random unevenness of space: gradient noise on a lattice (Perlin, SIGGRAPH 1985 and 2002), the same for a key for ever.
struct SmoothNoise: Sendable {
    private let key: UInt64
    private let perMillimetre: Float

    /// Noise whose bumps are about `wavelength` mm across.
    init(seed: UInt64, _ name: String, wavelength: Float) {
        var stream = RandomStream(seed: seed, name)
        key = stream.next()
        perMillimetre = 1 / wavelength
    }

    /// The value at a point in mm: mean 0, standard deviation about 0.25, never beyond -1...1.
    @inline(__always) func callAsFunction(_ point: SIMD3<Float>) -> Float {
        let q = point * perMillimetre, base = q.rounded(.down)
        let f = q - base, i = SIMD3(Int32(base.x), Int32(base.y), Int32(base.z))
        let u = f * f * f * (f * (f * 6 - 15) + 10)
        let low = mix(
            mix(corner(i, 0, 0, 0, f), corner(i, 1, 0, 0, f), u.x), mix(corner(i, 0, 1, 0, f), corner(i, 1, 1, 0, f), u.x), u.y)
        let high = mix(
            mix(corner(i, 0, 0, 1, f), corner(i, 1, 0, 1, f), u.x), mix(corner(i, 0, 1, 1, f), corner(i, 1, 1, 1, f), u.x), u.y)
        return mix(low, high, u.z)
    }

    @inline(__always) private func corner(_ i: SIMD3<Int32>, _ x: Int32, _ y: Int32, _ z: Int32, _ f: SIMD3<Float>) -> Float {
        let a = UInt64(UInt32(bitPattern: i.x &+ x)), b = UInt64(UInt32(bitPattern: i.y &+ y)), c = UInt64(UInt32(bitPattern: i.z &+ z))
        let h = SplitMix.mixed(key ^ (a &* 0x9e37_79b9_7f4a_7c15) ^ (b &* 0xc2b2_ae3d_27d4_eb4f) ^ (c &* 0x1656_67b1_9e37_79f9))
        let d = f - SIMD3<Float>(Float(x), Float(y), Float(z))
        // One of the twelve directions to the edges of a cube.
        let s: Float = h & 1 == 0 ? 1 : -1, t: Float = h & 2 == 0 ? 1 : -1
        switch (h >> 2) % 3 {
        case 0: return s * d.x + t * d.y
        case 1: return s * d.x + t * d.z
        default: return s * d.y + t * d.z
        }
    }

    @inline(__always) private func mix(_ a: Float, _ b: Float, _ t: Float) -> Float { a + (b - a) * t }
}
