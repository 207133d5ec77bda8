/// The parts of a subject's page, in the order they stand.
public enum ReportSection: String, Sendable, Hashable, Codable, CaseIterable {
    case summary, quality, images, registration, segmentation, perfusion, measurements, progression, findings, methods, provenance

    /// What stands above it, and in the navigation.
    var title: String {
        switch self {
        case .summary: "Summary"
        case .quality: "Input quality"
        case .images: "Images"
        case .registration: "Registration"
        case .segmentation: "Segmentation"
        case .perfusion: "Perfusion"
        case .measurements: "Measurements"
        case .progression: "Progression"
        case .findings: "Findings"
        case .methods: "Methods"
        case .provenance: "Provenance"
        }
    }

    /// Stages whose pictures fill it, by name or by what the name begins with; a protocol without any leaves it empty.
    var stages: [String] {
        switch self {
        case .images: ["draw.viewer"]
        case .quality: ["draw.motion"]
        case .registration: ["draw.flicker"]
        case .segmentation: ["draw.montage"]
        case .perfusion: ["draw.perfusion", "draw.curves", "draw.input"]
        case .progression: ["draw.change"]
        default: []
        }
    }

    /// What a protocol would have to do to fill it, to follow "The protocol has no step that".
    var deed: String {
        switch self {
        case .images: "shows images slice by slice (draw.viewer)"
        case .registration: "shows an alignment (draw.flicker)"
        case .segmentation: "shows labels on slices (draw.montage)"
        case .perfusion: "shows maps or curves of a dynamic series (draw.perfusion, draw.curves)"
        case .progression: "shows the change between visits (draw.change)"
        default: ""
        }
    }
}
