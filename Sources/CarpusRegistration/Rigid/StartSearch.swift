import CarpusCore
import Foundation

/// Where the way down begins: many poses are looked at, the best few followed.
struct StartSearch {
    let fixed, moving: Subject
    let descent: Descent
    /// How far starts are turned about each axis, radians, and shifted along each, mm.
    let angle, shift: Double
    /// Poses that are looked at.
    let count: Int

    /// Ends of the ways followed, the most telling first.
    func run() -> [Descent.End] {
        let starts = poses
        let costs = Self.parallel(starts.count) { Self.worth(descent.metric.evaluate(NoMotion.self, at: starts[$0], every: 6)) }
        let order = starts.indices.filter { costs[$0].isFinite }.sorted { costs[$0] != costs[$1] ? costs[$0] < costs[$1] : $0 < $1 }
        // The two plain starts are always followed.
        let followed = ([0, 1].filter { costs[$0].isFinite } + order.filter { $0 > 1 }.prefix(6)).map { starts[$0] }
        let ends = Self.parallel(followed.count) { descent.run(RigidMotion.self, from: followed[$0], iterations: 12, tolerance: 0.1, every: 2) }
        return ends.sorted { Self.worth($0.evaluation) < Self.worth($1.evaluation) }
    }

    /// Information counts for the part of the images that it is about.
    static func worth(_ e: Evaluation) -> Double { e.cost.isFinite ? e.cost * e.inside : .infinity }

    /// As the scanner placed the images, with the middles of their tissue on each other, and around both.
    private var poses: [Pose] {
        let tissue = Pose(fixedCentre: fixed.centre, movingCentre: moving.centre)
        let scanner = tissue.with(Affine(translation: fixed.centre - moving.centre))
        return [scanner, tissue] + (0..<(angle > 0 ? count : 0)).map { i in
            let r = Self.recurrence(i)
            return (i % 2 == 0 ? tissue : scanner).stepped(RigidMotion.self, (0..<6).map { r[$0] * ($0 < 3 ? angle : shift) })
        }
    }

    /// Six numbers in -1..<1, the i-th of an even sequence (Roberts 2018).
    static func recurrence(_ i: Int) -> [Double] {
        (1...6).map { k in
            let v = pow(1.1127756842787055, -Double(k)) * Double(i + 1) + 0.5
            return 2 * (v - v.rounded(.down)) - 1
        }
    }

    /// Independent pieces of work, their results in order.
    static func parallel<R: Sendable>(_ count: Int, _ work: @Sendable (Int) -> R) -> [R] {
        [R](unsafeUninitializedCapacity: count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress
            Parallel.forEach(count) { i in if let out { (out + i).initialize(to: work(i)) } }
            initialized = count
        }
    }
}
