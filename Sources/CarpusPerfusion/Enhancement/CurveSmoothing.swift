import CarpusCore
import Foundation

/// Noise taken out of a series without blurring what enhances differently: each curve becomes a mean of itself and its eight neighbours in the
/// plane, weighted by how alike the curves are (a bilateral filter on curves; Tomasi and Manduchi, ICCV 1998).
enum CurveSmoothing {
    /// Curves count as alike when they differ by what noise explains; differences of this many times it weigh e^(-1/2).
    private static let tolerance: Float = 1.5

    /// The series with the curves of some voxels smoothed; neighbours outside these take no part.
    static func smoothed(_ series: TimeSeries, voxels: [Int]) -> TimeSeries {
        let size = series.grid.size, n = series.grid.count, frames = series.frameCount
        var inside = [Bool](repeating: false, count: n), result = series
        for v in voxels { inside[v] = true }
        let variance = noiseVariance(series, voxels), known = inside
        guard variance > 0 else { return series }
        result.scalars.withUnsafeMutableBufferPointer { out in
            nonisolated(unsafe) let out = out.baseAddress!
            series.scalars.withUnsafeBufferPointer { from in
                nonisolated(unsafe) let from = from.baseAddress!
                Parallel.forEach(blocksOf: voxels.count) { range in
                    let sum = Scratch<Float>(frames, repeating: 0)
                    defer { sum.free() }
                    for v in voxels[range] {
                        let x = v % size.x, y = v / size.x % size.y
                        var total: Float = 1
                        for t in 0..<frames { sum.base[t] = from[t * n + v] }
                        for dy in max(-1, -y)...min(1, size.y - 1 - y) {
                            for dx in max(-1, -x)...min(1, size.x - 1 - x) where dx != 0 || dy != 0 {
                                let u = v + dx + dy * size.x
                                guard known[u] else { continue }
                                var distance: Float = 0
                                for t in 0..<frames { let d = from[t * n + u] - from[t * n + v]; distance += d * d }
                                // Two noisy curves of one tissue differ by twice the variance.
                                let weight = exp(-0.5 * max(0, distance / (Float(frames) * 2 * variance) - 1) / (tolerance * tolerance - 1))
                                guard weight > 1e-4 else { continue }
                                total += weight
                                for t in 0..<frames { sum.base[t] += weight * from[t * n + u] }
                            }
                        }
                        for t in 0..<frames { out[t * n + v] = sum.base[t] / total }
                    }
                }
            }
        }
        return result
    }

    /// Variance of the noise: the middle of those of at most 4000 curves.
    private static func noiseVariance(_ series: TimeSeries, _ voxels: [Int]) -> Float {
        let n = series.grid.count
        let all = stride(from: 0, to: voxels.count, by: max(1, voxels.count / 4000)).compactMap { i -> Double? in
            let s = Robust.noise((0..<series.frameCount).map { Double(series.scalars[$0 * n + voxels[i]]) })
            return s.isFinite && s > 0 ? s * s : nil
        }
        return Float(all.isEmpty ? 0 : Robust.quantile(all.sorted(), 0.5))
    }
}
