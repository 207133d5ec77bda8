import CarpusCore
import CarpusTestSupport
import Foundation

/// A body with bright and dark parts, known everywhere in the world, so that it can be seen on any grid.
struct Phantom {
    /// Signal before noise: a smooth ellipsoid of tissue in air, with soft-edged balls.
    var balls: [(centre: Vector3, radius: Double, signal: Double)] = [
        (Vector3(-9, 2, 3), 7, 250), (Vector3(8, -5, -2), 6, 420), (Vector3(4, 10, 5), 4, 60), (Vector3(-3, -11, -6), 5, 350),
    ]
    /// Something more, added on top: where, how large, by how much.
    var lesion: (centre: Vector3, radius: Double, signal: Double)?
    var noise = 8.0
    var seed: UInt64 = 1
    /// Applied to the signal, not to the noise.
    var gain = 1.0, offset = 0.0
    /// A smooth factor over the world.
    var field: @Sendable (Vector3) -> Double = { _ in 1 }

    func signal(at p: Vector3) -> Double {
        func soft(_ distance: Double) -> Double { 1 / (1 + exp(distance / 0.4)) }
        let q = p / Vector3(24, 20, 18)
        var s = 160 * soft((q.length - 1) * 18)
        for ball in balls { let share = soft((p - ball.centre).length - ball.radius); s += (ball.signal - s) * share }
        if let lesion { s += lesion.signal * soft(((p - lesion.centre).length - lesion.radius) * 4) }
        return s * field(p)
    }

    /// The phantom seen on a grid, moved: a point `p` of the grid's world shows what the phantom has at `phantomFromWorld(p)`.
    func seen(on grid: Grid, through phantomFromWorld: Transform = .identity) -> Volume<Float> {
        var random = Dice(seed: seed &* 0x1234_5678_9ABC_DEF1)
        return Volume(grid: grid, scalars: (0..<grid.count).map { o in
            let p = phantomFromWorld(grid.worldFromVoxel(Vector3(grid.index(at: o))))
            return Float(gain * (signal(at: p) + noise * Double(random.normal())) + offset)
        })
    }

    /// 64 × 56 × 24 voxels of 0.9 × 0.9 × 2 mm about the middle of the phantom.
    static func grid(_ direction: Matrix3 = .identity, shift: Vector3 = .zero, spacing: Vector3 = Vector3(0.9, 0.9, 2), size: Index3 = Index3(64, 56, 24)) throws -> Grid {
        try Grid(size: size, spacing: spacing, origin: shift - direction * (spacing * (Vector3(size) - 1) / 2), direction: direction)
    }
}
