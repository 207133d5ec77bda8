public import CarpusCore

/// When the agent arrives in a scan, and which frames lie before it.
public struct Arrival: Sendable, Hashable {
    /// Frames before the agent arrives anywhere, from the first; at least one.
    public let baselineFrames: Int
    /// When the voxels that enhance most begin to, s; nil when nothing does.
    public let time: Double?

    /// Finds the arrival from the voxels that enhance most: their mean curve leaves its start by five times its noise and a twentieth of its height.
    ///
    /// - Parameter voxels: where to look, as places in a frame.
    /// - Throws: `PerfusionError` for times that are none.
    public static func find(in series: TimeSeries, voxels: [Int]) throws -> Arrival {
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
        guard !gains.isEmpty else { return Arrival(baselineFrames: 1, time: nil) }
        gains.sort { $0.gain != $1.gain ? $0.gain > $1.gain : $0.voxel < $1.voxel }
        let chosen = gains.prefix(max(1, min(gains.count, max(20, gains.count / 50)))).map(\.voxel)
        let curve = (0..<frames).map { t in chosen.reduce(0.0) { $0 + Double(series.scalars[t * n + $1]) } / Double(chosen.count) }
        return find(curve, times: series.times)
    }

    /// The same, or without a search where the frames of the baseline are told.
    ///
    /// - Throws: `PerfusionError` also when the baseline leaves no curve.
    static func find(in series: TimeSeries, voxels: [Int], baselineFrames: Int?) throws -> Arrival {
        let arrival = try baselineFrames.map { Arrival(baselineFrames: $0, time: nil) } ?? find(in: series, voxels: voxels)
        guard arrival.baselineFrames < series.frameCount - 2 else {
            throw PerfusionError(.noBaseline, "\(arrival.baselineFrames) of \(series.frameCount) frames would be the baseline, which leaves no curve; give baselineFrames")
        }
        return arrival
    }

    /// The arrival in one curve.
    static func find(_ curve: [Double], times: [Double]) -> Arrival {
        let frames = curve.count, noise = Robust.noise(curve)
        let top = curve.max() ?? 0
        for t in 1..<frames {
            let mean = curve[0..<t].reduce(0, +) / Double(t)
            let limit = max(5 * noise * (1 + 1 / Double(t)).squareRoot(), 0.05 * (top - mean), 0.01 * mean)
            if curve[t] - mean > limit {
                // The agent may reach the frame before without showing; it is left out where enough remain.
                return Arrival(baselineFrames: t > 4 ? t - 1 : t, time: times[t])
            }
        }
        return Arrival(baselineFrames: max(1, min(frames / 4, 8)), time: nil)
    }

    init(baselineFrames: Int, time: Double?) { (self.baselineFrames, self.time) = (baselineFrames, time) }
}
