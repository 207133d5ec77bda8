import CarpusCore
import CarpusQuantification

/// Voxels by the name of the segment they become, in the order in which names first occur. Maps that hold one name give one segment.
struct NamedVoxels {
    /// What becomes one segment.
    struct Entry {
        let name: String
        /// Red, green and blue, 0 to 255.
        let color: [UInt8]
        /// Whether it comes from a map of lesions.
        let isLesion: Bool
        /// By their place in memory, rising.
        fileprivate(set) var voxels: [Int]
    }
    private(set) var entries: [Entry] = []
    private var places: [String: Int] = [:]

    /// Each label of a map, whether it occurs or not.
    mutating func add(_ map: LabelMap) {
        let places = Self.places(in: map)
        for label in map.legend.labels { add(label.name, label, isLesion: false, places[SIMD2(label.value, 0)] ?? []) }
    }

    /// Each lesion of a map site by site, as it is measured: `synovitis/radiocarpal`; what lies in no site is `synovitis/elsewhere`. Without an anatomy each lesion as it is.
    mutating func add(lesions map: LabelMap, in anatomy: LabelMap?) {
        guard let anatomy else {
            let places = Self.places(in: map)
            for label in map.legend.labels { add(label.name, label, isLesion: true, places[SIMD2(label.value, 0)] ?? []) }
            return
        }
        let sites = LesionSites.sites(of: map, in: anatomy), known = Self.places(in: map, by: sites), plain = Self.places(in: map, by: anatomy)
        for label in map.legend.labels {
            let kind = LesionSites.kind(of: label.name), own = (kind == nil ? plain : known).filter { $0.key.x == label.value }
            let legend = (kind == nil ? anatomy : sites).legend.labels.filter { site in kind == nil || WristAnatomy.structure(named: site.name)?.kind == kind }
            for site in legend { add("\(label.name)/\(site.name)", label, isLesion: true, own[SIMD2(label.value, site.value)] ?? []) }
            let elsewhere = own.filter { place in !legend.contains { $0.value == place.key.y } }.values.joined().sorted()
            add("\(label.name)/elsewhere", label, isLesion: true, elsewhere)
        }
    }

    private mutating func add(_ name: String, _ label: Label, isLesion: Bool, _ voxels: [Int]) {
        guard !voxels.isEmpty else { return }
        if let at = places[name] {
            entries[at].voxels = Set(entries[at].voxels).union(voxels).sorted()
        } else {
            places[name] = entries.count
            entries.append(Entry(name: name, color: label.color, isLesion: isLesion, voxels: voxels))
        }
    }

    /// The voxels of each label and of what lies there in another map (0 without one), rising.
    private static func places(in map: LabelMap, by other: LabelMap? = nil) -> [SIMD2<UInt16>: [Int]] {
        var places: [SIMD2<UInt16>: [Int]] = [:]
        for i in map.labels.indices where map.labels[i] != 0 { places[SIMD2(map.labels[i], other?.labels[i] ?? 0), default: []].append(i) }
        return places
    }
}
