public import CarpusCore

/// Names what a series shows by where it lies: what enhances in a joint is synovitis, what enhances in a tendon compartment
/// tenosynovitis, and water in a bone bone marrow oedema (RAMRIS; Østergaard et al., J Rheumatol 2017). What enhances elsewhere, vessels
/// and muscle among it, is no lesion of RAMRIS and gets no label.
public enum LesionNaming {
    /// The lesions, and what was left.
    public struct Result: Sendable {
        /// Values and names of `WristAnatomy.lesionLegend`; of its lesions those that were looked for.
        public let labels: LabelMap
        /// Doubts about it.
        public let findings: [Finding]
    }

    /// Names labels by the anatomy they lie in.
    ///
    /// - Parameters:
    ///   - enhancing: what enhances, anything but 0 counting; nil when there is no series with contrast agent, synovitis and
    ///     tenosynovitis are then no part of the legend.
    ///   - oedema: where there is water, anything but 0 counting; nil when there is no series that tells, as above.
    ///   - anatomy: labels named as in `WristAnatomy`, on the same grid.
    /// - Throws: `SegmentationError` when grids differ, or neither map is given.
    public static func name(enhancing: LabelMap?, oedema: LabelMap?, anatomy: LabelMap) throws -> Result {
        for (map, name) in [(enhancing, "what enhances"), (oedema, "oedema")] {
            guard let map, !map.grid.matches(anatomy.grid) else { continue }
            throw SegmentationError(.gridMismatch, "the map of \(name) lies on another grid than the anatomy; resample it first")
        }
        guard enhancing != nil || oedema != nil else {
            throw SegmentationError(.badParameter, "there is neither a map of what enhances nor one of oedema to be named")
        }
        let kinds = Dictionary(uniqueKeysWithValues: anatomy.legend.labels.compactMap { label in WristAnatomy.structure(named: label.name).map { (label.value, $0.kind) } })
        var labels = [UInt16](repeating: 0, count: anatomy.grid.count), elsewhere = 0, all = 0
        for i in labels.indices {
            let kind = kinds[anatomy.labels[i]]
            if let enhancing, enhancing.labels[i] != 0 {
                all += 1
                switch kind {
                case .joint: labels[i] = 1
                case .tendonCompartment: labels[i] = 2
                default: elsewhere += 1
                }
            }
            if let oedema, oedema.labels[i] != 0, kind == .bone { labels[i] = 3 }
        }
        let legend = Legend(WristAnatomy.lesionLegend.labels.filter { $0.value == 3 ? oedema != nil : $0.value < 3 && enhancing != nil })
        var findings: [Finding] = []
        if all > 0 {
            let voxel = anatomy.grid.voxelVolume / 1000
            findings.append(Finding(
                .note, "lesions.elsewhere", "What enhances outside joints and tendon compartments, vessels among it, is counted to no lesion.",
                evidence: ["elsewhere": "\((Double(elsewhere) * voxel * 100).rounded() / 100) mL", "all": "\((Double(all) * voxel * 100).rounded() / 100) mL"]))
        }
        return Result(labels: LabelMap(grid: anatomy.grid, labels: labels, legend: legend), findings: findings)
    }
}
