import CarpusCore

/// Blocks of an image's voxels, and two more blocks beyond each border, so that a spline over them needs no rule for borders.
struct Cells: Sendable, Equatable {
    /// The image's grid.
    let voxels: Grid
    /// Voxels of a cell along each axis.
    let factors: Index3
    /// Cells along each axis, those beyond the borders too.
    let size: Index3

    /// Cells beyond each border.
    static let rim = 2

    /// - Parameter spacing: the wanted distance of cells, mm; axes that are coarser keep a voxel a cell.
    init(_ voxels: Grid, spacing: Double) {
        var factors = Index3(repeating: 1), size = factors
        for axis in 0..<3 {
            let n = voxels.size[axis]
            factors[axis] = max(1, min(n, Int((spacing / voxels.spacing[axis]).rounded())))
            size[axis] = (n + factors[axis] - 1) / factors[axis] + 2 * Self.rim
        }
        (self.voxels, self.factors, self.size) = (voxels, factors, size)
    }

    var count: Int { size.x * size.y * size.z }

    /// The distance of cells, mm.
    var spacing: Vector3 { voxels.spacing * Vector3(factors) }

    /// Where a voxel's coordinate along an axis lies among the cells.
    func place(_ voxel: Double, _ axis: Int) -> Double { (voxel + 0.5) / Double(factors[axis]) - 0.5 + Double(Self.rim) }

    /// A cell's coordinate among the voxels.
    func voxel(_ place: Double, _ axis: Int) -> Double { (place - Double(Self.rim) + 0.5) * Double(factors[axis]) - 0.5 }

    /// Calls `body` with each slice of cells that holds voxels, and its slices of voxels, on several threads.
    func forEachSlab(_ body: @Sendable (_ cell: Int, _ slices: Range<Int>) -> Void) {
        Parallel.forEach(size.z - 2 * Self.rim) { k in
            body(k + Self.rim, k * factors.z..<min(voxels.size.z, (k + 1) * factors.z))
        }
    }

    /// Filters numbers a cell along all three axes, by symmetric kernels given as their middle tap and those to one side; beyond the borders stands 0.
    func filter(_ values: inout [SIMD8<Float>], _ kernels: [[Float]]) {
        let size = size, strides = [1, size.x, size.x * size.y]
        for axis in 0..<3 where kernels[axis].count > 1 {
            let n = size[axis], step = strides[axis], kernel = kernels[axis], lines = count / n
            values.withUnsafeMutableBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                nonisolated(unsafe) let data = base
                Parallel.forEach(blocksOf: lines) { block in
                    withUnsafeTemporaryAllocation(of: SIMD8<Float>.self, capacity: n) { copy in
                        for line in block {
                            let start = data + (line / step) * step * n + line % step
                            for i in 0..<n { copy[i] = start[i &* step] }
                            for i in 0..<n {
                                var sum = copy[i] * kernel[0]
                                for j in 1..<kernel.count {
                                    if i >= j { sum += copy[i &- j] * kernel[j] }
                                    if i &+ j < n { sum += copy[i &+ j] * kernel[j] }
                                }
                                start[i &* step] = sum
                            }
                        }
                    }
                }
            }
        }
    }
}
