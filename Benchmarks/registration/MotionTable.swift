import CarpusCore
import CarpusRegistration

/// Dynamic series, a row each.
struct MotionTable {
    let cases: [BenchmarkCase]

    func run() throws {
        print("Motion of dynamic series, \(Parallel.threads) threads. How far the maps of frames miss the true ones over the tissue, mm: each frame's mean; then the mean, the 95th percentile and the worst of "
            + "frames, the reference left out. Memory against the series as Float.\n")
        header(["series", "frames", "uncorrected", "mean", "p95", "worst", "expected", "processor s", "memory"])
        for one in cases where one.isSeries {
            let before = Memory.held, (series, truth) = try one.series()
            let (result, cost) = try Cost.of(heldBefore: before) { try SeriesMotion.estimate(series) }
            let all = try one.maskPoints("mask.nii.gz", every: 1), points = stride(from: 0, to: all.count, by: max(1, all.count / 1500)).map { all[$0] }
            func misses(_ map: (Int) -> Affine) -> [Double] {
                (1..<series.frameCount).map { k in
                    let m = map(k), t = truth[k]
                    return points.map { (m($0) - t($0)).length }.mean
                }
            }
            let errors = misses { result.frameFromReference[$0].affine }
            row([
                one.name, "\(series.frameCount)", text(misses { _ in .identity }.mean), text(errors.mean), text(errors.quantile(0.95)), text(errors.max() ?? .nan),
                text(Array(result.standardErrors.dropFirst()).mean), text(cost.processor, 2), text(cost.memory / (4 * Double(series.scalars.count)), 1),
            ])
        }
    }
}
