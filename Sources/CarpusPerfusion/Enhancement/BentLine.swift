/// A curve of relative enhancement and the bent lines that fit it best. One worker's.
struct BentLineFit {
    /// A model of bent lines.
    struct Line: Sendable {
        var onset = 0.0, peak = 0.0, late = 0.0
        /// Slope of the rise and after the peak (from `late` on), 1/s.
        var rise = 0.0, fall = 0.0
        /// What it explains of the sum of squares; below 0 for no line.
        var explained = -1.0
        /// Variance of `fall` for noise of variance 1.
        var fallVariance = 0.0
    }

    let basis: PiecewiseBasis
    /// Sums of the curve's values, and of values times times, over a frame and all later ones.
    private let values: Scratch<Double>, moments: Scratch<Double>

    init(_ basis: PiecewiseBasis) {
        self.basis = basis
        (values, moments) = (Scratch(basis.times.count + 1, repeating: 0), Scratch(basis.times.count + 1, repeating: 0))
    }

    func free() {
        values.free()
        moments.free()
    }

    /// Takes a curve, one value a frame.
    func load(_ y: UnsafePointer<Float>, stride: Int) {
        let n = basis.times.count
        for i in Swift.stride(from: n - 1, through: 0, by: -1) {
            let v = Double(y[i * stride])
            (values.base[i], moments.base[i]) = (values.base[i + 1] + v, moments.base[i + 1] + v * basis.times[i])
        }
    }

    typealias Hinge = PiecewiseBasis.Hinge

    /// Product of the curve and a hinge.
    @inline(__always) func along(_ h: Hinge) -> Double { moments.base[h.frame] - h.time * values.base[h.frame] }
    /// Product of the curve and the hinge at a knot.
    @inline(__always) func along(knot k: Int) -> Double { along(Hinge(time: basis.knots[k], frame: basis.after[k])) }

    /// Rise to the end.
    @inline(__always) func rising(_ onset: Double) -> Line {
        let a = basis.hinge(onset), y = along(a), g = basis.product(a, a)
        guard y > 0, g > 0 else { return Line() }
        return Line(onset: onset, peak: basis.times[basis.times.count - 1], late: onset, rise: y / g, fall: 0, explained: y * y / g)
    }

    /// Rise, then level.
    @inline(__always) func level(_ onset: Double, _ peak: Double) -> Line {
        guard peak > onset else { return Line() }
        let a = basis.hinge(onset), p = basis.hinge(peak), y = along(a) - along(p), g = basis.product(a, a) - 2 * basis.product(a, p) + basis.product(p, p)
        guard y > 0, g > 1e-9 else { return Line() }
        return Line(onset: onset, peak: peak, late: peak, rise: y / g, fall: 0, explained: y * y / g)
    }

    /// Rise, then another slope.
    @inline(__always) func bent(_ onset: Double, _ peak: Double) -> Line {
        guard peak > onset else { return Line() }
        let a = basis.hinge(onset), p = basis.hinge(peak), aa = basis.product(a, a), ap = basis.product(a, p), pp = basis.product(p, p)
        return solve(aa - 2 * ap + pp, ap - pp, pp, along(a) - along(p), along(p), onset, peak, peak)
    }

    /// Rise, level until `late`, then another slope.
    @inline(__always) func bent(_ onset: Double, _ peak: Double, _ late: Double) -> Line {
        guard peak > onset, late >= peak else { return Line() }
        let a = basis.hinge(onset), p = basis.hinge(peak), l = basis.hinge(late)
        let ramp = basis.product(a, a) - 2 * basis.product(a, p) + basis.product(p, p)
        return solve(ramp, basis.product(a, l) - basis.product(p, l), basis.product(l, l), along(a) - along(p), along(l), onset, peak, late)
    }

    /// The two slopes, from the products of ramp and late hinge with each other and with the curve.
    @inline(__always)
    private func solve(_ aa: Double, _ al: Double, _ ll: Double, _ ya: Double, _ yl: Double, _ onset: Double, _ peak: Double, _ late: Double) -> Line {
        let determinant = aa * ll - al * al
        guard determinant > 1e-9 * aa * ll, ll > 0 else { return Line() }
        let rise = (ya * ll - yl * al) / determinant, fall = (yl * aa - ya * al) / determinant
        guard rise > 0 else { return Line() }
        return Line(onset: onset, peak: peak, late: late, rise: rise, fall: fall, explained: rise * ya + fall * yl, fallVariance: aa / determinant)
    }

    /// The breaks moved, by ever smaller steps, to where the line explains most.
    @inline(__always)
    func refined(_ start: Line, breaks: Int, _ model: (Double, Double) -> Line) -> Line {
        var best = start, step = basis.step / 2
        guard best.explained >= 0 else { return best }
        let first = basis.knots[0], last = basis.times[basis.times.count - 1]
        while step > basis.step / 20 {
            var moved = false
            for i in 0..<(breaks > 1 ? 6 : 2) {
                // Each break alone, then both apart or together.
                let da: Double = i == 0 || i == 4 ? -step : i == 1 || i == 5 ? step : 0, dp: Double = i == 2 || i == 5 ? -step : i == 3 || i == 4 ? step : 0
                let onset = best.onset + da, peak = best.peak + (breaks > 1 ? dp : 0)
                // Closer than half a frame the rise is not told from a jump.
                guard onset >= first, peak <= last, breaks == 1 || peak - onset >= 0.5 * basis.step else { continue }
                let line = model(onset, peak)
                if line.explained > best.explained * (1 + 1e-9) { (best, moved) = (line, true) }
            }
            if !moved { step /= 2 }
        }
        return best
    }
}
