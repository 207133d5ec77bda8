import CarpusCore

/// What speaks for and against an alignment that was found.
struct Evidence: Sendable {
    /// How far apart the samples of one image alone and those of the other alone would put it, mm.
    let inconsistency: Double
    /// How far parts of the images pull it one way or another, as a standard error, mm.
    let pull: Double
    /// Mutual information at the alignment, nats.
    let information: Double
    /// How many standard deviations it stands above that of poses around; nil when those do not overlap.
    let height: Double?
    /// Voxels of the smaller image at the finest level.
    let voxels: Int

    /// What the images tell of the error, mm.
    private var told: Double { (pull * pull + inconsistency * inconsistency / 4).squareRoot() }

    /// Whether the alignment will do to begin bending from: parts of images that are bent agree less than others, and it stands out less.
    var isStart: Bool { told < Self.startError && (height ?? 0) >= Self.startHeight }

    /// Between bent pairs that were right (15 to 41 high, below 0.2 mm told) and pairs of spines that were not (up to 19 high, 0.8 mm and more told; or below 7 high).
    private static let startError = 0.5, startHeight = 12.0

    /// What the error may be, mm: what the images tell of it, the more the less the alignment stands out.
    ///
    /// The rule and its constants were set on synthetic pairs of known motion and on pairs that show different things.
    var expectedError: Double {
        let doubt = max(1, Self.plainHeight / max(height ?? Self.unknownHeight, 0.5))
        return told * doubt * doubt * doubt * max(1, Self.plainVoxels / Double(max(1, voxels)))
    }

    /// Alignments that stand so high above their surroundings were right, every one.
    private static let plainHeight = 30.0
    /// Fewer voxels may agree by chance: a joint histogram of 40 by 40 bins has as many as a quarter of them.
    private static let plainVoxels = 6400.0
    /// What is taken where there is nothing around to stand above.
    private static let unknownHeight = 4.0

    init(_ found: RigidEngine.Found, landmarks: Landmarks) {
        let pose = found.end.pose
        information = -found.end.evaluation.cost / 2
        var level = found.descents[min(1, found.descents.count - 1)]
        level.metric.leastInside = 0.05
        // One side's samples at a time.
        let alone = level.metric.lookups.map { lookup -> Pose in
            var descent = level
            descent.metric.lookups = [lookup]
            return descent.run(RigidMotion.self, from: pose, iterations: 8, tolerance: 0.02).pose
        }
        inconsistency = landmarks.rms(alone[0].map, alone[1].map)
        height = Self.height(level, pose)
        voxels = found.descents[found.descents.count - 1].metric.lookups.map(\.target.grid.count).min() ?? 0
        pull = Self.pull(found, landmarks)
    }

    /// The alignment against poses 5 to 15 mm off, each of them far enough to lay other anatomy on each other.
    private static func height(_ level: Descent, _ pose: Pose) -> Double? {
        // Few bins: where little is shared, many of them would agree by chance.
        let metric = MutualInformation(lookups: level.metric.lookups, bins: coarseBins, leastInside: level.metric.leastInside)
        let samples = Double(level.metric.lookups.map(\.cloud.samples.count).reduce(0, +)) / 2
        func worth(_ pose: Pose) -> Double? {
            let e = metric.evaluate(NoMotion.self, at: pose)
            // What finite samples tell of each other by chance (Miller, Information theory in psychology, 1955).
            return e.cost.isFinite ? -e.cost / 2 - chanceCells / (2 * samples * e.inside) : nil
        }
        let around = (0..<24).compactMap { i -> Double? in
            let r = StartSearch.recurrence(i + 2000)
            return worth(pose.stepped(RigidMotion.self, (0..<6).map { k in
                let mm = r[k] * 11 + (r[k] < 0 ? -4 : 4)
                return k < 3 ? mm / level.radius : mm
            }))
        }
        guard around.count >= 6, let here = worth(pose) else { return nil }
        let mean = around.reduce(0, +) / Double(around.count)
        let variance = around.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(around.count - 1)
        return (here - mean) / max(variance.squareRoot(), 1e-6)
    }

    /// Bins of the joint histogram that poses around are judged by, and how many of its cells count as free: the window on the target's values takes half of them.
    private static let coarseBins = 16, chanceCells = 15 * 5.3

    /// The standard error of the pose from how blocks of samples differ in what they ask for (a sandwich estimate).
    private static func pull(_ found: RigidEngine.Found, _ landmarks: Landmarks) -> Double {
        let last = found.descents[found.descents.count - 1]
        let e = last.metric.evaluate(RigidMotion.self, at: found.end.pose, blockwise: true)
        guard e.cost.isFinite, e.blockGradients.count > 1 else { return .infinity }
        let all = found.end.curvature.count, k = 6, side = Int(Double(all).squareRoot().rounded())
        let model = (0..<k * k).map { found.end.curvature[($0 / k) * side + $0 % k] }
        let blocks = Double(e.blockGradients.count)
        let squares = e.blockGradients.map { g -> Double in
            guard let step = Descent.solved(model, g, damping: 1e-4) else { return .infinity }
            let d = landmarks.rms(.identity, RigidMotion.step(step))
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
