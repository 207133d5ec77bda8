import CarpusCore
import Foundation

/// The search: many starts on the coarsest level of the pyramid, the best one followed to the finest, where the brightness of
/// the images is allowed to differ slowly over space.
struct RigidEngine {
    let fixed, moving: Subject
    let parameters: RigidRegistration.Parameters

    /// Where the search ended, and what tells how sure it is.
    struct Found: Sendable {
        var end: Descent.End
        var iterations: Int
        /// The comparisons, the coarsest level first.
        var descents: [Descent]
        /// The ends of the starts that were followed on the coarsest level, the best first.
        var rivals: [Descent.End]
    }

    func run() throws -> Found {
        let count = parameters.levels
        let descents = (0..<count).map { level in
            let spacing = parameters.finestSpacing * Double(1 << (count - 1 - level))
            return descent(level, spacing: spacing, bins: level == 0 ? min(parameters.bins, 24) : parameters.bins, samples: level == count - 1 ? parameters.samples : min(parameters.samples, 16_000))
        }
        let rivals = StartSearch(fixed: fixed, moving: moving, descent: descents[0], angle: parameters.startAngle * .pi / 180, shift: 16).run(samplesEvery: 3)
        guard let first = rivals.first, first.evaluation.cost.isFinite else {
            throw RegistrationError(.noOverlap, "the images do not overlap from any start; check that both show the same wrist")
        }
        let limit = min(parameters.iterations, 60)
        var best = descents[0].run(RigidMotion.self, from: first.pose, iterations: limit, tolerance: 0.02)
        var iterations = rivals.reduce(0) { $0 + $1.iterations } + best.iterations
        for level in min(1, count - 1)..<count {
            let tolerance = level == count - 1 ? parameters.smallestStep : 0.02
            best = descents[level].run(RigidMotionWithField.self, from: best.pose, iterations: limit, tolerance: tolerance, curvature: level > 1 ? best.curvature : nil)
            iterations += best.iterations
            if getenv("RG_LOG") != nil { print("level", level, best.iterations, best.evaluation.cost) }
        }
        return Found(end: best, iterations: iterations, descents: descents, rivals: rivals)
    }

    /// The comparison at one level.
    private func descent(_ level: Int, spacing: Double, bins: Int, samples: Int) -> Descent {
        func lookup(_ a: Subject, _ b: Subject, backward: Bool) -> Lookup {
            let cloud = SampleCloud(a.pyramid.levels[level], centre: a.centre, count: samples / 2, range: a.ranges[level])
            return Lookup(cloud: cloud, target: b.pyramid.levels[level], targetRange: b.ranges[level], backward: backward)
        }
        let metric = MutualInformation(lookups: [lookup(fixed, moving, backward: false), lookup(moving, fixed, backward: true)], bins: bins)
        return Descent(metric: metric, radius: max(fixed.radius, moving.radius), reach: 2 * spacing)
    }
}
