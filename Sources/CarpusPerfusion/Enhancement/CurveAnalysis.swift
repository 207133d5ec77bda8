import Foundation

/// What one curve says.
public struct CurveReading: Sendable, Hashable {
    /// Its class, its shape and its type.
    public var curveClass = CurveClass.none, shape = CurveShape.none, type = CurveType.none
    /// Maximal enhancement ME: the fitted line at the end of its rise, over the baseline, less 1.
    public var maximum = 0.0
    /// Initial rate of enhancement IRE: the slope of the fitted rise, 1/s.
    public var initialRate = 0.0
    /// Onset and end of the rise, s (T_onset, T_peak); NaN without enhancement.
    public var onset = Double.nan, peak = Double.nan
    /// Wash-in slope: ME over the time from onset to peak; wash-out slope: that of the last part, negative for a fall; 1/s.
    public var washIn = 0.0, washOut = 0.0
    /// Change of the signal in the late window as a share of the signal at the peak.
    public var lateChange = 0.0
    /// Areas under the curve of relative enhancement in the first 60 and 90 s from the onset, s; NaN where the series ends before.
    public var area60 = Double.nan, area90 = Double.nan
    /// Root mean square of what the fit leaves, as a share of the baseline.
    public var fitError = 0.0
    /// Probability of the class.
    public var probability = 1.0
    /// Baseline signal, and the standard deviation of the noise as a share of it.
    public var baseline = 0.0, noise = 0.0
}

/// Curves read one by one or eight at a time. One worker's; its memory is taken once.
struct CurveAnalysis {
    let parameters: EnhancementParameters, basis: PiecewiseBasis, baselineFrames: Int
    private let search: BreakSearch, lines: BentLineFit
    /// Relative enhancement of eight curves, side by side; and of one, for sorting.
    private let relative: Scratch<Float>, sorted: Scratch<Float>

    init(_ parameters: EnhancementParameters, _ basis: PiecewiseBasis, baselineFrames: Int) {
        (self.parameters, self.basis, self.baselineFrames) = (parameters, basis, baselineFrames)
        (search, lines) = (BreakSearch(basis), BentLineFit(basis))
        relative = Scratch(basis.times.count * 8, repeating: 0)
        sorted = Scratch(basis.times.count, repeating: 0)
    }

    func free() {
        search.free()
        lines.free()
        relative.free()
        sorted.free()
    }

    var frames: Int { basis.times.count }

    /// Baseline, noise and whether a curve enhances; its relative enhancement lies in `relative` afterwards.
    ///
    /// - Parameters:
    ///   - curve: one value a frame, `stride` apart.
    ///   - lane: where the curve goes, 0 to 7.
    /// - Returns: nil for a curve that is not finite or has no baseline.
    func gate(_ curve: UnsafePointer<Float>, stride: Int, lane: Int) -> (reading: CurveReading, enhances: Bool)? {
        var reading = CurveReading(), sum: Float = 0, all: Float = 0
        for t in 0..<frames {
            if t < baselineFrames { sum += curve[t * stride] }
            all += curve[t * stride]
        }
        let start = sum / Float(baselineFrames)
        guard all.isFinite, start > 0 else { return nil }
        let y = relative.base + lane, scale = 1 / start
        for t in 0..<frames { y[t * 8] = curve[t * stride] * scale - 1 }
        if parameters.temporalSmoothing { smooth(y) }
        var top: Float = -.infinity
        for t in 0..<max(1, frames - 2) { top = max(top, (y[t * 8] + y[min(t + 1, frames - 1) * 8] + y[min(t + 2, frames - 1) * 8]) / 3) }
        // Most voxels stop here, before the noise costs anything.
        reading.baseline = Double(start)
        let floor = Float(parameters.minimumEnhancement)
        if top >= floor || parameters.noiseFactor == 0 { reading.noise = noise(y) }
        // What rises from the floor of magnitudes has the noise of the channels.
        let floored = reading.noise > 0 && reading.noise > 1.0 / 6 ? RicianNoise.inflation(ratio: 1 / reading.noise) : 1
        let limit = reading.noise * floored * parameters.noiseFactor * (1.0 / 3 + 1 / Double(baselineFrames)).squareRoot() * smallSample
        let enhances = top >= floor && Double(top) >= limit
        if !enhances {
            reading.maximum = Double(max(0, top))
            // Nothing rises here that would have to be kept out.
            if reading.noise == 0 { reading.noise = plainNoise(y) }
            let spread = max(1e-6, reading.noise * (1.0 / 3 + 1 / Double(baselineFrames)).squareRoot())
            reading.probability = Self.normal((max(parameters.minimumEnhancement, limit) - Double(top)) / spread)
        }
        return (reading, enhances)
    }

    /// The noise of few frames is told badly, and where it comes out too small noise would pass for enhancement: the limit is raised as Student's is.
    private var smallSample: Double { 1 + 8 / Double(frames) }

    private func smooth(_ y: UnsafeMutablePointer<Float>) {
        var before = y[0]
        for t in 1..<max(1, frames - 1) {
            let now = y[t * 8]
            y[t * 8] = now / 2 + (before + y[(t + 1) * 8]) / 4
            before = now
        }
    }

    /// Standard deviation of the noise from differences of neighbouring frames: robust, so that the rise does not count.
    private func noise(_ y: UnsafePointer<Float>) -> Double {
        let n = frames - 1, d = sorted.base
        for t in 0..<n { d[t] = y[(t + 1) * 8] - y[t * 8] }
        let middle = Self.median(d, n)
        for t in 0..<n { d[t] = abs(d[t] - middle) }
        return max(1e-6, 1.4826 * Double(Self.median(d, n)) / 2.0.squareRoot())
    }

    private func plainNoise(_ y: UnsafePointer<Float>) -> Double {
        var sum: Float = 0
        for t in 1..<frames { let d = y[t * 8] - y[(t - 1) * 8]; sum += d * d }
        return max(1e-6, (Double(sum) / Double(2 * (frames - 1))).squareRoot())
    }

    /// The middle value, by partial sorting in place (Hoare 1961); the mean of the two middle ones for an even number.
    private static func median(_ x: UnsafeMutablePointer<Float>, _ n: Int) -> Float {
        let upper = select(x, n, n / 2)
        guard n % 2 == 0, n > 1 else { return upper }
        var lower = x[0]
        for i in 1..<n / 2 { lower = max(lower, x[i]) }
        return (lower + upper) / 2
    }

    private static func select(_ x: UnsafeMutablePointer<Float>, _ n: Int, _ k: Int) -> Float {
        var low = 0, high = n - 1
        while low < high {
            let pivot = x[k]
            var i = low, j = high
            while i <= j {
                while x[i] < pivot { i += 1 }
                while x[j] > pivot { j -= 1 }
                if i <= j {
                    (x[i], x[j]) = (x[j], x[i])
                    i += 1
                    j -= 1
                }
            }
            if j < k { low = i }
            if k < i { high = j }
        }
        return x[k]
    }

    static func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// Reads the curves that lie in the first `count` lanes and enhance.
    func read(_ count: Int, _ started: UnsafeMutablePointer<CurveReading>) {
        let knots = basis.knots.count
        for lane in 0..<count {
            lines.load(relative.base + lane, stride: 8)
            for k in 0..<knots { search.along.base[k][lane] = Float(lines.along(knot: k)) }
        }
        let found = search.search()
        for lane in 0..<count {
            lines.load(relative.base + lane, stride: 8)
            started[lane] = read(relative.base + lane, found, lane, started[lane])
        }
    }

    /// Models in competition: sum of squares, parameters, line.
    private func read(_ y: UnsafePointer<Float>, _ found: BreakSearch.Found, _ lane: Int, _ started: CurveReading) -> CurveReading {
        let k = basis.knots
        var square = 0.0
        for t in 0..<frames { square += Double(y[t * 8]) * Double(y[t * 8]) }
        func at(_ i: Int32) -> Double { i >= 0 ? k[Int(i)] : .nan }
        var rising = BentLineFit.Line(), level = rising, bent = rising
        if found.rising[lane] >= 0 { rising = lines.refined(lines.rising(at(found.rising[lane])), breaks: 1) { a, _ in lines.rising(a) } }
        if found.levelOnset[lane] >= 0 { level = lines.refined(lines.level(at(found.levelOnset[lane]), at(found.levelPeak[lane])), breaks: 2) { lines.level($0, $1) } }
        if found.bentOnset[lane] >= 0 { bent = lines.refined(lines.bent(at(found.bentOnset[lane]), at(found.bentPeak[lane])), breaks: 2) { lines.bent($0, $1) } }
        var pause = bent
        if bent.explained >= 0 {
            for w in k where w > bent.peak {
                let line = lines.bent(bent.onset, bent.peak, w)
                if line.explained > pause.explained { pause = line }
            }
        }
        var choice = CurveChoice(square: square, frames: frames, noise: started.noise)
        choice.add(rising, parameters: 2)
        choice.add(level, parameters: 3)
        choice.add(bent, parameters: 4)
        if pause.late > bent.peak { choice.add(pause, parameters: 5) }
        return finish(started, choice, y)
    }
}
