import CarpusCore
import CarpusIO
import CarpusQuantification
import CarpusRegistration
import Foundation

/// A map of change held against the truth.
struct Score {
    static let head = "wrist\tCPU s\tbones mm (median, largest)\twithout mm\treported mm\tratio (median, range)\tsignificant %\tlargest region mL\tAUC\tits ceiling\tAUC, visible change\tincrease mL\tdecrease mL\tvisible increase mL\tvisible decrease mL\tlesions appeared mL\tvanished mL"
    let line: String
    let regions: [RegionPair]
    let map: ProgressionMap.Result
    let truth: [Int8]
    let labels: LabelMap

    init(_ pair: WristPair, alone: Bool) throws {
        let begin = Self.processorTime()
        var parameters = RigidRegistration.Parameters()
        parameters.symmetric = true
        let whole = try RigidRegistration.align(fixed: pair.baseline, moving: pair.followup, parameters: parameters).movingFromFixed
        let parts = alone ? try PartRegistration.align(fixed: pair.baseline, moving: pair.followup, whole: whole, fixedAnatomy: pair.anatomy, movingAnatomy: nil) : nil
        map = try ProgressionMap.compute(
            baseline: pair.baseline, followup: pair.followup, followupFromBaseline: .rigid(whole), motions: parts?.motions, baselineAnatomy: pair.anatomy, method: "benchmark")
        let time = Self.processorTime() - begin

        var errors: [Double] = [], before: [Double] = [], ratios: [Double] = [], reported: [Double] = []
        for (name, truth) in pair.bones {
            let points = Self.points(of: name, in: pair.anatomy)
            guard points.count > 20 else { continue }
            before.append(Self.rms(points, whole.affine, truth))
            guard let part = parts?.motions.parts.first(where: { $0.name == name }) else { errors.append(before.last ?? 0); continue }
            errors.append(Self.rms(points, part.movingFromFixed.affine, truth))
            reported.append(part.error)
            ratios.append(part.error / max(errors.last ?? 0, 1e-6))
        }
        let truth = Self.truth(pair, map), map = map
        self.truth = truth
        let assessed = map.assessed.labels.indices.filter { map.assessed.labels[$0] != 0 && map.z.scalars[$0].isFinite }
        let significant = assessed.count { map.significant.labels[$0] != 0 }
        let curve = ReceiverOperating(assessed.map { Double(abs(map.z.scalars[$0])) }, isPositive: assessed.map { truth[$0] != 0 })
        let visible = VisibleChange(pair, map, labelled: truth, assessed: assessed)
        let auc = pair.isStill ? Double.nan : curve.area.value ?? .nan
        let voxel = map.z.grid.voxelVolume / 1000
        func volume(_ signs: [Int8], _ sign: Int8) -> Double { Double(assessed.count { signs[$0] == sign }) * voxel }
        func measured(_ region: String) -> Double { map.measurements.first { $0.quantity == "volume-change" && $0.region == region }?.value ?? 0 }
        let largest = map.measurements.filter { $0.quantity == "significant-volume" && $0.region.contains("/") }.map { $0.value ?? 0 }.max() ?? 0
        labels = pair.anatomy.resampled(onto: map.z.grid, through: map.baselineFromHalfway)
        let labels = labels
        regions = WristAnatomy.structures.filter { $0.label <= 28 }.compactMap { s in
            let inside = labels.labels.indices.filter { labels.labels[$0] == s.label }
            guard inside.count > 50 else { return nil }
            return RegionPair(name: s.name, measured: measured("net/" + s.name), visible: Double(inside.reduce(0) { $0 + Int(visible.signs[$1]) }) * voxel, truth: Double(inside.reduce(0) { $0 + Int(truth[$1]) }) * voxel)
        }
        func sorted(_ v: [Double]) -> [Double] { v.isEmpty ? [.nan] : v.sorted() }
        let (e, b, q, r) = (sorted(errors), sorted(before), sorted(ratios), sorted(reported))
        line = String(
            format: "%@\t%.1f\t%.3f %.3f\t%.3f\t%.3f\t%.2f %.2f-%.2f\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f", pair.name, time,
            e[e.count / 2], e[e.count - 1], b[b.count / 2], r[r.count / 2], q[q.count / 2], q[0], q[q.count - 1],
            100 * Double(significant) / Double(assessed.count), largest, auc, visible.ceiling, visible.area, measured("increase"), measured("decrease"),
            volume(visible.signs, 1), volume(visible.signs, -1), volume(truth, 1), volume(truth, -1))
    }

    /// +1 where a lesion appeared, -1 where one vanished, on the grid of the map; by most of five places through the thickness of a slice.
    private static func truth(_ pair: WristPair, _ map: ProgressionMap.Result) -> [Int8] {
        let grid = map.z.grid, axis = grid.throughPlaneAxis
        var votes = [Int8](repeating: 0, count: grid.count)
        for step in -2...2 {
            let shift = grid.direction[column: axis] * (Double(step) * grid.spacing[axis] / 5), moved = Affine(translation: shift)
            let a = pair.lesions.0.resampled(onto: grid, through: map.baselineFromHalfway * .affine(moved)).labels
            let b = pair.lesions.1.resampled(onto: grid, through: map.followupFromHalfway * .affine(moved)).labels
            for i in votes.indices { votes[i] += a[i] == 0 && b[i] != 0 ? 1 : a[i] != 0 && b[i] == 0 ? -1 : 0 }
        }
        return votes.map { $0 >= 3 ? 1 : $0 <= -3 ? -1 : 0 }
    }

    /// What was compared, and the truth, for other programs.
    func keep(_ pair: WristPair, in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let grid = map.z.grid
        func write(_ volume: Volume<Float>, _ name: String) throws { try NIfTI.write(volume, to: folder.appending(path: name + ".nii.gz")) }
        let change = pair.change.resampled(onto: grid, through: map.followupFromHalfway, interpolation: .linear)
        for (volume, name) in [(pair.baseline, "baseline"), (pair.followup, "followup"), (map.baseline, "half-baseline"), (map.followup, "half-followup"), (map.difference, "difference"), (map.z, "z"), (change, "change"), (Volume(grid: grid, scalars: truth.map(Float.init)), "truth")] {
            try write(volume, name)
        }
        for (labels, name) in [(labels, "labels"), (map.significant, "significant"), (map.assessed, "assessed")] { try NIfTI.write(labels, to: folder.appending(path: name + ".nii.gz")) }
        try "gain\t\(map.gain)\nbaseline noise\t\(map.baselineNoise)\nfollowup noise\t\(map.followupNoise)\nscatter\t\(map.scatter)\n".write(to: folder.appending(path: "numbers.tsv"), atomically: true, encoding: .utf8)
    }

    private static func points(of name: String, in map: LabelMap) -> [Vector3] {
        guard let label = map.legend[name]?.value else { return [] }
        let voxels = map.labels.indices.filter { map.labels[$0] == label }
        return stride(from: 0, to: voxels.count, by: max(1, voxels.count / 2000)).map { map.grid.worldFromVoxel(Vector3(map.grid.index(at: voxels[$0]))) }
    }

    private static func rms(_ points: [Vector3], _ a: Affine, _ b: Affine) -> Double {
        (points.reduce(0) { let d = a($1) - b($1); return $0 + d.dot(d) } / Double(points.count)).squareRoot()
    }

    private static func processorTime() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }
}
