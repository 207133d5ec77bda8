import Foundation

/// One voxel's fit with its errors.
struct RelaxationFit: Sendable {
    let model: VariableFlipAngle
    /// The signal below which there is air.
    let floor: Double

    struct End: Sendable {
        var outcome: RelaxationMaps.Outcome
        var t1 = Double.nan, scale = Double.nan, fitError = Double.nan, t1Error = Double.nan
    }

    func end(_ signals: [Double], b1: Double) -> End {
        guard signals.allSatisfy(\.isFinite), b1 > 0, b1.isFinite else { return End(outcome: .notFinite) }
        guard let top = signals.max(), top > 0, top >= floor else { return End(outcome: .noSignal) }
        guard let found = model.estimate(signals, b1: b1) else { return End(outcome: .noRate) }
        let n = Double(signals.count), mean = signals.reduce(0, +) / n
        var squares = 0.0, ss = 0.0, sr = 0.0, rr = 0.0
        for (i, s) in signals.enumerated() {
            // Derivatives by S0 and by R1; a step of a thousandth is exact enough for an error.
            let unit = shape(i, b1, found.r1), slope = found.scale * (shape(i, b1, found.r1 * 1.001) - shape(i, b1, found.r1 * 0.999)) / (0.002 * found.r1)
            let rest = s - found.scale * unit
            (squares, ss, sr, rr) = (squares + rest * rest, ss + unit * unit, sr + unit * slope, rr + slope * slope)
        }
        let information = rr - sr * sr / ss, freedom = n - 2
        let variance = freedom > 0 && information > 0 ? squares / freedom / information : .nan
        return End(
            outcome: .settled, t1: 1 / found.r1, scale: found.scale, fitError: (squares / n).squareRoot() / mean, t1Error: variance.squareRoot() / (found.r1 * found.r1))
    }

    /// The signal of unit scale.
    private func shape(_ i: Int, _ b1: Double, _ r1: Double) -> Double {
        let angle = model.flipAngles[i] * b1 * .pi / 180, e = exp(-model.repetitionTimes[i] * r1)
        return sin(angle) * (1 - e) / (1 - e * cos(angle))
    }
}
