public import CarpusCore

/// What the scanner is asked to do: grid, sequence, and all that makes a real image differ from an ideal one.
public struct ScanPlan: Sendable {
    /// Voxels in the scanner's world (LPS, mm); slices along the last axis.
    public var grid: Grid
    /// Sequence.
    public var sequence: PulseSequence
    /// Field, tesla.
    public var fieldTesla: Double
    /// Suppression of fat by its frequency; nil for none (STIR needs none).
    public var fatSuppression: FatSuppression?
    /// Seconds from the injection of the agent to the middle of the series; nil without agent. A dynamic series has its own times.
    public var secondsAfterInjection: Double?
    /// In-plane axis of the frequency encoding, 0 or 1; the other encodes phase.
    public var frequencyAxis = 0
    /// Voxels by which fat appears displaced along the frequency axis, positive towards higher indices.
    public var chemicalShiftPixels = 0.0
    /// How a slice lies along the last axis.
    public var sliceProfile = SliceProfile.slab
    /// Reference signal, before the coil, over the noise's standard deviation in either channel. The reference is the patient's subcutaneous
    /// fat, unsuppressed, and muscle where the sequence inverts.
    public var signalToNoise = 30.0
    /// Share of k-space acquired along in-plane axis 0 and 1, symmetric about its middle; the rest is filled with zeros.
    public var acquiredFraction = SIMD2(1.0, 1.0)
    /// Softening of k-space's edge against ringing, 0 (none) to 1 (Hann window).
    public var edgeFilter = 0.0
    /// Receive coil.
    public var coil = CoilField.uniform
    /// Ghosts of the pulsating arteries along the phase axis; nil for none.
    public var ghost: PulsationGhost?
    /// Stored value of the reference signal before the coil.
    public var storedReference = 800.0
    /// Largest value that is stored.
    public var storedMaximum = 4095

    /// A plan of given grid and sequence; all else may be set after.
    public init(grid: Grid, sequence: PulseSequence, fieldTesla: Double = 1.5, fatSuppression: FatSuppression? = nil, secondsAfterInjection: Double? = nil) {
        (self.grid, self.sequence, self.fieldTesla) = (grid, sequence, fieldTesla)
        (self.fatSuppression, self.secondsAfterInjection) = (fatSuppression, secondsAfterInjection)
    }

    /// Signal of the reference, before coil and suppression.
    public func referenceSignal(_ table: TissueTable) -> Double {
        let tissue = table.properties(of: sequence.isInverting ? .muscle : .fat)
        let phase = sequence.fatPhase(fieldTesla: fieldTesla)
        return SignalTable.magnitude(water: sequence.signal(of: tissue.water), fat: sequence.signal(of: tissue.fat), phase: phase)
    }
}

/// How sensitive a slice is along its axis.
public enum SliceProfile: Sendable, Hashable, Codable {
    /// A box as thick as the slices' spacing: 3D series.
    case slab
    /// A selective pulse: a trapezoid of that full width at half maximum, mm, whose ramps take up a fifth of it either side. Thinner than the
    /// spacing it leaves a gap.
    case selective(thickness: Double)

    /// Depth, in spacings from the middle of the slice, below which lies a share `q` of the sensitivity.
    func quantile(_ q: Double, spacing: Double) -> Double {
        guard case .selective(let thickness) = self else { return q - 0.5 }
        // Lower half of a trapezoid of width 1 at half height, ramps from -0.6 to -0.4.
        let lower = min(q, 1 - q)
        let ramp = 0.1
        let x = lower < ramp ? -0.6 + (lower * 0.4).squareRoot() : -0.4 + (lower - ramp)
        return (q < 0.5 ? x : -x) * thickness / spacing
    }
}

/// Ghosts that pulsating arteries leave along the phase axis.
public struct PulsationGhost: Sendable, Hashable {
    /// Signal of a ghost as a share of the artery's.
    public var amplitude: Double
    /// Distance between neighbouring ghosts, voxels of the phase axis.
    public var spacingPixels: Double

    /// Ghosts of given strength and distance.
    public init(amplitude: Double, spacingPixels: Double) {
        precondition(amplitude >= 0 && spacingPixels > 0, "ghosts have a strength and a distance")
        (self.amplitude, self.spacingPixels) = (amplitude, spacingPixels)
    }
}
