public import CarpusCore

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

    /// T1 in s and S0 of every voxel of a region; NaN elsewhere and where the signals allow none.
    ///
    /// - Parameters:
    ///   - volumes: one for each flip angle, on one grid.
    ///   - b1: the flip angle reached over that asked for, on the same grid.
    ///   - region: where T1 is wanted, on the same grid; everywhere when nil.
    /// - Throws: `PerfusionError` when grids or counts differ.
    public func map(_ volumes: [Volume<Float>], b1: Volume<Float>? = nil, region: LabelMap? = nil) throws -> (t1: Volume<Float>, scale: Volume<Float>) {
        guard volumes.count == flipAngles.count, let grid = volumes.first?.grid else {
            throw PerfusionError(.badParameter, "there are \(volumes.count) volumes for \(flipAngles.count) flip angles; one for each is needed")
        }
        for other in volumes.map(\.grid) + [b1?.grid, region?.grid].compactMap({ $0 }) where !other.matches(grid) {
            throw PerfusionError(.gridMismatch, "the flip angles, the B1 map and the region lie on different grids; resample them onto the first volume's")
        }
        var t1 = Volume<Float>(grid: grid, repeating: .nan), scale = t1
        t1.scalars.withUnsafeMutableBufferPointer { t1 in
            scale.scalars.withUnsafeMutableBufferPointer { scale in
                nonisolated(unsafe) let (t1, scale) = (t1.baseAddress!, scale.baseAddress!)
                Parallel.forEach(blocksOf: grid.count) { range in
                    let worker = FlipAngleFit(self)
                    defer { worker.free() }
                    for v in range where region.map({ $0.labels[v] != 0 }) ?? true {
                        for i in volumes.indices { worker.signals.base[i] = Double(volumes[i].scalars[v]) }
                        guard let found = worker.estimate(b1: b1.map { Double($0.scalars[v]) } ?? 1) else { continue }
                        (t1[v], scale[v]) = (Float(1 / found.r1), Float(found.scale))
                    }
                }
            }
        }
        return (t1, scale)
    }
}
