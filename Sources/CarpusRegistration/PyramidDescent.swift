import CITK
import CarpusCore

/// The search in one direction: several starts on the coarsest level, the best ones followed to the finest.
struct PyramidDescent {
    /// Where it ended.
    struct Found: Sendable {
        var transform: RigidTransform
        /// Mutual information, nats.
        var metric: Double
        var iterations = 0
        var converged = true
    }

    let fixed, moving: Side
    let parameters: RigidRegistration.Parameters

    init(fixed: Side, moving: Side, _ parameters: RigidRegistration.Parameters) {
        (self.fixed, self.moving, self.parameters) = (fixed, moving, parameters)
    }

    func run() throws -> Found {
        var best: [Found] = []
        for level in (0..<parameters.levels).reversed() {
            let spacing = parameters.finestSpacing * Double(1 << level)
            let (f, counted) = fixed.level(spacing: spacing), m = moving.level(spacing: spacing).image
            let stage = Level(fixed: f, moving: m, counted: counted, spacing: spacing, parameters: parameters)
            if best.isEmpty { best = try tried(starts, on: stage) }
            best = try best.map { before in
                var after = try stage.descend(from: before.transform, samples: parameters.samples, iterations: parameters.iterations)
                after.iterations += before.iterations
                return after
            }
            // Beyond the coarsest level one way is followed.
            best = [best.max { $0.metric < $1.metric } ?? best[0]]
        }
        return best[0]
    }

    /// As the scanner placed the images, and with the middles of their tissue on each other, unturned and turned.
    private var starts: [RigidTransform] {
        let shift = moving.centre - fixed.centre, angle = parameters.startAngle * .pi / 180
        var all = [RigidTransform(centre: fixed.centre), RigidTransform(centre: fixed.centre, translation: shift)]
        guard angle > 0 else { return all }
        for axis in [Vector3(1, 0, 0), Vector3(0, 1, 0), Vector3(0, 0, 1)] {
            for sign in [-1.0, 1] { all.append(RigidTransform(axis: axis, angle: sign * angle, centre: fixed.centre, translation: shift)) }
        }
        return all
    }

    /// A few steps from each start with few samples; the best two. A start without overlap is no start.
    private func tried(_ starts: [RigidTransform], on stage: Level) throws -> [Found] {
        var all: [Found] = [], trouble: RegistrationError?
        for start in starts {
            do {
                all.append(try stage.descend(from: start, samples: min(parameters.samples, 6000), iterations: 30))
            } catch let error as RegistrationError {
                trouble = error
            }
        }
        if all.isEmpty, let trouble {
            throw RegistrationError(.noOverlap, "the images do not overlap from any start (\(trouble.message)); check that both show the same wrist")
        }
        return Array(all.sorted { $0.metric > $1.metric }.prefix(2))
    }
}

/// Two images at one level of the pyramid.
private struct Level {
    let fixed, moving: MaskedVolume
    /// Voxels of the fixed image that count.
    let counted: Int
    let spacing: Double
    let parameters: RigidRegistration.Parameters

    func descend(from start: RigidTransform, samples: Int, iterations: Int) throws -> PyramidDescent.Found {
        let options = citk_rigid_options(
            iterations: Int32(iterations), bins: Int32(parameters.bins), sampling: min(1, Double(samples) / Double(max(1, counted))),
            largest_step: spacing / 2, smallest_step: parameters.smallestStep, seed: 20_211)
        var map = citk_rigid(start), ending = citk_rigid_ending()
        try fixed.lend { f in
            try moving.lend { m in
                try ITKEngine.call("rigid registration") { citk_register_rigid(f, m, options, &map, &ending, $0, $1) }
            }
        }
        return PyramidDescent.Found(transform: RigidTransform(map), metric: -ending.metric, iterations: Int(ending.iterations), converged: ending.converged != 0)
    }
}

extension citk_rigid {
    fileprivate init(_ t: RigidTransform) {
        let (q, c, v) = (t.rotation, t.centre, t.translation)
        self.init(quaternion: (q.x, q.y, q.z, q.w), centre: (c.x, c.y, c.z), translation: (v.x, v.y, v.z))
    }
}

extension RigidTransform {
    fileprivate init(_ t: citk_rigid) {
        let (q, c, v) = (t.quaternion, t.centre, t.translation)
        self.init(rotation: SIMD4(q.0, q.1, q.2, q.3), centre: Vector3(c.0, c.1, c.2), translation: Vector3(v.0, v.1, v.2))
    }
}
