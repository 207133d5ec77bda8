public import CarpusCore

/// Maps of what the agent's curve says in each voxel.
public struct EnhancementMaps: Sendable {
    /// The class, shape or type of each voxel, by the scheme asked for; background where there is none.
    public let labels: LabelMap
    /// Class of each voxel, whatever the scheme; `CurveClass` as numbers.
    public let classes: LabelMap
    /// ME, a share of the baseline; IRE, 1/s. 0 without enhancement, NaN outside the region and where there is no curve, as in all maps.
    public let maximum, initialRate: Volume<Float>
    /// T_onset and T_peak, s on the axis of the series; 0 without enhancement.
    public let onset, peak: Volume<Float>
    /// Wash-in and wash-out slope, 1/s; 0 without enhancement.
    public let washIn, washOut: Volume<Float>
    /// Areas in the first 60 and 90 s from the onset, s; 0 without enhancement or where the series ends before.
    public let area60, area90: Volume<Float>
    /// Root mean square of what the fit leaves, a share of the baseline; probability of the class.
    public let fitError, probability: Volume<Float>
    /// Baseline signal S_BL.
    public let baseline: Volume<Float>
    /// Frames before the agent, and when it arrives, s.
    public let arrival: Arrival
    /// Places of the voxels that were looked at.
    public let voxels: [Int]
    /// The series' times, s.
    public let times: [Double]
    /// Doubts about the data.
    public internal(set) var findings: [Finding]

    /// Looks at every voxel of a region.
    ///
    /// - Parameters:
    ///   - region: where to look, on the series' grid; everywhere when nil.
    /// - Throws: `PerfusionError` for times that are no axis, a region on another grid or without voxels, or parameters out of range.
    public static func compute(_ series: TimeSeries, region: LabelMap? = nil, parameters: EnhancementParameters = .init()) throws -> EnhancementMaps {
        if let complaint = parameters.complaint { throw PerfusionError(.badParameter, complaint) }
        try TimeAxis.check(series)
        let voxels = try Region.voxels(of: series.grid, region)
        let arrival = try Arrival.find(in: series, voxels: voxels, baselineFrames: parameters.baselineFrames)
        let series = parameters.spatialSmoothing ? CurveSmoothing.smoothed(series, voxels: voxels) : series
        let sheet = CurveSheet(count: series.grid.count)
        let basis = PiecewiseBasis(times: series.times, baselineFrames: arrival.baselineFrames), chunk = 2048
        series.scalars.withUnsafeBufferPointer { frames in
            nonisolated(unsafe) let frames = frames.baseAddress!
            let n = series.grid.count
            Parallel.forEach((voxels.count + chunk - 1) / chunk) { c in
                let worker = CurveReader(parameters, basis, baselineFrames: arrival.baselineFrames)
                defer { worker.free() }
                worker.run(frames, stride: n, voxels: voxels, c * chunk..<min(voxels.count, (c + 1) * chunk)) { v, r in sheet.write(r, at: v, parameters.scheme) }
            }
        }
        var maps = sheet.maps(series, arrival, voxels, parameters.scheme)
        if parameters.majorityFilter { maps = maps.filtered() }
        maps.findings = EnhancementFindings.list(series, maps, parameters)
        return maps
    }

    /// The reading of one curve alone.
    ///
    /// - Throws: `PerfusionError` for times that are no axis or a curve without baseline.
    public static func read(_ curve: [Float], times: [Double], baselineFrames: Int, parameters: EnhancementParameters = .init()) throws -> CurveReading {
        try TimeAxis.check(times, frames: curve.count)
        guard (1..<curve.count - 2).contains(baselineFrames) else { throw PerfusionError(.noBaseline, "\(baselineFrames) of \(curve.count) frames cannot be the baseline") }
        let worker = CurveReader(parameters, PiecewiseBasis(times: times, baselineFrames: baselineFrames), baselineFrames: baselineFrames)
        defer { worker.free() }
        var reading: CurveReading?
        curve.withUnsafeBufferPointer { c in
            guard let base = c.baseAddress else { return }
            worker.run(base, stride: 1, voxels: [0], 0..<1) { _, r in reading = r }
        }
        guard let reading else { throw PerfusionError(.notFinite, "the curve is not finite, or its baseline is not above 0") }
        return reading
    }

    init(labels: LabelMap, classes: LabelMap, sheet: [Volume<Float>], arrival: Arrival, voxels: [Int], times: [Double]) {
        (self.labels, self.classes, self.arrival, self.voxels, self.times, findings) = (labels, classes, arrival, voxels, times, [])
        (maximum, initialRate, onset, peak, washIn, washOut) = (sheet[0], sheet[1], sheet[2], sheet[3], sheet[4], sheet[5])
        (area60, area90, fitError, probability, baseline) = (sheet[6], sheet[7], sheet[8], sheet[9], sheet[10])
    }

    /// The maps with each label that of most of its neighbours in the plane.
    private func filtered() -> EnhancementMaps {
        var copy = EnhancementMaps(
            labels: LabelFilter.majority(labels), classes: LabelFilter.majority(classes),
            sheet: [maximum, initialRate, onset, peak, washIn, washOut, area60, area90, fitError, probability, baseline], arrival: arrival, voxels: voxels, times: times)
        copy.findings = findings
        return copy
    }
}
