import CarpusCore

/// Distances to fascia and skin on a lattice, read between its nodes linearly: they are smooth, so that 2 mm do, and a point of them
/// costs little. Outside the lattice is air.
struct SoftLattice: Sendable {
    static let step: Float = 2
    static let box = Box(low: SIMD3(-84, -52, -36), high: SIMD3(84, 88, 50))
    private let counts: SIMD3<Int>
    /// Signed distance to the fascia, depth below the skin, thickness of the skin, thickness of the fat.
    private var values: [SIMD4<Float>]

    /// What an outline gives at the nodes.
    init(_ outline: Outline) {
        let extent = (Self.box.high - Self.box.low) / Self.step
        let counts = SIMD3<Int>(Int(extent.x) + 1, Int(extent.y) + 1, Int(extent.z) + 1)
        self.counts = counts
        let n = counts.x * counts.y * counts.z
        values = [SIMD4<Float>](unsafeUninitializedCapacity: n) { buffer, count in
            let target = Target(buffer: buffer)
            Parallel.forEach(counts.x) { x in
                for y in 0..<counts.y {
                    for z in 0..<counts.z {
                        let p = Self.box.low + SIMD3(Float(x), Float(y), Float(z)) * Self.step
                        let l = outline.layers(at: p)
                        target.buffer[(x * counts.y + y) * counts.z + z] = SIMD4(l.fascia, l.fat + l.skin - l.fascia, l.skin, l.fat)
                    }
                }
            }
            count = n
        }
    }

    /// Threads write different parts.
    private struct Target: @unchecked Sendable {
        let buffer: UnsafeMutableBufferPointer<SIMD4<Float>>
    }

    /// Fascia, depth, skin and fat at a point.
    @inline(__always) func callAsFunction(_ p: SIMD3<Float>) -> SIMD4<Float> {
        let q = (p - Self.box.low) * (1 / Self.step)
        let last = SIMD3<Float>(Float(counts.x - 1), Float(counts.y - 1), Float(counts.z - 1))
        guard all(q .>= 0), all(q .< last) else { return SIMD4(50, -50, 1.3, 2) }
        // Not negative, so that cutting off is rounding down.
        let x = Int(q.x), y = Int(q.y), z = Int(q.z), t = q - SIMD3(Float(x), Float(y), Float(z))
        let row = counts.z, plane = counts.y * counts.z
        let at = x * plane + y * row + z
        return values.withUnsafeBufferPointer { v in
            let a = v[at] + (v[at + 1] - v[at]) * t.z, b = v[at + row] + (v[at + row + 1] - v[at + row]) * t.z
            let next = at + plane
            let c = v[next] + (v[next + 1] - v[next]) * t.z, d = v[next + row] + (v[next + row + 1] - v[next + row]) * t.z
            let low = a + (b - a) * t.y, high = c + (d - c) * t.y
            return low + (high - low) * t.x
        }
    }

    /// The point at a depth below the skin, seen from the middle of the arm at an angle (0 dorsal, towards radial positive).
    func point(distal: Float, angle: Float, depth: (SIMD4<Float>) -> Float, middle: SIMD2<Float>) -> SIMD3<Float> {
        let out = Turn.unit(angle), direction = SIMD3<Float>(0, out.y, -out.x), from = SIMD3<Float>(distal, middle.x, middle.y)
        var far: Float = 70, near: Float = 70
        while near > 2 {
            near = far - 1
            let l = self(from + direction * near)
            if l.y >= depth(l) { break }
            far = near
        }
        for _ in 0..<8 {
            let half = 0.5 * (near + far), l = self(from + direction * half)
            if l.y >= depth(l) { near = half } else { far = half }
        }
        return from + direction * near
    }
}
