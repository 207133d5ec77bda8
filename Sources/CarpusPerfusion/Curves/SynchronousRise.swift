public import CarpusCore

/// How much the signal along one axis of a series looks like an agent's arrival: voxels that rise most rise together, from a level to a higher one.
///
/// Slices differ too, but each place in its own slice. So frames that were stored as slices are told.
struct SynchronousRise {
    /// Places along the axis.
    let length: Int
    /// Share of the lines that rise most whose rise lies in the best seventh of the axis.
    var share = 0.0
    /// The same over what rises at random places would have.
    var lift = 0.0
    /// Middle rise of these lines, a share of the level before.
    var rise = 0.0
    /// Middle share of these lines' variance that a step explains.
    var explained = 0.0
    /// Middle over the lines of how far each strays from its own mean, as a share of it; infinite where that is not known. Frames are near copies of each other, slices are not.
    var unrest = Double.infinity

    /// Whether the axis looks like time: told so only where there are places enough.
    var looksLikeTime: Bool { length >= 8 && share >= 0.75 && lift >= 3 && rise >= 0.3 && explained >= 0.5 }

    /// Whether it may well be time.
    var mayBeTime: Bool { share >= 0.6 && rise >= 0.1 && explained >= 0.3 }

    /// Looks along an axis of a series.
    ///
    /// - Parameters:
    ///   - axis: 0 to 2 of the grid, 3 for the frames.
    ///   - floor: lines that lie above this throughout are looked at.
    init(_ series: TimeSeries, axis: Int, floor: Float) {
        let size = series.grid.size, lengths = [size.x, size.y, size.z, series.frameCount], strides = [1, size.x, size.x * size.y, series.grid.count]
        length = lengths[axis]
        guard length >= TimeAxis.fewestFrames else { return }
        let lines = Self.lines(series.scalars, lengths, strides, axis, floor)
        guard lines.count >= 50 else { return }
        unrest = Robust.quantile(lines.map(Self.unrest).sorted(), 0.5)
        let steps = lines.map(Self.step).sorted { $0.rise > $1.rise }.prefix(max(50, lines.count / 20))
        var counts = [Int](repeating: 0, count: length - 1)
        for step in steps { counts[step.place] += 1 }
        let window = max(1, Int((0.15 * Double(length - 1)).rounded()))
        let most = (0...(length - 1 - window)).map { counts[$0..<$0 + window].reduce(0, +) }.max() ?? 0
        share = Double(most) / Double(steps.count)
        lift = share * Double(length - 1) / Double(window)
        rise = Robust.quantile(steps.map(\.rise).sorted(), 0.5)
        explained = Robust.quantile(steps.map(\.explained).sorted(), 0.5)
    }

    /// Lines along an axis that lie in tissue throughout, some ten thousand of them.
    private static func lines(_ scalars: [Float], _ lengths: [Int], _ strides: [Int], _ axis: Int, _ floor: Float) -> [[Double]] {
        let others = (0..<4).filter { $0 != axis }, count = others.reduce(1) { $0 * lengths[$1] }, length = lengths[axis]
        var lines: [[Double]] = []
        for i in stride(from: 0, to: count, by: max(1, count / 20_000)) {
            var rest = i, start = 0
            for other in others { (start, rest) = (start + rest % lengths[other] * strides[other], rest / lengths[other]) }
            let isTissue = (0..<length).allSatisfy { let s = scalars[start + $0 * strides[axis]]; return s.isFinite && s > floor }
            if isTissue { lines.append((0..<length).map { Double(scalars[start + $0 * strides[axis]]) }) }
        }
        return lines
    }

    /// The standard deviation of a line as a share of its mean.
    private static func unrest(_ line: [Double]) -> Double {
        let mean = line.reduce(0, +) / Double(line.count)
        return (line.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(line.count)).squareRoot() / mean
    }

    /// The step up that explains most of a line: the last place before it, its height over the level before, and its share of the variance.
    private static func step(_ line: [Double]) -> (place: Int, rise: Double, explained: Double) {
        let n = Double(line.count), sum = line.reduce(0, +), mean = sum / n, variance = line.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        var before = 0.0, best = (place: 0, rise: 0.0, explained: 0.0)
        for k in 1..<line.count {
            before += line[k - 1]
            let low = before / Double(k), gain = (sum - before) / (n - Double(k)) - low
            let score = gain > 0 && variance > 0 ? gain * gain * Double(k) * (n - Double(k)) / n / variance : 0
            if score > best.explained { best = (k - 1, gain / low, score) }
        }
        return best
    }
}

extension TimeAxis {
    /// The axis of the grid, 0 to 2, along which time seems to run instead of from frame to frame: voxels rise together along it, and differ no more than
    /// twice as much along it as from frame to frame; less than half as much where they rise together there too. Nil where nothing says so.
    public static func axisLikeTime(_ series: TimeSeries) -> Int? {
        let bright = stride(from: 0, to: series.scalars.count, by: max(1, series.scalars.count / 200_000)).map { series.scalars[$0] }.filter(\.isFinite).map(Double.init).sorted()
        let floor = Float(0.1 * Robust.quantile(bright, 0.95))
        guard floor > 0 else { return nil }
        let frames = SynchronousRise(series, axis: 3, floor: floor)
        return [2, 1, 0].first { axis in
            let along = SynchronousRise(series, axis: axis, floor: floor)
            return along.looksLikeTime && along.unrest < (frames.mayBeTime ? 0.5 : 2) * frames.unrest
        }
    }

    /// A doubt where time seems to run along another axis.
    static func axisDoubts(_ series: TimeSeries) -> [Finding] {
        guard let axis = axisLikeTime(series) else { return [] }
        return [Finding(
            .serious, "perfusion.time-axis",
            "Time seems to run along axis \(axis + 1) of the image: its voxels rise together along that one, and not from frame to frame; put the frames along the fourth axis.",
            evidence: ["axis": "\(axis + 1)"])]
    }
}
