public import CarpusCore
import Foundation

/// A spoiled gradient echo in its steady state (OSIPI M.SM2.002): S = S0 sin α (1 - E) / (1 - E cos α), E = exp(-TR R1).
public struct SpoiledGradientEcho: Sendable, Hashable, Codable {
    /// Repetition time TR, s.
    public var repetitionTime: Double
    /// Flip angle α, degrees.
    public var flipAngle: Double

    /// A sequence of given timing.
    ///
    /// - Throws: `PerfusionError` for times or angles that make no sequence.
    public init(repetitionTime: Double, flipAngle: Double) throws {
        guard repetitionTime > 0, repetitionTime < 60 else {
            throw PerfusionError(.badParameter, "the repetition time is \(repetitionTime) s; it has to be above 0 and is given in seconds")
        }
        guard flipAngle > 0, flipAngle < 180 else { throw PerfusionError(.badParameter, "the flip angle is \(flipAngle) degrees; it has to lie between 0 and 180") }
        (self.repetitionTime, self.flipAngle) = (repetitionTime, flipAngle)
    }

    private var cosine: Double { cos(flipAngle * .pi / 180) }

    /// Signal for a scale S0 and a relaxation rate R1 in 1/s.
    public func signal(scale: Double, r1: Double) -> Double {
        let e = exp(-repetitionTime * r1)
        return scale * sin(flipAngle * .pi / 180) * (1 - e) / (1 - e * cosine)
    }

    /// The relaxation rate R1 in 1/s that raises the signal from its baseline by a factor; nil when no rate does: the signal saturates.
    ///
    /// - Parameters:
    ///   - enhancement: signal over baseline.
    ///   - r10: the rate at the baseline, 1/s.
    @inline(__always)
    public func rate(enhancement a: Double, r10: Double) -> Double? {
        let c = cosine, e0 = exp(-repetitionTime * r10), gain = a * (1 - e0)
        let above = 1 - gain - e0 * c, below = 1 - gain * c - e0 * c
        return above > 0 && below > 0 ? -log(above / below) / repetitionTime : nil
    }

    /// Concentrations in mM of one voxel's signals: C = (R1 - R10) / r1, linear in the rate (M.EL1.003).
    ///
    /// - Parameters:
    ///   - signals: of the frames.
    ///   - baseline: the signal without agent (S_BL).
    ///   - r10: the rate without agent, 1/s.
    ///   - relaxivity: r1 of the agent, 1/s/mM.
    /// - Returns: NaN where the signal saturates, or all NaN when baseline or rate are not above 0.
    public func concentrations(signals: [Double], baseline: Double, r10: Double, relaxivity: Double) -> [Double] {
        guard baseline > 0, r10 > 0, r10.isFinite, relaxivity > 0 else { return signals.map { _ in .nan } }
        return signals.map { s in rate(enhancement: s / baseline, r10: r10).map { ($0 - r10) / relaxivity } ?? .nan }
    }
}

/// Signals of a whole series turned into concentrations.
public enum ConcentrationMap {
    /// Concentrations, and how many samples had to be capped.
    public struct Result: Sendable {
        /// mM; NaN outside the voxels asked for, and for voxels without a baseline or a T1.
        public let series: TimeSeries
        /// Samples whose signal no rate explains; they are set to the largest concentration that can be told.
        public let saturated: Int
    }

    /// Concentrations of some voxels.
    ///
    /// - Parameters:
    ///   - baseline: S_BL of every voxel of the grid.
    ///   - t1: T10 in s of every voxel of the grid.
    ///   - b1: the flip angle reached over the one asked for, of every voxel of the grid; 1 when nil. Voxels where it is not above 0 have no concentration.
    ///   - relaxivity: r1 of the agent, 1/s/mM.
    ///   - voxels: places in a frame.
    public static func convert(
        _ series: TimeSeries, sequence: SpoiledGradientEcho, baseline: [Float], t1: [Float], b1: [Float]? = nil, relaxivity: Double, voxels: [Int]
    ) -> Result {
        let n = series.grid.count, frames = series.frameCount
        precondition(baseline.count == n && t1.count == n && b1?.count ?? n == n, "baseline, T1 and B1 are told for every voxel")
        var out = [Float](repeating: .nan, count: n * frames)
        let blocks = (voxels.count + 1023) / 1024
        var saturated = [Int](repeating: 0, count: blocks)
        let tr = sequence.repetitionTime, angle = sequence.flipAngle * .pi / 180, cosine = cos(angle), smallest = 1e-6
        out.withUnsafeMutableBufferPointer { out in
            saturated.withUnsafeMutableBufferPointer { counts in
                series.scalars.withUnsafeBufferPointer { signals in
                    nonisolated(unsafe) let (out, counts, signals) = (out.baseAddress!, counts.baseAddress!, signals.baseAddress!)
                    Parallel.forEach(blocks) { b in
                        // What a voxel has of its own, found once; then frame after frame, as they lie.
                        let own = Scratch<(voxel: Int, start: Double, gain: Double, r10: Double, cosine: Double)>(1024, repeating: (0, 0, 0, 0, 0))
                        defer { own.free() }
                        var known = 0, capped = 0
                        for v in voxels[b * 1024..<min(voxels.count, (b + 1) * 1024)] {
                            guard baseline[v] > 0, t1[v] > 0, t1[v].isFinite else { continue }
                            var c = cosine
                            if let b1 {
                                guard b1[v] > 0, b1[v].isFinite else { continue }
                                c = cos(angle * Double(b1[v]))
                            }
                            let r10 = 1 / Double(t1[v]), e0 = exp(-tr * r10)
                            own.base[known] = (v, 1 - e0 * c, (1 - e0) / Double(baseline[v]), r10, c)
                            known += 1
                        }
                        for t in 0..<frames {
                            for i in 0..<known {
                                let (v, start, gain, r10, c) = own.base[i], a = Double(signals[t * n + v]) * gain
                                var e = (start - a) / (start - a * c)
                                if e < smallest || start - a * c <= 0 { (e, capped) = (smallest, capped + 1) }
                                out[t * n + v] = Float((-log(e) / tr - r10) / relaxivity)
                            }
                        }
                        counts[b] = capped
                    }
                }
            }
        }
        return Result(series: TimeSeries(grid: series.grid, times: series.times, scalars: out), saturated: saturated.reduce(0, +))
    }
}
