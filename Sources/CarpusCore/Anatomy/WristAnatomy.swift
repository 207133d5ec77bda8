/// The anatomy RAMRIS scores at the wrist, as data: names as they stand in files, label values, colours.
///
/// Bones and joints follow OMERACT RAMRIS (Østergaard et al., J Rheumatol 2003 and 2017); tendon compartments follow
/// Haavardsholm et al., Ann Rheum Dis 2007, whose tenth area, flexor carpi ulnaris, the 2016 edition leaves out.
public enum WristAnatomy {
    /// What a structure is.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        case bone, joint, tendonCompartment = "tendon-compartment", vessel, nerve
    }

    /// How much of a bone RAMRIS assesses.
    public enum Extent: String, Sendable, Hashable, Codable {
        /// The whole bone: carpals.
        case whole
        /// The part within 10 mm of the articular surface: long bones.
        case tenMillimetresFromArticularSurface = "10-mm"
    }

    /// One structure of the wrist.
    public struct Structure: Sendable, Hashable {
        /// The value in an anatomy map.
        public let label: UInt16
        /// The name as it stands in files.
        public let name: String
        /// What it is.
        public let kind: Kind
        /// How much of it is assessed; nil when it is no bone.
        public let extent: Extent?
    }

    /// The fifteen bones, label values 1 to 15.
    public static let bones: [Structure] = {
        let long = ["distal-radius", "distal-ulna"], carpal = ["scaphoid", "lunate", "triquetrum", "pisiform", "trapezium", "trapezoid", "capitate", "hamate"]
        let bases = (1...5).map { "metacarpal-\($0)-base" }
        return (long + carpal + bases).enumerated().map { i, name in
            Structure(label: UInt16(i + 1), name: name, kind: .bone, extent: carpal.contains(name) ? .whole : .tenMillimetresFromArticularSurface)
        }
    }()

    /// The three synovial joint regions, label values 16 to 18.
    public static let joints: [Structure] = ["distal-radioulnar", "radiocarpal", "intercarpal-carpometacarpal"].enumerated().map {
        Structure(label: UInt16($0 + 16), name: $1, kind: .joint, extent: nil)
    }

    /// Six extensor and four flexor compartments, label values 19 to 28; `flexor-fcu` is the tenth.
    public static let tendonCompartments: [Structure] =
        ((1...6).map { "extensor-\($0)" } + ["flexor-fcr", "flexor-fpl", "flexor-common", "flexor-fcu"]).enumerated().map {
            Structure(label: UInt16($0 + 19), name: $1, kind: .tendonCompartment, extent: nil)
        }

    /// Vessel and nerve, label values 29 and 30.
    public static let others: [Structure] = [
        Structure(label: 29, name: "vessel", kind: .vessel, extent: nil), Structure(label: 30, name: "nerve", kind: .nerve, extent: nil),
    ]

    /// All structures by rising label value.
    public static let structures = bones + joints + tendonCompartments + others

    /// The structure of a name.
    public static func structure(named name: String) -> Structure? { structures.first { $0.name == name } }

    /// Whether a region is a piece that somebody numbered and nobody named, such as `marrow-3`. Numbers go by size: the third piece of one scan is not the third
    /// of another.
    public static func isNumberedPiece(_ region: String) -> Bool {
        let name = region.split(separator: "/").last.map(String.init) ?? region, parts = name.split(separator: "-")
        return structure(named: name) == nil && parts.count > 1 && (parts.last.map { $0.allSatisfy(\.isNumber) } ?? false)
    }

    /// The legend of an anatomy map.
    public static let legend = Legend(structures.enumerated().map { i, s in Label(value: s.label, name: s.name, color: Palette.distinct(i)) })

    /// The legend of a lesion map: values 1 to 4. Colours of Okabe and Ito.
    public static let lesionLegend = Legend([
        Label(value: 1, name: "synovitis", color: [213, 94, 0]), Label(value: 2, name: "tenosynovitis", color: [86, 180, 233]),
        Label(value: 3, name: "bone-marrow-oedema", color: [240, 228, 66]), Label(value: 4, name: "erosion", color: [204, 121, 167]),
    ])
}
