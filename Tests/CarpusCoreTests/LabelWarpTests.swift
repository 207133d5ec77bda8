import CarpusCore
import Foundation
import Testing

@Suite struct LabelWarpTests {
    private static let legend = Legend([Label(value: 1, name: "one", color: [1, 2, 3]), Label(value: 7, name: "seven", color: [3, 2, 1]), Label(value: 300, name: "many", color: [0, 0, 9])])

    /// Two balls that touch, and a third thing in a corner.
    private func balls(spacing: Double = 1) throws -> LabelMap {
        let n = Int(32 / spacing), grid = try Grid(size: Index3(n, n, n), spacing: Vector3(repeating: spacing), origin: Vector3(repeating: spacing / 2 - 16))
        return LabelMap(grid: grid, labels: (0..<grid.count).map { i in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            if (p - Vector3(-4, 0, 0)).length < 7 { return 1 }
            if (p - Vector3(6, 1, 0)).length < 6 { return 7 }
            return p.min() > 10 ? 300 : 0
        }, legend: Self.legend)
    }

    @Test(arguments: LabelInterpolation.allCases) func theIdentityKeepsEveryLabelAndTheLegend(how: LabelInterpolation) throws {
        let map = try balls()
        #expect(map.resampled(onto: map.grid, through: .rigid(RigidTransform(centre: Vector3(1, 2, 3))), interpolation: how) == map)
        // Nearly the identity, so that nothing is skipped.
        let same = map.resampled(onto: map.grid, through: .affine(Affine(translation: Vector3(1e-7, 0, 0))), interpolation: how)
        #expect(same.labels == map.labels && same.legend == Self.legend)
    }

    @Test(arguments: LabelInterpolation.allCases) func wholeShiftsAndTurnsMoveLabelsAsPoints(how: LabelInterpolation) throws {
        let map = try balls(), turn = Transform.rigid(RigidTransform(axis: Vector3(0, 0, 1), angle: .pi / 2)), shift = Transform.affine(Affine(translation: Vector3(2, -3, 1)))
        let chain = turn * shift, seen = map.resampled(onto: map.grid, through: chain, interpolation: how)
        for i in stride(from: 0, to: map.grid.count, by: 7) {
            let v = map.grid.voxelFromWorld(chain(map.grid.worldFromVoxel(Vector3(map.grid.index(at: i)))))
            let near = Index3(v.rounded(.toNearestOrEven)), inside = near.min() >= 0 && near.max() < 32
            #expect(seen.labels[i] == (inside ? map.labels[map.grid.offset(near.x, near.y, near.z)] : 0))
        }
    }

    @Test func sharesGiveRoundBallsWhereTheNearestGivesSteps() throws {
        let coarse = try balls(spacing: 2), truth = try balls(spacing: 0.5), turn = Transform.rigid(RigidTransform(axis: Vector3(1, 2, 3), angle: 0.3))
        let back = try turn.inverted()
        func errors(_ how: LabelInterpolation) -> Int {
            let seen = coarse.resampled(onto: truth.grid, through: turn, interpolation: how)
            let exact = truth.resampled(onto: truth.grid, through: turn)
            return zip(seen.labels, exact.labels).count { $0 != $1 && $0 != 300 && $1 != 300 }
        }
        #expect(Double(errors(.linear)) < 0.85 * Double(errors(.nearest)))
        let known = Set(coarse.labels)
        #expect(coarse.resampled(onto: truth.grid, through: back, interpolation: .linear).labels.allSatisfy(known.contains), "no label is made up")
    }

    @Test func aChainCarriesAnImageInOneStep() throws {
        let grid = try Grid(size: Index3(24, 24, 24), spacing: Vector3(1, 1, 1), origin: Vector3(-12, -12, -12))
        let image = Volume(grid: grid, scalars: (0..<grid.count).map { i in
            let p = grid.worldFromVoxel(Vector3(grid.index(at: i)))
            return Float(sin(p.x / 3) + cos(p.y / 4) * sin(p.z / 5))
        })
        let there = Transform.rigid(RigidTransform(axis: Vector3(1, 0, 1), angle: 0.2)) * .displacement(try TransformTests.field())
        // There and exactly back, in one step: the image itself, where there is one to see.
        let back = try there.inverted(for: grid), seen = image.resampled(onto: grid, through: there * back, interpolation: .cubic)
        for i in 0..<grid.count where grid.index(at: i).min() >= 3 && grid.index(at: i).max() <= 20 { #expect(abs(seen.scalars[i] - image.scalars[i]) < 1e-4) }
        for map in [there, back, there * back] {
            let warped = image.resampled(onto: grid, through: map)
            for i in stride(from: 0, to: grid.count, by: 37) {
                // The value is that at the mapped point, by the image seen there alone.
                let p = map(grid.worldFromVoxel(Vector3(grid.index(at: i)))), one = try Grid(size: Index3(1, 1, 1), spacing: Vector3(1, 1, 1), origin: p)
                let value = image.resampled(onto: one).scalars[0]
                #expect(abs(warped.scalars[i] - value) < 1e-6 || (warped.scalars[i].isNaN && value.isNaN))
            }
        }
    }
}
