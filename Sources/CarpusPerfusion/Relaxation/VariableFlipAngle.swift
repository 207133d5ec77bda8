/// T1 from spoiled gradient echoes at several flip angles (OSIPI P.NR2.002).
public struct VariableFlipAngle: Sendable, Hashable {
    /// How T1 is fitted.
    public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// S / sin α over S / tan α is a line of slope E (Gupta 1977, Deoni 2003): fast, and it weighs noise wrongly.
        case linear
        /// Least squares of the signals, from the line's start.
        case nonLinear = "non-linear"
    }

    /// Flip angles, degrees; two at least, not all equal.
    public let flipAngles: [Double]
    /// Repetition time of each, s.
    public let repetitionTimes: [Double]
    /// How T1 is fitted.
    public let method: Method

    /// A set of acquisitions.
    ///
    /// - Throws: `PerfusionError` when there are fewer than two angles, or times do not go with them; the line also needs one repetition time.
    public init(flipAngles: [Double], repetitionTimes: [Double], method: Method = .nonLinear) throws {
        guard Set(flipAngles).count > 1, flipAngles.allSatisfy({ $0 > 0 && $0 < 180 }) else {
            throw PerfusionError(.badParameter, "the flip angles are \(flipAngles); T1 needs two different ones at least, each between 0 and 180 degrees")
        }
        guard repetitionTimes.count == flipAngles.count, repetitionTimes.allSatisfy({ $0 > 0 && $0 < 60 }) else {
            throw PerfusionError(.badParameter, "the repetition times are \(repetitionTimes); one in seconds is needed for each flip angle")
        }
        if method == .linear, Set(repetitionTimes).count > 1 { throw PerfusionError(.badParameter, "the repetition times differ; take the non-linear method, the line needs one") }
        (self.flipAngles, self.repetitionTimes, self.method) = (flipAngles, repetitionTimes, method)
    }

    /// What a voxel's signals say.
    public struct Estimate: Sendable, Hashable {
        /// Relaxation rate, 1/s.
        public let r1: Double
        /// Scale S0 of the signal.
        public let scale: Double
    }

    /// Rate and scale of one voxel; nil where the signals allow none.
    ///
    /// - Parameter b1: the flip angle that was reached over the one that was asked for.
    public func estimate(_ signals: [Double], b1: Double = 1) -> Estimate? {
        precondition(signals.count == flipAngles.count, "one signal a flip angle")
        let worker = FlipAngleFit(self)
        defer { worker.free() }
        for (i, s) in signals.enumerated() { worker.signals.base[i] = s }
        return worker.estimate(b1: b1)
    }
}
