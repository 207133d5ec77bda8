/// The exact Euclidean distance to the nearest voxel of a set, after Felzenszwalb and Huttenlocher, Theory of Computing 8
/// (2012) 415-428: lower envelopes of parabolas, axis by axis, in linear time.
public enum DistanceTransform {
    /// Distance in mm from each pixel centre to the nearest pixel centre of `set`; infinite when the set is empty.
    ///
    /// - Parameters:
    ///   - set: `width * height` pixels, x running fastest.
    ///   - spacing: pixel size along x and y, mm; may differ.
    public static func distances(to set: [Bool], width: Int, height: Int, spacing: (x: Double, y: Double)) -> [Float] {
        squaredDistances(to: set, size: Index3(width, height, 1), spacing: Vector3(spacing.x, spacing.y, 1)).map { Float($0.squareRoot()) }
    }

    /// Squared distance in mm² from each voxel centre of a box to the nearest voxel centre of `set`; infinite when the set is empty.
    ///
    /// - Parameters:
    ///   - set: `size.x * size.y * size.z` voxels, x running fastest.
    ///   - spacing: voxel size along each axis, mm; may differ.
    public static func squaredDistances(to set: [Bool], size: Index3, spacing: Vector3) -> [Double] {
        precondition(set.count == size.x * size.y * size.z, "a distance transform needs one flag a voxel")
        var squared = set.map { $0 ? 0 : Double.infinity }
        squared.withUnsafeMutableBufferPointer { buffer in
            guard let start = buffer.baseAddress else { return }
            nonisolated(unsafe) let d = start
            let plane = size.x * size.y
            for axis in [2, 1, 0] where size[axis] > 1 {
                // Lines that lie side by side in memory are one piece of work, so that a strided line's cache lines serve its neighbours.
                let (pieces, lines, step) = axis == 0 ? (size.z, size.y, 1) : axis == 1 ? (size.z, size.x, size.x) : (size.y, size.x, plane)
                let apart = axis == 0 ? size.x : 1, pieceStep = axis == 2 ? size.x : plane
                let work: @Sendable (Int) -> Void = { piece in
                    var line = Line(count: size[axis], spacing: spacing[axis])
                    for l in 0..<lines { line.transform(d + piece * pieceStep + l * apart, step: step) }
                }
                // Threads cost more than they bring in a small box.
                if buffer.count < 1 << 16 { (0..<pieces).forEach(work) } else { Parallel.forEach(pieces, work) }
            }
        }
        return squared
    }

    /// Workspace for one line.
    private struct Line {
        let count: Int
        let s2: Double
        var f: [Double], v: [Int], z: [Double]

        init(count: Int, spacing: Double) {
            (self.count, s2) = (count, spacing * spacing)
            f = [Double](repeating: 0, count: count)
            v = [Int](repeating: 0, count: count)
            z = [Double](repeating: 0, count: count + 1)
        }

        mutating func transform(_ d: UnsafeMutablePointer<Double>, step: Int) {
            for i in 0..<count { f[i] = d[i * step] }
            let last = envelope()
            guard last >= 0 else { return }
            var k = 0
            for q in 0..<count {
                while k < last, z[k + 1] < Double(q) { k += 1 }
                let away = Double(q - v[k])
                d[q * step] = away * away * s2 + f[v[k]]
            }
        }

        /// Finds the parabolas of the lower envelope and where each begins; gives the index of the last, -1 when there is none.
        private mutating func envelope() -> Int {
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
            return k
        }
    }
}
