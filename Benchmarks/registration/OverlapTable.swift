import CarpusCore
import CarpusRegistration

/// Rigid pairs cut so that they share little.
struct OverlapTable {
    let cases: [BenchmarkCase]
    let options: RegistrationBenchmark.Options

    func run() throws {
        let members = cases.filter { !$0.isSeries && !$0.isDeformed && !$0.name.contains("xplane") }
        let each = min(options.runs, 40)
        print("Rigid alignment of images that share little: both are cut in plane. A success is a median TRE below one pixel over what both show.\n")
        header(["share of the tissue", "runs", "successes", "below 1 mm", "TRE median of successes", "wrong ones trusted", "right ones not failed", "processor s", "most"])
        for share in [0.5, 1 / 3.0, 1 / 4.0, 1 / 5.0, 1 / 6.0, 1 / 7.0] {
            var random = SplitMix(seed: options.seed), misses: [(miss: Double, pixel: Double, grade: RegistrationVerdict.Grade)] = [], seconds: [Double] = [], tries = 0
            while misses.count < each, tries < 4 * each {
                let member = members[tries % members.count]
                tries += 1
                let axis = Int.random(in: 0...1, using: &random), far = Bool.random(using: &random)
                guard let pair = try member.pair().sharing(share, axis: axis, fromFarEnd: far)?.placed(turns: 5, shifts: 4, &random) else { continue }
                let (result, cost) = Cost.of(heldBefore: 0) { try? RigidRegistration.align(fixed: pair.fixed, moving: pair.moving) }
                seconds.append(cost.processor)
                misses.append((result.map { pair.misses($0.movingFromFixed.affine.callAsFunction).median } ?? .infinity, pair.pixel, result?.verdict?.grade ?? .failed))
            }
            let right = misses.filter { $0.miss < $0.pixel }
            row([
                text(share, 2), "\(misses.count)", "\(right.count)", "\(misses.count { $0.miss < 1 })", text(right.map(\.miss).median),
                "\(misses.count { $0.miss >= 1 && $0.grade == .trusted })", "\(right.count { $0.grade != .failed })", text(seconds.median, 2), text(seconds.max() ?? .nan, 2),
            ])
        }
    }
}
