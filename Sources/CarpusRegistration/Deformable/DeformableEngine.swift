import CarpusCore

/// From a rigid map to a field: level by level, each with the contrast of the images matched anew.
struct DeformableEngine {
    let fixed, moving: DeformableSide
    let parameters: DeformableRegistration.Parameters

    /// Where it ended.
    struct Found {
        var field, inverse: DenseField
        var iterations: Int
        /// The least and largest determinant of the field's derivative.
        var determinants: ClosedRange<Double>
        /// How far the way there and back misses, mm, at worst.
        var inconsistency: Double
        /// The standard error of the field at each cell of tissue as halves of the images differ in what they ask for, mm, sorted.
        var scatter: [Float]
        /// The mean local correlation of the images, after the rigid map and at the end.
        var correlation: (before: Double, after: Double)
    }

    /// The least volume, as a share, to which tissue may be squeezed.
    private static let leastShare: Float = 0.1

    func run(from rigid: Affine) -> Found {
        var field: CellField?, scatter: [Float] = [], iterations = 0, correlation = (before: 0.0, after: 0.0)
        for level in (0..<parameters.levels).reversed() {
            let spacing = parameters.finestSpacing * Double(1 << level)
            var images = DeformableLevel(fixed: fixed.pooled(spacing), moving: moving.pooled(spacing), rigid: rigid, parameters)
            var current = field?.carried(to: images.cells) ?? CellField(cells: images.cells)
            if level == 0 { correlation.before = images.agreement(CellField(cells: images.cells)) }
            let last = level == 0
            iterations += images.improve(&current, iterations: last ? parameters.lastIterations : parameters.iterations)
            if last {
                correlation.after = images.agreement(current)
                scatter = images.scatter(about: current)
            }
            field = current
        }
        guard let field else { preconditionFailure("there is at least one level") }
        let end = field.dense.unfolded(least: Self.leastShare), back = end.inverted()
        let (least, largest) = end.determinants()
        return Found(
            field: end, inverse: back, iterations: iterations, determinants: Double(min(least.min() ?? 1, largest))...Double(largest),
            inconsistency: end.distance(there: back), scatter: scatter, correlation: correlation)
    }
}

extension DenseField {
    /// At each voxel of this grid: this field's displacement and then another's, mm.
    private func composed(_ back: DenseField) -> [Float] {
        let n = grid.count, u = planes.values, ratio = SIMD3<Float>(grid.spacing / back.grid.spacing), scale = SIMD3<Float>(1 / back.grid.spacing)
        var out = [Float](repeating: 0, count: 3 * n)
        back.planes.values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            let lookup = DenseField.Lookup(values: base, size: back.grid.size)
            for i in 0..<n {
                let d = SIMD3(u[i], u[n + i], u[2 * n + i]), at = SIMD3<Float>(Vector3(grid.index(at: i)))
                let sum = lookup.value(at: at * ratio + d * scale) + d
                (out[i], out[n + i], out[2 * n + i]) = (sum.x, sum.y, sum.z)
            }
        }
        return out
    }

    /// How far a point of the inner grid that goes there and comes back misses its place at worst, mm.
    fileprivate func distance(there back: DenseField) -> Double {
        let there = composed(back), n = grid.count, size = grid.size, u = planes.values
        var worst: Float = 0
        for i in 0..<n {
            let at = Vector3(grid.index(at: i)) + Vector3(SIMD3<Double>(Double(u[i]), Double(u[n + i]), Double(u[2 * n + i]))) / grid.spacing
            guard at.min() >= 0, at.x <= Double(size.x - 1), at.y <= Double(size.y - 1), at.z <= Double(size.z - 1) else { continue }
            let miss = SIMD3(there[i], there[n + i], there[2 * n + i])
            worst = max(worst, (miss * miss).sum())
        }
        return Double(worst.squareRoot())
    }
}
