import CarpusCore

extension ComparedPair {
    /// The pair as a baseline and a follow-up; the first is the follow-up when swapped.
    func result(swapped: Bool, parameters: ProgressionMap.Parameters, method: String) -> ProgressionMap.Result {
        let sign: Float = swapped ? -1 : 1
        func turned(_ volume: Volume<Float>) -> Volume<Float> { swapped ? volume.map { sign * $0 } : volume }
        let z = turned(z), voxel = frame.grid.voxelVolume
        let least = max(parameters.minimumVoxels, Int((parameters.minimumVolume / voxel).rounded(.up)))
        let labels = ChangeSignificance.clusters(z, assessed: assessed, threshold: parameters.threshold, leastVoxels: least)
        let halves = (Transform.affine(frame.secondFromHalfway), Transform.affine(frame.firstFromHalfway))
        let findings = findings(swapped: swapped)
        return ProgressionMap.Result(
            difference: turned(difference), z: z,
            significant: LabelMap(grid: frame.grid, labels: labels, legend: Self.legend),
            assessed: LabelMap(grid: frame.grid, labels: assessed.map(UInt16.init), legend: Legend([Label(value: 1, name: "assessed", color: [200, 200, 200])])),
            baseline: swapped ? second : first, followup: swapped ? first : second,
            // Each scan's way to the frame is the other's way from it.
            halfwayFromBaseline: swapped ? halves.1 : halves.0, halfwayFromFollowup: swapped ? halves.0 : halves.1,
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
        let regions = [(1, "decrease"), (2, "increase")], core = ChangeSignificance.atHalfHeight(labels, difference: difference)
        let volumes = [
            volume("volume-change", core.increase, "increase"), volume("volume-change", core.decrease, "decrease"),
            volume("volume-change", core.increase - core.decrease, "net"),
            volume("significant-volume", counts[2], "increase"), volume("significant-volume", counts[1], "decrease"),
        ]
        let scores = regions.reversed().map { label, region -> Measurement in
            counts[label] > 0
                ? Measurement("mean-z", sums[label] / Double(counts[label]), unit: "1", region: region, status: status, reason: reason, method: method)
                : .notScorable("mean-z", unit: "1", region: region, because: "no voxel changed that way", method: method)
        }
        return volumes + scores
    }
}
