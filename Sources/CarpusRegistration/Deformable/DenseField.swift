import CarpusCore

/// A displacement at each voxel of a grid, in mm along the grid's own axes.
struct DenseField: Sendable {
    let grid: Grid
    /// Three planes: along x, y and z of the grid, mm.
    var planes: Planes

    /// No displacement.
    init(grid: Grid) { (self.grid, planes) = (grid, Planes(size: grid.size, depth: 3)) }

    /// Millimetres to voxels.
    private var perVoxel: SIMD3<Float> { SIMD3<Float>(1 / grid.spacing) }

    /// The way back, `v(x) = -u(x + v(x))`, by fixed-point iteration (Chen et al., Med Phys 35, 2008).
    func inverted() -> DenseField {
        let scale = perVoxel, tolerance = Float(grid.spacing.min() * 1e-3)
        return DenseField.made(grid) { lookup, x, y, z, i in
            let at = SIMD3(Float(x), Float(y), Float(z))
            var v = -lookup.value(at: at)
            for round in 0..<60 {
                let miss = v + lookup.value(at: at + v * scale)
                // Half steps settle where whole ones swing.
                v -= round < 20 ? miss : miss * 0.5
                if (miss * miss).sum() < tolerance * tolerance { break }
            }
            return v
        } from: { self }
    }

    /// A field from a rule that may look up another one.
    private static func made(
        _ grid: Grid, _ rule: @Sendable (_ lookup: Lookup, _ x: Int, _ y: Int, _ z: Int, _ offset: Int) -> SIMD3<Float>, from source: () -> DenseField
    ) -> DenseField {
        let source = source(), size = grid.size, count = grid.count
        var result = DenseField(grid: grid)
        source.planes.values.withUnsafeBufferPointer { values in
            result.planes.values.withUnsafeMutableBufferPointer { buffer in
                guard let from = values.baseAddress, let base = buffer.baseAddress else { return }
                nonisolated(unsafe) let out = base, lookup = Lookup(values: from, size: source.grid.size)
                Parallel.forEach(size.z) { z in
                    for y in 0..<size.y {
                        for x in 0..<size.x {
                            let i = x &+ size.x &* (y &+ size.y &* z), u = rule(lookup, x, y, z, i)
                            (out[i], out[count &+ i], out[2 &* count &+ i]) = (u.x, u.y, u.z)
                        }
                    }
                }
            }
        }
        return result
    }

    /// Reads a field between voxels; beyond the border the nearest value holds.
    struct Lookup {
        let values: UnsafePointer<Float>
        let size: Index3

        @inline(__always) func value(at v: SIMD3<Float>) -> SIMD3<Float> {
            let cell = Cell(v, size), n = size.x &* size.y &* size.z
            return SIMD3(cell.value(values), cell.value(values + n), cell.value(values + 2 &* n))
        }
    }
}

/// The eight voxels about a place and how much each counts.
struct Cell {
    let offset, dx, dy, dz: Int
    let f: SIMD3<Float>

    @inline(__always) init(_ place: SIMD3<Float>, _ size: Index3) {
        let top = SIMD3<Float>(Float(size.x &- 1), Float(size.y &- 1), Float(size.z &- 1))
        let v = pointwiseMax(.zero, pointwiseMin(place, top))
        let x = min(Int(v.x), max(0, size.x &- 2)), y = min(Int(v.y), max(0, size.y &- 2)), z = min(Int(v.z), max(0, size.z &- 2))
        f = v - SIMD3(Float(x), Float(y), Float(z))
        offset = x &+ size.x &* (y &+ size.y &* z)
        (dx, dy, dz) = (size.x > 1 ? 1 : 0, size.y > 1 ? size.x : 0, size.z > 1 ? size.x &* size.y : 0)
    }

    @inline(__always) func value(_ plane: UnsafePointer<Float>) -> Float {
        let p = plane + offset, q = p + dz
        let a = p[0] + f.x * (p[dx] - p[0]), b = p[dy] + f.x * (p[dy &+ dx] - p[dy])
        let c = q[0] + f.x * (q[dx] - q[0]), d = q[dy] + f.x * (q[dy &+ dx] - q[dy])
        let e = a + f.y * (b - a), g = c + f.y * (d - c)
        return e + f.z * (g - e)
    }
}
