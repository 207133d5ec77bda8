public import CarpusCore

/// An arterial input measured in the series itself (OSIPI P.AE2.002).
public enum MeasuredInput {
    /// An input and doubts about it.
    public struct Result: Sendable {
        /// The plasma's curve.
        public let function: ArterialInputFunction
        /// Voxels it is the mean of, as places in a frame.
        public let voxels: [Int]
        /// Doubts.
        public let findings: [Finding]
    }

    /// The mean of a region's concentrations, over 1 - haematocrit.
    ///
    /// - Parameters:
    ///   - concentrations: of blood, mM.
    ///   - voxels: of the artery, as places in a frame.
    ///   - baselineFrames: frames before the agent, which tell the noise.
    /// - Throws: `PerfusionError` when no voxel has a curve, or the mean is nowhere above 0.
    public static func mean(_ concentrations: TimeSeries, voxels: [Int], haematocrit: Double, baselineFrames: Int) throws -> Result {
        let n = concentrations.grid.count, frames = concentrations.frameCount
        let known = voxels.filter { v in (0..<frames).allSatisfy { concentrations.scalars[$0 * n + v].isFinite } }
        guard !known.isEmpty else { throw PerfusionError(.emptyRegion, "no voxel of the artery's region has a curve; check the region and its T1") }
        let blood = (0..<frames).map { t in known.reduce(0.0) { $0 + Double(concentrations.scalars[t * n + $1]) } / Double(known.count) }
        let function = try ArterialInputFunction(times: concentrations.times, blood: blood, haematocrit: haematocrit)
        return Result(function: function, voxels: known, findings: doubts(function, count: known.count) + InputAgreement(concentrations, voxels: known, baselineFrames: baselineFrames).findings)
    }

    /// The input of the voxels that look most like an artery: early, high and narrow, of one shape and side by side.
    ///
    /// - Parameters:
    ///   - maps: of the same series.
    ///   - count: how many voxels are averaged at most.
    /// - Throws: `PerfusionError` when nothing looks like one.
    public static func found(_ concentrations: TimeSeries, maps: EnhancementMaps, count: Int = 20, haematocrit: Double) throws -> Result {
        guard concentrations.grid.matches(maps.classes.grid) else { throw PerfusionError(.gridMismatch, "the maps are those of another series") }
        let half = TimeAxis.step(maps.times) / 2
        // Noise in air rises steeply and by any amount, but not from a quiet baseline; no blood carries more than that, mM.
        let highest: Float = 30
        let n = concentrations.grid.count, frames = maps.arrival.baselineFrames
        func isClear(_ v: Int) -> Bool {
            var before: Float = 0, top: Float = 0
            for t in 0..<concentrations.frameCount {
                let c = concentrations.scalars[t * n + v]
                guard c.isFinite else { return false }
                if t < frames { before += c * c } else { top = max(top, c) }
            }
            return top < highest && (before / Float(frames)).squareRoot() < 0.1 * top
        }
        let enhancing = maps.voxels.filter {
            maps.classes.labels[$0] == UInt16(CurveClass.washout.rawValue) && maps.peak.scalars[$0] - maps.onset.scalars[$0] <= Float(25 + half) && isClear($0)
        }
        guard !enhancing.isEmpty else { throw PerfusionError(.badInput, "no voxel rises and falls as an artery does; draw the artery, or take a population's input") }
        let first = Robust.quantile(enhancing.map { Double(maps.onset.scalars[$0]) }.sorted(), 0.02)
        let early = enhancing.filter { Double(maps.onset.scalars[$0]) <= first + 6 + half }
        // The renal cortex is as early and as steep, and does not fall as far. Where nothing does, what is found is doubted.
        var bolus = BolusShape(maps.times)
        let sharp = early.filter { v in bolus.isSharp(maps.times.indices.map { Double(concentrations.scalars[$0 * n + v]) }) }
        let artery = ArterySearch(concentrations: concentrations).voxels(among: sharp.isEmpty ? early : sharp, from: first, count: count)
        let found = try mean(concentrations, voxels: artery.chosen, haematocrit: haematocrit, baselineFrames: frames)
        guard artery.filling < 0.6 else { return found }
        let uneven = Finding(
            .note, "perfusion.artery-uneven",
            "The artery's middle voxel shows \(Int((100 * artery.filling).rounded())) % of the agent that its brightest do, which were taken: partial volume, or inflow, which may lower those too; amounts scale with it.",
            evidence: ["filling": "\(artery.filling)", "voxels": "\(artery.chosen.count)"])
        return Result(function: found.function, voxels: found.voxels, findings: found.findings + [uneven])
    }

    /// What is strange about an input.
    static func doubts(_ input: ArterialInputFunction, count: Int) -> [Finding] {
        let top = input.plasma.max() ?? 0, at = input.plasma.firstIndex(of: top) ?? 0
        let end = BolusShape.late(input.plasma)
        var found: [Finding] = []
        let evidence = ["peak-mM": "\(top)", "end-mM": "\(end)", "voxels": "\(count)"]
        if !(1...25).contains(top) {
            found.append(Finding(.warning, "perfusion.input-implausible", "The arterial input peaks at \(Numbers.short(top)) mM in plasma, where 1 to 25 are usual: inflow, saturation or partial volume; amounts scale with it.", evidence: evidence))
        }
        var bolus = BolusShape(input.times)
        if end > 0.6 * top {
            found.append(Finding(.warning, "perfusion.input-without-peak", "The arterial input hardly falls after its peak, as a tissue's curve does; check its region.", evidence: evidence))
        } else if !bolus.isSharp(input.plasma) {
            let usual = bolus.fall(peak: at)
            found.append(Finding(
                .warning, "perfusion.input-dispersed",
                "The arterial input's peak is \(Numbers.short(top / end)) times its late level, where a bolus makes \(Numbers.short(usual)) at these frames: it is mixed with tissue, as the kidneys' is, dispersed on the way, or cut at its peak; draw the artery.",
                evidence: evidence.merging(["peak-over-end": "\(top / end)", "bolus-peak-over-end": "\(usual)"]) { a, _ in a }))
        }
        let breadth = bolus.breadth(input.plasma), usual = bolus.breadth(peak: at)
        if end <= 0.6 * top, breadth < 0.65 * usual.lowerBound || breadth > 1.75 * usual.upperBound {
            found.append(Finding(
                .warning, "perfusion.input-breadth",
                "The arterial input's first minute is \(Numbers.short(breadth)) s broad (its area over its peak), where a bolus is \(Numbers.short(usual.lowerBound)) to \(Numbers.short(usual.upperBound)) s at these frames: a slow injection, a curve of tissue, or a single bright frame; look at it.",
                evidence: evidence.merging(["breadth-s": "\(breadth)", "bolus-breadth-s": "\(usual.lowerBound) to \(usual.upperBound)"]) { a, _ in a }))
        }
        let flat = input.plasma.filter { $0 > 0.97 * top }.count
        if flat > 2, flat * 12 > input.plasma.count, end < 0.6 * top {
            found.append(Finding(.note, "perfusion.input-saturated", "The arterial input stands at its peak for \(flat) frames: the signal may be saturated.", evidence: evidence))
        }
        if at == 0 { found.append(Finding(.serious, "perfusion.input-begins-at-peak", "The arterial input begins at its peak: the arrival is not in the series.", evidence: evidence)) }
        return found
    }
}
