import Foundation

/// Voxels' fits with their errors, one after the other. One worker's; its memory is taken once.
struct RelaxationFit {
    /// The signal below which there is air.
    let floor: Double
    private let fit: FlipAngleFit, count: Int

    struct End: Sendable {
        var outcome: RelaxationMaps.Outcome
        var t1 = Double.nan, scale = Double.nan, fitError = Double.nan, t1Error = Double.nan
    }

    init(_ acquisition: VariableFlipAngle, floor: Double) { (fit, count, self.floor) = (FlipAngleFit(acquisition), acquisition.flipAngles.count, floor) }

    func free() { fit.free() }

    /// Signals of the voxel, one a flip angle.
    var signals: UnsafeMutablePointer<Double> { fit.signals.base }

    /// How the fit of the voxel whose signals lie in `signals` ends.
    func end(b1: Double) -> End {
        var top = -Double.infinity, mean = 0.0, known = true
        for i in 0..<count {
            let s = signals[i]
            (top, mean, known) = (max(top, s), mean + s, known && s.isFinite)
        }
        guard known, b1 > 0, b1.isFinite else { return End(outcome: .notFinite) }
        guard top > 0, top >= floor else { return End(outcome: .noSignal) }
        guard let found = fit.estimate(b1: b1) else { return End(outcome: .noRate) }
        let n = Double(count)
        mean /= n
        var squares = 0.0, ss = 0.0, sr = 0.0, rr = 0.0
        for i in 0..<count {
            // Derivatives by S0 and by R1; a step of a thousandth is exact enough for an error.
            let unit = fit.shape(i, found.r1), slope = found.scale * (fit.shape(i, found.r1 * 1.001) - fit.shape(i, found.r1 * 0.999)) / (0.002 * found.r1)
            let rest = signals[i] - found.scale * unit
            (squares, ss, sr, rr) = (squares + rest * rest, ss + unit * unit, sr + unit * slope, rr + slope * slope)
        }
        let information = rr - sr * sr / ss, freedom = n - 2
        let variance = freedom > 0 && information > 0 ? squares / freedom / information : .nan
        return End(
            outcome: .settled, t1: 1 / found.r1, scale: found.scale, fitError: (squares / n).squareRoot() / mean, t1Error: variance.squareRoot() / (found.r1 * found.r1))
    }
}
