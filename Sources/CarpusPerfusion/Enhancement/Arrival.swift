public import CarpusCore

/// When the agent arrives in a scan, and which frames lie before it.
public struct Arrival: Sendable, Hashable {
    /// Frames before the agent arrives anywhere, from the first; at least one.
    public let baselineFrames: Int
    /// When the voxels that enhance most begin to, s; nil when nothing does.
    public let time: Double?
    /// When it seems to arrive within a baseline that was told, s; nil when it does not.
    let earlier: Double?

    /// Finds the arrival from the voxels that enhance most: their mean curve leaves its start by five times its noise and a twentieth of its height.
    ///
    /// - Parameter voxels: where to look, as places in a frame.
    /// - Throws: `PerfusionError` for times that are none.
    public static func find(in series: TimeSeries, voxels: [Int]) throws -> Arrival {
        find(try mostEnhancing(series, voxels), times: series.times)
    }

    /// The mean curve of the voxels that enhance most; empty where none has a signal throughout.
    private static func mostEnhancing(_ series: TimeSeries, _ voxels: [Int]) throws -> [Double] {
        try TimeAxis.check(series.times, frames: series.frameCount)
        let n = series.grid.count, frames = series.frameCount, step = max(1, voxels.count / 40_000)
        var gains: [(gain: Float, voxel: Int)] = []
        let late = frames / 3
        for i in stride(from: 0, to: voxels.count, by: step) {
            let v = voxels[i], start = (series.scalars[v] + series.scalars[n + v]) / 2
            var sum: Float = 0, top: Float = 0
            // A frame that says nothing here, as one that moved out of the field, would leave the mean curve without a number.
            guard (0..<frames).allSatisfy({ series.scalars[$0 * n + v].isFinite }) else { continue }
            for t in late..<frames { sum += series.scalars[t * n + v] }
            for t in 1..<frames - 1 { top = max(top, (series.scalars[t * n + v] + series.scalars[(t - 1) * n + v] + series.scalars[(t + 1) * n + v]) / 3) }
            let gain = max(top, sum / Float(frames - late)) - start
            if gain.isFinite, start > 0 { gains.append((gain, v)) }
        }
        guard !gains.isEmpty else { return [] }
        gains.sort { $0.gain != $1.gain ? $0.gain > $1.gain : $0.voxel < $1.voxel }
        let chosen = gains.prefix(max(1, min(gains.count, max(20, gains.count / 50)))).map(\.voxel)
        return (0..<frames).map { t in chosen.reduce(0.0) { $0 + Double(series.scalars[t * n + $1]) } / Double(chosen.count) }
    }

    /// The same where the frames of the baseline are told: the first rise, within them or after them.
    ///
    /// - Throws: `PerfusionError` also when the baseline leaves no curve.
    static func find(in series: TimeSeries, voxels: [Int], baselineFrames: Int?) throws -> Arrival {
        let free = baselineFrames == nil ? try find(in: series, voxels: voxels) : nil
        let frames = free?.baselineFrames ?? baselineFrames ?? 1
        guard frames < series.frameCount - 2 else {
            throw PerfusionError(.noBaseline, "\(frames) of \(series.frameCount) frames would be the baseline, which leaves no curve; give baselineFrames")
        }
        if let free { return free }
        let curve = try mostEnhancing(series, voxels), first = rise(in: curve)
        // What the curve shows within the told baseline is the arrival all the same.
        let inside = first.flatMap { $0 < frames ? $0 : nil }, at = inside ?? rise(in: curve, from: frames)
        return Arrival(baselineFrames: frames, time: at.map { series.times[$0] }, earlier: inside.map { series.times[$0] })
    }

    /// The arrival in one curve.
    static func find(_ curve: [Double], times: [Double]) -> Arrival {
        guard let t = rise(in: curve) else { return Arrival(baselineFrames: curve.isEmpty ? 1 : max(1, min(curve.count / 4, 8)), time: nil) }
        // The agent may reach the frame before without showing; it is left out where enough remain.
        return Arrival(baselineFrames: t > 4 ? t - 1 : t, time: times[t])
    }

    /// The first frame from a given one on that leaves the mean of those before it.
    private static func rise(in curve: [Double], from first: Int = 1) -> Int? {
        guard curve.count > first else { return nil }
        let noise = Robust.noise(curve), top = curve.max() ?? 0
        return (first..<curve.count).first { t in
            let mean = curve[0..<t].reduce(0, +) / Double(t)
            return curve[t] - mean > max(5 * noise * (1 + 1 / Double(t)).squareRoot(), 0.05 * (top - mean), 0.01 * mean)
        }
    }

    init(baselineFrames: Int, time: Double?, earlier: Double? = nil) { (self.baselineFrames, self.time, self.earlier) = (baselineFrames, time, earlier) }
}
