/// What fits of bent lines share on one axis of time: scalar products of hinges (t - τ)₊, which depend on no voxel.
///
/// A curve that rises from `onset`, stands or bends at `peak`, is a sum of two hinges. The products of hinges with each other follow from
/// sums of 1, t and t² over the frames after a time, and those of a curve with a hinge from sums of its values and of their moments, so that any model
/// at any two times costs a few operations.
struct PiecewiseBasis: Sendable {
    let times: [Double]
    /// Sums of 1, t and t² over this frame and all later ones; one more entry, 0.
    let sums: [SIMD3<Double>]
    /// Where breaks are searched first: the frames' times and the middles between them.
    let knots: [Double]
    /// First frame after each knot.
    let after: [Int]
    /// For each pair of knots, a rise from the first to the second: 1 over the square of the ramp; and the inverse of the products of the
    /// two hinges, its elements 11, 12 and 22. 0 where the first does not lie before the second.
    let pairs: [SIMD4<Float>]
    /// 1 over the squares of the hinges.
    let singles: [Float]
    /// Middle distance of frames, s.
    let step: Double
    private let perStep: Double

    init(times: [Double], baselineFrames: Int) {
        self.times = times
        step = TimeAxis.step(times)
        let n = times.count
        var (c, f, s) = ([Double](repeating: 0, count: n + 1), [Double](repeating: 0, count: n + 1), [Double](repeating: 0, count: n + 1))
        for i in stride(from: n - 1, through: 0, by: -1) { (c[i], f[i], s[i]) = (c[i + 1] + 1, f[i + 1] + times[i], s[i + 1] + times[i] * times[i]) }
        sums = (0...n).map { SIMD3(c[$0], f[$0], s[$0]) }
        perStep = 1 / step
        let begin = max(0, baselineFrames - 2), coarse = n > 30
        var knots: [Double] = []
        for i in begin..<max(begin + 1, n - 1) {
            knots.append(times[i])
            if !coarse && i + 2 < n { knots.append((times[i] + times[i + 1]) / 2) }
        }
        self.knots = knots
        let times = times
        after = knots.map { k in times.firstIndex { $0 > k } ?? n }
        let k = knots.count, afters = after, places = knots
        func g(_ i: Int, _ j: Int) -> Double { Self.product(places[i], places[j], after: max(afters[i], afters[j]), c, f, s) }
        var pairs = [SIMD4<Float>](repeating: .zero, count: k * k)
        singles = (0..<k).map { g($0, $0) > 0 ? Float(1 / g($0, $0)) : 0 }
        for i in 0..<k {
            for j in 0..<k where knots[j] >= knots[i] + step * 0.99 {
                let (aa, ap, pp) = (g(i, i), g(i, j), g(j, j)), ramp = aa - 2 * ap + pp, determinant = aa * pp - ap * ap
                guard ramp > 0 else { continue }
                let inverse = determinant > 1e-9 * aa * pp ? SIMD3(pp, -ap, aa) / determinant : .zero
                pairs[i * k + j] = SIMD4(Float(1 / ramp), Float(inverse.x), Float(inverse.y), Float(inverse.z))
            }
        }
        self.pairs = pairs
    }

    private static func product(_ a: Double, _ b: Double, after i: Int, _ c: [Double], _ f: [Double], _ s: [Double]) -> Double {
        s[i] - (a + b) * f[i] + a * b * c[i]
    }

    /// A hinge (t - τ)₊: its time, and the first frame after it.
    struct Hinge {
        let time: Double, frame: Int
    }

    /// The hinge at a time. The frame is guessed from the middle step and put right: one look on even axes.
    @inline(__always) func hinge(_ t: Double) -> Hinge {
        times.withUnsafeBufferPointer { times in
            var i = max(0, min(times.count, Int((t - times[0]) * perStep) + 1))
            while i > 0 && times[i - 1] > t { i -= 1 }
            while i < times.count && times[i] <= t { i += 1 }
            return Hinge(time: t, frame: i)
        }
    }

    /// Product of two hinges.
    @inline(__always) func product(_ a: Hinge, _ b: Hinge) -> Double {
        sums.withUnsafeBufferPointer { s in
            let s = s[max(a.frame, b.frame)]
            return s.z - (a.time + b.time) * s.y + a.time * b.time * s.x
        }
    }
}
