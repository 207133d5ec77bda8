import CarpusCore
import Foundation

/// One transform as ITK's files keep it: the name of a class, its parameters and its fixed parameters.
struct ITKTransformRecord {
    var kind: String
    var parameters: [Double] = []
    var fixed: [Double] = []

    /// What a chain begins with.
    static let composite = "CompositeTransform_double_3_3"
}

// MARK: - Reading

extension ITKTransformRecord {
    /// The transform of a file's records: a single one, or a composite and its parts, the last applied first.
    static func transform(of records: [ITKTransformRecord], at file: URL) throws -> Transform {
        guard let first = records.first else { throw IOError(.malformed, at: file, "the file holds no transform") }
        guard first.isComposite else {
            guard records.count == 1 else { throw IOError(.unsupported, at: file, "the file holds \(records.count) transforms that are not one composite; save them one by one, or as a composite") }
            return try first.transform(at: file)
        }
        guard records.count > 1 else { throw IOError(.truncated, at: file, "the file announces a composite and holds no part of it") }
        let parts = try records.dropFirst().map { part in
            guard !part.isComposite else { throw IOError(.unsupported, at: file, "a composite lies within a composite; flatten it first") }
            return try part.transform(at: file)
        }
        return parts.dropFirst().reduce(parts[0], *)
    }

    private var isComposite: Bool { kind.hasPrefix("CompositeTransform") }

    private func transform(at file: URL) throws -> Transform {
        let words = kind.split(separator: "_"), name = words.first.map(String.init) ?? ""
        guard words.count >= 4, words[2] == "3", words[3] == "3" else {
            throw IOError(.unsupported, at: file, "transforms of kind '\(kind)' are not read; transforms from three dimensions to three are")
        }
        switch name {
        case "IdentityTransform": return .identity
        case "TranslationTransform":
            let p = try numbers(3, at: file)
            return .affine(Affine(translation: Vector3(p[0], p[1], p[2])))
        case "DisplacementFieldTransform": return .displacement(try displacementField(at: file))
        case "BSplineTransform":
            guard words.count == 4 else { throw IOError(.unsupported, at: file, "'\(kind)': B-splines are read if they are cubic") }
            return .spline(try splineField(at: file))
        default: return try aboutCentre(name, at: file)
        }
    }

    /// Parameters, when there are as many as the kind has.
    private func numbers(_ count: Int, at file: URL) throws -> [Double] {
        guard parameters.count == count else { throw IOError(.malformed, at: file, "'\(kind)' has \(count) parameters, and the file holds \(parameters.count)") }
        return parameters
    }

    /// The kinds that are a matrix about a centre, and an offset.
    private func aboutCentre(_ name: String, at file: URL) throws -> Transform {
        let counts = [
            "AffineTransform": 12, "MatrixOffsetTransformBase": 12, "Rigid3DTransform": 12, "Euler3DTransform": 6, "VersorTransform": 3, "VersorRigid3DTransform": 6,
            "Similarity3DTransform": 7, "ScaleVersor3DTransform": 9, "ScaleTransform": 3,
        ]
        guard let count = counts[name] else { throw IOError(.unsupported, at: file, "transforms of kind '\(kind)' are not read; save an affine, a B-spline or a displacement field") }
        let p = try numbers(count, at: file)
        guard fixed.count >= 3 else { throw IOError(.malformed, at: file, "'\(kind)' has a centre of three fixed parameters, and the file holds \(fixed.count)") }
        let centre = Vector3(fixed[0], fixed[1], fixed[2])
        func vector(_ i: Int) -> Vector3 { Vector3(p[i], p[i + 1], p[i + 2]) }
        func about(_ m: Matrix3, _ t: Vector3) -> Transform { .affine(Affine(linear: m, translation: t + centre - m * centre)) }
        func versor() throws -> RigidTransform {
            let v = vector(0), rest = 1 - v.dot(v)
            guard rest > -1e-9 else { throw IOError(.malformed, at: file, "the versor of '\(kind)' is longer than 1") }
            return RigidTransform(rotation: SIMD4(v.x, v.y, v.z, max(0, rest).squareRoot()), centre: centre, translation: count >= 6 ? vector(3) : .zero)
        }
        switch name {
        case "VersorTransform", "VersorRigid3DTransform": return .rigid(try versor())
        case "Similarity3DTransform": return about(try versor().matrix * p[6], vector(3))
        case "ScaleVersor3DTransform":
            // ITK adds scale - 1 to the rotation's diagonal.
            var m = try versor().matrix
            m.x.x += p[6] - 1
            m.y.y += p[7] - 1
            m.z.z += p[8] - 1
            return about(m, vector(3))
        case "ScaleTransform": return about(Matrix3(diagonal: vector(0)), .zero)
        case "Euler3DTransform": return about(EulerAngles.matrix(vector(0), zyx: fixed.count > 3 && fixed[3] != 0), vector(3))
        default: return about(Matrix3(rows: vector(0), vector(3), vector(6)), vector(9))
        }
    }

    /// The grid of fixed parameters: size, origin, spacing, and directions row by row.
    private func grid(at file: URL) throws -> Grid {
        guard fixed.count == 18 else { throw IOError(.malformed, at: file, "'\(kind)' has a grid of 18 fixed parameters, and the file holds \(fixed.count)") }
        let f = fixed
        return try TransformGrid.make(
            size: Array(f[0..<3]), origin: Vector3(f[3], f[4], f[5]), spacing: Vector3(f[6], f[7], f[8]),
            direction: Matrix3(rows: Vector3(f[9], f[10], f[11]), Vector3(f[12], f[13], f[14]), Vector3(f[15], f[16], f[17])), at: file)
    }

    private func displacementField(at file: URL) throws -> DisplacementField {
        let grid = try grid(at: file), p = try numbers(3 * grid.count, at: file)
        let vectors = (0..<grid.count).map { i -> SIMD3<Float> in
            let v = Vector3(p[3 * i], p[3 * i + 1], p[3 * i + 2])
            return SIMD3<Float>(v)
        }
        return DisplacementField(grid: grid, displacements: vectors, beyond: .zero)
    }

    private func splineField(at file: URL) throws -> SplineField {
        let grid = try grid(at: file), n = grid.count, p = try numbers(3 * n, at: file)
        return try TransformGrid.field(at: file) { try SplineField(grid: grid, coefficients: (0..<n).map { Vector3(p[$0], p[n + $0], p[2 * n + $0]) }) }
    }
}

// MARK: - Writing

extension ITKTransformRecord {
    /// A transform's records: one, or a composite and its parts; affine neighbours are one part.
    static func records(of transform: Transform) -> [ITKTransformRecord] {
        let links = transform.links
        guard let first = links.first else { return [record(of: .identity)] }
        let parts = links.dropFirst().reduce(first, *).links.map(record)
        return parts.count == 1 ? parts : [ITKTransformRecord(kind: composite)] + parts
    }

    private static func record(of map: Transform) -> ITKTransformRecord {
        switch map {
        case .displacement(let field):
            return ITKTransformRecord(
                kind: "DisplacementFieldTransform_double_3_3", parameters: field.displacements.flatMap { [Double($0.x), Double($0.y), Double($0.z)] }, fixed: numbers(of: field.grid))
        case .spline(let field):
            let c = field.coefficients
            return ITKTransformRecord(kind: "BSplineTransform_double_3_3", parameters: c.map(\.x) + c.map(\.y) + c.map(\.z), fixed: numbers(of: field.grid))
        default:
            guard let affine = map.asAffine else { preconditionFailure("a link is an affine map or a field") }
            let t = affine.translation
            return ITKTransformRecord(
                kind: "AffineTransform_double_3_3", parameters: affine.matrixRows.prefix(3).flatMap { $0.prefix(3) } + [t.x, t.y, t.z], fixed: [0, 0, 0])
        }
    }

    private static func numbers(of grid: Grid) -> [Double] {
        let o = grid.origin, s = grid.spacing, (a, b, c) = grid.direction.rows
        return [Double(grid.size.x), Double(grid.size.y), Double(grid.size.z), o.x, o.y, o.z, s.x, s.y, s.z, a.x, a.y, a.z, b.x, b.y, b.z, c.x, c.y, c.z]
    }
}

/// Euler's angles as ITK and elastix turn by them.
enum EulerAngles {
    /// About x, y and z, radians: multiplied Z X Y, or Z Y X.
    static func matrix(_ angles: Vector3, zyx: Bool) -> Matrix3 {
        let x = RigidTransform(axis: Vector3(1, 0, 0), angle: angles.x).matrix, y = RigidTransform(axis: Vector3(0, 1, 0), angle: angles.y).matrix
        let z = RigidTransform(axis: Vector3(0, 0, 1), angle: angles.z).matrix
        return zyx ? z * y * x : z * x * y
    }
}

/// Grids of fields as files describe them.
enum TransformGrid {
    /// The most points a field may have: more would not fit into memory, and mean a damaged file.
    private static let limit = 1 << 30

    static func make(size: [Double], origin: Vector3, spacing: Vector3, direction: Matrix3, at file: URL) throws -> Grid {
        guard size.allSatisfy({ $0 >= 1 && $0 < 1e6 && $0 == $0.rounded() }), size.reduce(1, *) <= Double(limit) else {
            throw IOError(.malformed, at: file, "the field's grid has an impossible size: \(size.map { "\($0)" }.joined(separator: " x "))")
        }
        return try field(at: file) { try Grid(size: Index3(Int(size[0]), Int(size[1]), Int(size[2])), spacing: spacing, origin: origin, direction: direction) }
    }

    /// What a body makes; a fault of geometry told with the file's name.
    static func field<T>(at file: URL, _ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as GeometryError { throw IOError(.badGeometry, at: file, "the field cannot be used: \(error.message)") }
    }
}
