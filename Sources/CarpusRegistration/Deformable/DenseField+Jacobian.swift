import CarpusCore

extension DenseField {
    /// The determinant of the map's derivative at each voxel: the least of those from differences forward and backward along the axes.
    ///
    /// - Returns: the least of both at each voxel, and the largest of all.
    func determinants() -> (least: [Float], largest: Float) {
        let size = grid.size, count = grid.count, steps = [1, size.x, size.x * size.y], spacing = SIMD3<Float>(grid.spacing)
        var least = [Float](repeating: 1, count: count), tops = [Float](repeating: 1, count: size.z)
        planes.values.withUnsafeBufferPointer { values in
            least.withUnsafeMutableBufferPointer { low in
                tops.withUnsafeMutableBufferPointer { top in
                    nonisolated(unsafe) let u = values, out = low, highest = top
                    @Sendable func determinant(_ i: Int, _ at: Index3, forward: Bool) -> Float {
                        var columns = (SIMD3<Float>(1, 0, 0), SIMD3<Float>(0, 1, 0), SIMD3<Float>(0, 0, 1))
                        func change(_ axis: Int) -> SIMD3<Float> {
                            let n = size[axis], step = steps[axis]
                            guard n > 1 else { return .zero }
                            let a = forward ? (at[axis] < n - 1 ? i : i - step) : (at[axis] > 0 ? i - step : i)
                            return SIMD3(u[a + step] - u[a], u[count + a + step] - u[count + a], u[2 * count + a + step] - u[2 * count + a]) / spacing[axis]
                        }
                        (columns.0, columns.1, columns.2) = (columns.0 + change(0), columns.1 + change(1), columns.2 + change(2))
                        let (a, b, c) = columns
                        return a.x * (b.y * c.z - b.z * c.y) - b.x * (a.y * c.z - a.z * c.y) + c.x * (a.y * b.z - a.z * b.y)
                    }
                    Parallel.forEach(size.z) { z in
                        var most = -Float.infinity
                        for y in 0..<size.y {
                            for x in 0..<size.x {
                                let i = x + size.x * (y + size.y * z), at = Index3(x, y, z)
                                let a = determinant(i, at, forward: true), b = determinant(i, at, forward: false)
                                out[i] = min(a, b)
                                most = max(most, a, b)
                            }
                        }
                        highest[z] = most
                    }
                }
            }
        }
        return (least, tops.max() ?? 1)
    }

    /// The field with every place where it would squeeze tissue to less than a share of its volume smoothed, again and again.
    func unfolded(least bound: Float) -> DenseField {
        var field = self
        for round in 0..<30 {
            let low = field.determinants().least
            guard low.contains(where: { !($0 > bound) }) else { break }
            // Where it folds, and a little around: a smooth mask, 1 in the middle.
            var mask = Planes(size: grid.size, depth: 1)
            for i in low.indices where !(low[i] > bound) { mask.values[i] = 1 }
            let reach = 1.5 + 0.2 * Double(round)
            mask.filter(widths(reach).map(Taps.gaussian), edge: .nothing)
            var smooth = field.planes
            smooth.filter(widths(reach).map(Taps.gaussian), edge: .nearest)
            let n = grid.count
            for i in 0..<3 * n {
                let share = min(1, 20 * mask.values[i % n])
                if share > 1e-3 { field.planes.values[i] += share * (smooth.values[i] - field.planes.values[i]) }
            }
        }
        return field
    }

    /// A length, given in the smallest spacing, in voxels along each axis.
    func widths(_ length: Double) -> [Double] { grid.widths(length) }

    /// The field as others take it: world vectors, mm.
    var displacementField: DisplacementField {
        let d = grid.direction, n = grid.count, u = planes.values
        let x = SIMD3<Float>(d.x), y = SIMD3<Float>(d.y), z = SIMD3<Float>(d.z)
        return DisplacementField(grid: grid, displacements: (0..<n).map { x * u[$0] + y * u[n + $0] + z * u[2 * n + $0] })
    }
}

extension Grid {
    /// A length, given in the smallest spacing, in voxels along each axis; 0 along an axis of one voxel.
    func widths(_ length: Double) -> [Double] {
        let s = spacing
        return (0..<3).map { size[$0] > 1 ? length * s.min() / s[$0] : 0 }
    }
}
