import CarpusCore
import Foundation
import Testing

@testable import CarpusSimulation

@Suite("The virtual scanner")
struct ScannerTests {
    let table = TissueTable.mean(fieldTesla: 1.5)
    let t1 = PulseSequence.spinEcho(repetition: 0.5, echo: 0.012)

    /// A plan without noise to speak of, stored finely.
    func clean(_ grid: Grid, _ sequence: PulseSequence? = nil) -> ScanPlan {
        var plan = ScanPlan(grid: grid, sequence: sequence ?? t1)
        (plan.signalToNoise, plan.storedReference, plan.storedMaximum) = (1e6, 20_000, 1_000_000)
        return plan
    }

    func signal(_ sequence: PulseSequence, _ tissue: Tissue, _ variant: UInt8 = 16, residual: Double = 1) -> Double {
        let p = table.properties(of: tissue, variant: variant)
        return SignalTable.magnitude(water: sequence.signal(of: p.water), fat: sequence.signal(of: p.fat) * residual, phase: sequence.fatPhase(fieldTesla: 1.5))
    }

    @Test("a big tube has the signal of the equation, whatever the sequence, the part of k-space and the filter")
    func tube() throws {
        let scanner = VirtualScanner(try phantom { p in (p.x * p.x + p.y * p.y).squareRoot() < 20 ? (.loose, 16) : (.air, 16) })
        let grid = try scanGrid(Index3(96, 80, 5), spacing: Vector3(0.5, 0.6, 3))
        let sequences = [t1, .gradientEcho(repetition: 0.235, echo: 0.011, flipDegrees: 20), .inversionRecovery(repetition: 4, echo: 0.04, inversion: 0.2, train: 0.1)]
        let parts = [(SIMD2(1.0, 1.0), 0.0), (SIMD2(0.8, 0.7), 0.0), (SIMD2(0.9, 0.9), 0.5)]
        for (sequence, (fraction, filter)) in zip(sequences, parts) {
            var plan = clean(grid, sequence)
            (plan.acquiredFraction, plan.edgeFilter, plan.sliceProfile) = (fraction, filter, .selective(thickness: 2.5))
            let scan = scanner.acquire(plan, table: table, seed: 1, name: "t1")
            #expect(abs(scan.mean(33..<63, 27..<53, 1..<4) / (signal(sequence, .loose) * scan.unitsPerSignal) - 1) < 0.01)
            #expect(abs(scan.unitsPerSignal * plan.referenceSignal(table) - 20_000) < 1e-6)
        }
    }

    @Test("noise has the asked strength, is Rayleigh in air and the same everywhere, zero-filled or not")
    func noise() throws {
        let scanner = VirtualScanner(try phantom(size: Index3(100, 100, 40)) { p in (p.x * p.x + p.y * p.y).squareRoot() < 10 ? (.fat, 16) : (.air, 16) })
        for fraction in [SIMD2(1.0, 1.0), SIMD2(0.8, 0.6)] {
            var plan = ScanPlan(grid: try scanGrid(Index3(96, 96, 3), spacing: Vector3(0.5, 0.5, 2)), sequence: t1)
            (plan.signalToNoise, plan.storedReference, plan.storedMaximum, plan.acquiredFraction) = (25, 5000, 100_000, fraction)
            let scan = scanner.acquire(plan, table: table, seed: 3, name: "t1")
            #expect(abs(scan.noise - 200) < 1e-9)
            var air: [Double] = [], inside: [Double] = []
            for z in 0..<3 { for y in 0..<96 { for x in 0..<96 {
                let r = (pow(Double(x) - 47.5, 2) + pow(Double(y) - 47.5, 2)).squareRoot() * 0.5, v = Double(scan.volume[x, y, z])
                if r > 16 { air.append(v) } else if r < 7 { inside.append(v) }
            } } }
            let mean = air.reduce(0, +) / Double(air.count), rms = (air.reduce(0) { $0 + $1 * $1 } / Double(air.count)).squareRoot()
            #expect(abs(mean / (200 * (Double.pi / 2).squareRoot()) - 1) < 0.05 && abs(rms / (200 * 2.0.squareRoot()) - 1) < 0.05)
            let m = inside.reduce(0, +) / Double(inside.count)
            let deviation = (inside.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(inside.count)).squareRoot()
            // Ringing adds a little where k-space is cut.
            #expect(abs(deviation / 200 - 1) < (fraction.x == 1 ? 0.06 : 0.12))
        }
    }

    @Test("an edge overshoots by 9 % where k-space is cut off sharply, and not under a Hann window")
    func ringing() throws {
        let scanner = VirtualScanner(try phantom(size: Index3(240, 240, 12)) { p in abs(p.x) < 15 && abs(p.y) < 25 ? (.muscle, 16) : (.air, 16) })
        var plan = clean(try scanGrid(Index3(256, 128, 1), spacing: Vector3(0.25, 0.5, 2)))
        plan.acquiredFraction = SIMD2(0.25, 1)
        let level = signal(t1, .muscle)
        for (filter, low, high) in [(0.0, 0.075, 0.105), (1.0, -0.01, 0.012)] {
            plan.edgeFilter = filter
            let scan = scanner.acquire(plan, table: table, seed: 1, name: "edge")
            let row = (60..<196).map { Double(scan.volume[$0, 64, 0]) / (level * scan.unitsPerSignal) }
            let overshoot = row.max()! - 1
            #expect(overshoot > low && overshoot < high, "filter \(filter): \(overshoot)")
        }
    }

    @Test("fat lies displaced by the asked number of voxels along the frequency axis, water where it is", arguments: [(0, 3.0), (1, -2.0), (0, 1.5)])
    func chemicalShift(axis: Int, pixels: Double) throws {
        // A block of pure fat, and one of pure water well apart from it.
        let pure = try phantom(size: Index3(160, 160, 16)) { p in
            abs(p.x - 8) < 4 && abs(p.y) < 4 ? (.fat, 31) : abs(p.x + 8) < 4 && abs(p.y) < 4 ? (.effusion, 16) : (.air, 16)
        }
        let grid = try scanGrid(Index3(100, 90, 1), spacing: Vector3(0.5, 0.5, 2)), scanner = VirtualScanner(pure)
        #expect(table.properties(of: .fat, variant: 31).fatFraction == 1)
        func centres(_ shift: Double) -> (fat: Vector3, water: Vector3) {
            var plan = clean(grid)
            (plan.frequencyAxis, plan.chemicalShiftPixels, plan.edgeFilter) = (axis, shift, 1)
            let scan = scanner.acquire(plan, table: table, seed: 1, name: "shift"), u = scan.unitsPerSignal
            var fat = Vector3.zero, water = Vector3.zero, fatMass = 0.0, waterMass = 0.0
            for i in 0..<grid.count {
                let p = grid.worldFromVoxel(Vector3(grid.index(at: i))), v = Double(scan.volume.scalars[i]) / u
                if p.x > 0.6 { fat += p * v; fatMass += v } else if p.x < -2 { water += p * v; waterMass += v }
            }
            return (fat / fatMass, water / waterMass)
        }
        let still = centres(0), shifted = centres(pixels)
        let moved = shifted.fat - still.fat, expected = axis == 0 ? Vector3(pixels * 0.5, 0, 0) : Vector3(0, pixels * 0.5, 0)
        #expect((moved - expected).length < 0.04, "\(moved)")
        #expect((shifted.water - still.water).length < 0.03)
    }

    @Test("a slice is as thick as asked at half maximum, and what lies in the gap is seen by neither")
    func sliceProfile() throws {
        let plate = VirtualScanner(try phantom(size: Index3(80, 80, 9)) { p in abs(p.z) < 0.13 ? (.muscle, 16) : (.air, 16) })
        let grid = try scanGrid(Index3(32, 32, 3), spacing: Vector3(0.5, 0.5, 4))
        func width(_ profile: SliceProfile) -> (Double, between: Double) {
            var plan = clean(grid)
            plan.sliceProfile = profile
            let places = stride(from: -3.0, through: 3.0, by: 0.05).map { z -> Double in
                plate.acquire(plan, scannerFromSpecimen: RigidTransform(translation: Vector3(0, 0, z)), table: table, seed: 1, name: "plate").mean(10..<22, 10..<22, 1..<2)
            }
            // The area over the height is the full width at half maximum of a trapezoid.
            let top = places[50...70].reduce(0, +) / 21
            return (places.reduce(0, +) * 0.05 / top, places[100] / top)
        }
        let selective = width(.selective(thickness: 3)), slab = width(.slab)
        #expect(abs(selective.0 - 3) < 0.1 && selective.between < 0.02)
        #expect(abs(slab.0 - 4) < 0.1)
        // The quantiles of the profile by hand.
        let q = SliceProfile.selective(thickness: 1)
        for (share, depth) in [(0.0, -0.6), (0.1, -0.4), (0.5, 0.0), (0.9, 0.4), (0.025, -0.5)] { #expect(abs(q.quantile(share, spacing: 1) - depth) < 1e-12) }
        #expect(abs(q.quantile(0.9, spacing: 2) - 0.2) < 1e-12)
    }

    @Test("a voxel across a border has the mean of its parts")
    func partialVolume() throws {
        // A plane that leans through the slice: the share of muscle in a slice falls linearly along x.
        let wedge = VirtualScanner(try phantom(size: Index3(200, 120, 40)) { p in p.z < p.x * 0.1 ? (.muscle, 16) : (.effusion, 16) })
        var plan = clean(try scanGrid(Index3(80, 40, 1), spacing: Vector3(0.5, 0.5, 3)))
        plan.edgeFilter = 1
        let scan = wedge.acquire(plan, table: table, seed: 1, name: "wedge")
        let (a, b) = (signal(t1, .muscle), signal(t1, .effusion))
        for x in stride(from: 16, to: 64, by: 4) {
            let share = 0.5 + (Double(x) - 39.5) * 0.5 * 0.1 / 3
            let expected = a * share + b * (1 - share)
            #expect(abs(scan.mean(x..<x + 1, 14..<26, 0..<1) / scan.unitsPerSignal - expected) < 0.02 * abs(a - b) + 0.002 * expected, "column \(x)")
        }
    }

    @Test("a moved wrist appears where the motion puts it, in LPS, on an oblique grid too")
    func motion() throws {
        let ball = VirtualScanner(try phantom(size: Index3(80, 80, 80)) { p in (p - Vector3(2, -1, 1.5)).length < 5 ? (.muscle, 16) : (.air, 16) })
        let move = RigidTransform(axis: Vector3(0, 0, 1), angle: .pi / 2, translation: Vector3(3, -2, 4))
        // 90 degrees about z takes (2, -1, 1.5) to (1, 2, 1.5).
        let expected = Vector3(4, 0, 5.5)
        let coronal = Matrix3(columns: Vector3(1, 0, 0), Vector3(0, 0, -1), Vector3(0, 1, 0)), turn = RigidTransform(axis: Vector3(1, 2, 3), angle: 0.3).matrix
        for direction in [Matrix3.identity, coronal, turn * coronal] {
            let linear = Matrix3(columns: direction.x * 0.5, direction.y * 0.5, direction.z * 2)
            let size = Index3(80, 80, 20), middle = (Vector3(size) - 1) / 2
            var plan = clean(try Grid(size: size, worldFromVoxel: Affine(linear: linear, translation: Vector3(3, 1, 4) - linear * middle)))
            plan.edgeFilter = 1
            let scan = ball.acquire(plan, scannerFromSpecimen: move, table: table, seed: 1, name: "ball")
            #expect((scan.centre(above: 500) - expected).length < 0.1, "\(scan.centre(above: 500))")
        }
    }

    @Test("suppression leaves its share of fat, more at the edge, and all of the water; an inversion does the same by T1")
    func fatSuppression() throws {
        let scanner = VirtualScanner(try phantom(size: Index3(320, 80, 16)) { p in p.y < 0 ? (.fat, 31) : (.muscle, 15) })
        var plan = clean(try scanGrid(Index3(160, 40, 1), spacing: Vector3(0.5, 0.5, 2)))
        plan.fatSuppression = FatSuppression(residual: 0.1, edgeResidual: 0.6, radius: 30)
        let scan = scanner.acquire(plan, table: table, seed: 1, name: "fs"), fat = signal(t1, .fat, 31) * scan.unitsPerSignal
        // 4.5 mm from the middle, where the smooth step has risen by 6 %.
        #expect(abs(scan.mean(77..<83, 8..<14, 0..<1) / fat - (0.1 + 0.5 * (3 * 0.0225 - 2 * 0.003375))) < 0.01)
        #expect(abs(scan.mean(10..<14, 8..<14, 0..<1) / fat - 0.6) < 0.02)
        #expect(abs(scan.mean(70..<90, 26..<34, 0..<1) / (signal(t1, .muscle, 15, residual: 0.1) * scan.unitsPerSignal) - 1) < 0.02)
        let ti = PulseSequence.nullingInversion(t1Seconds: table.properties(of: .fat).fat.t1Seconds, repetition: 4)
        let stir = scanner.acquire(clean(plan.grid, .inversionRecovery(repetition: 4, echo: 0.03, inversion: ti, train: 0)), table: table, seed: 1, name: "stir")
        #expect(stir.mean(60..<100, 8..<14, 0..<1) < 0.02 * stir.mean(60..<100, 26..<34, 0..<1))
        for seed in UInt64(0)..<20 {
            let field = FatSuppression.drawn(seed: seed).field
            let values = (-10...10).map { field(Vector3(Double($0) * 8, 3, -5)) }
            #expect(values.allSatisfy { (0...0.85).contains($0) } && max(values[0], values[20]) >= values[10] - 0.2)
        }
    }

    @Test("the coil weights the image as its field says")
    func coil() throws {
        let scanner = VirtualScanner(try phantom(size: Index3(240, 120, 16)) { _ in (.muscle, 16) })
        var plan = clean(try scanGrid(Index3(120, 60, 1), spacing: Vector3(0.45, 0.45, 2)))
        plan.coil = CoilField(centre: Vector3(5, -3, 2), width: Vector3(40, 50, 60), tilt: Vector3(0.2, -0.1, 0))
        let scan = scanner.acquire(plan, table: table, seed: 1, name: "coil")
        for (x, y) in [(20, 20), (60, 30), (95, 40)] {
            let expected = plan.coil(plan.grid.worldFromVoxel(Vector3(Double(x), Double(y), 0))) * signal(t1, .muscle) * scan.unitsPerSignal
            #expect(abs(scan.mean(x - 1..<x + 2, y - 1..<y + 2, 0..<1) / expected - 1) < 0.02)
        }
        #expect(plan.coil(Vector3(5, -3, 2)) == 1 && CoilField.uniform(Vector3(90, 10, -20)) == 1)
    }
}
