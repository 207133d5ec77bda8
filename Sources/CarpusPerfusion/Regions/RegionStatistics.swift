public import CarpusCore

/// Extent and strength of enhancement in regions: the numbers of a report.
public enum RegionStatistics {
    /// Quantiles that are told beside the mean.
    public static let quantiles: [(name: String, share: Double)] = [("p10", 0.1), ("median", 0.5), ("p90", 0.9)]

    /// Measures every region of a map.
    ///
    /// For each region: `N-persistent`, `N-plateau`, `N-washout` and `N-total` as numbers of voxels (unit 1) and as `enhancing-volume` in mL
    /// (`-persistent`, ... for the classes), `enhancing-fraction` of the region, mean and quantiles of `ME` (1) and `IRE` (/s) over the voxels that
    /// enhance, and the products `MExN`, `IRExN` with N in voxels and `MExV` (mL), `IRExV` (mL/s) with the volume, which does not depend on the size of voxels.
    ///
    /// - Parameters:
    ///   - regions: labels on the maps' grid; nothing outside them is counted. One region `all` of all that was looked at when nil.
    ///   - excluded: voxels that are left out, as arteries are; on the same grid.
    ///   - method: the name and version of the stage.
    /// - Throws: `PerfusionError` when the grids differ.
    public static func measure(_ maps: EnhancementMaps, regions: LabelMap?, excluding excluded: LabelMap? = nil, method: String) throws -> [Measurement] {
        try measure(classes: maps.classes, maximum: maps.maximum, initialRate: maps.initialRate, regions: regions, excluding: excluded, method: method)
    }

    /// The same from the maps themselves.
    public static func measure(
        classes: LabelMap, maximum: Volume<Float>, initialRate: Volume<Float>, regions: LabelMap?, excluding excluded: LabelMap? = nil, method: String
    ) throws -> [Measurement] {
        for grid in [maximum.grid, initialRate.grid, regions?.grid, excluded?.grid].compactMap({ $0 }) where !grid.matches(classes.grid) {
            throw PerfusionError(.gridMismatch, "regions and maps lie on different grids; resample the regions onto the series' first")
        }
        let labels: [Label] = regions.map(\.legend.labels) ?? [Label(value: 1, name: "all", color: [255, 255, 255])]
        var tallies: [UInt16: Tally] = [:]
        for i in classes.labels.indices where maximum.scalars[i].isFinite && (excluded?.labels[i] ?? 0) == 0 {
            let region = regions?.labels[i] ?? 1
            if region == 0 { continue }
            tallies[region, default: Tally()].add(classes.labels[i], Double(maximum.scalars[i]), Double(initialRate.scalars[i]))
        }
        return labels.flatMap { label -> [Measurement] in
            guard let tally = tallies[label.value] else {
                return [.notScorable("enhancing-volume", unit: "mL", region: label.name, because: "no curve was read in \(label.name)", method: method)]
            }
            return tally.measurements(region: label.name, voxelVolume: classes.grid.voxelVolume, method: method)
        }
    }
}

/// What is counted in one region.
private struct Tally {
    var voxels = 0, classes = [0, 0, 0, 0]
    var maxima: [Double] = [], rates: [Double] = []

    mutating func add(_ label: UInt16, _ maximum: Double, _ rate: Double) {
        voxels += 1
        guard label > 0, Int(label) < classes.count else { return }
        classes[Int(label)] += 1
        maxima.append(maximum)
        rates.append(rate)
    }

    func measurements(region: String, voxelVolume: Double, method: String) -> [Measurement] {
        let total = maxima.count, litres = voxelVolume / 1000
        func number(_ name: String, _ value: Double, _ unit: String) -> Measurement { Measurement(name, value, unit: unit, region: region, method: method) }
        var rows: [Measurement] = []
        for (i, name) in ["persistent", "plateau", "washout"].enumerated() {
            rows.append(number("N-\(name)", Double(classes[i + 1]), "1"))
            rows.append(number("enhancing-volume-\(name)", Double(classes[i + 1]) * litres, "mL"))
        }
        rows.append(number("N-total", Double(total), "1"))
        rows.append(number("enhancing-volume", Double(total) * litres, "mL"))
        rows.append(number("enhancing-fraction", Double(total) / Double(voxels), "1"))
        for (name, values, unit, perVolume) in [("ME", maxima, "1", "mL"), ("IRE", rates, "/s", "mL/s")] {
            guard total > 0 else {
                rows.append(.notScorable(name, unit: unit, region: region, because: "no voxel enhances", method: method))
                rows += [number("\(name)xN", 0, unit), number("\(name)xV", 0, perVolume)]
                continue
            }
            let mean = values.reduce(0, +) / Double(total), sorted = values.sorted()
            rows.append(number(name, mean, unit))
            for q in RegionStatistics.quantiles { rows.append(number("\(name)-\(q.name)", Robust.quantile(sorted, q.share), unit)) }
            rows += [number("\(name)xN", mean * Double(total), unit), number("\(name)xV", mean * Double(total) * litres, perVolume)]
        }
        return rows
    }
}
