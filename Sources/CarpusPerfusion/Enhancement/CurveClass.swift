public import CarpusCore

/// The shape of a curve, of four.
public enum CurveClass: UInt8, Sendable, Hashable, Codable, CaseIterable {
    /// No enhancement.
    case none
    /// Rises to the end, or by more than a tenth after its bend.
    case persistent
    /// Stays within a tenth.
    case plateau
    /// Falls by more than a tenth.
    case washout

    /// What the values in a map mean. Colours of Okabe and Ito.
    public static let legend = Legend([
        Label(value: 1, name: "persistent", color: [0, 114, 178]), Label(value: 2, name: "plateau", color: [0, 158, 115]), Label(value: 3, name: "washout", color: [213, 94, 0]),
    ])
}

/// The shape of a curve, of seven, by the numbers of Lavini et al.
public enum CurveShape: UInt8, Sendable, Hashable, Codable, CaseIterable {
    /// No enhancement.
    case none = 1
    /// A slow rise.
    case slow
    /// A fast rise, then level.
    case plateau
    /// A fast rise, then a fall.
    case washout
    /// A fast rise, then a slow one.
    case persistent
    /// Fast and early, as in an artery.
    case arterial
    /// None of these.
    case other

    /// What the values in a map mean; no enhancement is background.
    public static let legend = Legend([
        Label(value: 2, name: "slow", color: [86, 180, 233]), Label(value: 3, name: "fast-plateau", color: [0, 158, 115]),
        Label(value: 4, name: "fast-washout", color: [213, 94, 0]), Label(value: 5, name: "fast-persistent", color: [0, 114, 178]),
        Label(value: 6, name: "arterial", color: [204, 121, 167]), Label(value: 7, name: "other", color: [240, 228, 66]),
    ])
}

/// The type of a curve, of three.
public enum CurveType: UInt8, Sendable, Hashable, Codable, CaseIterable {
    /// Too little enhancement for a type.
    case none
    /// Type I, persistent.
    case persistent
    /// Type II, plateau.
    case plateau
    /// Type III, washout.
    case washout

    /// What the values in a map mean.
    public static let legend = Legend([
        Label(value: 1, name: "type-1-persistent", color: [0, 114, 178]), Label(value: 2, name: "type-2-plateau", color: [0, 158, 115]),
        Label(value: 3, name: "type-3-washout", color: [213, 94, 0]),
    ])
}
