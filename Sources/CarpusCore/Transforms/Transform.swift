/// A map of world points (LPS, mm), named target-from-source: resampling `moving` onto `fixed` takes `movingFromFixed`.
public indirect enum Transform: Hashable, Sendable, Codable {
    /// A rotation and a translation.
    case rigid(RigidTransform)
    /// Any affine map.
    case affine(Affine)
    /// A displacement known on a grid.
    case displacement(DisplacementField)
    /// A displacement made of cubic B-splines.
    case spline(SplineField)
    /// Several maps, the last applied first, as functions compose.
    case chain([Transform])

    /// The map that changes nothing.
    public static let identity = Transform.affine(.identity)

    /// The image of a point.
    public func callAsFunction(_ p: Vector3) -> Vector3 {
        switch self {
        case .rigid(let t): t.affine(p)
        case .affine(let t): t(p)
        case .displacement(let t): t(p)
        case .spline(let t): t(p)
        case .chain(let all): all.reversed().reduce(p) { $1($0) }
        }
    }

    /// First `b`, then `a`. Affine neighbours are multiplied out.
    public static func * (a: Transform, b: Transform) -> Transform {
        if let a = a.asAffine, let b = b.asAffine { return .affine(a * b) }
        var links = a.links
        for link in b.links {
            if let last = links.last?.asAffine, let next = link.asAffine { links[links.count - 1] = .affine(last * next) } else { links.append(link) }
        }
        return .chain(links)
    }

    /// The same map as one affine, or nil when a deformation is in it.
    public var asAffine: Affine? {
        switch self {
        case .rigid(let t): return t.affine
        case .affine(let t): return t
        case .displacement, .spline: return nil
        case .chain(let all):
            var product = Affine.identity
            for link in all {
                guard let a = link.asAffine else { return nil }
                product = product * a
            }
            return product
        }
    }

    /// The way back.
    ///
    /// - Throws: `GeometryError` for a singular affine or a field that folds.
    public func inverted() throws -> Transform {
        switch self {
        case .rigid(let t): return .rigid(t.inverse)
        case .affine(let t):
            guard let inverse = t.inverse else {
                throw GeometryError(code: .notInvertible, message: "the affine transform is singular and has no inverse")
            }
            return .affine(inverse)
        case .displacement(let t): return .displacement(try t.inverted())
        case .spline(let t): return .displacement(try t.inverted())
        case .chain(let all): return .chain(try all.reversed().map { try $0.inverted() })
        }
    }

    /// The maps it is made of, the last applied first; none of them is a chain.
    public var links: [Transform] {
        if case .chain(let all) = self { all.flatMap(\.links) } else { [self] }
    }

    /// Whether it changes nothing, to the last bit.
    public var isIdentity: Bool {
        switch self {
        case .rigid(let t): t.affine == .identity
        case .affine(let t): t == .identity
        case .displacement(let t): t.displacements.allSatisfy { $0 == .zero }
        case .spline(let t): t.coefficients.allSatisfy { $0 == .zero }
        case .chain(let all): all.allSatisfy(\.isIdentity)
        }
    }
}
