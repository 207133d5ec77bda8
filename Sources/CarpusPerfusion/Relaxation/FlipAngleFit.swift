import Foundation

/// T1 of voxels, one after the other. One worker's; its memory is taken once.
struct FlipAngleFit {
    /// Signals of the voxel, one a flip angle.
    let signals: Scratch<Double>
    private let method: VariableFlipAngle.Method, count: Int
    private let asked: Scratch<Double>, times: Scratch<Double>
    /// Flip angles that were reached, rad; with sine and cosine.
    private let angles: Scratch<Double>, sines: Scratch<Double>, cosines: Scratch<Double>
    /// Signals for unit scale, and their derivatives by the logarithm of the rate.
    private let shapes: Scratch<Double>, slopes: Scratch<Double>

    /// Rates that can be told, 1/s.
    private static let rates = 0.01...100.0
    /// Where the descent may begin besides the line's rate: evenly on a log scale.
    private static let net = (0..<12).map { rates.lowerBound * pow(1e4, Double($0) / 11) }

    init(_ acquisition: VariableFlipAngle) {
        (method, count) = (acquisition.method, acquisition.flipAngles.count)
        func list() -> Scratch<Double> { Scratch(acquisition.flipAngles.count, repeating: 0) }
        (signals, asked, times, angles) = (list(), list(), list(), list())
        (sines, cosines, shapes, slopes) = (list(), list(), list(), list())
        for i in 0..<count { (asked.base[i], times.base[i]) = (acquisition.flipAngles[i], acquisition.repetitionTimes[i]) }
    }

    func free() {
        signals.free()
        asked.free()
        times.free()
        angles.free()
        sines.free()
        cosines.free()
        shapes.free()
        slopes.free()
    }

    /// Rate and scale of the voxel whose signals lie in `signals`; nil where they allow none.
    func estimate(b1: Double) -> VariableFlipAngle.Estimate? {
        var known = false
        for i in 0..<count {
            guard signals.base[i].isFinite else { return nil }
            if signals.base[i] > 0 { known = true }
        }
        guard known, b1 > 0, b1.isFinite else { return nil }
        for i in 0..<count {
            let angle = asked.base[i] * b1 * .pi / 180
            if angle == angles.base[i] { continue }
            (angles.base[i], sines.base[i], cosines.base[i]) = (angle, sin(angle), cos(angle))
        }
        let line = line()
        return method == .linear ? line : descend(from: line?.r1 ?? 1)
    }

    /// The signal of unit scale at an angle that `estimate` saw last.
    @inline(__always) func shape(_ i: Int, _ r1: Double) -> Double {
        let e = exp(-times.base[i] * r1)
        return sines.base[i] * (1 - e) / (1 - e * cosines.base[i])
    }

    /// S / sin α over S / tan α.
    private func line() -> VariableFlipAngle.Estimate? {
        var mx = 0.0, my = 0.0, xx = 0.0, xy = 0.0
        for i in 0..<count {
            let y = signals.base[i] / sines.base[i]
            (mx, my) = (mx + y * cosines.base[i], my + y)
        }
        (mx, my) = (mx / Double(count), my / Double(count))
        for i in 0..<count {
            let y = signals.base[i] / sines.base[i], x = y * cosines.base[i] - mx
            (xx, xy) = (xx + x * x, xy + x * (y - my))
        }
        guard xx > 0 else { return nil }
        let slope = xy / xx
        guard slope > 0, slope < 1 else { return nil }
        let r1 = -log(slope) / times.base[0]
        return Self.rates.contains(r1) ? .init(r1: r1, scale: (my - slope * mx) / (1 - slope)) : nil
    }

    /// The scale that fits a rate best, the sum of squares it leaves, and the step of the rate's logarithm that would gain most.
    private func look(_ r1: Double) -> (sum: Double, scale: Double, step: Double) {
        var gg = 0.0, gs = 0.0, dg = 0.0, dd = 0.0
        for i in 0..<count {
            let sine = sines.base[i], cosine = cosines.base[i], x = times.base[i] * r1, e = exp(-x), below = 1 - e * cosine
            let shape = sine * (1 - e) / below, slope = sine * (1 - cosine) / (below * below) * e * x, s = signals.base[i]
            (shapes.base[i], slopes.base[i]) = (shape, slope)
            (gg, gs, dg, dd) = (gg + shape * shape, gs + shape * s, dg + shape * slope, dd + slope * slope)
        }
        let scale = gs / gg
        var sum = 0.0, downhill = 0.0
        for i in 0..<count {
            let rest = signals.base[i] - scale * shapes.base[i]
            (sum, downhill) = (sum + rest * rest, downhill + slopes.base[i] * rest)
        }
        let curvature = scale * (dd - dg * dg / gg)
        return (sum, scale, curvature != 0 ? downhill / curvature : 0)
    }

    /// Scale by projection, the rate's logarithm by Gauss and Newton with halved steps, from the best of a net of rates.
    private func descend(from start: Double) -> VariableFlipAngle.Estimate? {
        var r1 = start, now = look(start)
        for other in Self.net {
            let there = look(other)
            if there.sum < now.sum { (r1, now) = (other, there) }
        }
        for _ in 0..<60 {
            var step = max(-1, min(1, now.step)), moved = false
            for _ in 0..<30 {
                let next = r1 * exp(step), there = look(next)
                if there.sum < now.sum && Self.rates.contains(next) {
                    (r1, now, moved) = (next, there, true)
                    break
                }
                step /= 2
                if abs(step) < 1e-11 { break }
            }
            if !moved || abs(step) < 1e-11 { break }
        }
        guard now.scale > 0, r1 > Self.rates.lowerBound * 1.001, r1 < Self.rates.upperBound * 0.999 else { return nil }
        return .init(r1: r1, scale: now.scale)
    }
}
