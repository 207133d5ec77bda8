public import CarpusCore

/// The shape of a tissue's curve over the minutes after the first pass, as it stands in maps of the truth.
public enum KineticClass: UInt8, Sendable, Hashable, Codable, CaseIterable {
    /// No uptake, or the weak one of healthy tissue.
    case none
    /// Rises to the end by more than a tenth of its peak.
    case persistent
    /// Stays within a tenth of its peak.
    case plateau
    /// Falls by more than a tenth of its peak.
    case washout
    /// Follows the blood.
    case vessel

    /// What the values in a map mean.
    public static let legend = Legend([
        Label(value: 1, name: "persistent", color: [0, 114, 178]), Label(value: 2, name: "plateau", color: [0, 158, 115]),
        Label(value: 3, name: "washout", color: [213, 94, 0]), Label(value: 4, name: "vessel", color: [204, 121, 167]),
    ])
}

extension TissueTable {
    /// How a point takes up the agent.
    public func kinetics(of tissue: Tissue, variant: UInt8 = 16) -> Kinetics {
        precondition(variant < 32, "a variant is below 32")
        func weak(_ ktrans: Double, _ ve: Double, _ vp: Double) -> Kinetics {
            Kinetics(ktransPerMinute: ktrans, ve: ve, vp: vp, delaySeconds: 3, dispersionSeconds: 4)
        }
        switch tissue {
        case .air, .cartilage, .cortex, .tendon, .ligament, .retinaculum, .fibrocartilage, .ganglion, .cyst: return .none
        case .artery: return Kinetics(ktransPerMinute: 0, ve: 0, vp: 1 - input.haematocrit)
        case .vein: return Kinetics(ktransPerMinute: 0, ve: 0, vp: 1 - input.haematocrit, delaySeconds: 7, dispersionSeconds: 10)
        case .synovitis, .pannus, .erosion: return inflamed(variant)
        case .oedema:
            let share = Double(variant) / 31
            return weak(0.012 + 0.05 * share, 0.06 + 0.30 * share, 0.006 + 0.014 * share)
        case .marrow: return weak(0.008, 0.05, 0.006)
        case .muscle: return weak(0.012, 0.06, 0.006)
        case .skin: return weak(0.025, 0.20, 0.010)
        case .capsule: return weak(0.015, 0.15, 0.006)
        case .loose: return weak(0.008, 0.12, 0.005)
        case .fat: return weak(0.004, 0.05, 0.004)
        case .nerve: return weak(0.004, 0.10, 0.008)
        // What leaks from synovium fills fluid late and slowly.
        case .fluid, .sheath: return weak(0.003, 0.95, 0)
        case .effusion, .sheathFluid: return weak(0.0015, 0.95, 0)
        }
    }

    /// The shape of a point's curve. Inflamed tissue has its variant's, blood is a vessel, marked oedema rises persistently; the rest
    /// enhances by less than what counts and has none.
    public func kineticClass(of tissue: Tissue, variant: UInt8 = 16) -> KineticClass {
        switch tissue {
        case .artery, .vein: .vessel
        case .synovitis, .pannus, .erosion: [.persistent, .plateau, .washout][min(Int(variant) / 10, 2)]
        case .oedema: variant >= 8 ? .persistent : .none
        default: .none
        }
    }

    /// Inflamed synovium: kep = Ktrans/ve sets the shape of the curve, Ktrans with ve and vp its height. Ranges as of rheumatoid knees and
    /// wrists (Ktrans 0.03 to 0.6 per minute, ve 0.2 to 0.6).
    private func inflamed(_ variant: UInt8) -> Kinetics {
        let strength = Double(min(variant, 29) % 10) / 9
        let kep = [0.11, 0.22, 1.6][min(Int(variant) / 10, 2)]
        let ve = [0.20, 0.15, 0.13][min(Int(variant) / 10, 2)] * (1 + 1.5 * strength) * uptake
        let vp = [0.008, 0.012, 0.035][min(Int(variant) / 10, 2)] * (1 + strength) * uptake
        return Kinetics(ktransPerMinute: kep * ve, ve: ve, vp: vp, delaySeconds: 2, dispersionSeconds: 3)
    }
}
