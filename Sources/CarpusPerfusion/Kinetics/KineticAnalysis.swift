public import CarpusCore

/// From a series of signals to maps of a pharmacokinetic model: baseline, concentration, arterial input, fit.
public enum KineticAnalysis {
    /// Where the arterial input comes from.
    public enum InputSource: String, Sendable, Hashable, Codable, CaseIterable {
        /// A population's; see `PopulationInput`.
        case parker, georgiou
        /// The mean of the artery that is given as labels.
        case region
        /// The voxels of the series that look most like an artery.
        case automatic
    }

    /// What the sequence and the blood are, and what is fitted.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The model.
        public var model = KineticModel.extendedTofts
        /// How it is fitted.
        public var method = KineticFit.Method.nonLinear
        /// Repetition time, s, and flip angle, degrees, of the dynamic series; needed.
        public var repetitionTime: Double? = nil, flipAngle: Double? = nil
        /// T1 of all tissue before the agent, s, where no map is given.
        public var tissueT1: Double? = nil
        /// T1 of blood before the agent, s.
        public var bloodT1 = 1.6
        /// Whether the series is fat-suppressed: concentrations are then refused unless a T1 map is given.
        public var fatSuppressed = false
        /// Relaxivity r1 of the agent, 1/s/mM.
        public var relaxivity = 4.5
        /// Share of the blood that is cells.
        public var haematocrit = 0.42
        /// Where the arterial input comes from.
        public var input = InputSource.parker
        /// When a population's input arrives, s on the axis of the series. Guessed when nil, as two frames and two seconds before the series shows the agent,
        /// which is early rather than late: the fitted delay makes up for it, may be that much longer than `longestDelay`, and counts from the guess.
        /// A fit without a delay of its own (linear, or equal delays) is refused then.
        public var inputArrival: Double? = nil
        /// Frames before the agent arrives; found from the series when nil.
        public var baselineFrames: Int? = nil
        /// The smallest and largest delay of the tissue behind the input, s; equal ones fix it.
        public var shortestDelay = 0.0, longestDelay = 10.0
        /// The largest ve of the Tofts models.
        public var largestVe = 1.0

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            let positive = [("bloodT1", bloodT1), ("relaxivity", relaxivity)] + [("repetitionTime", repetitionTime), ("flipAngle", flipAngle), ("tissueT1", tissueT1)].compactMap { n, v in v.map { (n, $0) } }
            if let bad = positive.first(where: { !($0.1 > 0 && $0.1.isFinite) }) { return "\(bad.0) is \(bad.1); it has to be above 0" }
            if !(0..<1).contains(haematocrit) { return "haematocrit is \(haematocrit); it has to be from 0 to below 1" }
            if let baselineFrames, baselineFrames < 1 { return "baselineFrames is \(baselineFrames); at least one frame lies before the agent" }
            return fit.complaint
        }

        /// What the fit itself is told.
        var fit: KineticFit.Parameters {
            var p = KineticFit.Parameters()
            (p.model, p.method, p.shortestDelay, p.longestDelay, p.largestVe) = (model, method, shortestDelay, method == .linear ? shortestDelay : longestDelay, largestVe)
            return p
        }
    }

    /// Maps of a fit.
    public struct Result: Sendable {
        /// A map of each quantity, in its unit; NaN outside the region and where there is no curve.
        public let maps: [KineticQuantity: Volume<Float>]
        /// Standard errors of the quantities; empty for a linear fit.
        public let errors: [KineticQuantity: Volume<Float>]
        /// Root mean square of what the fit leaves, mM.
        public let residual: Volume<Float>
        /// How each voxel's fit ended, 1 more than `FitOutcome`; 0 outside the region.
        public let outcomes: LabelMap
        /// The arterial input as it was fitted with.
        public let input: ArterialInputFunction
        /// The same as it was measured or taken, with where it comes from.
        public let inputRecord: ArterialInputRecord
        /// Medians of the quantities in each region over the fits that came to rest.
        public let measurements: [Measurement]
        /// Doubts.
        public let findings: [Finding]
    }

    /// What the values in a map of outcomes mean.
    public static let outcomeLegend = Legend([
        Label(value: 1, name: "settled", color: [0, 158, 115]), Label(value: 2, name: "at-bound", color: [240, 228, 66]), Label(value: 3, name: "no-uptake", color: [128, 128, 128]),
        Label(value: 4, name: "unsettled", color: [213, 94, 0]), Label(value: 5, name: "not-finite", color: [204, 121, 167]),
    ])

    /// Fits a model to the voxels of a region.
    ///
    /// - Parameters:
    ///   - series: signals of a spoiled gradient echo.
    ///   - t1: T1 before the agent in s, on the same grid.
    ///   - b1: the flip angle of the series reached over the one asked for, on the same grid; 1 when nil.
    ///   - artery: labels of the artery, for an input from a region.
    ///   - region: where to fit; everywhere when nil.
    /// - Throws: `PerfusionError` when sequence or T1 are not known, or a step finds nothing to work on.
    public static func compute(
        _ series: TimeSeries, t1: Volume<Float>? = nil, b1: Volume<Float>? = nil, artery: LabelMap? = nil, region: LabelMap? = nil, parameters p: Parameters, method: String
    ) throws -> Result {
        if let complaint = p.complaint { throw PerfusionError(.badParameter, complaint) }
        try TimeAxis.check(series)
        let sequence = try sequence(p), t1 = try tissueT1(p, t1, series.grid)
        if let b1, !b1.grid.matches(series.grid) { throw PerfusionError(.gridMismatch, "the B1 map lies on another grid than the series; resample it onto the series' first") }
        let voxels = try Region.voxels(of: series.grid, region)
        let arrival = try Arrival.find(in: series, voxels: voxels, baselineFrames: p.baselineFrames), baseline = Baseline.mean(series, frames: arrival.baselineFrames)
        let tissue = ConcentrationMap.convert(series, sequence: sequence, baseline: baseline, t1: t1.scalars, b1: b1?.scalars, relaxivity: p.relaxivity, voxels: voxels)
        try checkB1(b1, voxels)
        let arterial = try InputSearch(series: series, arrival: arrival, sequence: sequence, b1: b1, parameters: p).input(artery: artery)
        var wanted = p.fit
        wanted.longestDelay += arterial.early
        wanted.delayStep = max(wanted.delayStep, (wanted.longestDelay - wanted.shortestDelay) / 1000)
        let fit = try KineticFit(input: arterial.function, times: series.times, parameters: wanted), doubt = KineticFit.BaselineDoubt(frames: arrival.baselineFrames, t1: t1.scalars, relaxivity: p.relaxivity)
        let found = try fit.fit(tissue.series, voxels: voxels, baseline: doubt)
        var findings = EnhancementFindings.frames(series.times, arrival, wasTold: p.baselineFrames != nil) + arterial.findings
        findings += samplingDoubts(series.times) + outcomeDoubts(found, saturated: tissue.saturated, samples: voxels.count * series.frameCount)
        return gather(found, voxels, region, series.grid, arterial, findings, method)
    }

    private static func sequence(_ p: Parameters) throws -> SpoiledGradientEcho {
        guard let tr = p.repetitionTime, let angle = p.flipAngle else {
            throw PerfusionError(.badParameter, "concentrations need the sequence: give repetitionTime in seconds and flipAngle in degrees, or stay with the semi-quantitative maps")
        }
        return try SpoiledGradientEcho(repetitionTime: tr, flipAngle: angle)
    }

    private static func tissueT1(_ p: Parameters, _ map: Volume<Float>?, _ grid: Grid) throws -> Volume<Float> {
        if let map {
            guard map.grid.matches(grid) else { throw PerfusionError(.gridMismatch, "the T1 map lies on another grid than the series; resample it onto the series' first") }
            return map
        }
        if p.fatSuppressed {
            throw PerfusionError(.needsT1, "pharmacokinetics are refused: the series is fat-suppressed and no T1 map is given; the suppression disturbs the steady state that turns signal into concentration. Use the semi-quantitative maps, or give a T1 map made with the same suppression")
        }
        guard let t1 = p.tissueT1 else {
            throw PerfusionError(.needsT1, "pharmacokinetics are refused: without T1 before the agent no signal becomes a concentration. Give a T1 map (variable flip angle) or tissueT1, or use the semi-quantitative maps")
        }
        return Volume(grid: grid, repeating: Float(t1))
    }

    /// The first passage of a bolus is over in about ten seconds.
    private static func samplingDoubts(_ times: [Double]) -> [Finding] {
        let step = TimeAxis.step(times)
        guard step > 10 else { return [] }
        return [Finding(
            .warning, "perfusion.coarse-kinetics", "Frames are \(Numbers.short(step)) s apart, longer than a bolus takes to pass: delay, vp and flow are told from one frame or none, and Ktrans carries that.",
            evidence: ["step-s": "\(step)"])]
    }

    /// Refuses a map in percent, or of another thing.
    private static func checkB1(_ b1: Volume<Float>?, _ voxels: [Int]) throws {
        guard let b1 else { return }
        let middle = Robust.quantile(voxels.map { Double(b1.scalars[$0]) }.filter(\.isFinite).sorted(), 0.5)
        guard (0.3...2).contains(middle) else {
            throw PerfusionError(.badParameter, "the middle B1 is \(Numbers.short(middle)), where the flip angle reached is 0.5 to 1.5 times the one asked for; give the map as that ratio, not in percent or degrees")
        }
    }

    private static func outcomeDoubts(_ found: KineticFit.Result, saturated: Int, samples: Int) -> [Finding] {
        var list: [Finding] = []
        let total = found.outcomes.count, bad = found.outcomes.filter { $0 == .unsettled || $0 == .notFinite }.count, bound = found.outcomes.filter { $0 == .atBound }.count
        if bad * 50 > total { list.append(Finding(.warning, "perfusion.fits-failed", "\(bad) of \(total) fits failed; their voxels have no numbers that count.", evidence: ["failed": "\(bad)"])) }
        if bound * 5 > total { list.append(Finding(.note, "perfusion.fits-at-bound", "\(bound) of \(total) fits rest at a bound.", evidence: ["at-bound": "\(bound)"])) }
        if saturated * 1000 > samples {
            list.append(Finding(.warning, "perfusion.signal-saturated", "\(saturated) samples are brighter than any concentration explains; baseline, T1 or flip angle are doubtful there.", evidence: ["samples": "\(saturated)"]))
        }
        return list
    }

    private static func gather(
        _ found: KineticFit.Result, _ voxels: [Int], _ region: LabelMap?, _ grid: Grid, _ input: InputSearch.Input, _ findings: [Finding], _ method: String
    ) -> Result {
        func spread(_ list: [Float]) -> Volume<Float> {
            var volume = Volume<Float>(grid: grid, repeating: .nan)
            for (i, v) in voxels.enumerated() { volume.scalars[v] = list[i] }
            return volume
        }
        var outcomes = LabelMap(grid: grid, labels: [UInt16](repeating: 0, count: grid.count), legend: outcomeLegend)
        for (i, v) in voxels.enumerated() { outcomes.labels[v] = UInt16(found.outcomes[i].rawValue) + 1 }
        var members: [UInt16: [Int]] = [:]
        for (i, v) in voxels.enumerated() where found.outcomes[i] == .settled { members[region?.labels[v] ?? 1, default: []].append(i) }
        let labels = region?.legend.labels ?? [Label(value: 1, name: "all", color: [255, 255, 255])]
        let rows = labels.flatMap { label in
            zip(found.quantities, found.values).map { q, list -> Measurement in
                let name = "\(q.rawValue)-median"
                guard let mine = members[label.value] else { return .notScorable(name, unit: q.unit, region: label.name, because: "no fit came to rest there", method: method) }
                return Measurement(name, Robust.quantile(mine.map { Double(list[$0]) }.sorted(), 0.5), unit: q.unit, region: label.name, method: method)
            }
        }
        let doubted = rows.map { reviewed($0, findings) }
        let maps = Dictionary(uniqueKeysWithValues: zip(found.quantities, found.values.map(spread)))
        let errors = Dictionary(uniqueKeysWithValues: zip(found.quantities, found.errors.map(spread)))
        return Result(maps: maps, errors: errors, residual: spread(found.residuals), outcomes: outcomes, input: input.function, inputRecord: input.record, measurements: doubted, findings: findings)
    }

    /// A number beside a doubt beyond a note is to be looked at.
    private static func reviewed(_ row: Measurement, _ findings: [Finding]) -> Measurement {
        guard row.status == .ok, let worst = findings.filter({ $0.severity >= .warning }).max(by: { $0.severity < $1.severity }) else { return row }
        var row = row
        (row.status, row.reason) = (.review, worst.sentence)
        return row
    }
}

/// The signal before the agent.
enum Baseline {
    /// Mean of the first frames, for every voxel (OSIPI P.BL2.003).
    static func mean(_ series: TimeSeries, frames: Int) -> [Float] {
        let n = series.grid.count
        var sum = [Float](repeating: 0, count: n)
        for t in 0..<frames { for v in 0..<n { sum[v] += series.scalars[t * n + v] } }
        for v in 0..<n { sum[v] /= Float(frames) }
        return sum
    }
}
