/// A voxel index, or a size in voxels, along the three axes of a grid.
public typealias Index3 = SIMD3<Int>

/// Where voxels lie: a size and a map from voxel indices to the world (LPS, mm, voxel centres).
///
/// Index (0, 0, 0) is the centre of the first voxel, which is also the first in memory; x runs fastest. A grid may be
/// oblique, left-handed, and have its axes in any order. It is never sheared and never flat: its columns are orthogonal
/// to `Grid.orthogonalityTolerance` and none is zero.
public struct Grid: Hashable, Sendable, Codable {
    /// Voxels along each axis, each at least 1.
    public let size: Index3
    /// World (LPS, mm) from voxel index.
    public let worldFromVoxel: Affine
    /// Voxel index from world (LPS, mm).
    public let voxelFromWorld: Affine

    /// The cosine of the angle between two axes beyond which a grid counts as sheared: 0.1 degrees off the right angle,
    /// coarser than what headers lose by rounding and finer than any gantry tilt.
    public static let orthogonalityTolerance = 1.75e-3

    /// A grid from its size and map.
    ///
    /// - Throws: `GeometryError` when a size is below 1, or the map is not finite, singular or sheared.
    public init(size: Index3, worldFromVoxel: Affine) throws {
        guard size.x > 0, size.y > 0, size.z > 0 else {
            throw GeometryError(code: .emptyGrid, message: "a grid needs at least one voxel along each axis, not \(size.x) x \(size.y) x \(size.z)")
        }
        let m = worldFromVoxel.linear
        let numbers = [m.x, m.y, m.z, worldFromVoxel.translation]
        guard numbers.allSatisfy({ $0.x.isFinite && $0.y.isFinite && $0.z.isFinite }) else {
            throw GeometryError(code: .notFinite, message: "the affine holds a number that is not finite")
        }
        guard let inverse = worldFromVoxel.inverse else {
            throw GeometryError(code: .singular, message: "the affine is singular: two voxel axes run in one direction, or one has no length")
        }
        for (a, b, names) in [(m.x, m.y, "i and j"), (m.x, m.z, "i and k"), (m.y, m.z, "j and k")] {
            let cosine = a.dot(b) / (a.length * b.length)
            guard abs(cosine) <= Self.orthogonalityTolerance else {
                throw GeometryError(code: .sheared, message: "the affine is sheared: the cosine of the angle between axes \(names) is \(cosine), more than \(Self.orthogonalityTolerance)")
            }
        }
        (self.size, self.worldFromVoxel, self.voxelFromWorld) = (size, worldFromVoxel, inverse)
    }

    /// A grid from spacing in mm, the world position of the first voxel's centre, and axis directions as columns.
    public init(size: Index3, spacing: Vector3, origin: Vector3 = .zero, direction: Matrix3 = .identity) throws {
        let linear = Matrix3(columns: direction.x * spacing.x, direction.y * spacing.y, direction.z * spacing.z)
        try self.init(size: size, worldFromVoxel: Affine(linear: linear, translation: origin))
    }

    private enum CodingKeys: String, CodingKey { case size, worldFromVoxel }

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        let rows = try c.decode([[Double]].self, forKey: .worldFromVoxel)
        guard rows.count == 4, rows.allSatisfy({ $0.count == 4 }) else {
            throw DecodingError.dataCorruptedError(forKey: .worldFromVoxel, in: c, debugDescription: "a grid's map is four rows of four numbers")
        }
        try self.init(size: c.decode(Index3.self, forKey: .size), worldFromVoxel: Affine(matrixRows: rows))
    }

    public func encode(to encoder: any Encoder) throws {
        var c = encoder.container(keyedBy: CodingKeys.self)
        try c.encode(size, forKey: .size)
        try c.encode(worldFromVoxel.matrixRows, forKey: .worldFromVoxel)
    }
}

// MARK: - Views of the one matrix

extension Grid {
    /// Distance between neighbouring voxel centres along each axis, mm.
    public var spacing: Vector3 {
        Vector3(worldFromVoxel.linear.x.length, worldFromVoxel.linear.y.length, worldFromVoxel.linear.z.length)
    }

    /// World position of the first voxel's centre, mm.
    public var origin: Vector3 { worldFromVoxel.translation }

    /// Unit vectors along the axes, as columns.
    public var direction: Matrix3 {
        let m = worldFromVoxel.linear
        return Matrix3(columns: m.x / m.x.length, m.y / m.y.length, m.z / m.z.length)
    }

    /// Number of voxels.
    public var count: Int { size.x * size.y * size.z }

    /// Volume of one voxel, mm³.
    public var voxelVolume: Double { abs(worldFromVoxel.linear.determinant) }

    /// Whether the axes form a right-handed frame in the (right-handed) LPS world.
    public var isRightHanded: Bool { worldFromVoxel.linear.determinant > 0 }

    /// World position of the middle of the grid, mm.
    public var centre: Vector3 { worldFromVoxel((Vector3(size) - 1) / 2) }

    /// World positions of the centres of the eight corner voxels, mm.
    public var corners: [Vector3] {
        (0..<8).map { c in
            worldFromVoxel(Vector3(Double((c & 1) * (size.x - 1)), Double((c >> 1 & 1) * (size.y - 1)), Double((c >> 2) * (size.z - 1))))
        }
    }

    /// The anatomical direction each axis runs towards, as letters of L R P A S I: "LPS" for an axial grid along the world axes.
    public var orientation: String {
        let letters: [[Character]] = [["L", "R"], ["P", "A"], ["S", "I"]]
        let permutation = closestWorldAxes
        return String((0..<3).map { axis in
            let world = permutation[axis], towards = direction[column: axis][world]
            return letters[world][towards >= 0 ? 0 : 1]
        })
    }

    /// For each voxel axis the world axis (0 x, 1 y, 2 z) it is nearest to; each world axis is used once.
    public var closestWorldAxes: [Int] {
        let d = direction
        let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        return permutations.max { a, b in
            (0..<3).reduce(0) { $0 + abs(d[column: $1][a[$1]]) } < (0..<3).reduce(0) { $0 + abs(d[column: $1][b[$1]]) }
        }!
    }

    /// The axis of the largest spacing: through-plane, for a stack of slices.
    public var throughPlaneAxis: Int {
        let s = spacing
        return s.z >= s.x && s.z >= s.y ? 2 : (s.y >= s.x ? 1 : 0)
    }

    /// Position in memory of a voxel.
    @inlinable public func offset(_ x: Int, _ y: Int, _ z: Int) -> Int { x + size.x * (y + size.y * z) }

    /// The voxel at a position in memory.
    @inlinable public func index(at offset: Int) -> Index3 {
        Index3(offset % size.x, offset / size.x % size.y, offset / (size.x * size.y))
    }

    /// Whether two grids have the same size and place their voxels within `tolerance` mm of each other.
    public func matches(_ other: Grid, within tolerance: Double = 1e-3) -> Bool {
        size == other.size && zip(corners, other.corners).allSatisfy { ($0 - $1).length <= tolerance }
    }

    /// The same box of space with axes permuted and flipped so that they run nearest to L, P and S.
    ///
    /// - Returns: the grid, and for each of its axes the axis of `self` it came from and whether it was flipped.
    public func reorientedToLPS() -> (grid: Grid, axes: [(source: Int, flipped: Bool)]) {
        let world = closestWorldAxes
        let axes = (0..<3).map { target -> (source: Int, flipped: Bool) in
            let source = world.firstIndex(of: target)!
            return (source, direction[column: source][target] < 0)
        }
        var first = Vector3.zero, linear = Matrix3.identity, newSize = Index3.zero
        for (target, axis) in axes.enumerated() {
            newSize[target] = size[axis.source]
            linear[column: target] = worldFromVoxel.linear[column: axis.source] * (axis.flipped ? -1 : 1)
            if axis.flipped { first[axis.source] = Double(size[axis.source] - 1) }
        }
        let grid = Self(unchecked: newSize, Affine(linear: linear, translation: worldFromVoxel(first)))
        return (grid, axes)
    }

    /// A grid known to be sound because it was derived from one that is.
    init(unchecked size: Index3, _ worldFromVoxel: Affine) {
        guard let inverse = worldFromVoxel.inverse else { preconditionFailure("a grid derived from a sound one is sound") }
        (self.size, self.worldFromVoxel, self.voxelFromWorld) = (size, worldFromVoxel, inverse)
    }
}

/// A grid that cannot be, with the reason.
public struct GeometryError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with it.
    public struct Code: Sendable, Hashable {
        let raw: String
        public static let emptyGrid = Code(raw: "empty grid"), notFinite = Code(raw: "not finite")
        public static let singular = Code(raw: "singular affine"), sheared = Code(raw: "sheared affine")
        public static let sizeMismatch = Code(raw: "size mismatch"), notInvertible = Code(raw: "not invertible")
    }
    public let code: Code
    /// What happened, in one sentence.
    public let message: String
    public init(code: Code, message: String) { (self.code, self.message) = (code, message) }
    public var description: String { message }
}
