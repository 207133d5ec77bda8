import CarpusCore
import CarpusTestSupport
import Foundation

/// Made-up images whose truth is known, and small tools.
enum Phantom {
    /// Smooth blobs of different sizes, none symmetric, on a grid of thick slices.
    static func image(on grid: Grid, through map: Affine = .identity, noise: Float = 0, seed: UInt64 = 1) -> Volume<Float> {
        var volume = Volume<Float>(grid: grid, repeating: 0), random = Dice(seed: seed)
        for i in volume.scalars.indices {
            let p = map(grid.worldFromVoxel(Vector3(grid.index(at: i))))
            volume.scalars[i] = Float(value(at: p)) + noise * random.normal()
        }
        return volume
    }

    /// A continuous picture: a rounded box with blobs in it.
    static func value(at p: Vector3) -> Double {
        func blob(_ c: Vector3, _ r: Vector3) -> Double { let d = (p - c) / r; return 1 / (1 + exp(8 * (d.length - 1))) }
        let hand = blob(Vector3(0, 0, 0), Vector3(30, 14, 38))
        let parts = 300 * blob(Vector3(-10, 2, 12), Vector3(8, 6, 10)) + 200 * blob(Vector3(12, -3, 5), Vector3(7, 8, 6))
            - 120 * blob(Vector3(3, 4, -14), Vector3(10, 5, 9)) + 400 * blob(Vector3(-14, -2, -18), Vector3(5, 5, 12))
        return hand * (250 + parts)
    }

    static func grid(turned angle: Double = 0, spacing: Vector3 = Vector3(0.8, 0.8, 2.5)) throws -> Grid {
        let r = RigidTransform(axis: Vector3(1, 0.3, 0), angle: angle).matrix
        let coronal = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0))
        let size = Index3(96, 112, 16), direction = r * coronal
        let half = direction * ((Vector3(size) - 1) / 2 * spacing)
        return try Grid(size: size, spacing: spacing, origin: -1 * half, direction: direction)
    }

    /// The largest distance between two maps over the phantom, mm.
    static func distance(_ a: Affine, _ b: Affine) -> Double {
        [Vector3(0, 0, 0), Vector3(28, 0, 0), Vector3(-28, 0, 0), Vector3(0, 12, 0), Vector3(0, -12, 0), Vector3(0, 0, 35), Vector3(0, 0, -35)].map { (a($0) - b($0)).length }.max()!
    }
}

