/// A simple shape with a signed distance (mm, negative inside), and how it enters a solid: bones are built from a few of these.
struct Part: Sendable {
    /// What the shape is.
    enum Kind: UInt8, Sendable { case ellipsoid, cone, sheet }
    /// How it enters: joined to what there is, taken away from it, or all that is kept of it.
    enum Entry: UInt8, Sendable { case join, cut, clip }

    private(set) var kind: Kind
    private(set) var entry = Entry.join
    /// Where surfaces meet they are rounded over so many mm.
    private(set) var width: Float = 3
    private(set) var centre: SIMD3<Float>
    /// Columns of the map from an offset in mm to the shape's own axes; a cone keeps its axis in `x`.
    private var x = SIMD3<Float>(), y = SIMD3<Float>(), z = SIMD3<Float>()
    private var dials = SIMD4<Float>()

    private init(_ kind: Kind, at centre: SIMD3<Float>) { (self.kind, self.centre) = (kind, centre) }

    /// An ellipsoid whose first two axes point `along` and nearest to `across`; `square` 0 is round, 1 nearly a box.
    static func ellipsoid(
        _ centre: SIMD3<Float>, _ semi: SIMD3<Float>, along: SIMD3<Float> = [1, 0, 0], across: SIMD3<Float> = [0, 1, 0], square: Float = 0
    ) -> Part {
        var part = Part(.ellipsoid, at: centre)
        part.setFrame(along, across, 1 / semi)
        part.dials = SIMD4(1 / semi, square)
        return part
    }

    /// A cone with round ends.
    static func cone(_ a: SIMD3<Float>, _ b: SIMD3<Float>, _ radiusA: Float, _ radiusB: Float) -> Part {
        var part = Part(.cone, at: a)
        part.x = b - a
        part.dials = SIMD4(1 / (part.x * part.x).sum(), radiusA, radiusB - radiusA, 0)
        return part
    }

    /// All below a curved sheet: `normal` points out of it; it rises by `curve.x` u² + `curve.y` v², u mm `along` and v mm across that.
    static func sheet(_ point: SIMD3<Float>, normal: SIMD3<Float>, along: SIMD3<Float> = [0, 1, 0], curve: SIMD2<Float> = [0, 0]) -> Part {
        var part = Part(.sheet, at: point)
        part.setFrame(normal, along, [1, 1, 1])
        part.dials = SIMD4(curve.x, curve.y, 0, 0)
        return part
    }

    /// The same shape, taken away.
    func cut(_ width: Float = 2) -> Part { entering(.cut, width) }
    /// The same shape, all that is kept.
    func clip(_ width: Float = 2) -> Part { entering(.clip, width) }
    /// The same shape, joined with a fillet of another width.
    func join(_ width: Float) -> Part { entering(.join, width) }
    /// The same shape elsewhere.
    func shifted(by shift: SIMD3<Float>) -> Part {
        var part = self
        part.centre += shift
        return part
    }

    /// The same shape a little elsewhere, a little thicker or thinner, rounder or squarer: what makes two people's bones differ in detail.
    func varied(by stream: inout RandomStream) -> Part {
        func normal(_ deviation: Double) -> Float { Float(stream.normal(0, deviation, limit: 2)) }
        var part = self
        part.centre += SIMD3(normal(0.18), normal(0.18), normal(0.18))
        switch kind {
        case .ellipsoid:
            let stretch = SIMD3(1 + normal(0.018), 1 + normal(0.018), 1 + normal(0.018))
            (part.x, part.y, part.z) = (x * stretch, y * stretch, z * stretch)
            part.dials = SIMD4(SIMD3(dials.x, dials.y, dials.z) * stretch, dials.w == 0 ? 0 : min(max(dials.w + normal(0.08), 0), 0.85))
        case .cone: (part.dials.y, part.dials.z) = (dials.y * (1 + normal(0.03)), dials.z + 0.03 * normal(1))
        case .sheet: (part.dials.x, part.dials.y) = (dials.x + normal(0.0025), dials.y + normal(0.0025))
        }
        return part
    }

    private func entering(_ entry: Entry, _ width: Float) -> Part {
        var part = self
        (part.entry, part.width) = (entry, width)
        return part
    }

    private mutating func setFrame(_ along: SIMD3<Float>, _ across: SIMD3<Float>, _ scale: SIMD3<Float>) {
        let u = Self.unit(along), v = Self.unit(across - u * (across * u).sum())
        let w = SIMD3(u.y * v.z - u.z * v.y, u.z * v.x - u.x * v.z, u.x * v.y - u.y * v.x)
        (x, y, z) = (SIMD3(u.x, v.x, w.x) * scale, SIMD3(u.y, v.y, w.y) * scale, SIMD3(u.z, v.z, w.z) * scale)
    }

    private static func unit(_ v: SIMD3<Float>) -> SIMD3<Float> { v / (v * v).sum().squareRoot() }

    /// A box round an ellipsoid or a cone.
    var box: Box {
        precondition(kind != .sheet, "a sheet has no end")
        if kind == .cone { return Box(around: [centre, centre + x]).grown(by: max(dials.y, dials.y + dials.z)) }
        let axes = [SIMD3(x.x, y.x, z.x), SIMD3(x.y, y.y, z.y), SIMD3(x.z, y.z, z.z)]
        // Rows are unit axes over their semi-axes; a box-like ellipsoid reaches no farther than its box.
        let half = axes.reduce(SIMD3<Float>()) { sum, axis in sum + pointwiseMax(axis, -axis) / (axis * axis).sum() }
        return Box(low: centre - half, high: centre + half)
    }

    /// Signed distance, right to first order near the surface.
    @inline(__always) func distance(_ p: SIMD3<Float>) -> Float {
        let q = p - centre
        switch kind {
        case .ellipsoid:
            let l = x * q.x + y * q.y + z * q.z, l2 = l * l
            let round = max(l2.sum(), 1e-6).squareRoot(), box = (l2 * l2).sum().squareRoot().squareRoot() + 1e-3
            let slope = l * ((1 - dials.w) / round + l2 * (dials.w / (box * box * box))) * SIMD3(dials.x, dials.y, dials.z)
            return ((1 - dials.w) * round + dials.w * box - 1) / max((slope * slope).sum(), 1e-8).squareRoot()
        case .cone:
            let t = min(max((q * x).sum() * dials.x, 0), 1), across = q - x * t
            return (across * across).sum().squareRoot() - dials.y - t * dials.z
        case .sheet:
            let l = x * q.x + y * q.y + z * q.z, u = dials.x * l.y, v = dials.y * l.z
            return (l.x - u * l.y - v * l.z) / (1 + 4 * (u * u + v * v)).squareRoot()
        }
    }

    /// What the solid so far and this part make together.
    @inline(__always) func entered(into solid: Float, _ own: Float) -> Float {
        switch entry {
        case .join: return Blend.min(solid, own, width: width)
        case .cut: return Blend.max(solid, -own, width: width)
        case .clip: return Blend.max(solid, own, width: width)
        }
    }
}
