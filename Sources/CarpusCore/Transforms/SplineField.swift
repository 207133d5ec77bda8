/// A displacement in mm made of cubic B-splines about control points (Rueckert et al., IEEE Trans Med Imaging 18, 1999): a point `p`
/// goes to `p + u(p)`. As in ITK and elastix, `u` is 0 where fewer than four control points along an axis reach.
public struct SplineField: Hashable, Sendable, Codable {
    /// Where the control points lie; at least four along each axis.
    public let grid: Grid
    /// Coefficients in world mm (LPS), one vector a control point; x runs fastest.
    public let coefficients: [SIMD3<Double>]

    /// A field of given coefficients.
    ///
    /// - Throws: `GeometryError` when there are fewer than four control points along an axis, or not one vector for each.
    public init(grid: Grid, coefficients: [SIMD3<Double>]) throws {
        guard grid.size.min() >= 4 else {
            throw GeometryError(code: .sizeMismatch, message: "cubic B-splines need four control points along each axis, not \(grid.size.x) x \(grid.size.y) x \(grid.size.z)")
        }
        guard coefficients.count == grid.count else {
            throw GeometryError(code: .sizeMismatch, message: "a field of \(grid.count) control points holds \(coefficients.count) vectors")
        }
        (self.grid, self.coefficients) = (grid, coefficients)
    }

    private enum CodingKeys: String, CodingKey { case grid, coefficients }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(grid: c.decode(Grid.self, forKey: .grid), coefficients: c.decode([SIMD3<Double>].self, forKey: .coefficients))
    }

    /// The image of a point.
    public func callAsFunction(_ p: Vector3) -> Vector3 { p + displacement(at: p) }

    /// The displacement at a world point, mm.
    public func displacement(at p: Vector3) -> Vector3 {
        let v = grid.voxelFromWorld(p)
        return reaches(v) ? value(v) : .zero
    }

    /// The field of the way back, on a grid four times as fine as the control points; where the spline ends it ends too, and nothing moves.
    ///
    /// - Throws: `GeometryError` when the spline folds, or some point has no way back.
    public func inverted() throws -> DisplacementField {
        let back = try Transform.spline(self).inverted(on: fineGrid())
        return DisplacementField(grid: back.grid, displacements: back.displacements, beyond: .zero)
    }

    /// What it does at the points of a grid four times as fine as its control points.
    func sampled() throws -> DisplacementField {
        let grid = try fineGrid()
        return DisplacementField(grid: grid, displacements: (0..<grid.count).map { SIMD3<Float>(continued(at: grid.worldFromVoxel(Vector3(grid.index(at: $0))))) }, beyond: .zero)
    }

    /// A grid four times as fine as the control points, where enough of them reach.
    private func fineGrid() throws -> Grid {
        let inner = grid.size &- 3, linear = grid.worldFromVoxel.linear
        return try Grid(size: inner &* 4 &+ 1, worldFromVoxel: Affine(linear: linear * 0.25, translation: grid.worldFromVoxel(Vector3(repeating: 1))))
    }

    private func reaches(_ v: Vector3) -> Bool {
        let last = Vector3(grid.size) - 2
        return v.x >= 1 && v.y >= 1 && v.z >= 1 && v.x <= last.x && v.y <= last.y && v.z <= last.z
    }

    private func value(_ v: Vector3) -> Vector3 {
        let size = grid.size
        let x = min(Int(v.x), size.x - 3), y = min(Int(v.y), size.y - 3), z = min(Int(v.z), size.z - 3)
        let wx = CubicSpline.weights(v.x - Double(x)), wy = CubicSpline.weights(v.y - Double(y)), wz = CubicSpline.weights(v.z - Double(z))
        return coefficients.withUnsafeBufferPointer { c in
            var sum = Vector3.zero
            for k in 0..<4 {
                for j in 0..<4 {
                    let row = grid.offset(x - 1, y + j - 1, z + k - 1)
                    var line = c[row] * wx.x
                    for i in 1..<4 { line += c[row + i] * wx[i] }
                    sum += line * (wy[j] * wz[k])
                }
            }
            return sum
        }
    }
}

extension SplineField: Displacing {
    func continued(at p: Vector3) -> Vector3 {
        value(grid.voxelFromWorld(p).clamped(lowerBound: Vector3(repeating: 1), upperBound: Vector3(grid.size) - 2))
    }

    func covers(_ p: Vector3) -> Bool { reaches(grid.voxelFromWorld(p)) }
}
