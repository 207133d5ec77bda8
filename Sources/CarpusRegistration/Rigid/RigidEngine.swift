import CarpusCore

/// The search: many starts on the coarsest level of the pyramid, the best one followed to the finest, where the brightness of
/// the images is allowed to differ slowly over space. What does not convince is tried again from other starts.
struct RigidEngine: Sendable {
    let fixed, moving: Subject
    let parameters: RigidRegistration.Parameters
    /// Whether the images are bent afterwards, so that a start will do.
    private let bends: Bool
    /// The comparisons, the coarsest level first.
    private let descents: [Descent]

    /// Where the search ended.
    struct Found: Sendable {
        var end: Descent.End
        var iterations: Int
        var descents: [Descent]
    }

    /// Samples looked at before the finest level.
    private static let coarseSamples = 10_000
    /// Bins of the coarsest level, where samples are few.
    private static let coarseBins = 24
    /// An expected error in mm above which other starts are tried.
    private static let unconvincing = 0.5

    init(fixed: Subject, moving: Subject, parameters: RigidRegistration.Parameters, bends: Bool = false) {
        (self.fixed, self.moving, self.parameters, self.bends) = (fixed, moving, parameters, bends)
        let count = parameters.levels
        descents = (0..<count).map { level in
            func lookup(_ a: Subject, _ b: Subject, backward: Bool) -> Lookup {
                let samples = level == count - 1 ? parameters.samples : min(parameters.samples, Self.coarseSamples)
                let cloud = SampleCloud(a.pyramid.levels[level], centre: a.centre, count: samples / 2, range: a.ranges[level])
                return Lookup(cloud: cloud, target: b.pyramid.levels[level], targetRange: b.ranges[level], backward: backward)
            }
            let both = [lookup(fixed, moving, backward: false), lookup(moving, fixed, backward: true)]
            return Descent(
                metric: MutualInformation(lookups: both, bins: level == 0 ? min(parameters.bins, Self.coarseBins) : parameters.bins),
                radius: max(fixed.radius, moving.radius), reach: 2 * parameters.finestSpacing * Double(1 << (count - 1 - level)))
        }
    }

    /// The rigid pose, and what speaks for it.
    func run() throws -> (found: Found, evidence: Evidence) {
        let angle = parameters.startAngle * .pi / 180
        let rivals = StartSearch(fixed: fixed, moving: moving, descent: descents[0], angle: angle, shift: 16, count: 240).run()
        let landmarks = fixed.landmarks
        var best: (found: Found, evidence: Evidence)?
        func consider(_ rival: Descent.End, _ descents: [Descent]) {
            guard rival.evaluation.cost.isFinite else { return }
            let found = refined(rival, descents), evidence = Evidence(found, landmarks: landmarks)
            let iterations = found.iterations + (best?.found.iterations ?? 0)
            if evidence.expectedError < best?.evidence.expectedError ?? .infinity || best == nil { best = (found, evidence) }
            best?.found.iterations = iterations
        }
        if let first = rivals.first { consider(first, descents) }
        func unsure() -> Bool { best.map { $0.evidence.expectedError > Self.unconvincing && !(bends && $0.evidence.isStart) } ?? true }
        if let first = best, unsure() {
            for rival in distinct(rivals.sorted { $0.evaluation.cost < $1.evaluation.cost }, from: first.found).prefix(3) { consider(rival, descents) }
        }
        if angle > 0, unsure() {
            let loose = loosened
            for rival in distinct(littleShared(loose), from: best?.found).prefix(3) where unsure() { consider(rival, loose) }
        }
        if angle > 0, unsure() {
            let wide = StartSearch(fixed: fixed, moving: moving, descent: descents[0], angle: max(angle, .pi / 2), shift: 30, count: 1200).run()
            for rival in wide.prefix(3) { consider(rival, descents) }
        }
        guard var best else {
            throw RegistrationError(.noOverlap, "the images do not overlap from any start; check that both show the same wrist")
        }
        best.found.iterations += rivals.reduce(0) { $0 + $1.iterations }
        return best
    }

    /// An affine map from where a rigid search ended.
    func affine(from found: Found) -> Found {
        var next = found
        for level in min(1, descents.count - 1)..<descents.count {
            next = followed(AffineMotionWithField.self, next, level, curvature: level > 1 ? next.end.curvature : nil)
        }
        return next
    }

    /// A start of the coarsest level followed to the finest.
    private func refined(_ start: Descent.End, _ descents: [Descent]) -> Found {
        let coarse = descents[0].run(RigidMotion.self, from: start.pose, iterations: limit, tolerance: 0.02)
        var found = Found(end: coarse, iterations: coarse.iterations, descents: descents)
        for level in min(1, descents.count - 1)..<descents.count {
            found = followed(RigidMotionWithField.self, found, level, curvature: level > 1 ? found.end.curvature : nil)
        }
        return found
    }

    /// The comparisons where images that share little may be compared too.
    private var loosened: [Descent] {
        descents.map { descent in
            var loose = descent
            loose.metric.leastInside = 0.05
            return loose
        }
    }

    /// Ends of ways from all shifts of one image over the other, the most telling first.
    private func littleShared(_ loose: [Descent]) -> [Descent.End] {
        let poses = ShiftSearch(fixed: fixed, moving: moving).run()
        let seen = StartSearch.parallel(poses.count) { loose[0].metric.evaluate(NoMotion.self, at: poses[$0], every: 2) }
        func best(_ worth: (Evaluation) -> Double) -> [Int] {
            poses.indices.filter { seen[$0].cost.isFinite }.sorted { worth(seen[$0]) != worth(seen[$1]) ? worth(seen[$0]) < worth(seen[$1]) : $0 < $1 }
        }
        // Much told for the part that is shared may be chance, and much told in all the outline of something else: both are followed.
        let chosen = best(StartSearch.worth).prefix(8) + best { $0.cost * $0.inside.squareRoot() }.prefix(8)
        let starts = chosen.reduce(into: [Int]()) { if !$0.contains($1) { $0.append($1) } }
        let ends = StartSearch.parallel(starts.count) { loose[0].run(RigidMotion.self, from: poses[starts[$0]], iterations: 12, tolerance: 0.1, every: 2) }
        return ends.filter { $0.evaluation.cost.isFinite }.sorted { $0.evaluation.cost * $0.evaluation.inside.squareRoot() < $1.evaluation.cost * $1.evaluation.inside.squareRoot() }
    }

    private func followed<M: Motion>(_: M.Type, _ found: Found, _ level: Int, curvature: [Double]?) -> Found {
        let tolerance = level == descents.count - 1 ? parameters.smallestStep : 0.02
        // A level that could not be compared at all has left no curvature.
        let known = curvature.flatMap { $0.isEmpty ? nil : $0 }
        let end = found.descents[level].run(M.self, from: found.end.pose, iterations: limit, tolerance: tolerance, curvature: known)
        return Found(end: end, iterations: found.iterations + end.iterations, descents: found.descents)
    }

    private var limit: Int { min(parameters.iterations, 60) }

    /// Ends that lie apart from a pose and from each other.
    private func distinct(_ ends: [Descent.End], from found: Found?) -> [Descent.End] {
        var seen = found.map { [$0.end.pose] } ?? [], out: [Descent.End] = []
        let landmarks = fixed.landmarks
        for end in ends where seen.allSatisfy({ landmarks.rms($0.map, end.pose.map) > 3 }) {
            seen.append(end.pose)
            out.append(end)
        }
        return out
    }
}
