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
    /// How much bending weighs for the displacement along each axis: less across thick slices, as differences between them understate how fast the images change there.
    private let shares: SIMD4<Float>

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
        let thinness = cells.voxels.spacing.min() / cells.voxels.spacing
        shares = SIMD4(SIMD3<Float>(thinness.squareRoot()), 1)
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

    /// The cells that tell something: their matrices' traces above a tenth of the mean.
    var told: [Int] {
        let traces = (0..<cells.count).map { columns.x[$0].x + columns.y[$0].y + columns.z[$0].z }
        let mean = traces.reduce(0) { $0 + Double($1) } / Double(max(1, traces.count { $0 > 0 }))
        return traces.indices.filter { Double(traces[$0]) > 0.1 * mean }
    }

    /// What one half of the cells asks for, each counted twice: a checkerboard of blocks of two by two by two.
    func half(_ parity: Int) -> ElasticStep {
        var part = self
        for i in 0..<cells.count {
            let x = i % cells.size.x, y = i / cells.size.x % cells.size.y, z = i / (cells.size.x * cells.size.y)
            let share: Float = (x / 2 + y / 2 + z / 2) % 2 == parity ? 2 : 0
            part.pull[i] *= share
            part.columns.x[i] *= share
            part.columns.y[i] *= share
            part.columns.z[i] *= share
        }
        return part
    }

    /// The step, mm.
    ///
    /// - Parameter stiffness: how much bending energy weighs, mm.
    func solve(from field: CellField, stiffness: Double) -> [SIMD4<Float>] {
        let n = cells.count, hold = shares * Float(stiffness)
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
    private func preconditioner(_ hold: SIMD4<Float>) -> Columns {
        let keep = hold * bending.diagonal
        var out = columns
        for i in 0..<cells.count {
            let x = columns.x[i], y = columns.y[i], z = columns.z[i]
            let a = x.x + keep.x, b = y.y + keep.y, c = z.z + keep.z, d = y.x, e = z.x, f = z.y
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
