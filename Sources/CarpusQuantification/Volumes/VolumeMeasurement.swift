public import CarpusCore

/// Volumes of labels, and what an image shows inside them.
///
/// A volume is the number of voxels times the volume of one, which is a determinant and therefore right for oblique grids.
/// How far it can be trusted depends on how many of its voxels lie on its boundary; that number goes with it.
public enum VolumeMeasurement {
    /// What is measured.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Whether all of the field was assessed: a label that does not occur then has 0 mL, otherwise no volume at all.
        public var wholeFieldAssessed = false
        /// Whether each connected component (26 neighbours) is measured too, as `label-1`, `label-2`, the largest first.
        public var components = false
        /// Components smaller than this, in mm³, are not listed; they still count in the volume of their label.
        public var minimumComponentVolume = 0.0
        /// A label is to be looked at when more than this share of its voxels lies on its boundary.
        public var boundaryShareToReview = 0.8
        /// A site of which a smaller share is in the field and covered is not scorable.
        public var leastCovered = 0.5
        /// How far doubts about voxels hang together, mm: the farther, the wider the intervals of volumes.
        public var correlationLength = 1.0
        /// By what share of a voxel a volume may be off at each face of a lesion across the slices, all in one sense, when nothing but the
        /// labels is known: thin layers that run through thick slices are lost together.
        public var boundaryDoubt = 0.25
        /// Whether volumes of lesions in sites are sums of probabilities instead of counts of labels.
        public var partialVolume = false
        /// Whether what of a lesion lies in none of its sites is told.
        public var strays = true
        /// How far a lesion may lie from the site it is counted in, mm: swollen tissue reaches beyond a map of healthy anatomy. 0 counts only what lies within.
        public var reach = 0.0

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            if !(minimumComponentVolume >= 0 && minimumComponentVolume.isFinite) {
                return "minimumComponentVolume is \(minimumComponentVolume); it has to be a number that is not negative"
            }
            if !(correlationLength >= 0 && correlationLength <= 20) { return "correlationLength is \(correlationLength); it has to be 0 to 20 mm" }
            if !(0...20).contains(reach) { return "reach is \(reach); it has to be 0 to 20 mm" }
            if !(0...1).contains(boundaryDoubt) { return "boundaryDoubt is \(boundaryDoubt); it has to be 0 to 1" }
            if !(0...1).contains(leastCovered) { return "leastCovered is \(leastCovered); it has to be 0 to 1" }
            return (0...1).contains(boundaryShareToReview) ? nil : "boundaryShareToReview is \(boundaryShareToReview); it has to be 0 to 1"
        }
    }

    /// The measurements of a map, and doubts about them.
    public struct Result: Sendable, Hashable {
        /// Volumes, fractions and signals; by label, then by site, then by component.
        public var measurements: [Measurement] = []
        /// Doubts about them.
        public var findings: [Finding] = []
    }

    /// Measures every label of the legend.
    ///
    /// - Parameters:
    ///   - map: what is measured.
    ///   - anatomy: sites on the same grid. Each lesion of the wrist is then measured in each site it can lie in (`LesionSites`), with the
    ///     region `lesion/site`; other labels get a `volume` and a `fraction` of every site.
    ///   - doubts: what is known of how sure the labels are; the intervals of volumes (`volume-low`, `volume-high`) come from it, or from the
    ///     labels' boundary where an anatomy is given and nothing is known.
    ///   - field: 0 where the series that the labels were read on do not reach; nil when they reach everywhere.
    ///   - image: a volume on the same grid; adds `mean-signal`, `median-signal` and `sd-signal`, unit 1. Values that are not
    ///     finite are left out.
    ///   - method: the name and version of the stage, for the measurements.
    /// - Throws: `QuantificationError` when the grids differ.
    public static func measure(
        _ map: LabelMap, anatomy: LabelMap? = nil, image: Volume<Float>? = nil, doubts: LabelDoubts = .none, field: LabelMap? = nil,
        parameters: Parameters = .init(), method: String
    ) throws -> Result {
        if let complaint = parameters.complaint { throw QuantificationError(.badParameter, complaint) }
        for (grid, name) in [(anatomy?.grid, "the anatomy"), (image?.grid, "the image"), (field?.grid, "the field")] + doubts.grids {
            guard let grid, !grid.matches(map.grid) else { continue }
            throw QuantificationError(.gridMismatch, "\(name) lies on another grid than the labels; resample it onto theirs first")
        }
        if let complaint = doubts.complaint(about: map, parameters) { throw QuantificationError(.badParameter, complaint) }
        let extents = LabelExtents(of: map)
        let sites = anatomy.map { SiteMeasurement(map, anatomy: $0, doubts: doubts, field: field, parameters: parameters, method: method) }
        var result = Result(), boundary: [String: String] = [:]
        for label in map.legend.labels {
            let extent = extents[label.value]
            result.measurements.append(volume(extent, of: label.name, grid: map.grid, parameters, method))
            if let sites, parameters.strays, extent.voxels > 0 || parameters.wholeFieldAssessed { result.measurements += sites.strays(of: label) }
            guard extent.voxels > 0 else { continue }
            if sites != nil || doubts.areKnown { result.measurements += interval(of: label, extent, in: map, doubts, parameters, method) }
            boundary[label.name] = "\(extent.boundary) of \(extent.voxels)"
            if let image { result.measurements += signals(of: label, in: map, image, method) }
        }
        if let anatomy, let sites {
            for label in map.legend.labels { result.measurements += sites.rows(of: label) }
            result.measurements += sites.references + LesionSites.measure(map, in: anatomy, parameters, method)
        }
        if parameters.components {
            for label in map.legend.labels where extents[label.value].voxels > 0 { result.measurements += components(of: label, in: map, parameters, method) }
        }
        if !boundary.isEmpty {
            result.findings.append(Finding(.note, "volumes.boundary", "Voxels on the boundary of a label are filled only in part; the more of them, the less sure its volume.", evidence: boundary))
        }
        let unnamed = map.counts.filter { map.legend[$0.key] == nil }
        if !unnamed.isEmpty {
            let evidence = Dictionary(uniqueKeysWithValues: unnamed.map { ("\($0.key)", "\($0.value) voxels") })
            result.findings.append(Finding(.warning, "volumes.unnamed-label", "The map holds labels its legend does not name; they were not measured.", evidence: evidence))
        }
        return result
    }

    /// The rows of a map that was made by looking everywhere for what its legend names: a label of the legend that does not
    /// occur has 0 mL, a region the legend does not name was not looked for and has no volume.
    ///
    /// - Parameter regions: what is reported even when it does not occur; all of the legend when empty. A lesion's sites go with it.
    /// - Throws: `QuantificationError` when the grids differ or a parameter is out of range.
    public static func measure(
        _ map: LabelMap, anatomy: LabelMap? = nil, image: Volume<Float>? = nil, doubts: LabelDoubts = .none, field: LabelMap? = nil,
        parameters: Parameters = .init(), regions: [String], method: String
    ) throws -> Result {
        var parameters = parameters
        parameters.wholeFieldAssessed = true
        let occurring = Set(map.counts.keys.compactMap { map.legend[$0]?.name })
        var result = try measure(map, anatomy: anatomy, image: image, doubts: doubts, field: field, parameters: parameters, method: method)
        result.measurements = result.measurements.filter { row in
            let name = row.region.split(separator: "/").first.map(String.init) ?? row.region
            return regions.isEmpty || regions.contains(name) || map.legend[name] == nil || occurring.contains(name)
        }
        for name in regions where map.legend[name] == nil {
            let reason = "the label map does not name \(name), so nothing looked for it"
            result.measurements.append(.notScorable("volume", unit: "mL", region: name, because: reason, method: method))
            if anatomy != nil { result.measurements += LesionSites.notScorable(name, because: reason, method: method) }
        }
        return result
    }

    /// The interval of a whole label's volume.
    private static func interval(
        of label: Label, _ extent: LabelExtents.Extent, in map: LabelMap, _ doubts: LabelDoubts, _ parameters: Parameters, _ method: String
    ) -> [Measurement] {
        let doubt = VolumeDoubt(lesion: label.value, in: map, doubts: doubts, parameters) { _ in (0, 1) }
        let interval = doubt.interval(around: Double(extent.voxels), site: nil), voxel = map.grid.voxelVolume / 1000
        return [
            Measurement("volume-low", interval.low * voxel, unit: "mL", region: label.name, method: method),
            Measurement("volume-high", interval.high * voxel, unit: "mL", region: label.name, method: method),
        ]
    }

    private static func volume(_ extent: LabelExtents.Extent, of name: String, grid: Grid, _ parameters: Parameters, _ method: String) -> Measurement {
        let millilitres = Double(extent.voxels) * grid.voxelVolume / 1000
        if extent.voxels == 0 && !parameters.wholeFieldAssessed {
            return .notScorable("volume", unit: "mL", region: name, because: "the label does not occur, and not the whole field was assessed", method: method)
        }
        var reasons: [String] = []
        if Double(extent.boundary) > parameters.boundaryShareToReview * Double(extent.voxels) {
            reasons.append("\(extent.boundary) of \(extent.voxels) voxels lie on the boundary")
        }
        if extent.touchesBorder { reasons.append("the label reaches the border of the field and may be cut off") }
        return Measurement(
            "volume", millilitres, unit: "mL", region: name, status: reasons.isEmpty ? .ok : .review,
            reason: reasons.isEmpty ? nil : reasons.joined(separator: "; "), method: method)
    }

    private static func signals(of label: Label, in map: LabelMap, _ image: Volume<Float>, _ method: String) -> [Measurement] {
        let values = map.labels.indices.lazy.filter { map.labels[$0] == label.value && image.scalars[$0].isFinite }.map { image.scalars[$0] }
        let all = Array(values), names = ["mean-signal", "median-signal", "sd-signal"]
        guard !all.isEmpty else {
            return names.map { .notScorable($0, unit: "1", region: label.name, because: "the image says nothing there", method: method) }
        }
        let mean = all.reduce(0.0) { $0 + Double($1) } / Double(all.count)
        let squares = all.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        let sd: Measurement = all.count > 1
            ? Measurement(names[2], (squares / Double(all.count - 1)).squareRoot(), unit: "1", region: label.name, method: method)
            : .notScorable(names[2], unit: "1", region: label.name, because: "one voxel has no spread", method: method)
        return [
            Measurement(names[0], mean, unit: "1", region: label.name, method: method),
            Measurement(names[1], Double(Robust.median(all)), unit: "1", region: label.name, method: method), sd,
        ]
    }

    private static func components(of label: Label, in map: LabelMap, _ parameters: Parameters, _ method: String) -> [Measurement] {
        let voxel = map.grid.voxelVolume
        let sizes = Components(size: map.grid.size) { map.labels[$0] == label.value }.sizes.sorted(by: >)
        return sizes.filter { Double($0) * voxel >= parameters.minimumComponentVolume }.enumerated().map { i, n in
            Measurement("volume", Double(n) * voxel / 1000, unit: "mL", region: "\(label.name)-\(i + 1)", method: method)
        }
    }
}
