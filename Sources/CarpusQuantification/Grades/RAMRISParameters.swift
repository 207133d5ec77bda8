import CarpusCore

/// Every rule by which volumes and widths become grades.
///
/// What is nil is as the edition says. Read from a protocol, nothing is nil: the edition's values are filled in, so that a plan and a
/// record spell them out.
public struct RAMRISParameters: Sendable, Hashable, Codable {
    /// Whose sites, bands and cut-offs.
    public var edition = RAMRISEdition.omeract2016
    /// What is graded; those of the edition when absent.
    public var lesions: [RAMRISLesion]?
    /// Shares of a joint's capacity that end grades 1 and 2; the edge belongs to the lower grade. Thirds when absent.
    public var synovitisEdges: [Double]?
    /// Shares of the assessed original bone that end grades 1 and 2; the edge belongs to the lower grade. Thirds when absent.
    public var oedemaEdges: [Double]?
    /// Shares of the bone that end grades 1 to 9; the edge belongs to the lower grade. Tenths when absent.
    public var erosionEdges: [Double]?
    /// Widths in mm at which grades 2 and 3 begin; the edge belongs to the higher grade. 1.5 and 3, or 2 and 5, when absent.
    public var tenosynovitisEdges: [Double]?
    /// The tendon compartments that count; nine or ten by the edition when absent.
    public var compartments: [String]?
    /// Tenosynovitis has to be seen in as many consecutive axial slices; 0 for no such rule.
    public var minimumSlices = 3
    /// Tenosynovitis has to run as far along the forearm, in mm, instead of over a number of slices.
    public var minimumRunLength: Double?
    /// What counts as nothing, by lesion or by `lesion/site`; what a site leaves open is its lesion's, what a lesion leaves open the default.
    public var noiseFloors = standardFloors
    /// A share this near to an edge is to be looked at, where the measure has no interval.
    public var fractionMargin = 0.02
    /// A width this near to an edge, in mm, is to be looked at, where the measure has no interval.
    public var thicknessMargin = 0.3
    /// Whether a total is given where sites are not scorable: over the others, and to be looked at.
    public var totalOverMissing = false

    /// The 2016 edition.
    public init() {}

    /// One per cent, at which RAMRIS's first band begins; the 0.02 mL and the 0.3 mm to which volumes and widths are measured.
    public static let standardFloors: [String: NoiseFloor] = [
        "synovitis": NoiseFloor(volume: 0.02, fraction: 0.01), "bone-marrow-oedema": NoiseFloor(volume: 0.02, fraction: 0.01),
        "erosion": NoiseFloor(volume: 0.02, fraction: 0.01), "tenosynovitis": NoiseFloor(volume: 0.02, thickness: 0.3),
    ]

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        edition = try c.decode(RAMRISEdition.self, forKey: .edition)
        lesions = try c.decodeIfPresent([RAMRISLesion].self, forKey: .lesions) ?? edition.lesions
        synovitisEdges = try c.decodeIfPresent([Double].self, forKey: .synovitisEdges) ?? Self.thirds
        oedemaEdges = try c.decodeIfPresent([Double].self, forKey: .oedemaEdges) ?? Self.thirds
        erosionEdges = try c.decodeIfPresent([Double].self, forKey: .erosionEdges) ?? Self.tenths
        tenosynovitisEdges = try c.decodeIfPresent([Double].self, forKey: .tenosynovitisEdges) ?? edition.tenosynovitisEdges
        compartments = try c.decodeIfPresent([String].self, forKey: .compartments) ?? edition.compartments
        minimumSlices = try c.decode(Int.self, forKey: .minimumSlices)
        minimumRunLength = try c.decodeIfPresent(Double.self, forKey: .minimumRunLength)
        let floors = try c.decode([String: NoiseFloor].self, forKey: .noiseFloors)
        noiseFloors = floors.merging(Self.standardFloors) { $0.filled(from: $1) }
        fractionMargin = try c.decode(Double.self, forKey: .fractionMargin)
        thicknessMargin = try c.decode(Double.self, forKey: .thicknessMargin)
        totalOverMissing = try c.decode(Bool.self, forKey: .totalOverMissing)
    }

    static let thirds = [1.0 / 3, 2.0 / 3]
    static let tenths = (1...9).map { Double($0) / 10 }
}

// MARK: - The rules in force

extension RAMRISParameters {
    var gradedLesions: [RAMRISLesion] { lesions ?? edition.lesions }

    /// The bands of a lesion.
    func scale(of lesion: RAMRISLesion) -> GradeScale {
        switch lesion {
        case .synovitis: GradeScale(edges: synovitisEdges ?? Self.thirds, edgeIsHigher: false)
        case .boneMarrowOedema: GradeScale(edges: oedemaEdges ?? Self.thirds, edgeIsHigher: false)
        case .erosion: GradeScale(edges: erosionEdges ?? Self.tenths, edgeIsHigher: false)
        case .tenosynovitis: GradeScale(edges: tenosynovitisEdges ?? edition.tenosynovitisEdges, edgeIsHigher: true)
        }
    }

    /// The sites of a lesion, in the order of the anatomy.
    func sites(of lesion: RAMRISLesion) -> [String] {
        switch lesion {
        case .synovitis: WristAnatomy.joints.map(\.name)
        case .boneMarrowOedema, .erosion: WristAnatomy.bones.map(\.name)
        case .tenosynovitis: compartments ?? edition.compartments
        }
    }

    /// What counts as nothing at a site.
    func floor(of lesion: RAMRISLesion, at site: String) -> NoiseFloor {
        let general = (noiseFloors[lesion.rawValue] ?? NoiseFloor()).filled(from: Self.standardFloors[lesion.rawValue] ?? NoiseFloor())
        return noiseFloors["\(lesion.rawValue)/\(site)"]?.filled(from: general) ?? general
    }

    func margin(of lesion: RAMRISLesion) -> Double { lesion == .tenosynovitis ? thicknessMargin : fractionMargin }

    /// The parameter that is out of range, in a sentence; nil when all are fine.
    public var complaint: String? {
        for lesion in RAMRISLesion.allCases {
            let edges = scale(of: lesion).edges, most = lesion == .tenosynovitis ? Double.infinity : 1
            let rising = zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 }
            if edges.count != lesion.edgeCount || !rising || !edges.allSatisfy({ $0 > 0 && $0 < most }) {
                return "the edges of \(lesion.rawValue) are \(edges); they have to be \(lesion.edgeCount) rising numbers above 0" + (most == 1 ? " and below 1" : "")
            }
        }
        if let stranger = (compartments ?? []).first(where: { WristAnatomy.structure(named: $0)?.kind != .tendonCompartment }) {
            return "compartments names '\(stranger)', which is no tendon compartment"
        }
        if gradedLesions.contains(.tenosynovitis), sites(of: .tenosynovitis).isEmpty {
            return "tenosynovitis is to be graded, and no compartment is named; \(edition.rawValue) has none of its own"
        }
        if minimumSlices < 0 { return "minimumSlices is \(minimumSlices); it has to be 0 or more" }
        for (name, value) in [("minimumRunLength", minimumRunLength ?? 0), ("fractionMargin", fractionMargin), ("thicknessMargin", thicknessMargin)] where !(value >= 0 && value.isFinite) {
            return "\(name) is \(value); it has to be a number that is not negative"
        }
        return noiseFloors.sorted { $0.key < $1.key }.compactMap(complaint).first
    }

    private func complaint(_ name: String, _ floor: NoiseFloor) -> String? {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init), lesion = parts.first.flatMap(RAMRISLesion.init)
        guard let lesion, parts.count == 1 || WristAnatomy.structure(named: parts[1])?.kind == lesion.siteKind else {
            return "noiseFloors names '\(name)', which is neither a lesion nor a lesion/site"
        }
        return floor.isValid ? nil : "the noise floor of \(name) has a negative number"
    }
}
