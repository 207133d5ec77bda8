import CarpusCore

/// One image's samples looked up in the other image.
struct Lookup: Sendable {
    let cloud: SampleCloud
    let target: SplineImage
    let targetRange: ClosedRange<Float>
    /// Whether the samples lie in the moving image, and are carried back to the fixed one.
    let backward: Bool

    /// The two maps a sample goes through: to the fixed image's frame, and from there to a voxel of the target.
    func maps(_ pose: Pose) -> (pointFromSample: Affine, voxelFromPoint: Affine) {
        if backward { return (pose.inverse, target.grid.voxelFromWorld * Affine(translation: pose.fixedCentre)) }
        return (.identity, target.grid.voxelFromWorld * Affine(translation: pose.movingCentre) * pose.map)
    }
}

/// Mutual information with a cubic Parzen window on the target's values (Mattes et al., IEEE Trans Med Imaging 22, 2003),
/// of samples of both images looked up in each other, so that neither is preferred.
struct MutualInformation: Sendable {
    var lookups: [Lookup]
    let bins: Int
    /// The least share of samples that must find a value.
    var leastInside = 0.2

    /// - Parameters:
    ///   - every: one of how many samples is used.
    ///   - hessian: also tell the curvature.
    ///   - blockwise: also tell each block's own gradient.
    func evaluate<M: Motion>(_: M.Type, at pose: Pose, every: Int = 1, hessian: Bool = false, blockwise: Bool = false) -> Evaluation {
        var sum: Evaluation?
        for lookup in lookups {
            guard !lookup.cloud.samples.isEmpty else { return Evaluation() }
            let (histogram, asked) = fill(M.self, lookup, pose, every)
            let inside = Double(histogram.counts.reduce(0, +)) / Double(max(1, asked))
            guard inside >= leastInside else { return Evaluation() }
            var one = histogram.information(hessian: hessian, blockwise: blockwise)
            one.inside = inside
            if M.fieldCount > 0 { one = one.spread(map: M.count, field: M.fieldCount, backward: lookup.backward) }
            sum = sum.map { $0 + one } ?? one
        }
        return sum ?? Evaluation()
    }

    private func fill<M: Motion>(_: M.Type, _ lookup: Lookup, _ pose: Pose, _ every: Int) -> (JointHistogram<M>, Int) {
        // Few samples make one block: histograms cost as much as a thousand samples.
        let whole = every > 1, starts = whole ? [0, lookup.cloud.samples.count] : lookup.cloud.blocks, blocks = starts.count - 1
        let n = bins * bins
        var counts = [Int](repeating: 0, count: blocks)
        let rows = [M.Row](unsafeUninitializedCapacity: blocks * n) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress!
            counts.withUnsafeMutableBufferPointer { c in
                nonisolated(unsafe) let counts = c
                lookup.target.read { reader in
                    nonisolated(unsafe) let reader = reader
                    lookup.cloud.samples.withUnsafeBufferPointer { samples in
                        nonisolated(unsafe) let samples = samples
                        @Sendable func one(_ b: Int) {
                            (out + b * n).initialize(repeating: .zero, count: n)
                            let kernel = Kernel<M>(lookup, pose, bins: bins)
                            counts[b] = kernel.add(samples, from: starts[b], to: starts[b + 1], every: every, reader: reader, to: out + b * n)
                        }
                        if blocks == 1 { one(0) } else { Parallel.forEach(blocks) { one($0) } }
                    }
                }
            }
            initialized = blocks * n
        }
        return (JointHistogram(bins: bins, rows: rows, counts: counts), (lookup.cloud.samples.count + every - 1) / every)
    }
}

/// The inner loop.
private struct Kernel<M: Motion> {
    let a, b: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
    let rows: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)
    let sourceLow, sourceScale, targetLow, targetScale, sign: Float
    let bins: Int
    let backward: Bool
    let field: (linear: SIMD3<Float>, squares: SIMD3<Float>, products: SIMD3<Float>)
    let fieldScale: Float
    let fielded: Bool

    init(_ lookup: Lookup, _ pose: Pose, bins: Int) {
        let (first, second) = lookup.maps(pose)
        func columns(_ m: Affine) -> (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>, SIMD3<Float>) {
            (SIMD3<Float>(m.linear.x), SIMD3<Float>(m.linear.y), SIMD3<Float>(m.linear.z), SIMD3<Float>(m.translation))
        }
        (a, b) = (columns(first), columns(second))
        let r = second.linear.rows
        rows = (SIMD3<Float>(r.0), SIMD3<Float>(r.1), SIMD3<Float>(r.2))
        (sourceLow, targetLow) = (lookup.cloud.range.lowerBound, lookup.targetRange.lowerBound)
        sourceScale = (Float(bins) - 1e-3) / (lookup.cloud.range.upperBound - lookup.cloud.range.lowerBound)
        // The window reaches two bins further than the value.
        targetScale = Float(bins - 5) / (lookup.targetRange.upperBound - lookup.targetRange.lowerBound)
        (self.bins, backward) = (bins, lookup.backward)
        sign = lookup.backward ? -1 : 1
        let brightness = lookup.backward ? pose.backwardField : pose.forwardField
        (field, fielded) = (brightness.lanes, M.fieldCount > 0 || brightness != Field())
        fieldScale = pose.fieldScale
    }

    @inline(__always) func add(
        _ samples: UnsafeBufferPointer<SIMD4<Float>>, from: Int, to: Int, every: Int, reader: SplineReader, to out: UnsafeMutablePointer<M.Row>
    ) -> Int {
        var count = 0, i = from
        let last = Float(bins) - 1e-3, top = Float(bins - 5)
        while i < to {
            let s = samples[i]
            i &+= every
            var x = SIMD3(s.x, s.y, s.z)
            if backward { x = a.0 * x.x + a.1 * x.y + a.2 * x.z + a.3 }
            let p = b.0 * x.x + b.1 * x.y + b.2 * x.z + b.3
            guard var (value, gradient) = reader.sample(p) else { continue }
            let raw = value
            if fielded {
                let u = x * fieldScale, cross = SIMD3(u.x * u.y, u.x * u.z, u.y * u.z)
                let gain = max(0.2, 1 + (field.linear * u + field.squares * u * u + field.products * cross).sum())
                value *= gain
                gradient *= gain
            }
            count &+= 1
            let f = Int(min(max((s.w - sourceLow) * sourceScale, 0), last))
            let u = (value - targetLow) * targetScale
            let clamped = min(max(u, 0), top), m = Int(clamped + 1.5), t = clamped + 1.5 - Float(m)
            let (w, d) = SplineReader.weights(t)
            let row = out + (f &* bins &+ m &- 1)
            // A value beyond the range stays in the last bin, and does not change.
            let slope = u == clamped ? targetScale : 0
            let g = (rows.0 * gradient.x + rows.1 * gradient.y + rows.2 * gradient.z) * sign
            let change = M.change(x, g, raw, fieldScale)
            for k in 0..<4 { M.add(change, w[k], d[k] * slope, to: row + k) }
        }
        return count
    }
}
