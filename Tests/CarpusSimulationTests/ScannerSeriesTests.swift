import CarpusCore
import Foundation
import Testing

@testable import CarpusSimulation

@Suite("Series and truth of the virtual scanner")
struct ScannerSeriesTests {
    let table = TissueTable.mean(fieldTesla: 1.5)

    /// A ball of synovitis and an artery in muscle.
    func wrist() throws -> Specimen {
        var s = try phantom(size: Index3(160, 160, 60)) { p in
            if (p - Vector3(6, 0, 0)).length < 5 { return (.synovitis, 24) }
            if ((p.x + 8) * (p.x + 8) + p.y * p.y).squareRoot() < 2 { return (.artery, 16) }
            return (p.x * p.x + p.y * p.y).squareRoot() < 17 ? (.muscle, 16) : (.air, 16)
        }
        for i in s.tissue.indices where s.tissue[i] == Tissue.synovitis.rawValue { (s.region[i], s.lesion[i]) = (17, 1) }
        for i in s.tissue.indices where s.tissue[i] == Tissue.artery.rawValue { s.region[i] = 29 }
        return s
    }

    func plan() throws -> ScanPlan {
        var plan = ScanPlan(grid: try scanGrid(Index3(80, 80, 4), spacing: Vector3(0.5, 0.5, 3)), sequence: .gradientEcho(repetition: 0.1, echo: 0.0045, flipDegrees: 60))
        (plan.signalToNoise, plan.storedReference, plan.storedMaximum, plan.edgeFilter) = (1e6, 20_000, 1_000_000, 1)
        return plan
    }

    @Test("a voxel's curve in a dynamic series is the equation's, frame by frame, also in a frame that moved")
    func curve() throws {
        let scanner = VirtualScanner(try wrist()), plan = try plan()
        let times = stride(from: 5.0, through: 305, by: 20).map { $0 }, move = RigidTransform(translation: Vector3(2, 1, 0))
        var motions = [RigidTransform](repeating: RigidTransform(), count: times.count)
        motions[4] = move
        let scan = scanner.acquireDynamic(plan, frameTimes: times, injectionSeconds: 40, motions: motions, table: table, seed: 1, name: "dce")
        #expect(scan.series.times == times.map { $0 - 5 } && scan.series.frameCount == times.count)
        let concentrations = table.kinetics(of: .synovitis, variant: 24).concentrations(secondsAfterInjection: times.map { $0 - 40 }, input: table.input)
        let pool = table.properties(of: .synovitis, variant: 24).water
        for (i, c) in concentrations.enumerated() {
            // 6 mm left of the middle: column 51.5; the moved frame's lies 2 mm further left and 1 mm further back.
            let (x, y) = i == 4 ? (55, 41) : (51, 39), frame = scan.series.frame(i)
            let found = Double(frame[x, y, 1] + frame[x + 1, y, 2] + frame[x, y + 1, 2] + frame[x + 1, y + 1, 1]) / 4
            let expected = plan.sequence.signal(of: pool.with(table.agent, concentration: c)) * scan.unitsPerSignal
            #expect(abs(found / expected - 1) < 0.01, "frame \(i): \(found), not \(expected)")
        }
        // Muscle at the moved frame's edge has moved too.
        #expect(scan.series.frame(4)[6, 41, 1] < 0.5 * scan.series.frame(5)[6, 41, 1])
    }

    @Test("a volume after the agent equals the frame of that moment")
    func staticAgent() throws {
        let scanner = VirtualScanner(try wrist())
        var plan = try plan()
        plan.secondsAfterInjection = 150
        let volume = scanner.acquire(plan, table: table, seed: 1, name: "t1gd")
        let series = scanner.acquireDynamic(plan, frameTimes: [170], injectionSeconds: 20, motions: [RigidTransform()], table: table, seed: 1, name: "t1gd")
        #expect(volume.volume.scalars == series.series.scalars)
    }

    @Test("the same seed and name give the same bits, on one thread or two; another seed or name another noise")
    func determinism() throws {
        let scanner = VirtualScanner(try wrist())
        var plan = try plan()
        plan.signalToNoise = 20
        plan.fatSuppression = .drawn(seed: 4)
        plan.coil = .drawn(seed: 4)
        plan.ghost = PulsationGhost(amplitude: 0.05, spacingPixels: 9)
        let threads = Parallel.threads
        func scan(_ seed: UInt64, _ name: String) -> [Float] { scanner.acquire(plan, table: table, seed: seed, name: name).volume.scalars }
        Parallel.threads = 1
        let one = scan(5, "a")
        Parallel.threads = 2
        let two = scan(5, "a")
        Parallel.threads = threads
        #expect(one == two && one == scan(5, "a"))
        #expect(one != scan(6, "a") && one != scan(5, "b"))
    }

    @Test("stored values are whole numbers within the stored range")
    func stored() throws {
        var plan = try plan()
        (plan.signalToNoise, plan.storedReference, plan.storedMaximum) = (15, 12_000, 4095)
        let scan = VirtualScanner(try wrist()).acquire(plan, table: table, seed: 2, name: "x")
        #expect(scan.volume.scalars.allSatisfy { $0 == $0.rounded() && $0 >= 0 && $0 <= 4095 } && scan.volume.scalars.contains(4095))
    }

    @Test("an artery leaves ghosts along the phase axis, at their distance and strength, and nothing else does")
    func ghosts() throws {
        let scanner = VirtualScanner(try phantom(size: Index3(160, 160, 20)) { p in
            ((p.x + 8) * (p.x + 8) + p.y * p.y).squareRoot() < 2 ? (.artery, 16) : abs(p.x - 6) < 2 && abs(p.y) < 2 ? (.muscle, 16) : (.air, 16)
        })
        var plan = try plan()
        plan.ghost = PulsationGhost(amplitude: 0.1, spacingPixels: 18)
        for frequency in [0, 1] {
            plan.frequencyAxis = frequency
            let scan = scanner.acquire(plan, table: table, seed: 1, name: "ghost").volume
            // The artery's middle lies between columns 23 and 24, rows 39 and 40.
            let (near, far) = frequency == 0 ? (scan[23, 21, 1], scan[23, 75, 1]) : (scan[41, 39, 1], scan[59, 39, 1])
            #expect(abs(near / scan[23, 39, 1] - 0.1) < 0.01 && abs(far / scan[23, 39, 1] - 0.05) < 0.01)
            let muscleGhost = frequency == 0 ? scan[51, 21, 1] : scan[33, 39, 1]
            #expect(muscleGhost < 0.01 * scan[51, 39, 1])
        }
    }

    @Test("marrow has a coarse grain in a gradient echo and little in a spin echo, and it moves with the wrist")
    func grain() throws {
        let scanner = VirtualScanner(try phantom(size: Index3(160, 160, 40)) { _ in (.marrow, 4) })
        func unevenness(_ sequence: PulseSequence) throws -> (Double, [Float]) {
            var plan = ScanPlan(grid: try scanGrid(Index3(96, 96, 2), spacing: Vector3(0.234, 0.234, 2)), sequence: sequence)
            (plan.signalToNoise, plan.storedReference, plan.storedMaximum) = (1e6, 20_000, 1_000_000)
            let v = scanner.acquire(plan, table: table, seed: 1, name: "grain").volume.scalars.map(Double.init)
            let m = v.reduce(0, +) / Double(v.count)
            return ((v.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(v.count)).squareRoot() / m, v.map(Float.init))
        }
        let echo = try unevenness(.gradientEcho(repetition: 0.235, echo: 0.011, flipDegrees: 20)).0, spin = try unevenness(.spinEcho(repetition: 0.5, echo: 0.012)).0
        // Real carpal marrow: 0.33 to 0.55 with noise.
        #expect(echo > 0.2 && echo < 0.55 && spin < 0.15, "\(echo) \(spin)")
    }

    @Test("the grain is the world's, whatever the specimen's grid, and each kind is as frequent as another")
    func grainBelongsToTheWorld() throws {
        let a = TrabecularTexture(grid: try Grid(size: Index3(80, 60, 40), spacing: Vector3(repeating: 0.25), origin: Vector3(-10, -5, 3)))
        let b = TrabecularTexture(grid: try Grid(size: Index3(60, 60, 40), spacing: Vector3(repeating: 0.25), origin: Vector3(-5, -5, 3)))
        var counts = [0, 0, 0, 0], different = 0
        for z in 0..<40 { for y in 0..<60 {
            var (rowA, rowB) = (a.row(y: y, z: z), b.row(y: y, z: z))
            let grains = (0..<80).map { rowA.grain($0) }
            different += (0..<60).count { rowB.grain($0) != grains[$0 + 20] }
            for g in grains { counts[g] += 1 }
        } }
        // A point on a block's very border may round to either side.
        #expect(different < 40)
        for count in counts { #expect(abs(Double(count) / Double(80 * 60 * 40) - 0.25) < 0.1) }
    }

    @Test("truth: regions and lesions keep their volumes, each where there is most of it")
    func labels() throws {
        let specimen = try wrist(), grid = try scanGrid(Index3(70, 70, 14), spacing: Vector3(0.5, 0.5, 1))
        let move = RigidTransform(axis: Vector3(0, 0, 1), angle: 0.2, translation: Vector3(0.3, -0.2, 0.1))
        let truth = TruthSampling.labels(of: specimen, on: grid, scannerFromSpecimen: move)
        let volume = 4.0 / 3 * .pi * 125 / 1000
        #expect(abs(truth.lesions.volume(of: 1) / volume - 1) < 0.01 && truth.anatomy.volume(of: 17) == truth.lesions.volume(of: 1))
        #expect(Set(truth.anatomy.counts.keys) == [17, 29] && truth.anatomy.legend == WristAnatomy.legend)
        // The middle of the ball, moved.
        let at = grid.voxelFromWorld(move.affine(Vector3(6, 0, 0)))
        #expect(truth.lesions.labels[grid.offset(Int(at.x.rounded()), Int(at.y.rounded()), Int(at.z.rounded()))] == 1)
    }

    @Test("truth: thin layers in thick slices keep volume and place, and their shares add up to it")
    func thinLayers() throws {
        // Shells of 0.8 mm about balls of 4 and 7 mm, one a joint and one a compartment, in slices of 3 mm.
        let balls: [(centre: Vector3, radius: Double, region: UInt8, lesion: UInt8)] = [(Vector3(-9, 0, 0), 4, 17, 1), (Vector3(8, 2, 1), 7, 20, 2)]
        var specimen = try phantom(size: Index3(200, 120, 120), spacing: 0.2) { _ in (.muscle, 16) }
        for i in specimen.region.indices {
            let p = specimen.grid.worldFromVoxel(Vector3(specimen.grid.index(at: i)))
            for ball in balls {
                let r = (p - ball.centre).length
                if r < ball.radius { specimen.region[i] = ball.region }
                if r < ball.radius, r > ball.radius - 0.8 { specimen.lesion[i] = ball.lesion }
            }
        }
        let grid = try scanGrid(Index3(100, 60, 8), spacing: Vector3(0.4, 0.4, 3)), turn = RigidTransform(axis: Vector3(1, 1, 0), angle: 0.15)
        let kept = TruthSampling.labels(of: specimen, on: grid, scannerFromSpecimen: turn), most = TruthSampling.majorityLabels(of: specimen, on: grid, scannerFromSpecimen: turn)
        let shares = TruthSampling.lesionShares(of: specimen, on: grid, scannerFromSpecimen: turn)
        for ball in balls {
            func shell(_ r: Double, _ inner: Double) -> Double { 4.0 / 3 * .pi * (r * r * r - inner * inner * inner) / 1000 }
            let whole = shell(ball.radius, 0), layer = shell(ball.radius, ball.radius - 0.8), label = UInt16(ball.lesion)
            #expect(abs(kept.lesions.volume(of: label) / layer - 1) < 0.015 && abs(kept.anatomy.volume(of: UInt16(ball.region)) / whole - 1) < 0.01, "\(ball.radius)")
            #expect(most.lesions.volume(of: label) < 0.95 * layer, "by majority a layer is lost")
            let sum = shares[Int(label) - 1].scalars.reduce(0) { $0 + Double($1) } * grid.voxelVolume / 1000
            // Voxels are whole, and some that bid alike fall together.
            #expect(abs(sum - kept.lesions.volume(of: label)) < 0.01 * layer, "\(sum)")
            // No voxel is called by what it does not hold.
            #expect(zip(kept.lesions.labels, shares[Int(label) - 1].scalars).allSatisfy { $0 != label || $1 > 0 })
            #expect(zip(kept.lesions.labels, kept.anatomy.labels).allSatisfy { $0 != label || $1 == UInt16(ball.region) })
        }
    }

    @Test("truth: the same labels by any number of threads")
    func labelsByThreads() throws {
        let specimen = try wrist(), grid = try scanGrid(Index3(70, 70, 14), spacing: Vector3(0.5, 0.5, 1)), before = Parallel.threads
        defer { Parallel.threads = before }
        let maps = [1, 3].map { threads in
            Parallel.threads = threads
            return TruthSampling.labels(of: specimen, on: grid)
        }
        #expect(maps[0].anatomy == maps[1].anatomy && maps[0].lesions == maps[1].lesions)
    }

    @Test("truth of the uptake: class and parameters of what takes it up")
    func kinetics() throws {
        let grid = try scanGrid(Index3(80, 80, 4), spacing: Vector3(0.5, 0.5, 3))
        let truth = TruthSampling.kinetics(of: try wrist(), on: grid, table: table)
        let expected = table.kinetics(of: .synovitis, variant: 24)
        let ball = grid.offset(51, 39, 1), artery = grid.offset(23, 39, 1), muscle = grid.offset(40, 60, 1), air = grid.offset(2, 2, 1)
        #expect([ball, artery, muscle, air].map { truth.classes.labels[$0] } == [3, 4, 0, 0])
        #expect(truth.classes.legend[3]?.name == "washout")
        #expect(truth.ktransPerMinute.scalars[ball] == Float(expected.ktransPerMinute) && truth.ve.scalars[ball] == Float(expected.ve) && truth.vp.scalars[ball] == Float(expected.vp))
        #expect(truth.vp.scalars[artery] == Float(1 - table.input.haematocrit) && truth.ktransPerMinute.scalars[artery] == 0)
        #expect(truth.ktransPerMinute.scalars[muscle] > 0 && truth.ktransPerMinute.scalars[air] == 0)
    }
}
