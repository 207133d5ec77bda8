public import CarpusCore

/// The mean curve of a region with its spread, for reports.
public struct RegionCurve: Sendable, Hashable, Codable {
    /// The region's name, and how many voxels its curve is made of.
    public let region: String, voxels: Int
    /// Times of the frames, s.
    public let times: [Double]
    /// Relative enhancement S / S_BL - 1 at each frame: mean, and quantiles over the voxels: 0.1, 0.25 and 0.75 (the quartiles), 0.5 and 0.9.
    public let mean, low, lowerQuartile, middle, upperQuartile, high: [Double]

    /// Curves of all regions that have one.
    ///
    /// - Parameters:
    ///   - series: what the maps were made of.
    ///   - regions: on the same grid; one region `all` of all that was looked at when nil.
    ///   - enhancingOnly: whether voxels of class none are left out.
    ///   - excluded: voxels that are left out, as arteries are.
    /// - Throws: `PerfusionError` when the grids differ.
    public static func list(_ series: TimeSeries, _ maps: EnhancementMaps, regions: LabelMap?, enhancingOnly: Bool = true, excluding excluded: LabelMap? = nil) throws -> [RegionCurve] {
        try list(series, classes: maps.classes, baseline: maps.baseline, regions: regions, enhancingOnly: enhancingOnly, excluding: excluded)
    }

    /// The same from the maps themselves; voxels with NaN or 0 in `baseline` are left out.
    public static func list(
        _ series: TimeSeries, classes: LabelMap, baseline: Volume<Float>, regions: LabelMap?, enhancingOnly: Bool = true, excluding excluded: LabelMap? = nil
    ) throws -> [RegionCurve] {
        for grid in [classes.grid, baseline.grid, regions?.grid, excluded?.grid].compactMap({ $0 }) where !grid.matches(series.grid) {
            throw PerfusionError(.gridMismatch, "regions, maps and series lie on different grids; resample the regions onto the series' first")
        }
        let labels = regions.map(\.legend.labels) ?? [Label(value: 1, name: "all", color: [255, 255, 255])]
        var members: [UInt16: [Int]] = [:]
        for v in classes.labels.indices where baseline.scalars[v] > 0 && (excluded?.labels[v] ?? 0) == 0 && (!enhancingOnly || classes.labels[v] != 0) {
            members[regions?.labels[v] ?? 1, default: []].append(v)
        }
        return labels.compactMap { label in
            members[label.value].map { curve(of: $0, label.name, series, baseline) }
        }
    }

    private static func curve(of voxels: [Int], _ name: String, _ series: TimeSeries, _ baseline: Volume<Float>) -> RegionCurve {
        let n = series.grid.count
        var mean: [Double] = [], spread: [[Double]] = [[], [], [], [], []]
        for t in 0..<series.frameCount {
            let values = voxels.map { Double(series.scalars[t * n + $0] / baseline.scalars[$0]) - 1 }.sorted()
            mean.append(values.reduce(0, +) / Double(values.count))
            for (i, q) in [0.1, 0.25, 0.5, 0.75, 0.9].enumerated() { spread[i].append(Robust.quantile(values, q)) }
        }
        return RegionCurve(
            region: name, voxels: voxels.count, times: series.times, mean: mean, low: spread[0], lowerQuartile: spread[1], middle: spread[2], upperQuartile: spread[3], high: spread[4])
    }

    private init(region: String, voxels: Int, times: [Double], mean: [Double], low: [Double], lowerQuartile: [Double], middle: [Double], upperQuartile: [Double], high: [Double]) {
        (self.region, self.voxels, self.times, self.mean, self.middle) = (region, voxels, times, mean, middle)
        (self.low, self.lowerQuartile, self.upperQuartile, self.high) = (low, lowerQuartile, upperQuartile, high)
    }
}
