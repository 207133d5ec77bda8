import CarpusCore

/// The bending energy of numbers on a grid and a little of their gradient, half of both, by differences between neighbours; borders are free.
struct BendingEnergy: Sendable {
    let size: Index3
    /// The weights of the squared differences: along the axes, and across each pair of them.
    private let straight: [Float], mixed: [Float]
    /// Those of the squared differences of neighbours along the axes.
    private let stretch: [Float]

    private static let pairs = [(0, 1), (0, 2), (1, 2)]

    /// - Parameter range: the length in mm whose inverse square weighs the gradient.
    init(size: Index3, spacing h: Vector3, range: Double) {
        self.size = size
        stretch = (0..<3).map { Float(h.x * h.y * h.z / (h[$0] * h[$0] * range * range)) }
        let volume = h.x * h.y * h.z
        straight = (0..<3).map { Float(volume / (h[$0] * h[$0] * h[$0] * h[$0])) }
        mixed = Self.pairs.map { Float(2 * volume / (h[$0] * h[$0] * h[$1] * h[$1])) }
    }

    /// What one number away from the borders weighs on itself.
    var diagonal: Float { 6 * straight.reduce(0, +) + 4 * mixed.reduce(0, +) + 2 * stretch.reduce(0, +) }

    /// Adds the energy's derivative at `u`, times a factor for each of the numbers.
    func addSlope(of u: [SIMD4<Float>], to out: inout [SIMD4<Float>], times factor: SIMD4<Float>) {
        let strides = [1, size.x, size.x * size.y]
        u.withUnsafeBufferPointer { from in
            out.withUnsafeMutableBufferPointer { to in
                guard let u = from.baseAddress, let out = to.baseAddress else { return }
                for axis in 0..<3 {
                    var first = Index3.zero, end = size
                    (first[axis], end[axis]) = (1, size[axis] - 1)
                    var low = size
                    low[axis] -= 1
                    Self.stretchTerm(u, out, strides[axis], factor * stretch[axis], low, size)
                    Self.straightTerm(u, out, strides[axis], factor * straight[axis], first, end, size)
                }
                for (pair, weight) in zip(Self.pairs, mixed) {
                    var end = size
                    end[pair.0] -= 1
                    end[pair.1] -= 1
                    Self.mixedTerm(u, out, strides[pair.0], strides[pair.1], factor * weight, end, size)
                }
            }
        }
    }

    @inline(__always) private static func straightTerm(
        _ u: UnsafePointer<SIMD4<Float>>, _ out: UnsafeMutablePointer<SIMD4<Float>>, _ s: Int, _ weight: SIMD4<Float>, _ first: Index3, _ end: Index3, _ size: Index3
    ) {
        for z in first.z..<max(first.z, end.z) {
            for y in first.y..<max(first.y, end.y) {
                let row = size.x * (y + size.y * z)
                for i in row + first.x..<row + max(first.x, end.x) {
                    let t = (u[i &- s] - 2 * u[i] + u[i &+ s]) * weight
                    out[i &- s] += t
                    out[i] -= 2 * t
                    out[i &+ s] += t
                }
            }
        }
    }

    @inline(__always) private static func stretchTerm(
        _ u: UnsafePointer<SIMD4<Float>>, _ out: UnsafeMutablePointer<SIMD4<Float>>, _ s: Int, _ weight: SIMD4<Float>, _ end: Index3, _ size: Index3
    ) {
        for z in 0..<max(0, end.z) {
            for y in 0..<max(0, end.y) {
                let row = size.x * (y + size.y * z)
                for i in row..<row + max(0, end.x) {
                    let t = (u[i &+ s] - u[i]) * weight
                    out[i &+ s] += t
                    out[i] -= t
                }
            }
        }
    }

    @inline(__always) private static func mixedTerm(
        _ u: UnsafePointer<SIMD4<Float>>, _ out: UnsafeMutablePointer<SIMD4<Float>>, _ a: Int, _ b: Int, _ weight: SIMD4<Float>, _ end: Index3, _ size: Index3
    ) {
        for z in 0..<max(0, end.z) {
            for y in 0..<max(0, end.y) {
                let row = size.x * (y + size.y * z)
                for i in row..<row + max(0, end.x) {
                    let t = (u[i &+ a &+ b] - u[i &+ a] - u[i &+ b] + u[i]) * weight
                    out[i &+ a &+ b] += t
                    out[i &+ a] -= t
                    out[i &+ b] -= t
                    out[i] += t
                }
            }
        }
    }
}
