/// Protons of one kind in a tissue: the watery or the fatty ones.
public struct SpinPool: Sendable, Hashable {
    /// Protons that can be seen, against pure water: 0 to 1.
    public var protonDensity: Double
    /// Longitudinal relaxation time, s.
    public var t1Seconds: Double
    /// Transverse relaxation time, s.
    public var t2Seconds: Double
    /// What an uneven field within the voxel adds to transverse relaxation in a gradient echo, R2', per s; a spin echo undoes it.
    public var reversibleRate: Double
    /// T2 as a train of refocusing pulses sees it, s, where that differs: fat's, whose couplings a train undoes.
    public var trainT2Seconds: Double?

    /// A pool of given density and times.
    public init(protonDensity: Double, t1Seconds: Double, t2Seconds: Double, reversibleRate: Double = 0) {
        precondition(protonDensity >= 0 && t1Seconds > 0 && t2Seconds > 0 && reversibleRate >= 0, "a pool has a density and relaxation times")
        (self.protonDensity, self.t1Seconds, self.t2Seconds, self.reversibleRate) = (protonDensity, t1Seconds, t2Seconds, reversibleRate)
    }

    /// Transverse relaxation time of a gradient echo, s: 1/T2* = 1/T2 + R2'.
    public var t2StarSeconds: Double { 1 / (1 / t2Seconds + reversibleRate) }

    /// The pool with its relaxation hastened by an agent of that concentration, mM.
    public func with(_ agent: ContrastAgent, concentration: Double) -> SpinPool {
        var pool = self
        pool.t1Seconds = 1 / (1 / t1Seconds + agent.r1 * concentration)
        pool.t2Seconds = 1 / (1 / t2Seconds + agent.r2 * concentration)
        return pool
    }
}

/// What one point of a tissue is to the scanner.
public struct TissueProperties: Sendable, Hashable {
    /// Its water, which the agent reaches; its density is the share of water.
    public var water: SpinPool
    /// Its fat, which the agent does not reach.
    public var fat: SpinPool
    /// Share of its blood that a slice-selective gradient echo finds fresh, never excited before: 0 for what does not flow.
    public var inflow = 0.0
    /// Share of its signal that a spin echo loses because blood leaves the slice between its pulses.
    public var flowVoid = 0.0

    /// Share of the protons that are fat's, 0 to 1.
    public var fatFraction: Double {
        let whole = water.protonDensity + fat.protonDensity
        return whole > 0 ? fat.protonDensity / whole : 0
    }
}

/// A gadolinium chelate: how strongly it hastens relaxation.
public struct ContrastAgent: Sendable, Hashable {
    /// Longitudinal relaxivity, per s and mM.
    public var r1: Double
    /// Transverse relaxivity, per s and mM; the agent's effect on T2* is taken to be the same.
    public var r2: Double

    /// An agent of given relaxivities.
    public init(r1: Double, r2: Double) { (self.r1, self.r2) = (r1, r2) }

    /// Gadobutrol in plasma at 37 °C (r1: Szomolanyi et al., Invest Radiol 2019, 4.78 at 1.5 T and 4.97 at 3 T; r2: Rohrer et al.,
    /// Invest Radiol 2005, 6.1 and 7.1); the value of the nearer field.
    public static func gadobutrol(fieldTesla: Double) -> ContrastAgent { fieldTesla < 2.2 ? ContrastAgent(r1: 4.78, r2: 6.1) : ContrastAgent(r1: 4.97, r2: 7.1) }
}
