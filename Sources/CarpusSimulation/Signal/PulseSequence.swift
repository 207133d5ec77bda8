import Foundation

/// What the scanner plays, and the signal that follows from it: steady state, perfect pulses, spoiled; all times in s.
///
/// Signals have the sign of the magnetisation and are fractions of the equilibrium of pure water. Equations: Bernstein, King and Zhou,
/// Handbook of MRI Pulse Sequences, 2004, chapters 14 and 16.
public enum PulseSequence: Sendable, Hashable, Codable {
    /// 90 degrees, 180 degrees, one echo.
    case spinEcho(repetition: Double, echo: Double)
    /// A train of echoes of which the one at `echo` fills the middle of k-space; recovery begins when the train, `train` long, is over.
    case turboSpinEcho(repetition: Double, echo: Double, train: Double)
    /// A spoiled gradient echo (FLASH, SPGR), 2D or 3D.
    case gradientEcho(repetition: Double, echo: Double, flipDegrees: Double)
    /// A (turbo) spin echo at a time `inversion` after an inversion: STIR when that nulls fat.
    case inversionRecovery(repetition: Double, echo: Double, inversion: Double, train: Double)

    /// Signal of still spins.
    public func signal(of pool: SpinPool) -> Double { signal(of: pool, inflow: 0, flowVoid: 0) }

    /// Signal of spins of which some flow: see `TissueProperties`.
    func signal(of pool: SpinPool, inflow: Double, flowVoid: Double) -> Double {
        guard pool.protonDensity > 0 else { return 0 }
        func decay(_ time: Double) -> Double { exp(-time / pool.t1Seconds) }
        let longitudinal: Double, transverse: Double
        switch self {
        case .spinEcho(let tr, let te):
            longitudinal = (1 - 2 * decay(tr - te / 2) + decay(tr)) * (1 - flowVoid)
            transverse = exp(-te / pool.t2Seconds)
        case .turboSpinEcho(let tr, let te, let train):
            longitudinal = (1 - decay(tr - train)) * (1 - flowVoid)
            transverse = exp(-te / (pool.trainT2Seconds ?? pool.t2Seconds))
        case .gradientEcho(let tr, let te, let flipDegrees):
            let flip = flipDegrees * .pi / 180
            let steady = (1 - decay(tr)) / (1 - cos(flip) * decay(tr))
            longitudinal = sin(flip) * (inflow + (1 - inflow) * steady)
            transverse = exp(-te / pool.t2StarSeconds)
        case .inversionRecovery(let tr, let te, let ti, let train):
            longitudinal = (1 - 2 * decay(ti) + decay(tr - train)) * (1 - flowVoid)
            transverse = exp(-te / (train > 0 ? pool.trainT2Seconds ?? pool.t2Seconds : pool.t2Seconds))
        }
        return pool.protonDensity * longitudinal * transverse
    }

    /// Phase of fat against water at the echo, radians: a gradient echo lets it run, a spin echo brings it back to 0.
    public func fatPhase(fieldTesla: Double) -> Double {
        guard case .gradientEcho(_, let echo, _) = self else { return 0 }
        return 2 * .pi * Self.fatOffsetHertz(fieldTesla: fieldTesla) * echo
    }

    /// How far fat's one line lies from water's, Hz: -3.5 ppm. Fat's lesser lines are left out; what they take from a gradient echo
    /// by dephasing is in fat's T2* (see `TissueTable`).
    public static func fatOffsetHertz(fieldTesla: Double) -> Double { -3.5 * 42.577 * fieldTesla }

    /// The angle that gives a spoiled gradient echo its largest signal, degrees (Ernst and Anderson 1966).
    public static func ernstDegrees(repetition: Double, t1Seconds: Double) -> Double { acos(exp(-repetition / t1Seconds)) * 180 / .pi }

    /// The inversion time at which a T1 gives no signal, s; T1 ln 2 when all recovers in between.
    public static func nullingInversion(t1Seconds: Double, repetition: Double, train: Double = 0) -> Double {
        t1Seconds * log(2 / (1 + exp(-(repetition - train) / t1Seconds)))
    }

    /// Whether the sequence weakens fat by its own inversion.
    var isInverting: Bool { if case .inversionRecovery = self { true } else { false } }
}
