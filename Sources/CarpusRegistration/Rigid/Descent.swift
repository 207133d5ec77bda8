import CarpusCore

/// The way downhill: the step that a model of the curvature asks for, shortened where it does not hold (Levenberg and
/// Marquardt); the model begins with the Hessian of Thévenaz and Unser, and learns from each step.
struct Descent: Sendable {
    var metric: MutualInformation
    /// The distance from the middle at which a turn counts as a shift, mm.
    let radius: Double
    /// No step moves tissue further, mm.
    let reach: Double
    /// The steps that are allowed, as sums of these; all when nil.
    var basis: [[Double]]?

    /// Where it ended.
    struct End: Sendable {
        var pose: Pose
        var evaluation: Evaluation
        /// The curvature of the cost, as the way down showed it.
        var curvature: [Double] = []
        var iterations = 0
        var converged = false
    }

    /// - Parameters:
    ///   - tolerance: the step in mm below which it ends.
    ///   - curvature: what is known of the curvature from a coarser level.
    func run<M: Motion>(_: M.Type, from start: Pose, iterations: Int, tolerance: Double, every: Int = 1, curvature: [Double]? = nil) -> End {
        var end = End(pose: start, evaluation: metric.evaluate(M.self, at: start, every: every, hessian: curvature == nil))
        guard end.evaluation.cost.isFinite else { return end }
        var damping = curvature == nil ? 1e-2 : 1e-3
        var model = curvature ?? end.evaluation.hessian
        for _ in 0..<iterations {
            guard var step = Self.solved(model, end.evaluation.gradient, damping: damping, within: basis) else { break }
            var size = length(step, of: M.count)
            if size > reach {
                step = step.map { $0 * reach / size }
                size = reach
            }
            end.iterations += 1
            let pose = end.pose.stepped(M.self, step), next = metric.evaluate(M.self, at: pose, every: every)
            let gain = end.evaluation.cost - next.cost
            if next.cost.isFinite, next.gradient.count == step.count {
                Self.update(&model, step, zip(next.gradient, end.evaluation.gradient).map(-))
            }
            if next.cost < end.evaluation.cost {
                (end.pose, end.evaluation) = (pose, next)
                damping = max(damping * 0.1, 1e-5)
            } else {
                damping *= 8
            }
            // Far away the first model is far too stiff: small steps there are not the end.
            if damping > 1e5 || (size < tolerance && end.iterations > 3 && abs(gain) < 1e-3) {
                end.converged = true
                break
            }
        }
        end.curvature = model
        return end
    }

    /// Broyden, Fletcher, Goldfarb and Shanno's correction of a model of the curvature by what a step showed.
    static func update(_ model: inout [Double], _ step: [Double], _ change: [Double]) {
        let k = step.count
        let carried = (0..<k).map { i in (0..<k).reduce(0.0) { $0 + model[i * k + $1] * step[$1] } }
        let along = zip(step, carried).reduce(0) { $0 + $1.0 * $1.1 }, seen = zip(step, change).reduce(0) { $0 + $1.0 * $1.1 }
        // Powell's damping keeps the model positive.
        guard along > 0 else { return }
        let share = seen >= 0.1 * along ? 1 : 0.9 * along / (along - seen)
        let y = (0..<k).map { share * change[$0] + (1 - share) * carried[$0] }
        let total = zip(step, y).reduce(0) { $0 + $1.0 * $1.1 }
        guard total > 0 else { return }
        for i in 0..<k { for j in 0..<k { model[i * k + j] += y[i] * y[j] / total - carried[i] * carried[j] / along } }
    }

    /// The largest shift a step gives at the radius, mm.
    private func length(_ step: [Double], of count: Int) -> Double {
        func norm(_ range: Range<Int>) -> Double { step[range].reduce(0) { $0 + $1 * $1 }.squareRoot() }
        let turn = norm(0..<count - 3), shift = norm(count - 3..<count)
        return max(shift, turn * radius)
    }

    /// The step that the quadratic model asks for, its diagonal raised by a share; nil when there is none.
    static func solved(_ model: [Double], _ gradient: [Double], damping: Double, within basis: [[Double]]? = nil) -> [Double]? {
        let k = gradient.count
        var a = model
        // What the images cannot tell has no curvature; a trace of it keeps that from moving.
        let least = (0..<k).map { a[$0 * k + $0] }.max().map { $0 * 1e-9 } ?? 0
        guard least > 0, least.isFinite else { return nil }
        for i in 0..<k { a[i * k + i] = a[i * k + i] * (1 + damping) + least }
        return LinearSystem.solve(a, gradient.map { -$0 }, within: basis)
    }
}
