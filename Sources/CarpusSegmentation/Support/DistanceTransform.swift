/// The exact Euclidean distance to the nearest pixel of a set, after Felzenszwalb and Huttenlocher, Theory of Computing 8
/// (2012) 415-428: lower envelopes of parabolas, axis by axis, in linear time.
enum DistanceTransform {
    /// Distance in mm from each pixel centre to the nearest pixel centre of `set`; infinite when the set is empty.
    ///
    /// - Parameters:
    ///   - set: `width * height` pixels, x running fastest.
    ///   - spacing: pixel size along x and y, mm; may differ.
    static func distances(to set: [Bool], width: Int, height: Int, spacing: (x: Double, y: Double)) -> [Float] {
        var squared = set.map { $0 ? 0 : Double.infinity }
        var line = Line(count: max(width, height))
        for x in 0..<width { line.transform(&squared, start: x, step: width, count: height, spacing: spacing.y) }
        for y in 0..<height { line.transform(&squared, start: y * width, step: 1, count: width, spacing: spacing.x) }
        return squared.map { Float($0.squareRoot()) }
    }

    /// Workspace for one line.
    private struct Line {
        var f: [Double], v: [Int], z: [Double]
        init(count: Int) {
            f = [Double](repeating: 0, count: count)
            v = [Int](repeating: 0, count: count)
            z = [Double](repeating: 0, count: count + 1)
        }

        mutating func transform(_ d: inout [Double], start: Int, step: Int, count: Int, spacing: Double) {
            for i in 0..<count { f[i] = d[start + i * step] }
            let s2 = spacing * spacing
            var k = -1
            for q in 0..<count where f[q].isFinite {
                var from = -Double.infinity
                while k >= 0 {
                    let p = v[k]
                    from = ((f[q] - f[p]) / s2 + Double(q * q - p * p)) / Double(2 * (q - p))
                    if from > z[k] { break }
                    k -= 1
                }
                if k < 0 { from = -.infinity }
                k += 1
                (v[k], z[k]) = (q, from)
            }
            guard k >= 0 else { return }
            let last = k
            k = 0
            for q in 0..<count {
                while k < last, z[k + 1] < Double(q) { k += 1 }
                let away = Double(q - v[k])
                d[start + q * step] = away * away * s2 + f[v[k]]
            }
        }
    }
}
