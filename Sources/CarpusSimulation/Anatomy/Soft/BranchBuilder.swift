/// Collects the branches of a wrist, and keeps them under the skin.
struct BranchBuilder {
    let lattice: SoftLattice
    private(set) var pieces: [BranchPiece] = []

    init(_ lattice: SoftLattice) { self.lattice = lattice }

    /// A smooth branch through knots (distal, radial, palmar, radius).
    mutating func add(_ kind: BranchKind, through knots: [SIMD4<Float>], spacing: Float = 1.5) {
        let points = CatmullRom.points(through: knots, spacing: spacing) { v in (v.x * v.x + v.y * v.y + v.z * v.z).squareRoot() }.map(kept)
        for (a, b) in zip(points, points.dropFirst()) { pieces.append(BranchPiece(from: a, to: b, kind: kind)) }
    }

    /// A point moved inwards until its vessel lies a millimetre under the skin's surface.
    private func kept(_ point: SIMD4<Float>) -> SIMD4<Float> {
        var p = SIMD3(point.x, point.y, point.z)
        guard all(p .> SoftLattice.box.low + 1), all(p .< SoftLattice.box.high - 1) else { return point }
        for _ in 0..<6 {
            let lack = point.w + 1.05 - lattice(p).y
            if lack <= 0 { break }
            let e: Float = 0.5
            let inward = SIMD3(
                lattice(p + SIMD3(e, 0, 0)).y - lattice(p - SIMD3(e, 0, 0)).y, lattice(p + SIMD3(0, e, 0)).y - lattice(p - SIMD3(0, e, 0)).y,
                lattice(p + SIMD3(0, 0, e)).y - lattice(p - SIMD3(0, 0, e)).y)
            guard (inward * inward).sum() > 1e-6 else { break }
            p += CordBuilder.unit(inward) * (lack + 0.02)
        }
        return SIMD4(p, point.w)
    }
}
