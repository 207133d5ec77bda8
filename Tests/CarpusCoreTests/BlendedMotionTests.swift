import CarpusCore
import Foundation
import Testing

@Suite struct BlendedMotionTests {
    /// Two cubes of 10 mm, 4 mm apart, in a field of 60 mm.
    static func cubes() throws -> LabelMap {
        let grid = try Grid(size: Index3(60, 60, 60), spacing: Vector3(1, 1, 1), origin: Vector3(repeating: -29.5))
        let labels = (0..<grid.count).map { i -> UInt16 in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            guard abs(p.y) < 5, abs(p.z) < 5 else { return 0 }
            return p.x > -12 && p.x < -2 ? 1 : p.x > 2 && p.x < 12 ? 2 : 0
        }
        return LabelMap(grid: grid, labels: labels, legend: .components("part", count: 2))
    }
    static let left = RigidVelocity(turning: Vector3(0.03, -0.02, 0.05), sliding: Vector3(0.4, 0.3, -0.5), centre: Vector3(-7, 0, 0))
    static let right = RigidVelocity(turning: Vector3(-0.04, 0.01, 0.02), sliding: Vector3(-0.3, 0.5, 0.2), centre: Vector3(7, 0, 0))

    static func blend() throws -> BlendedMotion {
        BlendedMotion([.init(label: 1, velocity: left), .init(label: 2, velocity: right)], in: try cubes())
    }

    @Test func theLogarithmOfARigidMapFlowsToTheMap() {
        let map = RigidTransform(axis: Vector3(1, -2, 0.5), angle: 1.2, centre: Vector3(3, 4, 5), translation: Vector3(2, -7, 1))
        for centre in [Vector3.zero, Vector3(20, -3, 8)] {
            let velocity = RigidVelocity(of: map, about: centre), half = velocity.flow(0.5).affine
            for p in [Vector3(1, 2, 3), Vector3(-30, 12, 5)] {
                #expect((velocity.flow(1).affine(p) - map.affine(p)).length < 1e-12)
                #expect((half(half(p)) - map.affine(p)).length < 1e-12)
                #expect((velocity.flow(-1).affine(map.affine(p)) - p).length < 1e-12)
            }
        }
    }

    @Test func aPartMovesAsItselfAndWhatIsFarDoesNot() throws {
        let field = try Self.blend().flow(1)
        // Well inside, where the flow never leaves the part; the other part 4 mm away and more has a weight below 1 in 500.
        for (v, x) in [(Self.left, -7.0), (Self.right, 7)] {
            for offset in [Vector3.zero, Vector3(2, 2, -2), Vector3(-3, -2, 3)] {
                let p = Vector3(x, 0, 0) + offset
                #expect((field(p) - v.flow(1).affine(p)).length < 0.01)
            }
        }
        for far in [Vector3(-26, 0, 0), Vector3(0, 22, 0), Vector3(3, 4, -25)] { #expect(field(far) == far) }
        #expect(!field.folds)
    }

    @Test func theFlowBackIsTheInverse() throws {
        let blend = try Self.blend(), forth = blend.flow(0.5), back = blend.flow(-0.5), whole = blend.flow(1)
        var worst = 0.0, twice = 0.0
        for x in stride(from: -20.0, through: 20, by: 2.3) {
            for y in [-6.1, 0.4, 5.2] {
                let p = Vector3(x, y, 0.7)
                worst = max(worst, (back(forth(p)) - p).length)
                twice = max(twice, (forth(forth(p)) - whole(p)).length)
            }
        }
        // Motions of a millimetre, fields linear between points 1 mm apart.
        #expect(worst < 0.02 && twice < 0.02)
    }
}
