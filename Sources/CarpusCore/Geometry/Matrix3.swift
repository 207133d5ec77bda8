/// A point or a direction in three dimensions; millimetres in the LPS world, or (fractional) voxel indices.
public typealias Vector3 = SIMD3<Double>

extension SIMD3 where Scalar == Double {
    /// The Euclidean length.
    @inlinable public var length: Double { (self * self).sum().squareRoot() }

    /// The scalar product.
    @inlinable public func dot(_ other: Self) -> Double { (self * other).sum() }

    /// The vector product, right-handed.
    @inlinable public func cross(_ b: Self) -> Self {
        Self(y * b.z - z * b.y, z * b.x - x * b.z, x * b.y - y * b.x)
    }
}

/// A 3 × 3 matrix, stored by columns.
public struct Matrix3: Hashable, Sendable, Codable {
    /// The images of the three unit vectors.
    public var x, y, z: Vector3

    /// A matrix from its columns.
    @inlinable public init(columns x: Vector3, _ y: Vector3, _ z: Vector3) {
        (self.x, self.y, self.z) = (x, y, z)
    }

    /// A matrix from its rows.
    public init(rows a: Vector3, _ b: Vector3, _ c: Vector3) {
        self.init(columns: Vector3(a.x, b.x, c.x), Vector3(a.y, b.y, c.y), Vector3(a.z, b.z, c.z))
    }

    /// A diagonal matrix.
    public init(diagonal d: Vector3) {
        self.init(columns: Vector3(d.x, 0, 0), Vector3(0, d.y, 0), Vector3(0, 0, d.z))
    }

    /// The matrix that changes nothing.
    public static let identity = Matrix3(diagonal: Vector3(repeating: 1))

    /// The three rows.
    public var rows: (Vector3, Vector3, Vector3) {
        (Vector3(x.x, y.x, z.x), Vector3(x.y, y.y, z.y), Vector3(x.z, y.z, z.z))
    }

    /// The three columns, by axis 0, 1 or 2.
    public subscript(column axis: Int) -> Vector3 {
        get { axis == 0 ? x : axis == 1 ? y : z }
        set {
            switch axis {
            case 0: x = newValue
            case 1: y = newValue
            default: z = newValue
            }
        }
    }

    /// The matrix mirrored on its diagonal.
    public var transposed: Matrix3 { Matrix3(rows: x, y, z) }

    /// The signed volume of the image of the unit cube.
    @inlinable public var determinant: Double { x.dot(y.cross(z)) }

    /// The inverse, or nil when the columns lie in a plane (relative to their lengths, to 1e-12).
    public var inverse: Matrix3? {
        let d = determinant, scale = x.length * y.length * z.length
        guard d.isFinite, scale > 0, abs(d) > 1e-12 * scale else { return nil }
        return Matrix3(rows: y.cross(z) / d, z.cross(x) / d, x.cross(y) / d)
    }

    /// The matrix applied to a vector.
    @inlinable public static func * (m: Matrix3, v: Vector3) -> Vector3 { m.x * v.x + m.y * v.y + m.z * v.z }

    /// First `b`, then `a`.
    @inlinable public static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
        Matrix3(columns: a * b.x, a * b.y, a * b.z)
    }

    /// Every element multiplied by a number.
    public static func * (a: Matrix3, s: Double) -> Matrix3 { Matrix3(columns: a.x * s, a.y * s, a.z * s) }

    /// The largest absolute difference between two elements.
    public func distance(to other: Matrix3) -> Double {
        [x - other.x, y - other.y, z - other.z].map { max(abs($0.x), abs($0.y), abs($0.z)) }.max()!
    }

    /// The rotation nearest to this matrix in the least-squares sense (the orthogonal polar factor), by Newton's
    /// iteration (Higham 1986); nil for a singular matrix.
    public var nearestOrthogonal: Matrix3? {
        var m = self
        for _ in 0..<100 {
            guard let inverse = m.inverse else { return nil }
            let t = inverse.transposed
            let next = Matrix3(columns: (m.x + t.x) * 0.5, (m.y + t.y) * 0.5, (m.z + t.z) * 0.5)
            let step = next.distance(to: m)
            m = next
            if step < 1e-15 { break }
        }
        return m
    }
}
