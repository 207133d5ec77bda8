public import CarpusCore

/// Names what a series shows by where it lies: what enhances in a joint is synovitis, what enhances in a tendon compartment
/// tenosynovitis, and water in a bone bone marrow oedema (RAMRIS; Østergaard et al., J Rheumatol 2017). What lies elsewhere, vessels
/// and muscle among it, is no lesion of RAMRIS and gets no label; how much that is is told.
public enum LesionNaming {
    /// What was found.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// What takes up contrast agent: synovitis and tenosynovitis.
        case enhancement
        /// What is bright with fat suppressed: bone marrow oedema.
        case water

        /// The lesion it is in a kind of structure; nil where it is none.
        func lesion(in kind: WristAnatomy.Kind) -> String? {
            switch (self, kind) {
            case (.enhancement, .joint): "synovitis"
            case (.enhancement, .tendonCompartment): "tenosynovitis"
            case (.water, .bone): "bone-marrow-oedema"
            default: nil
            }
        }
    }

    /// The lesions, and what was left.
    public struct Result: Sendable {
        /// Values and names of `WristAnatomy.lesionLegend`; of its lesions those that were looked for and whose sites the anatomy names.
        public let labels: LabelMap
        /// What was found in or beside a vessel (26 neighbours) and in no site of a lesion, mL; nil where the anatomy names no vessel.
        public let vesselSuspect: Double?
        /// What else was found in no site of a lesion, mL.
        public let outside: Double
    }

    /// Names labels by the anatomy they lie in.
    ///
    /// - Parameters:
    ///   - found: what was found, anything but 0 counting.
    ///   - anatomy: labels named as in `WristAnatomy`, on the same grid.
    /// - Throws: `SegmentationError` when the grids differ, or the anatomy names no site of such a lesion.
    public static func name(_ found: LabelMap, as kind: Kind, anatomy: LabelMap) throws -> Result {
        guard found.grid.matches(anatomy.grid) else {
            throw SegmentationError(.gridMismatch, "what was found lies on another grid than the anatomy; resample it first")
        }
        var lesions: [UInt16: UInt16] = [:], vessels: Set<UInt16> = []
        for label in anatomy.legend.labels {
            guard let structure = WristAnatomy.structure(named: label.name) else { continue }
            if structure.kind == .vessel { vessels.insert(label.value) }
            if let name = kind.lesion(in: structure.kind) { lesions[label.value] = WristAnatomy.lesionLegend[name]?.value }
        }
        guard !lesions.isEmpty else {
            throw SegmentationError(.badParameter, "the anatomy map names no site in which \(kind.rawValue) would be a lesion; give one with \(kind == .water ? "bones" : "joints or tendon compartments")")
        }
        var labels = [UInt16](repeating: 0, count: anatomy.grid.count), suspect = 0, outside = 0
        for i in labels.indices where found.labels[i] != 0 {
            if let lesion = lesions[anatomy.labels[i]] {
                labels[i] = lesion
            } else if isBeside(vessels, i, anatomy) {
                suspect += 1
            } else {
                outside += 1
            }
        }
        let named = Set(lesions.values), voxel = anatomy.grid.voxelVolume / 1000
        let legend = Legend(WristAnatomy.lesionLegend.labels.filter { named.contains($0.value) })
        return Result(labels: LabelMap(grid: anatomy.grid, labels: labels, legend: legend), vesselSuspect: vessels.isEmpty ? nil : Double(suspect) * voxel, outside: Double(outside) * voxel)
    }

    private static func isBeside(_ vessels: Set<UInt16>, _ i: Int, _ anatomy: LabelMap) -> Bool {
        guard !vessels.isEmpty else { return false }
        let size = anatomy.grid.size, at = anatomy.grid.index(at: i)
        for z in max(0, at.z - 1)...min(size.z - 1, at.z + 1) {
            for y in max(0, at.y - 1)...min(size.y - 1, at.y + 1) {
                for x in max(0, at.x - 1)...min(size.x - 1, at.x + 1) where vessels.contains(anatomy.labels[anatomy.grid.offset(x, y, z)]) { return true }
            }
        }
        return false
    }
}
