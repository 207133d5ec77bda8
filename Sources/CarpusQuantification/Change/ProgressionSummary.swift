import CarpusCore

extension ComparedPair {
    /// The pair as a baseline and a follow-up; the first is the follow-up when swapped.
    func result(swapped: Bool, parameters: ProgressionMap.Parameters, method: String) -> ProgressionMap.Result {
        let sign: Float = swapped ? -1 : 1
        func turned(_ volume: Volume<Float>) -> Volume<Float> { swapped ? volume.map { sign * $0 } : volume }
        let z = turned(z), voxel = frame.grid.voxelVolume
        let least = max(parameters.minimumVoxels, Int((parameters.minimumVolume / voxel).rounded(.up)))
        let labels = ChangeSignificance.clusters(z, assessed: assessed, threshold: parameters.threshold, leastVoxels: least)
        let findings = findings(swapped: swapped)
        return ProgressionMap.Result(
            difference: turned(difference), z: z,
            significant: LabelMap(grid: frame.grid, labels: labels, legend: Self.legend),
            assessed: LabelMap(grid: frame.grid, labels: assessed.map(UInt16.init), legend: Legend([Label(value: 1, name: "assessed", color: [200, 200, 200])])),
            baseline: swapped ? second : first, followup: swapped ? first : second,
            halfwayFromBaseline: swapped ? motion.halfwayFromSecond : motion.halfwayFromFirst,
            halfwayFromFollowup: swapped ? motion.halfwayFromFirst : motion.halfwayFromSecond,
            baselineFromHalfway: swapped ? motion.secondFromHalfway : motion.firstFromHalfway,
            followupFromHalfway: swapped ? motion.firstFromHalfway : motion.secondFromHalfway,
            gain: swapped ? 1 / match.gain : match.gain, offset: swapped ? -match.offset / match.gain : match.offset,
            field: swapped ? 1 / largestField : largestField, residual: residual,
            baselineNoise: Double(swapped ? noise.second : noise.first), followupNoise: Double(swapped ? noise.first : noise.second),
            scatter: scatter, measurements: measurements(labels, z, voxel, findings, method), findings: findings)
    }

    /// Down 1, up 2, in colours that colour-blind eyes tell apart.
    static let legend = Legend([
        Label(value: 1, name: "decrease", color: Palette.decrease), Label(value: 2, name: "increase", color: Palette.increase),
    ])

    private func measurements(_ labels: [UInt16], _ z: Volume<Float>, _ voxel: Double, _ findings: [Finding], _ method: String) -> [Measurement] {
        let doubts = findings.filter { $0.severity >= .warning }.map(\.sentence).joined(separator: " ")
        let status: Measurement.Status = doubts.isEmpty ? .ok : .review, reason = doubts.isEmpty ? nil : doubts
        var counts = [0, 0, 0], sums = [0.0, 0.0, 0.0]
        for i in labels.indices where labels[i] != 0 {
            counts[Int(labels[i])] += 1
            sums[Int(labels[i])] += Double(z.scalars[i])
        }
        func volume(_ quantity: String, _ voxels: Int, _ region: String) -> Measurement {
            Measurement(quantity, Double(voxels) * voxel / 1000, unit: "mL", region: region, status: status, reason: reason, method: method)
        }
        let core = ChangeSignificance.atHalfHeight(labels, difference: difference)
        func volumes(_ suffix: String, _ half: [Int], _ all: [Int]) -> [Measurement] {
            [
                volume("volume-change", half[2], "increase" + suffix), volume("volume-change", half[1], "decrease" + suffix),
                volume("volume-change", half[2] - half[1], "net" + suffix),
                volume("significant-volume", all[2], "increase" + suffix), volume("significant-volume", all[1], "decrease" + suffix),
            ]
        }
        let whole = volumes("", core.reduce(into: [0, 0, 0]) { $0[Int($1)] += 1 }, counts)
        let scores = [(2, "increase"), (1, "decrease")].map { label, region -> Measurement in
            counts[label] > 0
                ? Measurement("mean-z", sums[label] / Double(counts[label]), unit: "1", region: region, status: status, reason: reason, method: method)
                : .notScorable("mean-z", unit: "1", region: region, because: "no voxel changed that way", method: method)
        }
        return whole + scores + regional(labels, core, method, volumes)
    }

    /// The volumes of each region of the anatomy.
    private func regional(_ labels: [UInt16], _ core: [UInt16], _ method: String, _ volumes: (String, [Int], [Int]) -> [Measurement]) -> [Measurement] {
        guard let regions else { return [] }
        let last = Int(max(regions.labels.max() ?? 0, regions.legend.labels.last?.value ?? 0))
        var half = [[Int]](repeating: [0, 0, 0], count: last + 1), all = half, seen = [Int](repeating: 0, count: last + 1)
        var there = seen
        for (i, region) in regions.labels.enumerated() where region != 0 {
            there[Int(region)] += 1
            guard assessed[i] != 0 else { continue }
            seen[Int(region)] += 1
            all[Int(region)][Int(labels[i])] += 1
            half[Int(region)][Int(core[i])] += 1
        }
        return regions.legend.labels.flatMap { label -> [Measurement] in
            let v = Int(label.value), share = there[v] > 0 ? Double(seen[v]) / Double(there[v]) : 0
            guard seen[v] > 0 else {
                return [.notScorable("volume-change", unit: "mL", region: "net/" + label.name, because: "the region lies outside of what both scans show, or no map shows it", method: method)]
            }
            let rows = volumes("/" + label.name, half[v], all[v])
            guard share < 0.98 else { return rows }
            return rows.map { row in
                var row = row
                row.status = .review
                row.reason = [row.reason, "\(Int((100 * share).rounded())) % of the region was assessed"].compactMap { $0 }.joined(separator: "; ")
                return row
            }
        }
    }
}
