import Foundation

/// Baseline, noise, and whether curves enhance at all: eight curves at a time, as most voxels go no further. One worker's.
struct CurveGate {
    let parameters: EnhancementParameters, frames: Int, baselineFrames: Int
    /// Relative enhancement of eight curves, and differences for sorting.
    let relative: Scratch<Lane>
    private let sorted: Scratch<Lane>, median: LaneMedian

    init(_ parameters: EnhancementParameters, frames: Int, baselineFrames: Int) {
        (self.parameters, self.frames, self.baselineFrames) = (parameters, frames, baselineFrames)
        (relative, sorted) = (Scratch(frames, repeating: .zero), Scratch(frames, repeating: .zero))
        median = LaneMedian(frames - 1)
    }

    func free() {
        relative.free()
        sorted.free()
        median.free()
    }

    /// What is known of eight curves before their shapes are looked at.
    struct Reading {
        var baseline = Lane.zero, noise = Lane.zero, top = Lane.zero
        /// The mean of three frames that has to be reached beyond the noise.
        var limit = Lane.zero
        /// Curves that are finite and have a baseline; of these, those that enhance.
        var known = SIMDMask<SIMD8<Int32>>(repeating: false), enhances = SIMDMask<SIMD8<Int32>>(repeating: false)
    }

    /// Reads eight curves; their relative enhancement lies in `relative` afterwards.
    ///
    /// - Parameter curves: frame after frame, `stride` values apart, eight curves side by side.
    func look(_ curves: UnsafePointer<Float>, stride: Int) -> Reading {
        var r = Reading(), before = Lane.zero, all = Lane.zero
        let y = relative.base
        for t in 0..<frames {
            let c = UnsafeRawPointer(curves + t * stride).loadUnaligned(as: Lane.self)
            y[t] = c
            all += c
            if t < baselineFrames { before += c }
        }
        r.baseline = before / Float(baselineFrames)
        // A sum less itself is 0 where all is finite.
        r.known = ((all - all) .== 0) .& (r.baseline .> 0)
        let scale = 1 / r.baseline
        for t in 0..<frames { y[t] = y[t] * scale - 1 }
        if parameters.temporalSmoothing { smooth(y) }
        r.top = Lane(repeating: -.infinity)
        for t in 0..<frames - 2 {
            let mean = (y[t] + y[t + 1] + y[t + 2]) / 3
            r.top.replace(with: mean, where: mean .> r.top)
        }
        let high = r.known .& (r.top .>= Float(parameters.minimumEnhancement))
        // Most voxels stop here, before the noise costs anything.
        r.noise = plainNoise(y)
        if any(high) { r.noise.replace(with: robustNoise(y), where: high) }
        let spread = (1.0 / 3 + 1 / Double(baselineFrames)).squareRoot() * smallSample * parameters.noiseFactor
        for i in 0..<8 where high[i] {
            // What rises from the floor of magnitudes has the noise of the channels.
            let floored = r.noise[i] > 1.0 / 6 ? Float(RicianNoise.inflation(ratio: 1 / Double(r.noise[i]))) : 1
            r.limit[i] = r.noise[i] * floored * Float(spread)
        }
        r.enhances = high .& (r.top .>= r.limit)
        return r
    }

    /// The noise of few frames is told badly, and where it comes out too small noise would pass for enhancement: the limit is raised as Student's is.
    private var smallSample: Double { 1 + 8 / Double(frames) + 24 / Double(frames * frames) }

    /// The reading of a curve, its shape not looked at yet.
    func start(_ r: Reading, _ i: Int) -> CurveReading {
        var reading = CurveReading()
        (reading.baseline, reading.noise) = (Double(r.baseline[i]), Double(r.noise[i]))
        return reading
    }

    /// The reading of a curve that does not enhance.
    func none(_ r: Reading, _ i: Int) -> CurveReading {
        var reading = start(r, i)
        reading.maximum = Double(max(0, r.top[i]))
        let spread = max(1e-6, reading.noise * (1.0 / 3 + 1 / Double(baselineFrames)).squareRoot())
        reading.probability = CurveAnalysis.normal((max(parameters.minimumEnhancement, Double(r.limit[i])) - Double(r.top[i])) / spread)
        return reading
    }

    private func smooth(_ y: UnsafeMutablePointer<Lane>) {
        var before = y[0]
        for t in 1..<frames - 1 {
            let now = y[t]
            y[t] = now / 2 + (before + y[t + 1]) / 4
            before = now
        }
    }

    /// Standard deviation of the noise from differences of neighbouring frames: robust, so that the rise does not count.
    private func robustNoise(_ y: UnsafePointer<Lane>) -> Lane {
        let d = sorted.base
        for t in 0..<frames - 1 { d[t] = y[t + 1] - y[t] }
        let middle = median(d)
        for t in 0..<frames - 1 {
            let away = d[t] - middle
            d[t] = away.replacing(with: -away, where: away .< 0)
        }
        let noise = median(d) * Float(1.4826 / 2.0.squareRoot())
        return noise.replacing(with: 1e-6, where: noise .< 1e-6)
    }

    /// The same where nothing rises that would have to be kept out.
    private func plainNoise(_ y: UnsafePointer<Lane>) -> Lane {
        var sum = Lane.zero
        for t in 1..<frames {
            let d = y[t] - y[t - 1]
            sum += d * d
        }
        let noise = (sum / Float(2 * (frames - 1))).squareRoot()
        return noise.replacing(with: 1e-6, where: noise .< 1e-6)
    }
}
