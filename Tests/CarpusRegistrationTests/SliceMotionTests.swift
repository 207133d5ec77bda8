import CarpusCore
@testable import CarpusRegistration
import CarpusTestSupport
import Foundation
import Testing

/// Slices that moved one by one within their planes, and slabs too thin to tell more.
@Suite struct SliceMotionTests {
    private static let frames = 12

    /// A small motion of each frame, and another of each of its slices, up to 1 mm and 1.2 degrees.
    private static func truth(_ slices: Int) -> (frames: [RigidTransform], slices: [[SliceMotions.Motion]]) {
        var dice = Dice(seed: 21)
        func draw(_ most: Double) -> Double { Double.random(in: -most...most, using: &dice) }
        let frames = (0..<frames).map { k in
            k == 0 ? RigidTransform() : RigidTransform(axis: Vector3(0, 1, 0), angle: draw(0.8) * .pi / 180, translation: Vector3(draw(0.8), 0, draw(0.8)))
        }
        let motions = (0..<Self.frames).map { k in
            (0..<slices).map { _ -> SliceMotions.Motion in
                var m = SliceMotions.Motion()
                // Every third frame held still.
                if k % 3 != 0 { (m.turn, m.shift) = (draw(1.2) * .pi / 180, SIMD2(draw(1), draw(1))) }
                return m
            }
        }
        return (frames, motions)
    }

    private static func series(_ grid: Grid, _ truth: (frames: [RigidTransform], slices: [[SliceMotions.Motion]])) -> TimeSeries {
        let still = SliceMotions(grid, frames: 1, reference: 0)
        var scalars: [Float] = [], dice = Dice(seed: 4)
        for k in 0..<frames {
            let back = truth.frames[k].inverse.affine
            for i in 0..<grid.count {
                let v = Vector3(grid.index(at: i)), motion = truth.slices[k][Int(v.z)]
                // What a slice shows at y lay at the motion's inverse of y.
                let q = still.moved(SIMD2(v.x, v.y), motion.inverse)
                scalars.append(Float(Phantom.value(at: back(grid.worldFromVoxel(Vector3(q.x, q.y, v.z))))) + 8 * dice.normal())
            }
        }
        return TimeSeries(grid: grid, times: (0..<frames).map { 8 * Double($0) }, scalars: scalars)
    }

    @Test func slicesThatMovedOneByOneAreLaidOnTheMean() throws {
        let grid = try Phantom.grid(), truth = Self.truth(grid.size.z), series = Self.series(grid, truth)
        var parameters = SeriesMotion.Parameters()
        let frameWise = try SeriesMotion.estimate(series, parameters: parameters)
        parameters.perSlice = true
        let result = try SeriesMotion.estimate(series, parameters: parameters), slices = try #require(result.slices)
        // Where tissue of the middle slices lies in frame k: the true place against the one that was found; nothing found leaves 0.8 mm.
        func misses(_ start: (Vector3) -> Vector3, _ found: (Int, Int, SIMD2<Double>) -> SIMD2<Double>, _ maps: [RigidTransform]) -> [Double] {
            (1..<Self.frames).flatMap { k in
                (5..<11).flatMap { slice in
                    [SIMD2(48.0, 56), SIMD2(30, 40), SIMD2(64, 76)].map { p -> Double in
                        let voxel = Vector3(p.x, p.y, Double(slice))
                        func place(_ from: Vector3, _ map: RigidTransform, _ within: (SIMD2<Double>) -> SIMD2<Double>) -> Vector3 {
                            let v = grid.voxelFromWorld(map.affine(grid.worldFromVoxel(from))), q = within(SIMD2(v.x, v.y))
                            return grid.worldFromVoxel(Vector3(q.x, q.y, v.z))
                        }
                        let there = place(voxel, truth.frames[k]) { slices.moved($0, truth.slices[k][slice]) }
                        return (place(start(voxel), maps[k]) { found(k, slice, $0) } - there).length
                    }
                }
            }
        }
        let alone = misses({ $0 }, { $2 }, frameWise.frameFromReference), each = misses(slices.thing, { slices.moved($2, slices.frames[$0][$1]) }, result.frameFromReference)
        func mean(_ a: [Double]) -> Double { a.reduce(0, +) / Double(a.count) }
        #expect(mean(alone) > 0.4 && mean(each) < 0.15, "\(mean(alone)), \(mean(each)), worst \(each.max() ?? 9)")
        #expect(result.findings.contains { $0.code == "registration.slices-moved" })

        // Frames look alike once corrected: noise alone makes 8 √2 = 11.3, less where interpolation smooths it.
        func difference(_ s: TimeSeries) -> Double {
            let a = s.frame(0), b = s.frame(4)
            let d = a.scalars.indices.compactMap { i -> Double? in
                let v = Double(a.scalars[i] - b.scalars[i]), z = a.grid.index(at: i).z
                return v.isFinite && (5..<11).contains(z) ? v * v : nil
            }
            return mean(d).squareRoot()
        }
        let before = difference(SeriesMotion.corrected(series, by: frameWise)), after = difference(SeriesMotion.corrected(series, by: result))
        #expect(after < 12 && before > after + 1.5, "\(before), \(after)")
    }

    /// The reference's slices lie otherwise, each, and frame 1 lies one slice farther: what a slice of the reference shows has to be sought by its own motion, not by that
    /// of the slice where it comes to lie.
    @Test func theReferencesSlicesAreUndoneBeforeTheFrameMoves() throws {
        let grid = try Phantom.grid(), shift = grid.direction[column: 2] * grid.spacing.z
        var slices = SliceMotions(grid, frames: 2, reference: 0)
        for z in slices.frames[0].indices { slices.frames[0][z].shift = SIMD2(z % 2 == 0 ? 1 : -1, 0.5) }
        func seen(_ frame: Int) -> [Float] {
            (0..<grid.count).map { i in
                let v = Vector3(grid.index(at: i)), q = slices.moved(SIMD2(v.x, v.y), slices.frames[frame][Int(v.z)].inverse)
                let p = grid.worldFromVoxel(Vector3(q.x, q.y, v.z))
                return Float(Phantom.value(at: frame == 0 ? p : p - shift))
            }
        }
        let series = TimeSeries(grid: grid, times: [0, 8], scalars: seen(0) + seen(1))
        let corrected = SliceResampling(series, slices).corrected([RigidTransform(), RigidTransform(translation: shift)])
        let a = corrected.frame(0), b = corrected.frame(1)
        let differences = a.scalars.indices.filter { (3..<13).contains(grid.index(at: $0).z) }.compactMap { i -> Float? in
            let d = abs(a.scalars[i] - b.scalars[i])
            return d.isFinite ? d : nil
        }.sorted()
        // Of 250 to 650; slices undone by their neighbours' motion lie 2 mm apart, which is hundreds at edges.
        #expect(differences.count > 50_000 && differences[differences.count * 99 / 100] < 15, "\(differences[differences.count * 99 / 100])")
    }

    @Test func whereNoSliceMovedByItselfNoneIsMoved() throws {
        let grid = try Phantom.grid(), truth = Self.truth(grid.size.z)
        let still = (truth.frames, truth.slices.map { $0.map { _ in SliceMotions.Motion() } })
        var parameters = SeriesMotion.Parameters()
        parameters.perSlice = true
        let result = try SeriesMotion.estimate(Self.series(grid, still), parameters: parameters)
        let shifts = try #require(result.slices).frames.flatMap { $0[5..<11].map { ($0.shift * $0.shift).sum().squareRoot() } }
        #expect(shifts.reduce(0, +) / Double(shifts.count) < 0.08, "\(shifts.max() ?? 9)")
    }

    /// A slice is not laid where few places show it, where those that do change with time, or where it has lost its signal; it keeps its motion, and is named.
    @Test func slicesThatTellTooLittleAreNamed() throws {
        let grid = try Grid(size: Index3(96, 112, 16), spacing: Vector3(0.8, 0.8, 2.5))
        var motions = SliceMotions(grid, frames: 3, reference: 0)
        motions.frames[1][8].shift = SIMD2(0.4, 0)
        func laid(_ count: Int, value: Float, weight: Float) -> (motions: [SliceMotions.Motion], unfitted: [(slice: Int, places: Int)]) {
            var samples: [SliceMotions.Sample] = []
            for i in 0..<count {
                let slope = SIMD3<Float>(Float(i % 7) - 3, Float(i % 5) - 2, 1), voxel = Vector3(Double(i % 40) + 20, Double(i / 40) + 30, 8)
                samples.append(SliceMotions.Sample(voxel: voxel, value: value, mean: 300, gradient: 20 * slope, weight: weight))
            }
            return motions.fitted(frame: 1, samples, on: grid, robust: true)
        }
        #expect(laid(0, value: 300, weight: 1).unfitted.isEmpty && laid(1000, value: 300, weight: 1).unfitted.isEmpty)
        for bad in [laid(100, value: 300, weight: 1), laid(1000, value: 300, weight: 0.01), laid(1000, value: 3, weight: 1)] {
            #expect(bad.unfitted.map(\.slice) == [8] && bad.motions[8] == motions.frames[1][8])
        }
        #expect(motions.doubt == nil)
        motions.unfitted = [[0], [0, 8], [0, 3, 8]]
        #expect(motions.doubt?.severity == .note && motions.doubt?.evidence["slices"] == "0 in all frames; 3 in frame 2; 8 in frames 1, 2")
        motions.isDoubtful = true
        #expect(motions.doubt?.severity == .warning)
    }

    @Test func aThinSlabMovesWithinItsPlane() throws {
        let whole = try Phantom.grid(), middle = whole.worldFromVoxel(Vector3(0, 0, 6))
        let grid = try Grid(size: Index3(96, 112, 5), worldFromVoxel: Affine(linear: whole.worldFromVoxel.linear, translation: middle))
        let truth = Self.truth(5), series = Self.series(grid, (truth.frames, truth.slices.map { $0.map { _ in SliceMotions.Motion() } }))
        let result = try SeriesMotion.estimate(series)
        #expect(result.findings.contains { $0.code == "registration.in-plane" && $0.severity == .note })
        let normal = grid.direction[column: 2]
        for (found, motion) in zip(result.frameFromReference, truth.frames) {
            for p in [Vector3(0, 0, 0), Vector3(20, 0, 10), Vector3(-20, 0, -20)] {
                #expect(abs((found.affine(p) - p).dot(normal)) < 1e-6)
                #expect((found.affine(p) - motion.affine(p)).length < 0.12)
            }
        }
        // No voxel is carried out of the slab.
        let corrected = SeriesMotion.corrected(series, by: result)
        let lost = corrected.scalars.indices.count { i in
            let v = grid.index(at: i % grid.count)
            return (10..<86).contains(v.x) && (10..<102).contains(v.y) && corrected.scalars[i].isNaN
        }
        #expect(lost == 0)
        var parameters = SeriesMotion.Parameters()
        parameters.leastSlices = 0
        #expect(try !SeriesMotion.estimate(series, parameters: parameters).findings.contains { $0.code == "registration.in-plane" })
    }
}
