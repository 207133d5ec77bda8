/// A map of world points (LPS, mm), named target-from-source: resampling `moving` onto `fixed` takes `movingFromFixed`.
public indirect enum Transform: Hashable, Sendable, Codable {
    /// A rotation and a translation.
    case rigid(RigidTransform)
    /// Any affine map.
    case affine(Affine)
    /// A displacement known on a grid.
    case displacement(DisplacementField)
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

    /// The same map as one affine, or nil when a displacement is in it.
    public var asAffine: Affine? {
        switch self {
        case .rigid(let t): return t.affine
        case .affine(let t): return t
        case .displacement: return nil
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
        case .chain(let all): return .chain(try all.reversed().map { try $0.inverted() })
        }
    }

    private var links: [Transform] {
        if case .chain(let all) = self { all } else { [self] }
    }
}
