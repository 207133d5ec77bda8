import CarpusCore
import CarpusRegistration
import CarpusTestSupport
import Foundation
import Testing

@Suite struct SeriesMotionTests {
    /// A drift with a jump in it, and three patches that enhance while it goes on.
    private static let motions: [RigidTransform] = (0..<14).map { k in
        let t = Double(k), jump = k >= 8 ? 1.0 : 0
        return RigidTransform(
            axis: Vector3(0.4, 1, 0.3), angle: (0.1 * t + 0.8 * jump) * .pi / 180, translation: Vector3(0.05 * t, -0.4 * jump, 0.06 * t + 0.5 * jump))
    }

    private static func series() throws -> TimeSeries {
        let grid = try Phantom.grid()
        var scalars: [Float] = []
        for (k, motion) in motions.enumerated() {
            var frame = Phantom.image(on: grid, through: motion.inverse.affine, noise: 12, seed: UInt64(k + 1))
            let rise = Float(1 - exp(-Double(max(0, k - 3)) / 3))
            for i in frame.scalars.indices {
                let p = motion.inverse.affine(grid.worldFromVoxel(Vector3(grid.index(at: i))))
                for c in [Vector3(18, 2, 10), Vector3(14, -6, -12), Vector3(20, 4, -2)] where (p - c).length < 6 { frame.scalars[i] += 350 * rise }
            }
            scalars += frame.scalars
        }
        return TimeSeries(grid: grid, times: (0..<motions.count).map { 8 * Double($0) }, scalars: scalars)
    }

    @Test func aDriftWithAJumpIsFoundBackWhilePartsEnhance() throws {
        let result = try SeriesMotion.estimate(try Self.series())
        let errors = zip(result.frameFromReference, Self.motions).map { Phantom.distance($0.affine, $1.affine) }
        // The phantom's far ends; uncorrected 2.4 mm.
        #expect(errors.reduce(0, +) / Double(errors.count) < 0.06 && errors.max()! < 0.12, "\(errors)")
        #expect(result.frameFromReference[0].angle == 0 && result.frameFromReference[0].translation == .zero)
        #expect(result.displacements[13] > 1 && result.standardErrors.allSatisfy { $0 < 0.05 })
        #expect(result.findings.map(\.code) == ["registration.moved"])
    }

    @Test func correctedFramesLieOnTheReference() throws {
        let series = try Self.series(), result = try SeriesMotion.estimate(series)
        let corrected = SeriesMotion.corrected(series, by: result)
        func difference(_ s: TimeSeries) -> Double {
            let a = s.frame(2), b = s.frame(13)
            let d = a.scalars.indices.compactMap { i -> Double? in
                let p = a.grid.worldFromVoxel(Vector3(a.grid.index(at: i)))
                let v = Double(a.scalars[i] - b.scalars[i])
                return p.x < 8 && v.isFinite ? v * v : nil
            }
            return (d.reduce(0, +) / Double(d.count)).squareRoot()
        }
        // Noise alone makes 12 √2, less where interpolation smooths it.
        #expect(difference(corrected) < 18 && difference(series) > 1.4 * difference(corrected), "\(difference(series)), \(difference(corrected))")
    }

    @Test func anotherReferenceGivesTheSameMotionFromThere() throws {
        let series = try Self.series()
        var parameters = SeriesMotion.Parameters()
        parameters.reference = 9
        let from9 = try SeriesMotion.estimate(series, parameters: parameters), from0 = try SeriesMotion.estimate(series)
        let there = from0.frameFromReference[4].affine * from0.frameFromReference[9].inverse.affine
        #expect(Phantom.distance(from9.frameFromReference[4].affine, there) < 0.08)
    }

    @Test func threadsDoNotMatterAndNonsenseIsRefused() throws {
        let series = try Self.series()
        defer { Parallel.threads = ProcessInfo.processInfo.activeProcessorCount }
        Parallel.threads = 1
        let one = try SeriesMotion.estimate(series)
        Parallel.threads = 4
        #expect(try SeriesMotion.estimate(series).frameFromReference == one.frameFromReference)
        var parameters = SeriesMotion.Parameters()
        parameters.reference = 40
        #expect(throws: RegistrationError.self) { try SeriesMotion.estimate(series, parameters: parameters) }
        var blank = series
        for i in 3 * series.grid.count..<4 * series.grid.count { blank.scalars[i] = 0 }
        #expect(throws: RegistrationError.self) { try SeriesMotion.estimate(blank) }
    }
}
