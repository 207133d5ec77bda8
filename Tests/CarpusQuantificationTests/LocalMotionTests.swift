import CarpusCore
import CarpusQuantification
import Foundation
import Testing

/// A ball of the phantom that moves by itself, and the map of change with and without its motion.
@Suite struct LocalMotionTests {
    static let motion = RigidTransform(axis: Vector3(0, 0, 1), angle: 0, translation: Vector3(0.9, -0.6, 0.5))
    static let ball = Phantom().balls[1]

    /// A phantom with the second ball moved.
    static func moved(seed: UInt64) -> Phantom {
        var phantom = Phantom()
        phantom.seed = seed
        phantom.balls[1].centre = motion.affine(ball.centre)
        return phantom
    }

    static func anatomy(_ centre: Vector3, on grid: Grid) -> LabelMap {
        LabelMap(grid: grid, labels: (0..<grid.count).map { (grid.worldFromVoxel(Vector3(grid.index(at: $0))) - centre).length < ball.radius ? 1 : 0 }, legend: .components("ball", count: 1))
    }

    static let motions = PartMotions(whole: RigidTransform(), parts: [.init(label: 1, name: "ball-1", movingFromFixed: motion, motion: 1.2, error: 0.05)])

    func value(_ r: ProgressionMap.Result, _ quantity: String, _ region: String) throws -> Double {
        try #require(r.measurements.first { $0.quantity == quantity && $0.region == region }?.value)
    }

    @Test func aPartThatMovedByItselfHasNotChanged() throws {
        let grid = try Phantom.grid(spacing: Vector3(0.9, 0.9, 1), size: Index3(64, 56, 44)), anatomy = Self.anatomy(Self.ball.centre, on: grid)
        let a = Phantom().seen(on: grid), b = Self.moved(seed: 5).seen(on: grid)
        var p = ProgressionMap.Parameters()
        p.registrationError = 0.05
        func map(_ motions: PartMotions?) throws -> ProgressionMap.Result {
            try ProgressionMap.compute(baseline: a, followup: b, followupFromBaseline: .identity, motions: motions, baselineAnatomy: anatomy, parameters: p, method: "t/1")
        }
        let without = try map(nil), with = try map(Self.motions)
        // A ball of 6 mm that moves by 1.2 mm leaves crescents of a tenth of its 0.9 mL on both sides.
        #expect(try value(without, "significant-volume", "increase") > 0.1)
        for sign in ["increase", "decrease"] {
            let (left, plain) = (try value(with, "significant-volume", sign), try value(without, "significant-volume", sign))
            #expect(left < plain / 5, "\(sign): \(left), without \(plain)")
        }
        #expect(try value(without, "significant-volume", "decrease/ball-1") > 0.03)
        #expect(try value(with, "significant-volume", "decrease/ball-1") < 0.01)
        // A point of the ball goes halfway, and the maps lead back.
        let point = Self.ball.centre, half = with.halfwayFromBaseline(point)
        #expect((half - (point + Self.motion.translation * 0.5)).length < 0.02)
        #expect((with.baselineFromHalfway(half) - point).length < 0.02 && (with.followupFromHalfway(half) - Self.motion.affine(point)).length < 0.02)
    }

    @Test func aLesionInAPartThatMovedIsFoundThere() throws {
        let grid = try Phantom.grid(spacing: Vector3(0.9, 0.9, 1), size: Index3(64, 56, 44)), anatomy = Self.anatomy(Self.ball.centre, on: grid)
        var later = Self.moved(seed: 6)
        later.lesion = (Self.motion.affine(Self.ball.centre), 3, -150)
        let r = try ProgressionMap.compute(
            baseline: Phantom().seen(on: grid), followup: later.seen(on: grid), followupFromBaseline: .identity, motions: Self.motions, baselineAnatomy: anatomy, method: "t/1")
        let truth = 4 / 3 * Double.pi * 27 / 1000
        let decrease = try value(r, "volume-change", "decrease/ball-1")
        #expect(abs(decrease / truth - 1) < 0.3)
        #expect(try value(r, "volume-change", "increase/ball-1") == 0)
    }

    @Test func swappingTheVisitsTurnsTheSignWithPartsToo() throws {
        let grid = try Phantom.grid(), anatomy = Self.anatomy(Self.ball.centre, on: grid)
        let a = Phantom().seen(on: grid), b = Self.moved(seed: 7).seen(on: try Phantom.grid(shift: Vector3(0.4, 0.2, 0.7)))
        let ab = try ProgressionMap.compute(baseline: a, followup: b, followupFromBaseline: .identity, motions: Self.motions, baselineAnatomy: anatomy, method: "t/1")
        let ba = try ProgressionMap.compute(baseline: b, followup: a, followupFromBaseline: .identity, motions: Self.motions.inverse, followupAnatomy: anatomy, method: "t/1")
        #expect(zip(ab.z.scalars, ba.z.scalars).allSatisfy { $0.isNaN && $1.isNaN || $0 == -$1 })
        #expect(ab.significant.labels == ba.significant.labels.map { $0 == 0 ? 0 : 3 - $0 })
        let (there, back) = (try value(ab, "volume-change", "net/ball-1"), try value(ba, "volume-change", "net/ball-1"))
        #expect(there == -back)
    }

    @Test func partsWithoutAnAnatomyAreRefused() throws {
        let a = Phantom().seen(on: try Phantom.grid())
        #expect(throws: QuantificationError.self) {
            try ProgressionMap.compute(baseline: a, followup: a, followupFromBaseline: .identity, motions: Self.motions, method: "t/1")
        }
    }
}
