/// A curve of relative enhancement and the bent lines that fit it best.
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
    /// Sums of the curve's values, and of values times times, over a frame and all later ones; eight curves side by side.
    private let values: UnsafePointer<Double>, moments: UnsafePointer<Double>

    /// The curve of a lane.
    init(_ basis: PiecewiseBasis, _ sums: BentLineSums, lane: Int) {
        (self.basis, values, moments) = (basis, sums.values + lane, sums.moments + lane)
    }

    typealias Hinge = PiecewiseBasis.Hinge

    /// Product of the curve and a hinge.
    @inline(__always) func along(_ h: Hinge) -> Double { moments[h.frame * 8] - h.time * values[h.frame * 8] }

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

    /// The bend of a line kept, its second slope begun at the later knot that explains most.
    func paused(_ line: Line) -> Line {
        let a = basis.hinge(line.onset), p = basis.hinge(line.peak), ya = along(a) - along(p)
        let ramp = basis.product(a, a) - 2 * basis.product(a, p) + basis.product(p, p)
        var best = line
        for k in basis.knots.indices.reversed() {
            let late = basis.knots[k]
            guard late > line.peak else { break }
            let l = Hinge(time: late, frame: basis.after[k])
            let other = solve(ramp, basis.product(a, l) - basis.product(p, l), basis.product(l, l), ya, along(l), line.onset, line.peak, late)
            if other.explained > best.explained { best = other }
        }
        return best
    }

    /// The breaks moved to where the line explains most: to the top of the parabola through steps around them, first of a third of a frame, then of a fifteenth.
    @inline(__always)
    func refined(_ start: Line, breaks: Int, _ model: (Double, Double) -> Line) -> Line {
        var best = start
        guard best.explained >= 0 else { return best }
        let first = basis.knots[0], last = basis.times[basis.times.count - 1]
        func at(_ onset: Double, _ peak: Double) -> Line {
            // Closer than half a frame the rise is not told from a jump.
            guard onset >= first, peak <= last, breaks == 1 || peak - onset >= 0.5 * basis.step else { return Line() }
            return model(onset, peak)
        }
        var h = basis.step / 3
        for _ in 0..<2 {
            for _ in 0..<4 {
                let middle = best, o = middle.onset, p = middle.peak
                let around = (at(o - h, p), at(o + h, p), breaks > 1 ? at(o, p - h) : Line(), breaks > 1 ? at(o, p + h) : Line(), breaks > 1 ? at(o + h, p + h) : Line())
                for line in [around.0, around.1, around.2, around.3, around.4] where line.explained > best.explained { best = line }
                if let top = Self.top(middle.explained, around, h, breaks) {
                    let line = at(o + top.x, breaks > 1 ? p + top.y : p)
                    if line.explained > best.explained { best = line }
                }
                if best.explained <= middle.explained * (1 + 1e-7) || abs(best.onset - o) + abs(best.peak - p) < h { break }
            }
            h /= 5
        }
        return best
    }

    /// Where a parabola through a point and steps of `h` around it is highest, seen from the point, two steps away at most; nil where it has no top.
    @inline(__always)
    private static func top(_ e: Double, _ around: (Line, Line, Line, Line, Line), _ h: Double, _ breaks: Int) -> SIMD2<Double>? {
        let (left, right) = (around.0.explained, around.1.explained)
        guard left >= 0, right >= 0 else { return nil }
        let g = (right - left) / 2, a = right + left - 2 * e
        if breaks == 1 { return a < 0 ? SIMD2(max(-2, min(2, -g / a)), 0) * h : nil }
        let (under, over, both) = (around.2.explained, around.3.explained, around.4.explained)
        guard under >= 0, over >= 0, both >= 0 else { return nil }
        let f = (over - under) / 2, b = over + under - 2 * e, c = both - right - over + e, determinant = a * b - c * c
        guard a < 0, determinant > 0 else { return nil }
        let move = SIMD2(c * f - b * g, c * g - a * f) / determinant
        return move.clamped(lowerBound: SIMD2(repeating: -2), upperBound: SIMD2(repeating: 2)) * h
    }
}

/// Sums of eight curves over a frame and all later ones. One worker's.
struct BentLineSums {
    private let sums: Scratch<SIMD8<Double>>, frames: Int
    let values: UnsafePointer<Double>, moments: UnsafePointer<Double>

    init(frames: Int) {
        self.frames = frames
        sums = Scratch(2 * (frames + 1), repeating: .zero)
        values = UnsafeRawPointer(sums.base).assumingMemoryBound(to: Double.self)
        moments = values + 8 * (frames + 1)
    }

    func free() { sums.free() }

    /// Takes eight curves, a row a frame.
    func load(_ y: UnsafePointer<Lane>, _ times: [Double]) {
        for i in Swift.stride(from: frames - 1, through: 0, by: -1) {
            let v = SIMD8<Double>(y[i])
            sums.base[i] = sums.base[i + 1] + v
            sums.base[frames + 1 + i] = sums.base[frames + 2 + i] + v * times[i]
        }
    }

    /// Products of the curves with a hinge.
    @inline(__always) func along(_ h: PiecewiseBasis.Hinge) -> Lane { Lane(sums.base[frames + 1 + h.frame] - sums.base[h.frame] * h.time) }
}
