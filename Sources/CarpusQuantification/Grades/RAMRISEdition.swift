import CarpusCore

/// Which publication's sites, bands and cut-offs are used.
public enum RAMRISEdition: String, Sendable, Hashable, Codable, CaseIterable {
    /// Østergaard et al., J Rheumatol 30, 2003: synovitis, oedema and erosion of the wrist; no tenosynovitis.
    case omeract2003 = "omeract-2003"
    /// Østergaard et al., J Rheumatol 44, 2017, with tenosynovitis by Glinatsi et al., J Rheumatol 44, 2017: nine compartments, 1.5 and 3 mm.
    case omeract2016 = "omeract-2016"
    /// Haavardsholm et al., Ann Rheum Dis 66, 2007: ten compartments, 2 and 5 mm; what it does not score as in 2003.
    case haavardsholm2007 = "haavardsholm-2007"

    /// What is graded.
    public var lesions: [RAMRISLesion] {
        self == .omeract2003 ? RAMRISLesion.allCases.filter { $0 != .tenosynovitis } : RAMRISLesion.allCases
    }

    /// The tendon compartments that count.
    public var compartments: [String] {
        switch self {
        case .omeract2003: []
        case .omeract2016: WristAnatomy.tendonCompartments.map(\.name).filter { $0 != "flexor-fcu" }
        case .haavardsholm2007: WristAnatomy.tendonCompartments.map(\.name)
        }
    }

    /// Widths of the sheath, mm, from which the grade is 2 and 3.
    public var tenosynovitisEdges: [Double] { self == .haavardsholm2007 ? [2, 5] : [1.5, 3] }
}

/// What RAMRIS grades at the wrist. Narrowing of joint spaces is not measured and not graded.
public enum RAMRISLesion: String, Sendable, Hashable, Codable, CaseIterable {
    case synovitis
    case boneMarrowOedema = "bone-marrow-oedema"
    case erosion
    case tenosynovitis

    /// What it lies in.
    var siteKind: WristAnatomy.Kind {
        switch self {
        case .synovitis: .joint
        case .boneMarrowOedema, .erosion: .bone
        case .tenosynovitis: .tendonCompartment
        }
    }
    /// The measure that decides the grade.
    var quantity: String { self == .tenosynovitis ? "thickness" : "fraction" }
    /// How many edges part its grades.
    var edgeCount: Int { self == .erosion ? 9 : 2 }
}
