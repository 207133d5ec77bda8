/// The breaks of bent lines on a net of knots, for eight curves at a time. One worker's.
struct BreakSearch {
    let basis: PiecewiseBasis
    /// Products of eight curves with the hinge at each knot, a lane a curve.
    let along: Scratch<Lane>
    private let pairs: Scratch<SIMD4<Float>>, singles: Scratch<Float>

    init(_ basis: PiecewiseBasis) {
        self.basis = basis
        along = Scratch(basis.knots.count, repeating: .zero)
        pairs = Scratch(basis.pairs.count, repeating: .zero)
        singles = Scratch(basis.singles.count, repeating: 0)
        for (i, p) in basis.pairs.enumerated() { pairs.base[i] = p }
        for (i, p) in basis.singles.enumerated() { singles.base[i] = p }
    }

    func free() {
        along.free()
        pairs.free()
        singles.free()
    }

    /// Knots of the best lines of eight curves: of a rise; of a rise and a level; of a rise and another slope. -1 where there is none.
    struct Found {
        var rising = SIMD8<Int32>(repeating: -1)
        var levelOnset = SIMD8<Int32>(repeating: -1), levelPeak = SIMD8<Int32>(repeating: -1)
        var bentOnset = SIMD8<Int32>(repeating: -1), bentPeak = SIMD8<Int32>(repeating: -1)
    }

    /// Searches all pairs of knots.
    func search() -> Found {
        let n = basis.knots.count, y = along.base
        var found = Found(), bestRise = Lane.zero, bestLevel = Lane.zero, bestBent = Lane.zero
        for i in 0..<n {
            let a = y[i], rise = a * a * singles.base[i]
            let better = (rise .> bestRise) .& (a .> 0)
            bestRise.replace(with: rise, where: better)
            found.rising.replace(with: Int32(i), where: better)
            let row = pairs.base + i * n
            for j in i + 1..<max(i + 1, n) where row[j].x > 0 {
                let w = row[j], p = y[j], d = a - p, level = d * d * w.x
                let first = a * w.y + p * w.z, second = a * w.z + p * w.w, bent = first * a + second * p
                let levels = (level .> bestLevel) .& (d .> 0)
                bestLevel.replace(with: level, where: levels)
                found.levelOnset.replace(with: Int32(i), where: levels)
                found.levelPeak.replace(with: Int32(j), where: levels)
                let bends = (bent .> bestBent) .& (first .> 0)
                bestBent.replace(with: bent, where: bends)
                found.bentOnset.replace(with: Int32(i), where: bends)
                found.bentPeak.replace(with: Int32(j), where: bends)
            }
        }
        return found
    }
}
