public import CarpusCore

/// Which lesion is measured in which structure of the wrist, and how much of the structure it takes.
public enum LesionSites {
    /// The kinds of structure a lesion can lie in, nil for a label that is no lesion of the wrist: it can lie anywhere.
    public static func kinds(of lesion: String) -> Set<WristAnatomy.Kind>? {
        switch lesion {
        case "synovitis": [.joint]
        case "tenosynovitis": [.tendonCompartment]
        case "bone-marrow-oedema", "erosion": [.bone]
        default: nil
        }
    }

    /// Whether a lesion can lie in a site; a site that is no structure of the wrist can hold any.
    static func canLie(_ lesion: String, in site: String) -> Bool {
        guard let kinds = kinds(of: lesion), let structure = WristAnatomy.structure(named: site) else { return true }
        return kinds.contains(structure.kind)
    }

    /// Volume and fraction of each label in each site it can lie in. A site that is not in the map was not covered, and a
    /// label that occurs nowhere is 0 only when the whole field was assessed.
    static func measure(_ map: LabelMap, in anatomy: LabelMap, _ parameters: VolumeMeasurement.Parameters, _ method: String) -> [Measurement] {
        var shared: [SIMD2<UInt16>: Int] = [:]
        for i in map.labels.indices where map.labels[i] != 0 && anatomy.labels[i] != 0 {
            shared[SIMD2(map.labels[i], anatomy.labels[i]), default: 0] += 1
        }
        let lesions = map.counts, sites = anatomy.counts
        var all: [Measurement] = []
        for lesion in map.legend.labels {
            for site in anatomy.legend.labels where canLie(lesion.name, in: site.name) {
                let region = "\(lesion.name)/\(site.name)"
                let why = sites[site.value] == nil ? "the anatomy map does not show \(site.name)"
                    : lesions[lesion.value] == nil && !parameters.wholeFieldAssessed ? "the label does not occur, and not the whole field was assessed" : nil
                if let why {
                    all.append(.notScorable("volume", unit: "mL", region: region, because: why, method: method))
                    all.append(.notScorable("fraction", unit: "1", region: region, because: why, method: method))
                } else {
                    let n = shared[SIMD2(lesion.value, site.value)] ?? 0
                    all.append(Measurement("volume", Double(n) * map.grid.voxelVolume / 1000, unit: "mL", region: region, method: method))
                    all.append(Measurement("fraction", Double(n) / Double(sites[site.value] ?? 1), unit: "1", region: region, method: method))
                }
            }
        }
        return all
    }
}
