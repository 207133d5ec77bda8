import CarpusCore

/// The mean of aligned frames at scattered places, and each frame's way to it.
struct SeriesMean: Sendable {
    private let frames: SeriesFrames
    /// Places in mm about the middle of the tissue.
    private let places: [SIMD4<Float>]
    /// Places worked on at a time.
    private static let block = 1024
    /// Parameters of a frame: three turns, three shifts, its gain, and how that changes along each axis.
    private static let parameters = 10

    init(_ frames: SeriesFrames, reference: Int, samples: Int) {
        self.frames = frames
        places = SampleCloud(frames.fine[reference], centre: frames.centre, count: samples, range: frames.ranges[reference]).samples
    }

    /// One turn: the mean under the poses as they are, and each frame laid on it.
    func turn(_ poses: [Pose], slices: SliceMotions? = nil) -> (poses: [Pose], errors: [Double]) {
        let seen = look(poses, slices)
        let weights = seen.weights
        let ends = StartSearch.parallel(poses.count) { laid(poses[$0], frame: $0, seen, weights) }
        return (ends.map(\.0), ends.map(\.1))
    }

    /// What all frames show at the places.
    struct Seen: Sendable {
        let frames: Int
        /// Frame by frame within a place; NaN where a frame says nothing.
        var values: [Float]
        /// The mean of the known values, its gradient a mm, and the variance over frames, place by place.
        var means: [Float], gradients: [SIMD3<Float>], variances: [Float]

        /// How much a place counts: less where it changes with time by more than noise.
        var weights: [Float] {
            let known = variances.filter { $0 > 0 && $0.isFinite }.sorted()
            guard !known.isEmpty else { return variances.map { _ in 0 } }
            let noise = known[known.count / 2]
            return variances.map { v in
                guard v.isFinite, v >= 0 else { return 0 }
                let excess = max(0, v / noise - 1.5)
                return 1 / (1 + excess * excess * 4)
            }
        }
    }

    /// One turn of the slices: each slice of each frame laid on the mean within its plane.
    ///
    /// - Parameter settled: whether what still changes with time is no motion; before, edges change the most, and all places count alike.
    func turn(slices: SliceMotions, _ poses: [Pose], settled: Bool) -> SliceMotions {
        let seen = look(poses, slices), weights = settled ? seen.weights : seen.variances.map { $0.isFinite ? 1 : 0 }
        var next = slices
        let laid = StartSearch.parallel(poses.count) { k in
            let map = voxels(k, poses[k])
            let part = places.indices.compactMap { i -> SliceMotions.Sample? in
                let v = seen.values[i * seen.frames + k]
                guard !v.isNaN else { return nil }
                return SliceMotions.Sample(voxel: map(Vector3(Double(places[i].x), Double(places[i].y), Double(places[i].z))), value: v, mean: seen.means[i], gradient: seen.gradients[i], weight: weights[i])
            }
            return slices.fitted(frame: k, part, on: frames.fine[k].grid, robust: settled)
        }
        (next.frames, next.unfitted) = (laid.map(\.motions), laid.map { $0.unfitted.map(\.slice) })
        next.isDoubtful = laid.contains { $0.unfitted.contains { $0.places >= SliceMotions.leastSamples } }
        return next
    }

    /// From mm about the middle of the tissue to a voxel of a frame.
    private func voxels(_ k: Int, _ pose: Pose) -> Affine { frames.fine[k].grid.voxelFromWorld * Affine(translation: frames.centre) * pose.map }

    private func look(_ poses: [Pose], _ slices: SliceMotions?) -> Seen {
        let n = places.count, count = poses.count, blocks = (n + Self.block - 1) / Self.block
        struct Part: Sendable { var values: [Float], means: [Float], gradients: [SIMD3<Float>], variances: [Float] }
        let parts = StartSearch.parallel(blocks) { b -> Part in
            let range = b * Self.block..<min(n, (b + 1) * Self.block)
            var part = Part(
                values: [Float](repeating: .nan, count: range.count * count), means: [Float](repeating: 0, count: range.count),
                gradients: [SIMD3<Float>](repeating: .zero, count: range.count), variances: [Float](repeating: .nan, count: range.count))
            for k in 0..<count { sample(k, poses[k], slices, range, &part.values, &part.gradients, count) }
            for i in 0..<range.count {
                var sum: Float = 0, squares: Float = 0, known: Float = 0
                for k in 0..<count where !part.values[i * count + k].isNaN {
                    let v = part.values[i * count + k]
                    sum += v
                    squares += v * v
                    known += 1
                }
                // A place that a part of the frames does not see has no mean of all.
                guard known > 0.8 * Float(count) else { continue }
                part.means[i] = sum / known
                part.gradients[i] /= known
                part.variances[i] = max(0, squares / known - part.means[i] * part.means[i])
            }
            return part
        }
        return Seen(
            frames: count, values: parts.flatMap(\.values), means: parts.flatMap(\.means), gradients: parts.flatMap(\.gradients), variances: parts.flatMap(\.variances))
    }

    private func sample(_ k: Int, _ pose: Pose, _ slices: SliceMotions?, _ range: Range<Int>, _ values: inout [Float], _ gradients: inout [SIMD3<Float>], _ count: Int) {
        let m = voxels(k, pose), warp = slices?.warp(of: k, on: frames.fine[k].grid)
        let (c0, c1, c2, c3) = (SIMD3<Float>(m.linear.x), SIMD3<Float>(m.linear.y), SIMD3<Float>(m.linear.z), SIMD3<Float>(m.translation))
        let rows = m.linear.rows, r0 = SIMD3<Float>(rows.0), r1 = SIMD3<Float>(rows.1), r2 = SIMD3<Float>(rows.2)
        frames.fine[k].read { reader in
            for i in range {
                let x = places[i]
                let voxel = c0 * x.x + c1 * x.y + c2 * x.z + c3
                guard let (v, g) = reader.sample(warp.map { $0(voxel) } ?? voxel) else { continue }
                values[(i - range.lowerBound) * count + k] = v
                gradients[i - range.lowerBound] += r0 * g.x + r1 * g.y + r2 * g.z
            }
        }
    }

    /// A frame's pose nearer to the mean, and its standard error in mm: weighted least squares, twice, the second time without
    /// what does not fit.
    private func laid(_ pose: Pose, frame k: Int, _ seen: Seen, _ weights: [Float]) -> (Pose, Double) {
        var step = [Double](repeating: 0, count: Self.parameters), limit = Float.infinity, error = Double.infinity
        for _ in 0..<2 {
            let system = normal(frame: k, seen, weights, around: step, limit: limit)
            guard system.weight > 100, let next = LinearSystem.solve(system.matrix, system.right, within: basis) else { return (pose, .infinity) }
            step = next
            // Tukey's biweight at 95 % efficiency, on a robust standard deviation.
            limit = max(4.685 * 1.4826 * system.median, .leastNormalMagnitude)
            error = standardError(system.matrix, variance: system.squares / system.weight)
        }
        return (pose.stepped(RigidMotion.self, Array(step[0..<6])), error)
    }

    /// What a frame's step may be made of: motion as far as it is sought, and gains.
    private var basis: [[Double]]? {
        let p = Self.parameters
        return frames.basis.map { motions in motions.map { $0 + [Double](repeating: 0, count: p - 6) } + (6..<p).map { j in (0..<p).map { $0 == j ? 1 : 0 } } }
    }

    /// The normal equations of a frame.
    private struct Normal {
        var matrix = [Double](repeating: 0, count: SeriesMean.parameters * SeriesMean.parameters), right = [Double](repeating: 0, count: SeriesMean.parameters)
        /// Weighted squares of what is left, their weight, and the median of its size.
        var squares = 0.0, weight = 0.0, median: Float = 0
    }

    /// - Parameters:
    ///   - step: where the fit is judged.
    ///   - limit: the size of a residual beyond which it counts nothing.
    private func normal(frame k: Int, _ seen: Seen, _ weights: [Float], around step: [Double], limit: Float) -> Normal {
        let p = Self.parameters, s = step.map(Float.init), scale = 1 / Float(2 * frames.radius)
        var out = Normal(), residuals: [Float] = []
        residuals.reserveCapacity(places.count / 8)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: p) { row in
            for i in places.indices where weights[i] > 0.02 {
                let v = seen.values[i * seen.frames + k]
                guard !v.isNaN else { continue }
                let x = places[i], g = seen.gradients[i], m = seen.means[i], u = x * scale
                (row[0], row[1], row[2]) = (x.y * g.z - x.z * g.y, x.z * g.x - x.x * g.z, x.x * g.y - x.y * g.x)
                (row[3], row[4], row[5]) = (g.x, g.y, g.z)
                (row[6], row[7], row[8], row[9]) = (-m, -m * u.x, -m * u.y, -m * u.z)
                var left = v - m
                for j in 0..<p { left += row[j] * s[j] }
                if i & 7 == 0 { residuals.append(abs(left)) }
                let t = left / limit
                guard abs(t) < 1 else { continue }
                let w = weights[i] * (1 - t * t) * (1 - t * t)
                out.squares += Double(w * left * left)
                out.weight += Double(w)
                for j in 0..<p {
                    let wj = w * row[j]
                    out.right[j] -= Double(wj * (v - m))
                    for l in 0...j { out.matrix[j * p + l] += Double(wj * row[l]) }
                }
            }
        }
        for j in 0..<p { for l in 0..<j { out.matrix[l * p + j] = out.matrix[j * p + l] } }
        residuals.sort()
        out.median = residuals.isEmpty ? 0 : residuals[residuals.count / 2]
        return out
    }

    private func standardError(_ a: [Double], variance: Double) -> Double {
        let p = Self.parameters
        let squares = (0..<6).map { j -> Double in
            guard let column = LinearSystem.solve(a, (0..<p).map { $0 == j ? 1 : 0 }, within: basis) else { return .infinity }
            return max(0, column[j]) * variance
        }
        // A turn moves tissue by its distance from the axis, about the root of two thirds of the radius.
        return (squares[3] + squares[4] + squares[5] + (squares[0] + squares[1] + squares[2]) * frames.radius * frames.radius * 2 / 3).squareRoot()
    }
}
