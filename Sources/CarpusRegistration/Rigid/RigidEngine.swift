import CarpusCore
import Foundation

/// The search: many starts on the coarsest level of the pyramid, the best one followed to the finest.
struct RigidEngine {
    nonisolated(unsafe) static var fieldFrom = getenv("RG_FIELD").flatMap { Int(String(cString: $0)) } ?? 9
    let fixed, moving: Subject
    let parameters: RigidRegistration.Parameters

    struct Found: Sendable {
        var pose: Pose
        var evaluation: Evaluation
        var iterations: Int
        var converged: Bool
    }

    func run() throws -> Found {
        var best: Descent.End?, iterations = 0
        let count = parameters.levels
        for level in 0..<count {
            let spacing = parameters.finestSpacing * Double(1 << (count - 1 - level)), last = level == count - 1
            let descent = descent(level, spacing: spacing, samples: last ? parameters.samples : min(parameters.samples, 16_000))
            if level == 0 {
                let ends = StartSearch(
                    fixed: fixed, moving: moving, descent: descent, angle: parameters.startAngle * .pi / 180, shift: 16).run(samplesEvery: 2)
                guard let first = ends.first, first.evaluation.cost.isFinite else {
                    throw RegistrationError(.noOverlap, "the images do not overlap from any start; check that both show the same wrist")
                }
                best = first
                iterations += ends.reduce(0) { $0 + $1.iterations }
            }
            guard let before = best else { preconditionFailure("the first level finds a start") }
            let after = level >= RigidEngine.fieldFrom
                ? descent.run(RigidMotionWithField.self, from: before.pose, iterations: min(parameters.iterations, 60), tolerance: last ? parameters.smallestStep : 0.02)
                : descent.run(RigidMotion.self, from: before.pose, iterations: min(parameters.iterations, 60), tolerance: last ? parameters.smallestStep : 0.02)
            iterations += after.iterations
            if getenv("RG_LOG") != nil { print("level", level, after.iterations, after.evaluation.cost, after.pose.forwardField.coefficients.map { Int($0 * 100) }) }
            best = after
        }
        guard let best else { preconditionFailure("there is at least one level") }
        return Found(pose: best.pose, evaluation: best.evaluation, iterations: iterations, converged: best.converged)
    }

    /// The comparison at one level.
    func descent(_ level: Int, spacing: Double, samples: Int) -> Descent {
        func lookup(_ a: Subject, _ b: Subject, backward: Bool) -> Lookup {
            let cloud = SampleCloud(a.pyramid.levels[level], centre: a.centre, count: samples / 2, range: a.ranges[level])
            return Lookup(cloud: cloud, target: b.pyramid.levels[level], targetRange: b.ranges[level], backward: backward)
        }
        let metric = MutualInformation(lookups: [lookup(fixed, moving, backward: false), lookup(moving, fixed, backward: true)], bins: parameters.bins)
        return Descent(metric: metric, radius: max(fixed.radius, moving.radius), reach: 2 * spacing)
    }
}
