import CarpusCore

/// What speaks for and against an alignment that was found.
struct Evidence: Sendable {
    /// The share of one image's tissue that the other's field of view takes in, the larger of the two.
    let overlap: Double
    /// How far the ends of small deflections lie from the alignment, median, mm over the tissue.
    let restarts: Double
    /// How far the samples of one image alone and those of the other alone would move it apart, mm.
    let inconsistency: Double
    /// How far parts of the images pull it one way or another, as a standard error, mm.
    let pull: Double
    /// Mutual information at the alignment, nats, and how many standard deviations it stands above that of poses around.
    let information, height: Double
    /// The best other optimum's worth over this one's.
    let rival: Double

    init(_ found: RigidEngine.Found, fixed: Subject, moving: Subject) {
        let pose = found.end.pose, map = pose.movingFromFixed, back = map.inverse ?? .identity
        overlap = max(moving.shows(fixed.tissue, through: map), fixed.shows(moving.tissue, through: back))
        information = -found.end.evaluation.cost / 2
        let landmarks = fixed.landmarks
        let level = found.descents[min(1, found.descents.count - 1)], radius = level.radius
        let best = found.rivals[0]
        let near = found.rivals.filter { landmarks.rms($0.pose.map, best.pose.map) < 2 }
        restarts = Double(near.count) / Double(found.rivals.count)
        // One side's samples at a time.
        let alone = level.metric.lookups.map { lookup -> Pose in
            var descent = level
            descent.metric.lookups = [lookup]
            return descent.run(RigidMotion.self, from: pose, iterations: 8, tolerance: 0.02).pose
        }
        inconsistency = landmarks.rms(alone[0].map, alone[1].map)
        // Poses around, far enough to tell nothing of the same anatomy.
        let around = (0..<24).compactMap { i -> Double? in
            let r = StartSearch.recurrence(i + 2000)
            let p = pose.stepped(RigidMotion.self, (0..<6).map { r[$0] * ($0 < 3 ? 12 / radius : 12) + (r[$0] < 0 ? -4 : 4) * ($0 < 3 ? 1 / radius : 1) })
            let e = level.metric.evaluate(NoMotion.self, at: p, every: 3)
            return e.cost.isFinite ? -e.cost / 2 : nil
        }
        let here = -level.metric.evaluate(NoMotion.self, at: pose, every: 3).cost / 2
        let mean = around.reduce(0, +) / Double(max(1, around.count))
        let deviation = (around.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, around.count - 1))).squareRoot()
        height = around.count > 3 && here.isFinite ? (here - mean) / max(deviation, 1e-6) : 0
        pull = Self.pull(found, landmarks)
        let other = found.rivals.first { landmarks.rms($0.pose.map, best.pose.map) > 4 }
        rival = other.map { StartSearch.worth($0.evaluation) / StartSearch.worth(best.evaluation) } ?? 0
    }

    /// The standard error of the pose from how blocks of samples differ in what they ask for (a sandwich estimate).
    private static func pull(_ found: RigidEngine.Found, _ landmarks: Landmarks) -> Double {
        let last = found.descents[found.descents.count - 1]
        let e = last.metric.evaluate(RigidMotionWithField.self, at: found.end.pose, blockwise: true)
        guard e.cost.isFinite, !found.end.curvature.isEmpty else { return .infinity }
        let blocks = Double(max(2, e.blockGradients.count))
        let steps = e.blockGradients.compactMap { g in
            Descent.solved(found.end.curvature, g, damping: 1e-4)
        }
        let squares = steps.map { step -> Double in
            let d = landmarks.rms(.identity, RigidMotion.step(Array(step[0..<6])))
            return d * d
        }
        return (squares.reduce(0, +) * blocks / (blocks - 1)).squareRoot()
    }
}

/// Points over the tissue about its middle, mm.
struct Landmarks: Sendable {
    let points: [Vector3]

    /// The root of the mean squared distance between where two maps take the points, mm.
    func rms(_ a: Affine, _ b: Affine) -> Double {
        let sum = points.reduce(0.0) { total, p in
            let d = a(p) - b(p)
            return total + d.dot(d)
        }
        return (sum / Double(max(1, points.count))).squareRoot()
    }
}

extension Subject {
    /// Some hundred points of tissue.
    var landmarks: Landmarks {
        let step = max(1, tissue.count / 200)
        return Landmarks(points: stride(from: 0, to: tissue.count, by: step).map { tissue[$0] - centre })
    }
}
