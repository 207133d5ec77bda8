import CarpusCore
import CarpusIO
import CarpusTestSupport
import Foundation
import Testing

@testable import CarpusPerfusion

@Suite("T1 maps")
struct RelaxationMapTests {
    private let angles = [2.0, 5, 10, 15, 25], tr = 0.006

    /// T1 rises along x from 0.3 to 2.2 s, B1 along y from 0.8 to 1.2; S0 1000. The last column is air.
    private func volumes(noise: Float = 0, seed: UInt64 = 1) throws -> (volumes: [Volume<Float>], t1: [Double], b1: Volume<Float>) {
        let grid = try Grid(size: Index3(20, 9, 3), spacing: Vector3(1, 1, 4))
        var dice = Dice(seed: seed), b1 = Volume<Float>(grid: grid, repeating: 1)
        let t1 = (0..<grid.count).map { 0.3 + 0.1 * Double(grid.index(at: $0).x) }
        for v in 0..<grid.count { b1.scalars[v] = 0.8 + 0.05 * Float(grid.index(at: v).y) }
        let volumes = try angles.map { angle in
            var volume = Volume<Float>(grid: grid, repeating: 0.1)
            for v in 0..<grid.count where grid.index(at: v).x < 19 {
                let sequence = try SpoiledGradientEcho(repetitionTime: tr, flipAngle: angle * Double(b1.scalars[v]))
                volume.scalars[v] = Float(sequence.signal(scale: 1000, r1: 1 / t1[v])) + noise * dice.normal()
            }
            return volume
        }
        return (volumes, t1, b1)
    }

    private func parameters(_ method: VariableFlipAngle.Method) -> RelaxationMaps.Parameters {
        var p = RelaxationMaps.Parameters()
        (p.flipAngles, p.repetitionTime, p.method) = (angles, tr, method)
        return p
    }

    @Test("T1 and S0 come back under a B1 that is known, and are wrong by its square under one that is not", arguments: VariableFlipAngle.Method.allCases)
    func exact(method: VariableFlipAngle.Method) throws {
        let (volumes, t1, b1) = try volumes(), grid = b1.grid
        let r = try RelaxationMaps.compute(volumes, b1: b1, parameters: parameters(method), method: "fit.t1/1"), blind = try RelaxationMaps.compute(volumes, parameters: parameters(method), method: "fit.t1/1")
        for v in 0..<grid.count where grid.index(at: v).x < 19 {
            #expect(abs(Double(r.t1.scalars[v]) / t1[v] - 1) < 2e-3 && abs(r.scale.scalars[v] / 1000 - 1) < 2e-3 && r.fitError.scalars[v] < 1e-4)
            #expect(r.outcomes.labels[v] == 1)
            // Small angles and T1 long against TR: T1 is taken b1² times too long.
            #expect(abs(Double(blind.t1.scalars[v]) / (t1[v] * Double(b1.scalars[v] * b1.scalars[v])) - 1) < 0.06)
        }
        #expect((0..<grid.count).filter { grid.index(at: $0).x == 19 }.allSatisfy { r.outcomes.labels[$0] == 2 && r.t1.scalars[$0].isNaN })
        let median = try #require(r.measurements.first { $0.quantity == "T1-median" }?.value)
        #expect(abs(median - 1.2) < 0.01 && r.findings.isEmpty)
    }

    @Test("the standard error is the scatter of T1 under noise")
    func standardError() throws {
        var squares = 0.0, told = 0.0, count = 0.0
        for seed in 1...12 {
            let (volumes, t1, b1) = try volumes(noise: 0.6, seed: UInt64(seed)), r = try RelaxationMaps.compute(volumes, b1: b1, parameters: parameters(.nonLinear), method: "t")
            for v in 0..<b1.grid.count where (5...9).contains(b1.grid.index(at: v).x) {
                let relative = Double(r.t1.scalars[v]) / t1[v] - 1, error = Double(r.t1Error.scalars[v]) / t1[v]
                (squares, told, count) = (squares + relative * relative, told + error * error, count + 1)
            }
        }
        #expect(abs((told / squares).squareRoot() - 1) < 0.1, "told \((told / count).squareRoot()), seen \((squares / count).squareRoot())")
    }

    @Test("what has no T1 says why, and angles in the wrong order are doubted")
    func outcomes() throws {
        var (volumes, _, b1) = try volumes()
        volumes[2].scalars[0] = .nan
        b1.scalars[1] = 0
        // Brighter at 25 degrees than at any angle before it, and growing faster than the sine: no rate does that.
        for (i, value) in [10, 20, 60, 200, 900].enumerated() { volumes[i].scalars[2] = Float(value) }
        let r = try RelaxationMaps.compute(volumes, b1: b1, parameters: parameters(.nonLinear), method: "t")
        #expect(r.outcomes.labels[0...3] == [4, 4, 3, 1] && r.t1.scalars[0...2].allSatisfy(\.isNaN))
        var wrong = parameters(.nonLinear)
        wrong.flipAngles = angles.reversed()
        #expect(!(try RelaxationMaps.compute(volumes, parameters: wrong, method: "t").findings.isEmpty))
        wrong.flipAngles = [2, 5]
        #expect(throws: PerfusionError.self) { try RelaxationMaps.compute(volumes, parameters: wrong, method: "t") }
        wrong = parameters(.linear)
        wrong.repetitionTime = nil
        #expect(throws: PerfusionError.self) { try RelaxationMaps.compute(volumes, parameters: wrong, method: "t") }
    }

    @Test("threads change nothing")
    func threads() throws {
        let (volumes, _, b1) = try volumes(noise: 0.6), before = Parallel.threads
        defer { Parallel.threads = before }
        Parallel.threads = 1
        let one = try RelaxationMaps.compute(volumes, b1: b1, parameters: parameters(.nonLinear), method: "t")
        Parallel.threads = 3
        let three = try RelaxationMaps.compute(volumes, b1: b1, parameters: parameters(.nonLinear), method: "t")
        #expect(one.t1.scalars.map(\.bitPattern) == three.t1.scalars.map(\.bitPattern) && one.outcomes == three.outcomes)
    }
}
