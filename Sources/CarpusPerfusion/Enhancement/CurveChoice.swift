import Foundation

/// Bent lines in competition for a curve: χ² plus ln n for each parameter (Schwarz 1978), for noise that is known.
struct CurveChoice {
    let square: Double, frames: Int, noise: Double
    /// The lines and their criteria, a rise, a level, a bend and a bend after a pause; infinite where there is none.
    private(set) var lines = (BentLineFit.Line(), BentLineFit.Line(), BentLineFit.Line(), BentLineFit.Line())
    private(set) var criteria = SIMD4<Double>(repeating: .infinity)
    private var taken = 0

    init(square: Double, frames: Int, noise: Double) { (self.square, self.frames, self.noise) = (square, frames, noise) }

    mutating func add(_ line: BentLineFit.Line, parameters: Int) {
        defer { taken += 1 }
        guard line.explained >= 0 else { return }
        criteria[taken] = max(0, square - line.explained) / (noise * noise) + Double(parameters) * log(Double(frames))
        switch taken {
        case 0: lines.0 = line
        case 1: lines.1 = line
        case 2: lines.2 = line
        default: lines.3 = line
        }
    }

    /// Which line is chosen: 0 rise, 1 level, 2 bend, 3 bend after a pause.
    var best: Int { (0..<4).min { criteria[$0] < criteria[$1] } ?? 0 }
    subscript(i: Int) -> BentLineFit.Line { i == 0 ? lines.0 : i == 1 ? lines.1 : i == 2 ? lines.2 : lines.3 }
    /// Sum of squares that a line leaves.
    func rest(_ i: Int) -> Double { max(0, square - self[i].explained) }
}

extension CurveAnalysis {
    /// Change of the signal from the bend to the end of the late window, as a share of the signal at the peak, and its standard deviation.
    private func late(_ line: BentLineFit.Line, noise: Double) -> (change: Double, deviation: Double) {
        let end = min(basis.times[basis.times.count - 1], line.peak + parameters.lateWindow), width = max(0, end - line.late)
        let top = 1 + line.rise * (line.peak - line.onset)
        return (line.fall * width / top, noise * line.fallVariance.squareRoot() * width / top)
    }

    /// Probabilities of persistent, plateau and washout: those of the lines, the bend's shared out by where its late change may lie.
    private func probabilities(_ choice: CurveChoice, noise: Double, slowed: (change: Double, deviation: Double)?) -> SIMD3<Double> {
        let least = choice.criteria.min()
        var p = SIMD3<Double>.zero
        for i in 0..<4 where choice.criteria[i].isFinite {
            let weight = exp(-0.5 * (choice.criteria[i] - least))
            if i == 0 { p[0] += weight } else if i == 1 { p[1] += weight } else {
                let (change, deviation) = slowed ?? late(choice[i], noise: noise)
                let above = Self.normal((change - parameters.lateShare) / max(1e-9, deviation)), below = Self.normal((-parameters.lateShare - change) / max(1e-9, deviation))
                p += SIMD3(above, max(0, 1 - above - below), below) * weight
            }
        }
        return p / max(p.sum(), .leastNormalMagnitude)
    }

    /// The reading of a curve whose lines are fitted.
    func finish(_ started: CurveReading, _ choice: CurveChoice, _ y: UnsafePointer<Float>) -> CurveReading {
        var r = started
        let best = choice.best, line = choice[best], n = basis.times.count
        guard line.explained >= 0 else { return r }
        r.fitError = (choice.rest(best) / Double(n)).squareRoot()
        (r.onset, r.peak, r.initialRate) = (line.onset, line.peak, line.rise)
        let top = line.rise * (line.peak - line.onset)
        r.maximum = max(top, 0)
        r.washIn = r.peak > r.onset ? top / (r.peak - r.onset) : 0
        r.washOut = best >= 2 ? line.fall : 0
        r.lateChange = best >= 2 ? late(line, noise: started.noise).change : 0
        let share = parameters.lateShare
        let slowed = r.lateChange > share ? slowedChange(line, y, noise: started.noise) : nil
        if let slowed { r.lateChange = slowed.change }
        let p = probabilities(choice, noise: started.noise, slowed: slowed)
        r.curveClass = best == 0 || r.lateChange > share ? .persistent : r.lateChange < -share ? .washout : .plateau
        r.area60 = area(y, from: line.onset, seconds: 60)
        r.area90 = area(y, from: line.onset, seconds: 90)
        let spike = spike(r, y)
        r.shape = shape(r, choice, best, spike, y)
        // What has lost more than a tenth of its signal within a minute of an early peak is washout, however level it is afterwards.
        if r.shape == .arterial { r.curveClass = .washout }
        if let spike, r.curveClass == .plateau, spike.delay <= parameters.arterialRise + basis.step / 2, spike.significance > 2.5, spike.loss > max(share * (1 + spike.top), parameters.arterialDrop * spike.top) {
            r.curveClass = .washout
        }
        r.probability = p[Int(r.curveClass.rawValue) - 1]
        r.type = type(r, y)
        return r
    }

    /// Change of the signal after the first phase, as a share of that at its end, of a rise that slows down: tissue fills along an exponential, whose early
    /// part a straight late slope mistakes for persistence; and its standard deviation. Nil when the curve goes on as steeply as the line says, within two standard deviations.
    private func slowedChange(_ line: BentLineFit.Line, _ y: UnsafePointer<Float>, noise: Double) -> (change: Double, deviation: Double)? {
        let t = basis.times, start = line.onset + parameters.firstPhase
        guard line.peak < start else { return nil }
        var n = 0.0, sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0
        for i in t.indices where t[i] >= start {
            let x = t[i] - start, v = Double(y[i * 8])
            (n, sx, sy, sxx, sxy) = (n + 1, sx + x, sy + v, sxx + x * x, sxy + x * v)
        }
        let spread = sxx - sx * sx / max(1, n)
        guard n >= 4, spread > 0 else { return nil }
        let slope = (sxy - sx * sy / n) / spread
        guard slope < line.fall - 2 * noise / spread.squareRoot() else { return nil }
        let level = (sy - slope * sx) / n, width = min(t[t.count - 1], start + parameters.lateWindow) - start
        return (slope * width / (1 + level), noise / spread.squareRoot() * width / (1 + level))
    }

    /// Area under the curve, linear between frames; NaN where the series ends before.
    private func area(_ y: UnsafePointer<Float>, from start: Double, seconds: Double) -> Double {
        let t = basis.times, end = start + seconds
        guard end <= t[t.count - 1] + 0.5 * basis.step else { return .nan }
        var sum = 0.0
        for i in 1..<t.count where t[i] > start && t[i - 1] < end {
            let a = max(t[i - 1], start), b = min(t[i], end), w = t[i] - t[i - 1]
            let low = Double(y[(i - 1) * 8]), slope = (Double(y[i * 8]) - low) / w
            sum += (b - a) * (low + slope * ((a + b) / 2 - t[i - 1]))
        }
        if end > t[t.count - 1] { sum += (end - t[t.count - 1]) * Double(y[(t.count - 1) * 8]) }
        return sum
    }

    private typealias Spike = (delay: Double, top: Double, loss: Double, significance: Double)

    /// What follows the highest frame: how long after the onset it comes, what it has lost on the mean of half a minute to a minute later, and that
    /// loss in standard deviations. Nil where the series has no frames there.
    private func spike(_ r: CurveReading, _ y: UnsafePointer<Float>) -> Spike? {
        let t = basis.times
        var peak = 0, after = 0.0, count = 0
        for i in t.indices where y[i * 8] > y[peak * 8] { peak = i }
        for i in t.indices where t[i] >= t[peak] + 30 && t[i] <= t[peak] + 60 + basis.step / 2 { (after, count) = (after + Double(y[i * 8]), count + 1) }
        guard count > 0 else { return nil }
        let top = Double(y[peak * 8]), loss = top - after / Double(count)
        return (t[peak] - r.onset, top, loss, loss / (r.noise * (1 + 1 / Double(count)).squareRoot()))
    }

    /// The shape, of seven.
    private func shape(_ r: CurveReading, _ choice: CurveChoice, _ best: Int, _ spike: Spike?, _ y: UnsafePointer<Float>) -> CurveShape {
        if let spike, spike.delay <= parameters.arterialRise + basis.step / 2, spike.loss > parameters.arterialDrop * spike.top, spike.significance > 4 { return .arterial }
        let n = frames
        var mean = 0.0, square = 0.0
        for i in 0..<n { mean += Double(y[i * 8]) / Double(n) }
        for i in 0..<n { square += (Double(y[i * 8]) - mean) * (Double(y[i * 8]) - mean) }
        let rest = choice.rest(best), freedom = Double(n)
        if rest / (r.noise * r.noise) > freedom + 12 * (2 * freedom).squareRoot() && 1 - rest / max(square, 1e-30) < 0.8 { return .other }
        if best == 0 || r.peak - r.onset > parameters.slowRise { return .slow }
        return r.curveClass == .plateau ? .plateau : r.curveClass == .washout ? .washout : .persistent
    }

    /// The type, of three.
    private func type(_ r: CurveReading, _ y: UnsafePointer<Float>) -> CurveType {
        let t = basis.times, n = t.count
        var first = -1.0, late = 0.0, count = 0
        for i in 0..<n where t[i] >= r.onset && t[i] <= r.onset + parameters.firstPhase { first = max(first, Double(y[i * 8])) }
        let begin = min(r.onset + parameters.latePhase, n > 2 ? t[n - 3] : t[n - 1])
        for i in 0..<n where t[i] >= begin && i >= n - 3 { (late, count) = (late + Double(y[i * 8]), count + 1) }
        guard first > parameters.typeThreshold, count > 0 else { return .none }
        let change = (late / Double(count) - first) / (1 + first)
        return change > parameters.lateShare ? .persistent : change < -parameters.lateShare ? .washout : .plateau
    }
}
