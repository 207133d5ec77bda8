/// A displacement in mm at each voxel of a grid: a point `p` goes to `p + u(p)`, `u` interpolated linearly.
public struct DisplacementField: Hashable, Sendable, Codable {
    /// What holds for points outside the grid's box.
    public enum Beyond: String, Sendable, Hashable, Codable {
        /// The nearest border value.
        case border
        /// No displacement, as in ITK.
        case zero
    }

    /// Where the displacements are known.
    public let grid: Grid
    /// Displacements in world mm (LPS); x runs fastest.
    public let displacements: [SIMD3<Float>]
    /// What holds for points outside, more than half a voxel beyond the outer voxel centres.
    public let beyond: Beyond

    /// A field of given displacements.
    public init(grid: Grid, displacements: [SIMD3<Float>], beyond: Beyond = .border) {
        precondition(displacements.count == grid.count, "a displacement field needs one vector a voxel")
        (self.grid, self.displacements, self.beyond) = (grid, displacements, beyond)
    }

    private enum CodingKeys: String, CodingKey { case grid, displacements, beyond }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        let grid = try c.decode(Grid.self, forKey: .grid), vectors = try c.decode([SIMD3<Float>].self, forKey: .displacements)
        guard vectors.count == grid.count else {
            throw GeometryError(code: .sizeMismatch, message: "a displacement field of \(grid.count) voxels holds \(vectors.count) vectors")
        }
        self.init(grid: grid, displacements: vectors, beyond: try c.decodeIfPresent(Beyond.self, forKey: .beyond) ?? .border)
    }

    /// The image of a point.
    public func callAsFunction(_ p: Vector3) -> Vector3 { p + displacement(at: p) }

    /// The displacement at a world point, mm.
    public func displacement(at p: Vector3) -> Vector3 { covers(p) ? continued(at: p) : .zero }
}

extension DisplacementField: Displacing {
    func covers(_ p: Vector3) -> Bool {
        if beyond == .border { return true }
        let v = grid.voxelFromWorld(p), end = Vector3(grid.size) - 0.5
        return v.x >= -0.5 && v.y >= -0.5 && v.z >= -0.5 && v.x < end.x && v.y < end.y && v.z < end.z
    }

    func continued(at p: Vector3) -> Vector3 {
        let top = Vector3(grid.size &- 1)
        let v = grid.voxelFromWorld(p).clamped(lowerBound: .zero, upperBound: top)
        let base = v.rounded(.down).clamped(lowerBound: .zero, upperBound: (top - 1).clamped(lowerBound: .zero, upperBound: top))
        let f = v - base
        let (x, y, z) = (Int(base.x), Int(base.y), Int(base.z))
        let x1 = min(x + 1, grid.size.x - 1), y1 = min(y + 1, grid.size.y - 1), z1 = min(z + 1, grid.size.z - 1)
        func at(_ i: Int, _ j: Int, _ k: Int) -> Vector3 { Vector3(displacements[grid.offset(i, j, k)]) }
        let a = at(x, y, z) * (1 - f.x) + at(x1, y, z) * f.x
        let b = at(x, y1, z) * (1 - f.x) + at(x1, y1, z) * f.x
        let c = at(x, y, z1) * (1 - f.x) + at(x1, y, z1) * f.x
        let d = at(x, y1, z1) * (1 - f.x) + at(x1, y1, z1) * f.x
        return (a * (1 - f.y) + b * f.y) * (1 - f.z) + (c * (1 - f.y) + d * f.y) * f.z
    }
}

extension DisplacementField {
    /// Whether space is turned inside out somewhere: the determinant of the map from a voxel to its three next ones is not positive.
    public var folds: Bool {
        let size = grid.size, steps = [1, size.x, size.x * size.y], whole = grid.worldFromVoxel.linear
        return (0..<grid.count).contains { i in
            let at = grid.index(at: i)
            var moved = whole
            for axis in 0..<3 where size[axis] > 1 {
                let low = at[axis] < size[axis] - 1 ? i : i - steps[axis]
                moved[column: axis] += Vector3(displacements[low + steps[axis]]) - Vector3(displacements[low])
            }
            return !(moved.determinant / whole.determinant > 0)
        }
    }

    /// The field of the way back on the same grid, exact at its voxels.
    ///
    /// - Throws: `GeometryError` when the field folds, or some voxel has no way back.
    public func inverted() throws -> DisplacementField {
        let back = try Transform.displacement(self).inverted(on: grid)
        return DisplacementField(grid: grid, displacements: back.displacements, beyond: beyond)
    }
}
