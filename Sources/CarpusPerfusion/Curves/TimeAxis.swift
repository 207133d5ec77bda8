public import CarpusCore

/// When the frames of a dynamic series were acquired: what can go wrong with it, told in words.
public enum TimeAxis {
    /// The shortest series that can be looked at: a baseline, a rise and what comes after.
    public static let fewestFrames = 4

    /// Checks times in s that are meant for a number of frames.
    ///
    /// - Throws: `PerfusionError` for no frame, one frame, too few frames, another number of times than of frames, times that are not
    ///   finite, repeated, or out of order.
    public static func check(_ times: [Double], frames: Int) throws {
        guard frames > 0 else { throw PerfusionError(.tooFewFrames, "the series has no frames; perfusion needs at least \(fewestFrames) over time") }
        guard frames > 1 else {
            throw PerfusionError(.tooFewFrames, "the series is one volume, not several over time; if its frames lie along another axis of the file, or in several files, put them along the fourth")
        }
        guard times.count == frames else {
            throw PerfusionError(.badTimes, "there are \(times.count) times for \(frames) frames; give one time in seconds for each frame")
        }
        if let i = times.firstIndex(where: { !$0.isFinite }) {
            throw PerfusionError(.badTimes, "the time of frame \(i + 1) is \(times[i]), which is no number; give the time of every frame in seconds")
        }
        for i in 1..<times.count where times[i] <= times[i - 1] {
            let what = times[i] == times[i - 1] ? "the time \(times[i]) s is that of frame \(i) and of frame \(i + 1)" : "frame \(i + 1) at \(times[i]) s comes before frame \(i) at \(times[i - 1]) s"
            throw PerfusionError(.badTimes, "\(what); times must rise from frame to frame: sort the frames, or correct the times")
        }
        guard frames >= fewestFrames else {
            throw PerfusionError(.tooFewFrames, "the series has \(frames) frames; perfusion needs at least \(fewestFrames): before the agent, its arrival, and after")
        }
    }

    /// Times of frames at one interval, the first at 0 s.
    ///
    /// - Throws: `PerfusionError` when the interval is no positive number.
    public static func even(interval: Double, frames: Int) throws -> [Double] {
        guard interval.isFinite, interval > 0 else {
            throw PerfusionError(.badTimes, "the frame interval is \(interval) s; it has to be a number above 0")
        }
        return (0..<frames).map { Double($0) * interval }
    }

    /// Checks a series whole: its times, and that frames and not slices run along time.
    ///
    /// - Throws: `PerfusionError` as `check(_:frames:)`, and when no voxel is finite throughout.
    public static func check(_ series: TimeSeries) throws {
        try check(series.times, frames: series.frameCount)
        let n = series.grid.count
        let known = (0..<n).contains { v in (0..<series.frameCount).allSatisfy { series.scalars[$0 * n + v].isFinite } }
        guard !known else { return }
        let empty = (0..<series.frameCount).filter { t in !(0..<n).contains { series.scalars[t * n + $0].isFinite } }
        if !empty.isEmpty, empty.count < series.frameCount {
            let list = empty.prefix(5).map { "\($0 + 1)" }.joined(separator: ", ")
            throw PerfusionError(.notFinite, "no voxel of frame \(list)\(empty.count > 5 ? ", …" : "") has a finite value; leave such frames out")
        }
        throw PerfusionError(.notFinite, "every voxel of the series is NaN or infinite in some frame; nothing can be said")
    }

    /// The middle one of the steps between frames, s.
    static func step(_ times: [Double]) -> Double {
        let steps = zip(times.dropFirst(), times).map { $0 - $1 }.sorted()
        return steps.isEmpty ? 1 : steps[steps.count / 2]
    }
}
