import CarpusCore

/// Thickness and run of tenosynovitis in one compartment.
struct SheathMeasurement {
    /// `thickness`, `mean-thickness`, `run-length` and `slice-run`.
    let rows: [Measurement]

    /// A stack of slices counts as axial when its normal lies within so many degrees of the forearm's axis (cosine).
    static let axialCosine = 0.82
    /// Voxels longer than this, mm, tell no width across their longest side.
    static let coarsestWidth = 1.2

    init(lesion: UInt16, site: UInt16, region: String, volumeIsZero: Bool, verdict: SiteMeasurement.Verdict, in whole: SiteMeasurement) {
        guard let distal = whole.sites.distal else {
            let reason = "no shaft in the field tells the forearm's axis"
            rows = LesionSites.sheathQuantities.map { .notScorable($0.name, unit: $0.unit, region: region, because: reason, method: whole.method) }
            return
        }
        let grid = whole.map.grid, axis = Self.sliceAxis(grid, distal), isAxial = abs(grid.direction[column: axis].dot(distal)) > Self.axialCosine
        var rows: [Measurement] = []
        if volumeIsZero {
            rows = ["thickness", "mean-thickness", "run-length"].map { whole.row($0, 0, "mm", region, verdict) }
        } else {
            let labels = whole.map.labels, sites = whole.sites.sites
            rows = Self.thickness(lesion, site, region, verdict, whole, distal, isAxial)
            var run = RunLength()
            let m = grid.worldFromVoxel.linear, half = (abs(m.x.dot(distal)) + abs(m.y.dot(distal)) + abs(m.z.dot(distal))) / 2
            for i in labels.indices where labels[i] == lesion && sites[i] == site {
                run.add(grid.worldFromVoxel(Vector3(grid.index(at: i))).dot(distal), halfWidth: half, volume: grid.voxelVolume)
            }
            rows.append(whole.row("run-length", run.length, "mm", region, verdict))
        }
        if isAxial {
            rows.append(whole.row("slice-run", Double(volumeIsZero ? 0 : Self.sliceRun(lesion, site, whole, axis)), "1", region, verdict))
        } else {
            rows.append(.notScorable("slice-run", unit: "1", region: region, because: "the slices are not axial", method: whole.method))
        }
        self.rows = rows
    }

    /// The axis across the slices; of sides that are as long the one nearest to the forearm's axis.
    private static func sliceAxis(_ grid: Grid, _ distal: Vector3) -> Int {
        let spacing = grid.spacing, along = (0..<3).map { abs(grid.direction[column: $0].dot(distal)) }
        return (0..<3).filter { spacing[$0] > 0.95 * spacing.max() }.max { along[$0] < along[$1] } ?? grid.throughPlaneAxis
    }

    /// The longest run of consecutive slices with at least 1 mm² of inflammation.
    private static func sliceRun(_ lesion: UInt16, _ site: UInt16, _ whole: SiteMeasurement, _ axis: Int) -> Int {
        let grid = whole.map.grid, spacing = grid.spacing, pixel = spacing[0] * spacing[1] * spacing[2] / spacing[axis]
        var counts = [Int](repeating: 0, count: grid.size[axis])
        for i in whole.map.labels.indices where whole.map.labels[i] == lesion && whole.sites.sites[i] == site { counts[grid.index(at: i)[axis]] += 1 }
        return RunLength.longest(counts.indices.filter { Double(counts[$0]) * pixel >= RunLength.leastArea })
    }

    private static func thickness(
        _ lesion: UInt16, _ site: UInt16, _ region: String, _ verdict: SiteMeasurement.Verdict, _ whole: SiteMeasurement, _ distal: Vector3, _ isAxial: Bool
    ) -> [Measurement] {
        // 1 the tendon, 2 the inflammation.
        var parts = LabelMap(grid: whole.map.grid, labels: [UInt16](repeating: 0, count: whole.map.labels.count), legend: Legend([]))
        for i in parts.labels.indices where whole.sites.sites[i] == site { parts.labels[i] = whole.map.labels[i] == lesion ? 2 : 1 }
        var verdict = verdict, across = sliceAxis(parts.grid, distal)
        if !isAxial {
            let coarsest = whole.map.grid.spacing.max()
            guard coarsest <= coarsestWidth, let planes = planes(across: distal, of: parts) else {
                let reason = "the slices are not axial, and \((coarsest * 10).rounded() / 10) mm apart: no width can be read across them"
                return ["thickness", "mean-thickness"].map { .notScorable($0, unit: "mm", region: region, because: reason, method: whole.method) }
            }
            (parts, across) = (parts.resampled(onto: planes, interpolation: .nearest), 2)
            verdict.reasons.append("the slices are not axial: widths are read in planes cut across them")
        }
        guard let box = LabelNeighbourhood(of: 2, in: parts, voxels: 26) else { return [] }
        let found = SheathThickness(grid: parts.grid, box: box, across: across, isTendon: { parts.labels[$0] == 1 }, isInflamed: { parts.labels[$0] == 2 })
        guard let maximum = found.maximum, let mean = found.mean else {
            let reason = "no tendon is told apart from the inflammation around it"
            return ["thickness", "mean-thickness"].map { .notScorable($0, unit: "mm", region: region, because: reason, method: whole.method) }
        }
        if found.shareWithoutTendon > 0.1 { verdict.reasons.append("\(Int((found.shareWithoutTendon * 100).rounded())) % of the inflammation lies in planes without a tendon") }
        return [whole.row("thickness", maximum, "mm", region, verdict), whole.row("mean-thickness", mean, "mm", region, verdict)]
    }

    /// Planes across an axis, 1 mm apart, around what a map holds: pixels as fine as the map's finest side.
    private static func planes(across axis: Vector3, of parts: LabelMap) -> Grid? {
        guard let box = LabelNeighbourhood(of: 2, in: parts, voxels: 1) else { return nil }
        let a = axis * axis, other = a.x <= a.y && a.x <= a.z ? Vector3(1, 0, 0) : a.y <= a.z ? Vector3(0, 1, 0) : Vector3(0, 0, 1)
        let u = axis.cross(other) / axis.cross(other).length, direction = Matrix3(columns: u, axis.cross(u), axis)
        var low = Vector3(repeating: .infinity), high = -low
        for corner in 0..<8 {
            let at = Vector3(box.start) + Vector3(box.size &- 1) * Vector3(Double(corner & 1), Double(corner >> 1 & 1), Double(corner >> 2))
            let q = direction.transposed * parts.grid.worldFromVoxel(at)
            (low, high) = (pointwiseMin(low, q), pointwiseMax(high, q))
        }
        let pixel = max(parts.grid.spacing.min(), 0.25), spacing = Vector3(pixel, pixel, 1), margin = Vector3(8, 8, 0)
        let size = Index3(((high - low + margin * 2) / spacing).rounded(.up)) &+ 1
        return try? Grid(size: size, spacing: spacing, origin: direction * (low - margin), direction: direction)
    }
}

/// Where the border of the field cuts tendon compartments between the level of the distal radioulnar joint (10 mm from the radius' articular
/// plane) and the tip of the hamate, which is where RAMRIS looks for tenosynovitis.
struct SheathCuts {
    private var missing: [UInt16: Double] = [:]
    /// Whether both ends of the way are in the field, so that what is cut is known.
    private(set) var isKnown = false

    init(_ sites: SiteMap) {
        let grid = sites.grid, size = grid.size, m = grid.worldFromVoxel.linear
        guard let distal = sites.distal, let radius = sites.ends[1], let compartments = WristAnatomy.tendonCompartments.first?.label else { return }
        let start = radius.middle.dot(distal) - ArticularEnd.assessedDepth
        var end = start, isHamateCut = false, atBorder: [(site: UInt16, t: Double, towards: Double)] = []
        for i in sites.sites.indices {
            let site = sites.sites[i]
            if site == 10 {
                let at = grid.index(at: i)
                end = max(end, grid.worldFromVoxel(Vector3(at)).dot(distal))
                for axis in 0..<3 where size[axis] > 1 && (at[axis] == 0 || at[axis] == size[axis] - 1) {
                    if grid.direction[column: axis].dot(distal) * (at[axis] == 0 ? -1 : 1) > 0.7 { isHamateCut = true }
                }
            } else if site >= compartments && site < compartments + 10 {
                let at = grid.index(at: i)
                for axis in 0..<3 where size[axis] > 1 && (at[axis] == 0 || at[axis] == size[axis] - 1) {
                    atBorder.append((site, grid.worldFromVoxel(Vector3(at)).dot(distal), grid.direction[column: axis].dot(distal) * (at[axis] == 0 ? -1 : 1)))
                }
            }
        }
        guard end > start + 5 else { return }
        isKnown = !isHamateCut
        // What a slice stands for along the way.
        let step = max(1, abs(m.x.dot(distal)) + abs(m.y.dot(distal)) + abs(m.z.dot(distal)))
        for site in compartments..<compartments + 10 {
            let cuts = atBorder.filter { $0.site == site && $0.t > start && $0.t < end }
            let proximal = cuts.filter { $0.towards < -0.7 }.map { $0.t - start }.max() ?? 0, distally = cuts.filter { $0.towards > 0.7 }.map { end - $0.t }.max() ?? 0
            var beside: [Int] = cuts.filter { abs($0.towards) <= 0.7 }.map { Int(($0.t / step).rounded(.down)) }.sorted()
            beside = beside.indices.filter { $0 == 0 || beside[$0] != beside[$0 - 1] }.map { beside[$0] }
            let length = proximal + distally + Double(beside.count) * step
            if length > 0 { missing[site] = min(1, length / (end - start)) }
        }
    }

    /// The share of a compartment's length that is cut, 0 to 1.
    func missingShare(of site: UInt16) -> Double { missing[site] ?? 0 }
}
