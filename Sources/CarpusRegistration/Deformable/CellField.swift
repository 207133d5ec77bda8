import CarpusCore

/// A displacement as cubic B-splines over cells: smooth to its second derivative, in mm along the axes of the image's grid.
struct CellField: Sendable {
    let cells: Cells
    /// The splines' coefficients; the fourth number is 0.
    var values: [SIMD4<Float>]

    /// No displacement.
    init(cells: Cells) {
        self.cells = cells
        values = [SIMD4<Float>](repeating: .zero, count: cells.count)
    }

    /// Which coefficients count along an axis, and how much, at each of some places.
    struct Taps: Sendable {
        let first: [Int]
        let weights: [SIMD4<Float>]

        /// - Parameters:
        ///   - places: among the cells; those beyond the cells next to the last are taken there.
        ///   - count: cells along the axis.
        init(_ places: [Double], count: Int) {
            let within = places.map { min(max($0, 1), Double(count - 2)) }
            let base = within.map { min(Int($0), count - 3) }
            first = base.map { $0 - 1 }
            weights = zip(within, base).map { SplineReader.weights(Float($0 - Double($1))).0 }
        }
    }

    /// Taps along each axis for the voxels of the image's grid, `parts` places a voxel.
    func taps(parts: Index3 = Index3(repeating: 1)) -> [Taps] {
        (0..<3).map { axis in
            let n = (cells.voxels.size[axis] - 1) * parts[axis] + 1
            return Taps((0..<n).map { cells.place(Double($0) / Double(parts[axis]), axis) }, count: cells.size[axis])
        }
    }

    /// Calls `body` with each row of displacements, on several threads.
    func forEachRow(_ taps: [Taps], _ body: @Sendable (_ y: Int, _ z: Int, _ u: UnsafePointer<SIMD4<Float>>) -> Void) {
        let n = cells.size, area = n.x * n.y, (x, y, z) = (taps[0], taps[1], taps[2]), width = x.first.count
        values.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let data = base
            Parallel.forEach(z.first.count) { k in
                withUnsafeTemporaryAllocation(of: SIMD4<Float>.self, capacity: area + n.x + width) { space in
                    guard let slice = space.baseAddress else { return }
                    let line = slice + area, out = line + n.x
                    Self.combine(slice, data + z.first[k] * area, stride: area, count: area, z.weights[k])
                    for j in 0..<y.first.count {
                        Self.combine(line, slice + y.first[j] * n.x, stride: n.x, count: n.x, y.weights[j])
                        x.first.withUnsafeBufferPointer { first in
                            x.weights.withUnsafeBufferPointer { weights in
                                for i in 0..<width {
                                    let p = line + first[i], w = weights[i]
                                    out[i] = p[0] * w.x + p[1] * w.y + p[2] * w.z + p[3] * w.w
                                }
                            }
                        }
                        body(j, k, out)
                    }
                }
            }
        }
    }

    /// Four lines of coefficients as one.
    @inline(__always) private static func combine(
        _ out: UnsafeMutablePointer<SIMD4<Float>>, _ p: UnsafePointer<SIMD4<Float>>, stride: Int, count: Int, _ w: SIMD4<Float>
    ) {
        for i in 0..<count { out[i] = p[i] * w.x + p[i &+ stride] * w.y + p[i &+ 2 &* stride] * w.z + p[i &+ 3 &* stride] * w.w }
    }

    /// The same field over other cells of an image that begins at the same corner.
    func carried(to other: Cells) -> CellField {
        if other == cells { return self }
        let ratio = other.voxels.spacing / cells.voxels.spacing
        let taps = (0..<3).map { axis in
            Taps((0..<other.size[axis]).map { k in
                cells.place((other.voxel(Double(k), axis) + 0.5) * ratio[axis] - 0.5, axis)
            }, count: cells.size[axis])
        }
        var result = CellField(cells: other)
        let n = other.size
        result.values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let out = base
            forEachRow(taps) { y, z, u in (out + n.x * (y + n.y * z)).update(from: u, count: n.x) }
        }
        return result
    }

    /// The field at the voxels of the image's grid, and between slices where those are more than 1.6 times as thick as pixels.
    var dense: DenseField {
        let grid = cells.voxels, spacing = grid.spacing
        var size = grid.size, linear = grid.worldFromVoxel.linear, parts = Index3(repeating: 1)
        for axis in 0..<3 where size[axis] > 1 {
            parts[axis] = max(1, Int((spacing[axis] / (1.6 * spacing.min())).rounded(.up)))
            size[axis] = (size[axis] - 1) * parts[axis] + 1
            linear[column: axis] = linear[column: axis] / Double(parts[axis])
        }
        guard let fine = try? Grid(size: size, worldFromVoxel: Affine(linear: linear, translation: grid.origin)) else {
            preconditionFailure("a grid derived from a sound one is sound")
        }
        var field = DenseField(grid: fine)
        let count = fine.count, width = size.x, height = size.y
        field.planes.values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let out = base
            forEachRow(taps(parts: parts)) { y, z, u in
                let start = width * (y + height * z)
                for x in 0..<width { (out[start &+ x], out[count &+ start &+ x], out[2 &* count &+ start &+ x]) = (u[x].x, u[x].y, u[x].z) }
            }
        }
        return field
    }
}
