import CarpusCore
import CarpusTestSupport
import Foundation

/// Made-up wrists whose truth is known.
enum Phantom {
    /// Coronal slices of 2.5 mm, turned a little when asked.
    static func grid(turned angle: Double = 0, size: Index3 = Index3(80, 96, 14), spacing: Vector3 = Vector3(0.8, 0.8, 2.5)) throws -> Grid {
        let coronal = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0))
        let direction = RigidTransform(axis: Vector3(1, 0.4, 0.2), angle: angle).matrix * coronal
        return try Grid(size: size, spacing: spacing, origin: direction * ((Vector3(size) - 1) / -2 * spacing), direction: direction)
    }

    static func blob(_ p: Vector3, at c: Vector3, radius r: Vector3) -> Double { 1 / (1 + exp(10 * (((p - c) / r).length - 1))) }

    /// A hand with four bones; `lesion` adds signal, 0 to 1 times `lesionSignal`.
    static func image(on grid: Grid, through map: Affine = .identity, noise: Float = 6, seed: UInt64, lesionSignal: Double = 350, lesion: (Vector3) -> Double = { _ in 0 }) -> Volume<Float> {
        var volume = Volume<Float>(grid: grid, repeating: 0), random = Dice(seed: seed)
        for i in 0..<grid.count {
            let p = map(grid.worldFromVoxel(Vector3(grid.index(at: i))))
            var value = 200.0
            for (n, c) in [Vector3(-9, 0, 12), Vector3(8, 1, 13), Vector3(-10, -1, -8), Vector3(6, 0, -10)].enumerated() {
                let inside = blob(p, at: c, radius: Vector3(8 - Double(n) / 2, 9, 8))
                value = value * (1 - inside) + 600 * inside
            }
            let signal = blob(p, at: .zero, radius: Vector3(26, 14, 34)) * (value + lesionSignal * lesion(p))
            let (a, b) = (Float(signal) + noise * random.normal(), noise * random.normal())
            volume.scalars[i] = (a * a + b * b).squareRoot()
        }
        return volume
    }
}

