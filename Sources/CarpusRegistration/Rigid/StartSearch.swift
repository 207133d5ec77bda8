import CarpusCore
import Foundation

/// Where the way down begins: many poses are looked at, the best few followed, the best of their ends taken.
struct StartSearch {
    let fixed, moving: Subject
    let descent: Descent
    /// How far starts are turned, radians, and shifted, mm.
    let angle, shift: Double

    /// Ends of the ways followed, the best first, each with its worth.
    func run(samplesEvery every: Int) -> [Descent.End] {
        let starts = poses
        var costs = [Double](repeating: .infinity, count: starts.count)
        costs.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer
            Parallel.forEach(starts.count) { i in
                let e = descent.metric.evaluate(NoMotion.self, at: starts[i], every: every * 3)
                out[i] = Self.worth(e)
            }
        }
        let order = starts.indices.filter { costs[$0].isFinite }.sorted { costs[$0] != costs[$1] ? costs[$0] < costs[$1] : $0 < $1 }
        // The two plain starts are always followed.
        let followed = ([0, 1].filter { costs[$0].isFinite } + order.filter { $0 > 1 }.prefix(6)).map { starts[$0] }
        var ends = [Descent.End?](repeating: nil, count: followed.count)
        ends.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer
            Parallel.forEach(followed.count) { i in
                out[i] = descent.run(RigidMotion.self, from: followed[i], iterations: 12, tolerance: 0.1, every: every)
            }
        }
        return ends.compactMap { $0 }.sorted { Self.worth($0.evaluation) < Self.worth($1.evaluation) }
    }

    /// Information counts for the part of the images that it is about.
    static func worth(_ e: Evaluation) -> Double { e.cost.isFinite ? e.cost * e.inside : .infinity }

    /// As the scanner placed the images, with the middles of their tissue on each other, and around both.
    private var poses: [Pose] {
        let tissue = Pose(fixedCentre: fixed.centre, movingCentre: moving.centre)
        let scanner = tissue.with(Affine(translation: fixed.centre - moving.centre))
        var all = [scanner, tissue]
        guard angle > 0 else { return all }
        for i in 0..<240 {
            let r = Self.recurrence(i)
            let turn = Vector3(r[0], r[1], r[2]) * angle, move = Vector3(r[3], r[4], r[5]) * shift
            all.append((i % 2 == 0 ? tissue : scanner).stepped(RigidMotion.self, [turn.x, turn.y, turn.z, move.x, move.y, move.z]))
        }
        return all
    }

    /// Six numbers in -1..<1, the i-th of an even sequence (Roberts 2018).
    static func recurrence(_ i: Int) -> [Double] {
        (1...6).map { k in
            let v = pow(1.1127756842787055, -Double(k)) * Double(i + 1) + 0.5
            return 2 * (v - v.rounded(.down)) - 1
        }
    }
}
