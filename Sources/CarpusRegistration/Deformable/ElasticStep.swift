import CarpusCore

/// What the images ask of each cell, and the step that follows when the whole field is held like a thin plate: its bending energy
/// `∫ Σ (∂ᵢ∂ⱼ u)²` grows as the images' disagreement falls (Gauss and Newton's step, found by conjugate gradients).
struct ElasticStep: Sendable {
    let cells: Cells
    /// The images' pull at each cell, 1/mm.
    var pull: [SIMD4<Float>]
    /// The columns of each cell's symmetric matrix, 1/mm².
    var columns: Columns
    private let bending: BendingEnergy

    /// The columns of a 3 x 3 matrix at each cell.
    struct Columns: Sendable {
        var x, y, z: [SIMD4<Float>]
    }

    /// Rounds of conjugate gradients, at most.
    private static let rounds = 40
    /// The share of the first miss at which they end.
    private static let tolerance = 0.02

    init(cells: Cells, range: Double) {
        self.cells = cells
        pull = [SIMD4<Float>](repeating: .zero, count: cells.count)
        columns = Columns(x: pull, y: pull, z: pull)
        bending = BendingEnergy(size: cells.size, spacing: cells.spacing, range: range)
    }

    /// Lends the pull and the three columns for writing.
    mutating func withBuffers(
        _ body: (UnsafeMutablePointer<SIMD4<Float>>, UnsafeMutablePointer<SIMD4<Float>>, UnsafeMutablePointer<SIMD4<Float>>, UnsafeMutablePointer<SIMD4<Float>>) -> Void
    ) {
        pull.withUnsafeMutableBufferPointer { p in
            columns.x.withUnsafeMutableBufferPointer { x in
                columns.y.withUnsafeMutableBufferPointer { y in
                    columns.z.withUnsafeMutableBufferPointer { z in
                        guard let p = p.baseAddress, let x = x.baseAddress, let y = y.baseAddress, let z = z.baseAddress else { return }
                        body(p, x, y, z)
                    }
                }
            }
        }
    }

    /// The step, mm.
    ///
    /// - Parameter stiffness: how much bending energy weighs, mm.
    func solve(from field: CellField, stiffness: Double) -> [SIMD4<Float>] {
        let n = cells.count, hold = Float(stiffness)
        var bent = [SIMD4<Float>](repeating: .zero, count: n)
        bending.addSlope(of: field.values, to: &bent, times: hold)
        var residual = [SIMD4<Float>](repeating: .zero, count: n)
        for i in 0..<n { residual[i] = pull[i] - bent[i] }
        let inverse = preconditioner(hold)
        var step = [SIMD4<Float>](repeating: .zero, count: n), smooth = Self.times(inverse, residual), direction = smooth
        var worth = Self.product(residual, smooth)
        let enough = worth * Self.tolerance * Self.tolerance
        for _ in 0..<Self.rounds where worth > enough {
            var image = Self.times(columns, direction)
            bending.addSlope(of: direction, to: &image, times: hold)
            let curvature = Self.product(direction, image)
            guard curvature > 0 else { break }
            let length = Float(worth / curvature)
            for i in 0..<n {
                step[i] += direction[i] * length
                residual[i] -= image[i] * length
            }
            smooth = Self.times(inverse, residual)
            let next = Self.product(residual, smooth), share = Float(next / worth)
            worth = next
            for i in 0..<n { direction[i] = smooth[i] + direction[i] * share }
        }
        return step
    }

    /// The inverse of each cell's own part of the equations, as columns.
    private func preconditioner(_ hold: Float) -> Columns {
        let keep = hold * bending.diagonal
        var out = columns
        for i in 0..<cells.count {
            let x = columns.x[i], y = columns.y[i], z = columns.z[i]
            let a = x.x + keep, b = y.y + keep, c = z.z + keep, d = y.x, e = z.x, f = z.y
            let m0 = b * c - f * f, m1 = e * f - d * c, m2 = d * f - e * b, scale = 1 / (a * m0 + d * m1 + e * m2)
            out.x[i] = SIMD4(m0, m1, m2, 0) * scale
            out.y[i] = SIMD4(m1, a * c - e * e, d * e - a * f, 0) * scale
            out.z[i] = SIMD4(m2, d * e - a * f, a * b - d * d, 0) * scale
        }
        return out
    }

    private static func times(_ columns: Columns, _ v: [SIMD4<Float>]) -> [SIMD4<Float>] {
        let (x, y, z) = (columns.x, columns.y, columns.z)
        return [SIMD4<Float>](unsafeUninitializedCapacity: v.count) { out, initialized in
            for i in 0..<v.count { out.initializeElement(at: i, to: x[i] * v[i].x + y[i] * v[i].y + z[i] * v[i].z) }
            initialized = v.count
        }
    }

    private static func product(_ a: [SIMD4<Float>], _ b: [SIMD4<Float>]) -> Double {
        var sum = SIMD4<Double>.zero
        for i in 0..<a.count { sum += SIMD4<Double>(a[i] * b[i]) }
        return sum.sum()
    }
}

/// The bending energy of numbers on a grid, half of it, by second differences between voxels: borders are free, and what is linear costs nothing.
struct BendingEnergy: Sendable {
    let size: Index3
    /// The weights of the squared differences: along the axes, and across each pair of them.
    private let straight: [Float], mixed: [Float]
    private let stretch: [Float]

    private static let pairs = [(0, 1), (0, 2), (1, 2)]

    init(size: Index3, spacing h: Vector3, range: Double) {
        self.size = size
        stretch = (0..<3).map { Float(h.x * h.y * h.z / (h[$0] * h[$0] * range * range)) }
        let volume = h.x * h.y * h.z
        straight = (0..<3).map { Float(volume / (h[$0] * h[$0] * h[$0] * h[$0])) }
        mixed = Self.pairs.map { Float(2 * volume / (h[$0] * h[$0] * h[$1] * h[$1])) }
    }

    /// What one number away from the borders weighs on itself.
    var diagonal: Float { 6 * straight.reduce(0, +) + 4 * mixed.reduce(0, +) + 2 * stretch.reduce(0, +) }

    /// Adds the energy's derivative at `u`, times a factor.
    func addSlope(of u: [SIMD4<Float>], to out: inout [SIMD4<Float>], times factor: Float) {
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
        _ u: UnsafePointer<SIMD4<Float>>, _ out: UnsafeMutablePointer<SIMD4<Float>>, _ s: Int, _ weight: Float, _ first: Index3, _ end: Index3, _ size: Index3
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
        _ u: UnsafePointer<SIMD4<Float>>, _ out: UnsafeMutablePointer<SIMD4<Float>>, _ s: Int, _ weight: Float, _ end: Index3, _ size: Index3
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
        _ u: UnsafePointer<SIMD4<Float>>, _ out: UnsafeMutablePointer<SIMD4<Float>>, _ a: Int, _ b: Int, _ weight: Float, _ end: Index3, _ size: Index3
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
