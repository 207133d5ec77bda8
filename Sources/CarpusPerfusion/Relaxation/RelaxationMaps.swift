public import CarpusCore

/// T1 and S0 of a whole field from spoiled gradient echoes at several flip angles, with what is known of their errors.
public enum RelaxationMaps {
    /// The acquisitions, and how T1 is fitted.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Flip angle of each volume, degrees, in their order.
        public var flipAngles: [Double] = []
        /// Repetition time TR of all volumes, s.
        public var repetitionTime: Double? = nil
        /// Repetition time of each volume, s, where they differ; the non-linear method takes that.
        public var repetitionTimes: [Double]? = nil
        /// How T1 is fitted.
        public var method = VariableFlipAngle.Method.nonLinear
        /// Voxels whose brightest signal is below this share of the field's 99th percentile show air, and have no T1.
        public var signalFloor = 0.05

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            if !(0..<1).contains(signalFloor) { return "signalFloor is \(signalFloor); it has to be from 0 to below 1" }
            return repetitionTime != nil && repetitionTimes != nil ? "repetitionTime and repetitionTimes are both given; one says it" : nil
        }
    }

    /// How a voxel's fit ended.
    public enum Outcome: UInt8, Sendable, Hashable, Codable, CaseIterable {
        /// T1 was found.
        case settled = 1
        /// The signal is that of air.
        case noSignal
        /// No rate from 0.01 to 100 /s explains the signals.
        case noRate
        /// A signal or B1 is not finite, or B1 not above 0.
        case notFinite
    }

    /// What the values in a map of outcomes mean.
    public static let outcomeLegend = Legend([
        Label(value: 1, name: "settled", color: [0, 158, 115]), Label(value: 2, name: "no-signal", color: [128, 128, 128]),
        Label(value: 3, name: "no-rate", color: [213, 94, 0]), Label(value: 4, name: "not-finite", color: [204, 121, 167]),
    ])

    /// Maps on the volumes' grid; NaN where there is no T1.
    public struct Result: Sendable {
        /// T1, s; scale S0 of the signal.
        public let t1, scale: Volume<Float>
        /// Root mean square of what the fit leaves, as a share of the mean signal.
        public let fitError: Volume<Float>
        /// Standard error of T1, s; NaN everywhere for two volumes, which leave nothing to judge it by.
        public let t1Error: Volume<Float>
        /// How each voxel's fit ended, `Outcome`; 0 outside the region.
        public let outcomes: LabelMap
        /// Median and quartiles of T1 in each region.
        public let measurements: [Measurement]
        /// Doubts.
        public let findings: [Finding]
    }

    /// Fits every voxel of a region.
    ///
    /// - Parameters:
    ///   - volumes: one for each flip angle, on one grid.
    ///   - b1: the flip angle reached over the one asked for, on the same grid; 1 when nil.
    ///   - region: where T1 is wanted, on the same grid; everywhere when nil.
    ///   - method: the name and version of the stage.
    /// - Throws: `PerfusionError` when angles, times and volumes do not go together, or grids differ.
    public static func compute(_ volumes: [Volume<Float>], b1: Volume<Float>? = nil, region: LabelMap? = nil, parameters p: Parameters, method: String) throws -> Result {
        if let complaint = p.complaint { throw PerfusionError(.badParameter, complaint) }
        guard let grid = volumes.first?.grid, volumes.count == p.flipAngles.count else {
            throw PerfusionError(.badParameter, "there are \(volumes.count) volumes and \(p.flipAngles.count) flip angles; give the angle of each volume in degrees, in their order (flipAngles)")
        }
        guard let times = p.repetitionTimes ?? p.repetitionTime.map({ tr in volumes.map { _ in tr } }) else {
            throw PerfusionError(.badParameter, "T1 needs the repetition time of the volumes: give repetitionTime in seconds")
        }
        for other in volumes.map(\.grid) + [b1?.grid, region?.grid].compactMap({ $0 }) where !other.matches(grid) {
            throw PerfusionError(.gridMismatch, "the flip angles, the B1 map and the region lie on different grids; resample them onto the first volume's")
        }
        let voxels = try Region.voxels(of: grid, region)
        let acquisition = try VariableFlipAngle(flipAngles: p.flipAngles, repetitionTimes: times, method: p.method), floor = floor(volumes, share: p.signalFloor)
        var sheets = [[Float]](repeating: [Float](repeating: .nan, count: grid.count), count: 4), codes = [UInt16](repeating: 0, count: grid.count)
        var ends = [RelaxationFit.End](repeating: .init(outcome: .notFinite), count: voxels.count)
        ends.withUnsafeMutableBufferPointer { ends in
            nonisolated(unsafe) let ends = ends.baseAddress!
            Parallel.forEach(blocksOf: voxels.count) { range in
                let worker = RelaxationFit(acquisition, floor: floor)
                defer { worker.free() }
                for i in range {
                    for k in volumes.indices { worker.signals[k] = Double(volumes[k].scalars[voxels[i]]) }
                    ends[i] = worker.end(b1: b1.map { Double($0.scalars[voxels[i]]) } ?? 1)
                }
            }
        }
        for (v, end) in zip(voxels, ends) {
            codes[v] = UInt16(end.outcome.rawValue)
            (sheets[0][v], sheets[1][v], sheets[2][v], sheets[3][v]) = (Float(end.t1), Float(end.scale), Float(end.fitError), Float(end.t1Error))
        }
        let maps = sheets.map { Volume(grid: grid, scalars: $0) }, outcomes = LabelMap(grid: grid, labels: codes, legend: outcomeLegend)
        return Result(
            t1: maps[0], scale: maps[1], fitError: maps[2], t1Error: maps[3], outcomes: outcomes,
            measurements: measure(maps[0], region, voxels, method), findings: doubts(maps, codes, voxels))
    }

    /// The signal below which there is air.
    private static func floor(_ volumes: [Volume<Float>], share: Double) -> Double {
        let brightest = volumes.map { volume in Robust.quantile(volume.scalars.filter(\.isFinite).map(Double.init).sorted(), 0.99) }.filter(\.isFinite).max() ?? 0
        return share * brightest
    }

    private static func measure(_ t1: Volume<Float>, _ region: LabelMap?, _ voxels: [Int], _ method: String) -> [Measurement] {
        var members: [UInt16: [Double]] = [:]
        for v in voxels where t1.scalars[v].isFinite { members[region?.labels[v] ?? 1, default: []].append(Double(t1.scalars[v])) }
        let labels = region?.legend.labels ?? [Label(value: 1, name: "all", color: [255, 255, 255])]
        return labels.flatMap { label -> [Measurement] in
            guard let values = members[label.value]?.sorted() else { return [.notScorable("T1-median", unit: "s", region: label.name, because: "no voxel there has a T1", method: method)] }
            return [("T1-p25", 0.25), ("T1-median", 0.5), ("T1-p75", 0.75)].map { Measurement($0.0, Robust.quantile(values, $0.1), unit: "s", region: label.name, method: method) }
        }
    }

    private static func doubts(_ maps: [Volume<Float>], _ codes: [UInt16], _ voxels: [Int]) -> [Finding] {
        var found: [Finding] = []
        let settled = voxels.filter { codes[$0] == UInt16(Outcome.settled.rawValue) }, lost = voxels.count { codes[$0] > UInt16(Outcome.noSignal.rawValue) }
        guard !settled.isEmpty else {
            return [Finding(.serious, "relaxation.no-t1", "No voxel has a T1: no rate explains the signals; check flip angles, their order and the repetition time.", evidence: ["voxels": "\(voxels.count)"])]
        }
        if lost * 10 > settled.count {
            found.append(Finding(.warning, "relaxation.fits-failed", "\(lost) of \(settled.count + lost) voxels with signal have no T1.", evidence: ["failed": "\(lost)"]))
        }
        let errors = settled.map { Double(maps[2].scalars[$0]) }.sorted(), middle = Robust.quantile(errors, 0.5)
        if middle > 0.05 {
            found.append(Finding(
                .warning, "relaxation.poor-fit", "Half the voxels leave more than \(Int(middle * 100)) % of their signal unexplained: flip angles, their order, the spoiling or the gain may be other than told.",
                evidence: ["median-fit-error": "\(middle)"]))
        }
        let t1 = Robust.quantile(settled.map { Double(maps[0].scalars[$0]) }.sorted(), 0.5)
        if !(0.1...5).contains(t1) {
            found.append(Finding(.warning, "relaxation.implausible", "The middle T1 is \(Numbers.short(t1)) s, where tissue has 0.2 to 4 s; check the repetition time (in seconds) and the flip angles.", evidence: ["median-s": "\(t1)"]))
        }
        return found
    }
}
