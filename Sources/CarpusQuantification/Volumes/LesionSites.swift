public import CarpusCore

/// Which lesion is measured in which structure of the wrist, and what is told of it there.
public enum LesionSites {
    /// The kind of structure a lesion lies in, nil for a label that is no lesion of the wrist: it can lie anywhere.
    public static func kind(of lesion: String) -> WristAnatomy.Kind? {
        switch lesion {
        case "synovitis": .joint
        case "tenosynovitis": .tendonCompartment
        case "bone-marrow-oedema", "erosion": .bone
        default: nil
        }
    }

    /// The structures of the wrist as lesions are counted in them: under their values in `WristAnatomy`, and each erosion that lies outside all bones
    /// given to the bone it touches most, since RAMRIS takes fractions of the original bone.
    ///
    /// - Parameter lesions: a map on the grid of the anatomy.
    public static func sites(of lesions: LabelMap, in anatomy: LabelMap) -> LabelMap {
        precondition(lesions.grid.size == anatomy.grid.size, "lesions and anatomy lie on one grid")
        let known = anatomy.inWristValues
        return LabelMap(grid: known.grid, labels: SiteMap.withErodedBone(lesions, known), legend: known.legend)
    }

    /// What is told of a sheath beside its volume.
    static let sheathQuantities = [(name: "thickness", unit: "mm"), (name: "mean-thickness", unit: "mm"), (name: "run-length", unit: "mm"), (name: "slice-run", unit: "1")]

    /// The rows of a site of which nothing can be told.
    static func notScorable(_ lesion: String, kind: WristAnatomy.Kind, region: String, because reason: String, method: String) -> [Measurement] {
        let more = kind == .tendonCompartment ? sheathQuantities : [(name: "fraction", unit: "1")]
        return ([(name: "volume", unit: "mL")] + more).map { .notScorable($0.name, unit: $0.unit, region: region, because: reason, method: method) }
    }

    /// The rows of a lesion that could not be looked for, in each site it can lie in; none for a label that is no lesion of the wrist.
    public static func notScorable(_ lesion: String, because reason: String, method: String) -> [Measurement] {
        guard let kind = kind(of: lesion) else { return [] }
        return WristAnatomy.structures.filter { $0.kind == kind }.flatMap { notScorable(lesion, kind: kind, region: "\(lesion)/\($0.name)", because: reason, method: method) }
    }

    /// Volume and fraction of each label that is no lesion of the wrist in each site. A site that is not in the map was not covered, and
    /// a label that occurs nowhere is 0 only when the whole field was assessed.
    static func measure(_ map: LabelMap, in anatomy: LabelMap, _ parameters: VolumeMeasurement.Parameters, _ method: String) -> [Measurement] {
        let others = map.legend.labels.filter { kind(of: $0.name) == nil }
        guard !others.isEmpty else { return [] }
        var shared: [SIMD2<UInt16>: Int] = [:]
        for i in map.labels.indices where map.labels[i] != 0 && anatomy.labels[i] != 0 {
            shared[SIMD2(map.labels[i], anatomy.labels[i]), default: 0] += 1
        }
        let lesions = map.counts, sites = anatomy.counts
        var all: [Measurement] = []
        for lesion in others {
            for site in anatomy.legend.labels {
                let region = "\(lesion.name)/\(site.name)"
                let why = sites[site.value] == nil ? "the anatomy map does not show \(site.name)"
                    : lesions[lesion.value] == nil && !parameters.wholeFieldAssessed ? "the label does not occur, and not the whole field was assessed" : nil
                if let why {
                    all += notScorable(lesion.name, kind: .bone, region: region, because: why, method: method)
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
