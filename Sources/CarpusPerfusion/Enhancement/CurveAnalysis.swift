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

/// Curves that enhance, read eight at a time. One worker's; its memory is taken once.
struct CurveAnalysis {
    let parameters: EnhancementParameters, basis: PiecewiseBasis
    /// Relative enhancement of eight curves, a row a frame.
    let relative: Scratch<Lane>
    private let search: BreakSearch, sums: BentLineSums

    init(_ parameters: EnhancementParameters, _ basis: PiecewiseBasis) {
        (self.parameters, self.basis) = (parameters, basis)
        (search, sums) = (BreakSearch(basis), BentLineSums(frames: basis.times.count))
        relative = Scratch(basis.times.count, repeating: .zero)
    }

    func free() {
        search.free()
        sums.free()
        relative.free()
    }

    var frames: Int { basis.times.count }

    static func normal(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// Reads the curves that lie in the first `count` lanes and enhance.
    func read(_ count: Int, _ started: UnsafeMutablePointer<CurveReading>) {
        guard count > 0 else { return }
        sums.load(relative.base, basis.times)
        for k in basis.knots.indices { search.along.base[k] = sums.along(.init(time: basis.knots[k], frame: basis.after[k])) }
        let found = search.search(), y = UnsafeRawPointer(relative.base).assumingMemoryBound(to: Float.self)
        for lane in 0..<count { started[lane] = read(y + lane, found, lane, started[lane]) }
    }

    /// Models in competition: sum of squares, parameters, line.
    private func read(_ y: UnsafePointer<Float>, _ found: BreakSearch.Found, _ lane: Int, _ started: CurveReading) -> CurveReading {
        let k = basis.knots, lines = BentLineFit(basis, sums, lane: lane)
        var square = 0.0
        for t in 0..<frames { square += Double(y[t * 8]) * Double(y[t * 8]) }
        func at(_ i: Int32) -> Double { i >= 0 ? k[Int(i)] : .nan }
        var rising = BentLineFit.Line(), level = rising, bent = rising
        if found.rising[lane] >= 0 { rising = lines.refined(lines.rising(at(found.rising[lane])), breaks: 1) { a, _ in lines.rising(a) } }
        if found.levelOnset[lane] >= 0 { level = lines.refined(lines.level(at(found.levelOnset[lane]), at(found.levelPeak[lane])), breaks: 2) { lines.level($0, $1) } }
        if found.bentOnset[lane] >= 0 { bent = lines.refined(lines.bent(at(found.bentOnset[lane]), at(found.bentPeak[lane])), breaks: 2) { lines.bent($0, $1) } }
        let pause = bent.explained >= 0 ? lines.paused(bent) : bent
        var choice = CurveChoice(square: square, frames: frames, noise: started.noise)
        choice.add(rising, parameters: 2)
        choice.add(level, parameters: 3)
        choice.add(bent, parameters: 4)
        if pause.late > bent.peak { choice.add(pause, parameters: 5) }
        return finish(started, choice, y)
    }
}
