import CarpusCore
@testable import CarpusQuantification
import CarpusTestSupport

/// Sets of voxels whose every measure is known.
enum Shapes {
    static func grid(_ size: Index3, _ spacing: Vector3) throws -> Grid { try Grid(size: size, spacing: spacing) }

    /// A box of `extent` voxels from `low`.
    static func box(_ low: Index3, _ extent: Index3, on grid: Grid) -> [Bool] {
        (0..<grid.count).map { let at = grid.index(at: $0) &- low; return at.min() >= 0 && at.x < extent.x && at.y < extent.y && at.z < extent.z }
    }

    static func union(_ a: [Bool], _ b: [Bool]) -> [Bool] { zip(a, b).map { $0 || $1 } }

    /// Irregular pieces: a few dozen soft balls, where their sum is high. `shift` (mm) moves all of them.
    static func blobs(seed: UInt64, on grid: Grid, shift: Vector3 = .zero, level: Double = 0.6) -> [Bool] {
        var dice = CarpusTestSupport.Dice(seed: seed)
        let extent = grid.spacing * Vector3(grid.size)
        let balls = (0..<24).map { _ in
            (middle: Vector3((0..<3).map { Double.random(in: 0..<extent[$0], using: &dice) }) + shift, width: Double.random(in: 1.5..<4, using: &dice))
        }
        return (0..<grid.count).map { i in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            let sum = balls.reduce(0.0) { let r = (p - $1.middle).length / $1.width; return $0 + 1 / (1 + r * r * r * r) }
            return sum > level
        }
    }

    /// A mask with its axes in another order: axis `i` of the outcome is axis `order[i]` of the mask.
    static func permuted(_ mask: [Bool], on grid: Grid, order: [Int]) throws -> (mask: [Bool], grid: Grid) {
        let size = Index3(grid.size[order[0]], grid.size[order[1]], grid.size[order[2]])
        let spacing = Vector3(grid.spacing[order[0]], grid.spacing[order[1]], grid.spacing[order[2]])
        let other = try Grid(size: size, spacing: spacing)
        let moved = (0..<other.count).map { i -> Bool in
            let at = other.index(at: i)
            var from = Index3.zero
            for axis in 0..<3 { from[order[axis]] = at[axis] }
            return mask[grid.offset(from.x, from.y, from.z)]
        }
        return (moved, other)
    }
}
