import CarpusCore

/// The arterial input of an analysis, from wherever it is asked for.
struct InputSearch {
    let series: TimeSeries
    let arrival: Arrival
    let sequence: SpoiledGradientEcho
    let b1: Volume<Float>?
    let parameters: KineticAnalysis.Parameters

    /// An input as a fit takes it.
    struct Input {
        let function: ArterialInputFunction
        let record: ArterialInputRecord
        let findings: [Finding]
        /// How much too early it may have been placed, s.
        var early = 0.0
    }

    /// The input that the parameters ask for.
    ///
    /// - Throws: `PerfusionError` when there is no artery, or no arrival where a population's input is placed by it.
    func input(artery: LabelMap?) throws -> Input {
        switch parameters.input {
        case .parker: return try population(.parker)
        case .georgiou: return try population(.georgiou)
        case .region:
            guard let artery else { throw PerfusionError(.badInput, "the input is to come from a region, and no artery was given; give its labels, or choose another input") }
            let voxels = try Region.voxels(of: series.grid, artery)
            // The artery is reached before the tissue.
            let own = try Arrival.find(in: series, voxels: voxels, baselineFrames: parameters.baselineFrames)
            return measured(try MeasuredInput.mean(blood(voxels, own), voxels: voxels, haematocrit: parameters.haematocrit, baselineFrames: own.baselineFrames))
        case .automatic:
            // The artery lies outside the tissue that is asked about, but not in air.
            let body = try BodyMask.find(series).labels
            var enhancement = EnhancementParameters()
            enhancement.baselineFrames = parameters.baselineFrames
            let field = try EnhancementMaps.compute(series, region: body, parameters: enhancement)
            return measured(try MeasuredInput.found(blood(field.voxels, field.arrival), maps: field, haematocrit: parameters.haematocrit))
        }
    }

    private func population(_ kind: PopulationInput) throws -> Input {
        let p = parameters, end = series.times[series.frameCount - 1], step = TimeAxis.step(series.times)
        let early = p.inputArrival == nil ? 2 * step + 2 : 0
        guard let start = p.inputArrival ?? arrival.time.map({ $0 - early }) else {
            throw PerfusionError(.badInput, "no arrival of the agent was found in the series; give inputArrival in seconds, or the frames of the baseline")
        }
        guard early == 0 || p.fit.longestDelay > p.fit.shortestDelay else {
            throw PerfusionError(.badInput, "when the population's input arrives is only guessed, \(Numbers.short(early)) s before the series shows it, and a fit without a delay of its own cannot make up for that: give inputArrival in seconds, or take the non-linear method with a range of delays")
        }
        let guess = early > 0 ? " Its arrival is guessed at \(Numbers.short(start)) s, early rather than late; delays count from there and are no transit times." : ""
        let note = Finding(
            .note, "perfusion.population-input", "The arterial input is a population's (\(kind.rawValue)), not the patient's; amounts carry that doubt." + guess,
            evidence: ["arrival-s": "\(start)", "early-s": "\(early)"])
        let function = try kind.function(arrival: start, haematocrit: p.haematocrit, until: end + step)
        let record = ArterialInputRecord(source: p.input.rawValue, function: function, haematocrit: p.haematocrit, arrival: start, arrivalIsGuessed: early > 0)
        return Input(function: function, record: record, findings: [note], early: early)
    }

    private func measured(_ found: MeasuredInput.Result) -> Input {
        let n = series.grid.count
        let signal = series.times.indices.map { t in found.voxels.reduce(0.0) { $0 + Double(series.scalars[t * n + $1]) } / Double(found.voxels.count) }
        let record = ArterialInputRecord(
            source: parameters.input.rawValue, function: found.function, haematocrit: parameters.haematocrit, signal: signal,
            voxels: found.voxels.map { let at = series.grid.index(at: $0); return [at.x, at.y, at.z] }, bloodT1: parameters.bloodT1)
        return Input(function: found.function.refined(step: 0.5), record: record, findings: found.findings)
    }

    /// Concentrations as if all was blood.
    private func blood(_ voxels: [Int], _ arrival: Arrival) -> TimeSeries {
        let t1 = [Float](repeating: Float(parameters.bloodT1), count: series.grid.count), baseline = Baseline.mean(series, frames: arrival.baselineFrames)
        return ConcentrationMap.convert(series, sequence: sequence, baseline: baseline, t1: t1, b1: b1?.scalars, relaxivity: parameters.relaxivity, voxels: voxels).series
    }
}
