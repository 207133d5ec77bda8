/// How the intensities of two scans of the same tissue relate: `second = gain · first + offset`, see `IntensityField` for what remains.
///
/// Neither scan is the reference. The gain is the ratio of the spreads of the values the scans share (reduced major axis,
/// trimmed), which swapping inverts; both scans are brought to the geometric mean of their scales.
struct IntensityMatch {
    /// Second over first.
    var gain = 1.0
    /// In the unit of the second scan.
    var offset = 0.0
    /// Pearson's correlation over the voxels kept.
    var correlation = 0.0

    /// Scans of one scale.
    init() {}

    /// A match of gain and offset over chosen voxels.
    ///
    /// - Parameter noise: the standard deviations of the noise, which is no part of what the scans share.
    init(_ first: [Float], _ second: [Float], at voxels: [Int], noise: (first: Float, second: Float)) {
        let x = voxels.map { Double(first[$0]) }, y = voxels.map { Double(second[$0]) }
        let qx = Robust.quantiles(x.map(Float.init), [0.1, 0.5, 0.9]), qy = Robust.quantiles(y.map(Float.init), [0.1, 0.5, 0.9])
        let (spreadX, spreadY) = (Double(qx[2] - qx[0]), Double(qy[2] - qy[0]))
        guard spreadX > 0, spreadY > 0 else {
            // Nothing but one value: a ratio is all there is to know.
            if qx[1] > 0 && qy[1] > 0 { gain = Double(qy[1]) / Double(qx[1]) }
            return
        }
        (gain, offset) = (spreadY / spreadX, Double(qy[1]) - spreadY / spreadX * Double(qx[1]))
        for _ in 0..<30 {
            let before = gain
            refine(x, y, (Double(noise.first), Double(noise.second)))
            if abs(gain - before) <= 1e-9 * before { break }
        }
    }

    private mutating func refine(_ x: [Double], _ y: [Double], _ noise: (Double, Double)) {
        let residuals = x.indices.map { Float(y[$0] - gain * x[$0] - offset) }
        let limit = 2.5 * Double(Robust.scatter(residuals))
        var n = 0.0, sx = 0.0, sy = 0.0
        let kept = x.indices.filter { abs(Double(residuals[$0])) <= limit }
        for i in kept { n += 1; sx += x[i]; sy += y[i] }
        guard n > 2 else { return }
        let (mx, my) = (sx / n, sy / n)
        var xx = 0.0, yy = 0.0, xy = 0.0
        for i in kept {
            let (a, b) = (x[i] - mx, y[i] - my)
            xx += a * a; yy += b * b; xy += a * b
        }
        guard xx > 0, yy > 0 else { return }
        correlation = xy / (xx * yy).squareRoot()
        let (vx, vy) = (max(xx / n - noise.0 * noise.0, xx / n / 2), max(yy / n - noise.1 * noise.1, yy / n / 2))
        gain = (vy / vx).squareRoot()
        offset = my - gain * mx
    }

    /// By what the first and the second scan are multiplied, and what is then added to the first and taken from the second.
    var factors: (first: Double, second: Double, shift: Double) {
        let root = gain.squareRoot()
        return (root, 1 / root, offset / (2 * root))
    }

    /// Brings both scans to the common scale, where they exist.
    func normalise(_ first: inout [Float], _ second: inout [Float]) {
        let (m1, m2, s) = (Float(factors.first), Float(factors.second), Float(factors.shift))
        guard m1 != 1 || s != 0 else { return }
        for i in first.indices {
            first[i] = m1 * first[i] + s
            second[i] = m2 * second[i] - s
        }
    }
}
