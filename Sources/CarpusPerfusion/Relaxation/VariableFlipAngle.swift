public import CarpusCore
import Foundation

/// T1 from spoiled gradient echoes at several flip angles (OSIPI P.NR2.002).
public struct VariableFlipAngle: Sendable, Hashable {
    /// How T1 is fitted.
    public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// S / sin α over S / tan α is a line of slope E (Gupta 1977, Deoni 2003): fast, and it weighs noise wrongly.
        case linear
        /// Least squares of the signals, from the line's start.
        case nonLinear = "non-linear"
    }

    /// Flip angles, degrees; two at least, not all equal.
    public let flipAngles: [Double]
    /// Repetition time of each, s.
    public let repetitionTimes: [Double]
    /// How T1 is fitted.
    public let method: Method

    /// A set of acquisitions.
    ///
    /// - Throws: `PerfusionError` when there are fewer than two angles, or times do not go with them; the line also needs one repetition time.
    public init(flipAngles: [Double], repetitionTimes: [Double], method: Method = .nonLinear) throws {
        guard Set(flipAngles).count > 1, flipAngles.allSatisfy({ $0 > 0 && $0 < 180 }) else {
            throw PerfusionError(.badParameter, "the flip angles are \(flipAngles); T1 needs two different ones at least, each between 0 and 180 degrees")
        }
        guard repetitionTimes.count == flipAngles.count, repetitionTimes.allSatisfy({ $0 > 0 && $0 < 60 }) else {
            throw PerfusionError(.badParameter, "the repetition times are \(repetitionTimes); one in seconds is needed for each flip angle")
        }
        if method == .linear, Set(repetitionTimes).count > 1 { throw PerfusionError(.badParameter, "the repetition times differ; take the non-linear method, the line needs one") }
        (self.flipAngles, self.repetitionTimes, self.method) = (flipAngles, repetitionTimes, method)
    }

    /// What a voxel's signals say.
    public struct Estimate: Sendable, Hashable {
        /// Relaxation rate, 1/s.
        public let r1: Double
        /// Scale S0 of the signal.
        public let scale: Double
    }

    /// Rates that can be told, 1/s.
    private static let rates = 0.01...100.0

    /// Rate and scale of one voxel; nil where the signals allow none.
    ///
    /// - Parameter b1: the flip angle that was reached over the one that was asked for.
    public func estimate(_ signals: [Double], b1: Double = 1) -> Estimate? {
        precondition(signals.count == flipAngles.count, "one signal a flip angle")
        guard signals.allSatisfy(\.isFinite), b1 > 0, b1.isFinite, signals.contains(where: { $0 > 0 }) else { return nil }
        let angles = flipAngles.map { $0 * b1 * .pi / 180 }
        let line = line(signals, angles)
        if method == .linear { return line }
        return descend(signals, angles, from: line?.r1 ?? 1)
    }

    private func line(_ s: [Double], _ angles: [Double]) -> Estimate? {
        let x = zip(s, angles).map { $0 / tan($1) }, y = zip(s, angles).map { $0 / sin($1) }, n = Double(s.count)
        let mx = x.reduce(0, +) / n, my = y.reduce(0, +) / n
        let xx = x.reduce(0) { $0 + ($1 - mx) * ($1 - mx) }, xy = zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
        guard xx > 0 else { return nil }
        let slope = xy / xx
        guard slope > 0, slope < 1 else { return nil }
        let r1 = -log(slope) / repetitionTimes[0]
        return Self.rates.contains(r1) ? Estimate(r1: r1, scale: (my - slope * mx) / (1 - slope)) : nil
    }

    /// Signal for unit scale, and its derivative by the logarithm of the rate.
    private func shape(_ r1: Double, _ angle: Double, _ tr: Double) -> (Double, Double) {
        let e = exp(-tr * r1), d = 1 - e * cos(angle)
        return (sin(angle) * (1 - e) / d, sin(angle) * (1 - cos(angle)) / (d * d) * e * tr * r1)
    }

    /// Scale by projection, the rate's logarithm by Gauss and Newton with halved steps, from the best of a net of rates.
    private func descend(_ s: [Double], _ angles: [Double], from start: Double) -> Estimate? {
        func look(_ r1: Double) -> (sum: Double, scale: Double, step: Double) {
            var gg = 0.0, gs = 0.0, dg = 0.0, dd = 0.0
            let shapes = zip(angles, repetitionTimes).map { shape(r1, $0, $1) }
            for (p, v) in zip(shapes, s) { gg += p.0 * p.0; gs += p.0 * v; dg += p.0 * p.1; dd += p.1 * p.1 }
            let scale = gs / gg
            var sum = 0.0, slope = 0.0
            for (p, v) in zip(shapes, s) {
                let rest = v - scale * p.0
                sum += rest * rest
                slope += p.1 * rest
            }
            let curvature = scale * (dd - dg * dg / gg)
            return (sum, scale, curvature != 0 ? slope / curvature : 0)
        }
        let net = [start] + (0..<12).map { Self.rates.lowerBound * pow(1e4, Double($0) / 11) }
        guard var r1 = net.min(by: { look($0).sum < look($1).sum }) else { return nil }
        var now = look(r1)
        for _ in 0..<60 {
            var step = max(-1, min(1, now.step)), moved = false
            for _ in 0..<30 {
                let next = r1 * exp(step), there = look(next)
                if there.sum < now.sum && Self.rates.contains(next) {
                    (r1, now, moved) = (next, there, true)
                    break
                }
                step /= 2
            }
            if !moved || abs(step) < 1e-12 { break }
        }
        guard now.scale > 0, r1 > Self.rates.lowerBound * 1.001, r1 < Self.rates.upperBound * 0.999 else { return nil }
        return Estimate(r1: r1, scale: now.scale)
    }

    /// T1 in s and S0 of every voxel of a region; NaN elsewhere and where the signals allow none.
    ///
    /// - Parameters:
    ///   - volumes: one for each flip angle, on one grid.
    ///   - b1: the flip angle reached over that asked for, on the same grid.
    ///   - region: where T1 is wanted, on the same grid; everywhere when nil.
    /// - Throws: `PerfusionError` when grids or counts differ.
    public func map(_ volumes: [Volume<Float>], b1: Volume<Float>? = nil, region: LabelMap? = nil) throws -> (t1: Volume<Float>, scale: Volume<Float>) {
        guard volumes.count == flipAngles.count, let grid = volumes.first?.grid else {
            throw PerfusionError(.badParameter, "there are \(volumes.count) volumes for \(flipAngles.count) flip angles; one for each is needed")
        }
        for other in volumes.map(\.grid) + [b1?.grid, region?.grid].compactMap({ $0 }) where !other.matches(grid) {
            throw PerfusionError(.gridMismatch, "the flip angles, the B1 map and the region lie on different grids; resample them onto the first volume's")
        }
        var t1 = Volume<Float>(grid: grid, repeating: .nan), scale = t1
        t1.scalars.withUnsafeMutableBufferPointer { t1 in
            scale.scalars.withUnsafeMutableBufferPointer { scale in
                nonisolated(unsafe) let (t1, scale) = (t1.baseAddress!, scale.baseAddress!)
                Parallel.forEach(blocksOf: grid.count) { range in
                    for v in range where region.map({ $0.labels[v] != 0 }) ?? true {
                        guard let found = estimate(volumes.map { Double($0.scalars[v]) }, b1: b1.map { Double($0.scalars[v]) } ?? 1) else { continue }
                        (t1[v], scale[v]) = (Float(1 / found.r1), Float(found.scale))
                    }
                }
            }
        }
        return (t1, scale)
    }
}
