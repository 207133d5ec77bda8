import CarpusCore
import CarpusRegistration
import Foundation

/// Pairs of images, a row a family.
struct PairTable {
    let cases: [BenchmarkCase]
    let deformable, same: Bool

    /// What one case gave.
    private struct Outcome {
        var misses: [Double] = []
        var inconsistency = 0.0, pixel = 0.0, memory = 0.0
        /// The share of the mask where the map turns space inside out.
        var folded = 0.0
        var cost = Cost()
        /// Whether 1, 2 and 4 threads gave the same bits; nil when that was not asked.
        var same: Bool?
        var error: String?
    }

    func run() throws {
        let pairs = cases.filter { !$0.isSeries && $0.isDeformed == deformable }
        print("\(deformable ? "Deformable" : "Rigid") alignment, \(Parallel.threads) threads. TRE in mm: the median over cases of each case's median and 95th percentile, and the worst case's median; "
            + "a success is a case whose median is below one pixel in plane; seconds are those of the processor, the median and the most of a case; memory against the two images as Float, the most of a case.\n")
        header(["family", "cases", "TRE median", "TRE p95", "worst", "successes", "there and back, mm", "in pixels", "negative Jacobians", "processor s", "most", "memory"] + (same ? ["1, 2, 4 threads"] : []))
        var all: [Outcome] = []
        for family in pairs.map(\.family).reduce(into: [String](), { if $0.last != $1 { $0.append($1) } }) {
            let members = pairs.filter { $0.family == family }
            let outcomes = try members.map(outcome)
            for (one, member) in zip(outcomes, members) {
                if let error = one.error { FileHandle.standardError.write(Data("\(member.name): \(error)\n".utf8)) }
            }
            line(family, outcomes)
            all += outcomes
        }
        line("all", all)
    }

    private func line(_ family: String, _ all: [Outcome]) {
        let done = all.filter { $0.error == nil }, medians = done.map(\.misses.median)
        row([
            family, "\(all.count)", text(medians.median), text(done.map { $0.misses.quantile(0.95) }.median), text(medians.max() ?? .nan),
            "\(done.count { $0.misses.median < $0.pixel })/\(all.count)", text(done.map(\.inconsistency).max() ?? .nan, 4),
            text(done.map { $0.inconsistency / $0.pixel }.max() ?? .nan, 4), deformable ? String(format: "%.4f %%", 100 * (done.map(\.folded).max() ?? .nan)) : "–",
            text(done.map(\.cost.processor).median, 2), text(done.map(\.cost.processor).max() ?? .nan, 2), text(done.map(\.memory).max() ?? .nan, 1),
        ] + (same ? [done.compactMap(\.same).allSatisfy { $0 } ? "equal" : "differ"] : []))
    }

    private func outcome(_ member: BenchmarkCase) throws -> Outcome {
        let before = Memory.held, pair = try member.pair()
        var out = Outcome(pixel: pair.pixel)
        do {
            var (maps, cost) = try Cost.of(heldBefore: before) { try aligned(pair) }
            // Of a rigid alignment the way back is that of the images swapped; a deformable one brings it with it.
            if !deformable { maps.back = .rigid(try RigidRegistration.align(fixed: pair.moving, moving: pair.fixed).movingFromFixed) }
            out.cost = cost
            out.memory = cost.memory / (4 * Double(pair.fixed.grid.count + pair.moving.grid.count))
            out.misses = pair.misses { maps.there($0) }
            out.inconsistency = pair.points.map { (maps.back(maps.there($0.fixed)) - $0.fixed).length }.mean
            if deformable { out.folded = folded(maps.there, at: try member.maskPoints("fixed_mask.nii.gz", every: 11), step: pair.fixed.grid.spacing.min()) }
            if same { out.same = try equalForAllThreads(pair) }
        } catch let error as RegistrationError {
            out.error = error.message
        }
        return out
    }

    private func aligned(_ pair: Pair) throws -> (there: Transform, back: Transform) {
        if deformable {
            let result = try DeformableRegistration.align(fixed: pair.fixed, moving: pair.moving)
            return (result.movingFromFixed, result.fixedFromMoving)
        }
        let there = try RigidRegistration.align(fixed: pair.fixed, moving: pair.moving).movingFromFixed
        return (.rigid(there), .rigid(there.inverse))
    }

    /// The share of points where the determinant of the map's derivative, by differences over a pixel, is not above 0.
    private func folded(_ map: Transform, at points: [Vector3], step h: Double) -> Double {
        let bad = points.count { p in
            let o = map(p)
            let m = Matrix3(columns: map(p + Vector3(h, 0, 0)) - o, map(p + Vector3(0, h, 0)) - o, map(p + Vector3(0, 0, h)) - o)
            return !(m.determinant > 0)
        }
        return Double(bad) / Double(max(1, points.count))
    }

    private func equalForAllThreads(_ pair: Pair) throws -> Bool {
        let threads = Parallel.threads
        defer { Parallel.threads = threads }
        let maps = try [1, 2, 4].map { n -> Transform in
            Parallel.threads = n
            return try aligned(pair).there
        }
        return maps.allSatisfy { $0 == maps[0] }
    }
}
