import CarpusCore
import Foundation
import Testing

@testable import CarpusQuantification

@Suite("Sites") struct SiteTests {
    typealias Row = CarpusCore.Measurement

    /// The phantom measured on its own slices, once.
    static let whole = Result { try SitePhantom.measured(on: SitePhantom.slices()) }

    func value(_ rows: [Row], _ quantity: String, _ region: String) -> Double? { row(rows, quantity, region)?.value }
    func row(_ rows: [Row], _ quantity: String, _ region: String) -> Row? { rows.first { $0.quantity == quantity && $0.region == region } }

    @Test func theArticularPlaneIsTheMeanOfTheFaceAcrossTheShaft() throws {
        let turned = RigidTransform(axis: Vector3(1, 0.3, 0.2), angle: 0.3).matrix
        let coronal = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0))
        let fine = try Grid(size: Index3(70, 58, 104), spacing: Vector3(1, 1, 1), origin: Vector3(-34, -28, -58.5))
        let grids = [
            try SitePhantom.slices(), fine, try Grid(size: Index3(150, 200, 20), spacing: Vector3(0.5, 0.5, 3), origin: Vector3(-34, -28, 45), direction: coronal),
            try Grid(size: Index3(150, 120, 36), spacing: Vector3(0.5, 0.5, 3), origin: turned * Vector3(-34, -28, -58), direction: turned),
        ]
        for grid in grids {
            let maps = SitePhantom.maps(on: grid), ends = SiteMap(maps.lesions, anatomy: maps.anatomy, field: nil).ends
            for (bone, point, way) in [(UInt16(1), Vector3(8, 0, -20), -1.0), (2, Vector3(-13, 0, -21), -1), (13, Vector3(0, 0, 3), 1)] {
                let end = try #require(ends[bone])
                #expect(abs(end.depth(of: point)) < 0.5 && end.shaftward.z * way > 0.9995 && end.showsShaft && end.cutShare == 0, "\(bone) on \(grid.orientation): \(end.depth(of: point)) \(end.shaftward)")
            }
        }
    }

    @Test func aFieldThatCutsTheShaftDoesNotMoveThePlane() throws {
        let maps = SitePhantom.maps(on: try SitePhantom.slices(from: -37.5)), ends = SiteMap(maps.lesions, anatomy: maps.anatomy, field: nil).ends
        for (bone, point) in [(UInt16(1), Vector3(8, 0, -20)), (2, Vector3(-13, 0, -21))] {
            let end = try #require(ends[bone])
            #expect(abs(end.depth(of: point)) < 0.5 && end.shaftward.z < -0.9995, "\(end)")
        }
    }

    @Test func oedemaIsAShareOfTheOriginalBoneWithinTenMillimetres() throws {
        // The truth by counting points a quarter of a millimetre apart from z = -30, 10 mm from the articular plane, on.
        let rows = try Self.whole.get(), bone = Double.pi * 81 * 10 / 1000
        var counts = [0, 0, 0, 0, 0]
        for i in 0..<(80 * 80 * 80) {
            counts[Int(SitePhantom.lesion(Vector3(-2, -10, -30) + (Vector3(Double(i % 80), Double(i / 80 % 80), Double(i / 6400)) + 0.5) / 4))] += 1
        }
        let oedema = Double(counts[3]) / 64000, erosion = Double(counts[4]) / 64000
        #expect(abs(value(rows, "assessed-volume", "distal-radius")! / bone - 1) < 0.03)
        #expect(abs(value(rows, "volume", "erosion/distal-radius")! - erosion) < 0.01)
        #expect(abs(value(rows, "volume", "bone-marrow-oedema/distal-radius")! - oedema) < 0.03 * oedema)
        #expect(abs(value(rows, "fraction", "bone-marrow-oedema/distal-radius")! - oedema / bone) < 0.02)
        #expect(value(rows, "volume", "bone-marrow-oedema/distal-ulna") == 0 && value(rows, "fraction", "erosion/lunate") == 0)
        #expect(row(rows, "volume", "bone-marrow-oedema/capitate")?.status == .notScorable)
    }

    @Test func synovitisIsAShareOfTheJointsCapacity() throws {
        let rows = try Self.whole.get()
        #expect(abs(value(rows, "fraction", "synovitis/intercarpal-carpometacarpal")! - 0.5) < 0.02)
        #expect(abs(value(rows, "capacity", "intercarpal-carpometacarpal")! - 2.4) < 0.03 * 2.4)
        #expect(row(rows, "fraction", "synovitis/radiocarpal")?.status == .notScorable)
    }

    @Test func aSheathHasItsThicknessAndItsRun() throws {
        let rows = try Self.whole.get(), region = "tenosynovitis/extensor-2"
        #expect(abs(value(rows, "volume", region)! - 0.4665) < 0.014)
        // 99 % of a ring of 2 to 3.5 mm lies within 1.488 mm; twice the mean distance is 1.636 mm.
        #expect(abs(value(rows, "thickness", region)! - 1.488) < 0.2, "\(value(rows, "thickness", region)!)")
        #expect(abs(value(rows, "mean-thickness", region)! - 1.636) < 0.2, "\(value(rows, "mean-thickness", region)!)")
        #expect(value(rows, "slice-run", region) == 6 && abs(value(rows, "run-length", region)! - 18) < 1)
    }

    @Test func coronalSlicesHaveARunInMillimetresOnly() throws {
        let direction = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0)), region = "tenosynovitis/extensor-2"
        let rows = try SitePhantom.measured(on: Grid(size: Index3(167, 222, 112), spacing: Vector3(0.45, 0.45, 0.5), origin: Vector3(-34, -28, 45), direction: direction))
        #expect(abs(value(rows, "run-length", region)! - 18) < 1 && abs(value(rows, "thickness", region)! - 1.488) < 0.3, "\(value(rows, "thickness", region)!)")
        #expect(row(rows, "slice-run", region)?.status == .notScorable && row(rows, "slice-run", region)?.reason == "the slices are not axial")
        // Voxels as long as wide have axial planes however they are stored.
        let cubes = try SitePhantom.measured(on: Grid(size: Index3(75, 100, 56), spacing: Vector3(1, 1, 1), origin: Vector3(-34, -28, 45), direction: direction))
        #expect(row(cubes, "slice-run", region)?.status == .ok && abs(value(cubes, "slice-run", region)! - 18) <= 1)
    }

    @Test func whatLiesInVesselsAndOutsideIsToldApart() throws {
        let rows = try Self.whole.get()
        let all = value(rows, "volume", "synovitis")!, suspect = value(rows, "vessel-suspect-volume", "synovitis")!, outside = value(rows, "outside-anatomy-volume", "synovitis")!
        #expect(abs(suspect - 0.113) < 0.02 && abs(outside - 0.0335) < 0.015, "\(suspect) \(outside)")
        #expect(abs(all - suspect - outside - value(rows, "volume-in-anatomy", "synovitis")!) < 1e-9)
    }

    @Test func aMovedAFlippedAndAMirroredGridMeasureTheSame() throws {
        let grid = try SitePhantom.slices(), maps = SitePhantom.maps(on: grid), plain = try Self.whole.get()
        let turn = RigidTransform(axis: Vector3(1, 2, -1), angle: 0.9).matrix, mirror = Matrix3(diagonal: Vector3(-1, 1, 1))
        for m in [turn, mirror, turn * mirror] {
            let moved = try Grid(size: grid.size, worldFromVoxel: Affine(linear: m * grid.worldFromVoxel.linear, translation: m * grid.origin + Vector3(5, -70, 31)))
            try expectSame(plain, LabelMap(grid: moved, labels: maps.lesions.labels, legend: maps.lesions.legend), LabelMap(grid: moved, labels: maps.anatomy.labels, legend: maps.anatomy.legend))
        }
        // Slices in the other order, and rows where columns were.
        let size = Index3(grid.size.y, grid.size.x, grid.size.z), l = grid.worldFromVoxel.linear
        let other = try Grid(size: size, worldFromVoxel: Affine(linear: Matrix3(columns: l.y, l.x, l.z * -1), translation: grid.worldFromVoxel(Vector3(0, 0, Double(size.z - 1)))))
        func reordered(_ map: LabelMap) -> LabelMap {
            LabelMap(grid: other, labels: (0..<other.count).map { let v = other.index(at: $0); return map.labels[grid.offset(v.y, v.x, size.z - 1 - v.z)] }, legend: map.legend)
        }
        try expectSame(plain, reordered(maps.lesions), reordered(maps.anatomy))
    }

    /// Columns lie otherwise in the bone on each of these grids, which moves the plane by a hundredth of the 10 mm, and axes by a degree.
    @Test func theArticularPlaneMovesWithTheGrid() throws {
        let grid = try SitePhantom.slices(), maps = SitePhantom.maps(on: grid), plain = ArticularEnd.all(in: maps.anatomy)
        #expect(plain.count == 3)
        func expectMoved(_ map: LabelMap, by motion: Affine) throws {
            let ends = ArticularEnd.all(in: map)
            for (bone, end) in plain {
                let other = try #require(ends[bone]), way = motion.linear * end.shaftward
                #expect(abs(other.depth(of: motion(end.middle))) < 0.15 && other.shaftward.dot(way) > 0.999_6, "\(bone): \(other.depth(of: motion(end.middle))) \(other.shaftward) \(way)")
            }
        }
        let turn = RigidTransform(axis: Vector3(1, 2, -1), angle: 0.9).matrix, mirror = Matrix3(diagonal: Vector3(-1, 1, 1))
        for m in [turn, mirror, turn * mirror] {
            let motion = Affine(linear: m, translation: Vector3(5, -70, 31)), moved = try Grid(size: grid.size, worldFromVoxel: motion * grid.worldFromVoxel)
            try expectMoved(LabelMap(grid: moved, labels: maps.anatomy.labels, legend: maps.anatomy.legend), by: motion)
        }
        // The same voxels, slices from the other end.
        let size = grid.size, l = grid.worldFromVoxel.linear
        let other = try Grid(size: size, worldFromVoxel: Affine(linear: Matrix3(columns: l.x, l.y, l.z * -1), translation: grid.worldFromVoxel(Vector3(0, 0, Double(size.z - 1)))))
        let labels = (0..<other.count).map { let v = other.index(at: $0); return maps.anatomy.labels[grid.offset(v.x, v.y, size.z - 1 - v.z)] }
        try expectMoved(LabelMap(grid: other, labels: labels, legend: maps.anatomy.legend), by: .identity)
    }

    private func expectSame(_ plain: [Row], _ lesions: LabelMap, _ anatomy: LabelMap) throws {
        let rows = try VolumeMeasurement.measure(lesions, anatomy: anatomy, regions: [], method: "t").measurements
        #expect(rows.map(\.region) == plain.map(\.region) && rows.map(\.status) == plain.map(\.status))
        for (a, b) in zip(plain, rows) where abs((a.value ?? 0) - (b.value ?? 0)) > 0.01 * abs(a.value ?? 0) + 1e-3 { Issue.record("\(a.region) \(a.quantity): \(a.value ?? -1), \(b.value ?? -1)") }
    }

    @Test func aSiteThatTheFieldCutsIsToBeLookedAtOrNotScorable() throws {
        // Slices from z = -27 show 6 or 7 of the 10 mm of radius and ulna.
        let part = try SitePhantom.measured(on: SitePhantom.slices(from: -25.5)), region = "bone-marrow-oedema/distal-radius"
        #expect(row(part, "volume", region)?.status == .review && abs(value(part, "covered-fraction", region)! - 0.7) < 0.1, "\(String(describing: row(part, "volume", region)))")
        let little = try SitePhantom.measured(on: SitePhantom.slices(from: -22.5))
        #expect(row(little, "volume", region)?.status == .notScorable && row(little, "volume", region)?.reason?.contains("%") == true)
        // The border cuts the scaphoid's ball at y = 26 of 18 to 30: 0.741 of its volume is inside.
        let grid = try SitePhantom.slices(), cut = try Grid(size: Index3(150, 106, grid.size.z), worldFromVoxel: grid.worldFromVoxel)
        let ball = try SitePhantom.measured(on: cut)
        #expect(abs(value(ball, "covered-fraction", "bone-marrow-oedema/scaphoid")! - 0.741) < 0.06, "\(value(ball, "covered-fraction", "bone-marrow-oedema/scaphoid")!)")
        #expect(row(try Self.whole.get(), "volume", "bone-marrow-oedema/scaphoid")?.status == .ok)
    }

    @Test func whatTheSeriesDoesNotReachIsNotCounted() throws {
        let grid = try SitePhantom.slices()
        let field = LabelMap(grid: grid, labels: (0..<grid.count).map { grid.worldFromVoxel(Vector3(grid.index(at: $0))).x > -8 ? 1 : 0 }, legend: Legend([]))
        let rows = try SitePhantom.measured(on: grid, field: field)
        #expect(row(rows, "volume", "bone-marrow-oedema/distal-ulna")?.status == .notScorable)
        #expect(abs(value(rows, "covered-fraction", "bone-marrow-oedema/lunate")! - 2.0 / 3) < 0.02 && row(rows, "volume", "bone-marrow-oedema/lunate")?.status == .review)
        #expect(row(rows, "volume", "bone-marrow-oedema/distal-radius")?.status == .ok)
    }

    @Test func intervalsHoldTheTruthAsOftenAsTheySay() throws {
        // A ball whose surface is in doubt by a smooth random field of a known correlation: p is known, the truth is drawn.
        let grid = try Grid(size: Index3(44, 44, 16), spacing: Vector3(0.5, 0.5, 1.5)), deviation = 0.8, length = 1.5
        let legend = WristAnatomy.lesionLegend
        let distance = (0..<grid.count).map { (grid.worldFromVoxel(Vector3(grid.index(at: $0))) - grid.centre).length - 6 }
        let map = LabelMap(grid: grid, labels: distance.map { $0 < 0 ? 1 : 0 }, legend: legend)
        let probabilities = Volume<Float>(grid: grid, scalars: distance.map { Float(0.5 * erfc(-abs($0) / deviation / 2.0.squareRoot())) })
        var parameters = VolumeMeasurement.Parameters()
        parameters.correlationLength = length
        let rows = try VolumeMeasurement.measure(map, doubts: .confidence(probabilities), parameters: parameters, method: "t").measurements
        let low = value(rows, "volume-low", "synovitis")!, high = value(rows, "volume-high", "synovitis")!
        var random = SplitMix(seed: 4), inside = 0, offs: [Double] = []
        let draws = 120
        for _ in 0..<draws {
            let noise = Volume<Float>(grid: grid, scalars: (0..<grid.count).map { _ in Float((0..<4).reduce(0.0) { sum, _ in sum + .random(in: -1...1, using: &random) }) })
            // A Gaussian of that variance correlates what it smooths over sqrt(2) times its own width.
            let smooth = Smoothing.smoothed(noise, variance: Vector3(repeating: length * length / 2)).scalars
            let spread = (smooth.reduce(0) { $0 + Double($1) * Double($1) } / Double(smooth.count)).squareRoot()
            let volume = Double(distance.indices.count { distance[$0] + deviation * Double(smooth[$0]) / spread < 0 }) * grid.voxelVolume / 1000
            if low <= volume && volume <= high { inside += 1 }
            offs.append(abs(volume - map.volume(of: 1)))
        }
        // Not by being wide: half of it is at most twice what holds 95 of 100 draws.
        let sorted = offs.sorted()
        #expect(inside >= draws * 88 / 100 && high - low < 4 * sorted[draws * 95 / 100], "\(inside) of \(draws), \(high - low) against \(sorted[draws * 95 / 100])")
    }
}
