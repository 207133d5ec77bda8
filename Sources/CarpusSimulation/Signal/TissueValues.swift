import Foundation

/// Central values of one tissue at 1.5 T and 3 T.
///
/// Sources: Gold et al., AJR 2004 (knee at 1.5 and 3 T: muscle T1 1.13 and 1.42 s, T2 35 and 32 ms; cartilage 1.06 and 1.24 s, 42 and
/// 37 ms; joint fluid 2.85 and 3.62 s; fat 0.29 and 0.37 s); Stanisz et al., MRM 2005 (muscle 1.01 and 1.41 s, 44 and 50 ms; cartilage
/// 1.02 and 1.17 s, 30 and 27 ms; blood 1.44 and 1.93 s, 290 and 275 ms); Jordan et al., Eur J Radiol 2013 (3 T). Tendon's T2 of 7 ms along
/// the field and 23 ms at the magic angle: Fullerton et al., Radiology 1985. Inflamed tissue and what no source gives are set by likeness:
/// T1 a little above muscle's, T2 two to three times its.
struct TissueValues: Sendable {
    /// Protons that can be seen, water and fat together.
    var density: Double
    /// T1 of the water at 1.5 T and 3 T, s.
    var t1: (Double, Double) = (1, 1)
    /// T2 of the water at 1.5 T and 3 T, s.
    var t2: (Double, Double) = (0.05, 0.05)
    /// R2' of the water at 1.5 T, per s; it grows with the field.
    var reversible = 5.0
    /// Share of the protons that are fat's.
    var fat = 0.0
    /// How far the fat's share goes with the texture's unevenness, either side.
    var fatSwing = 0.0

    /// Fat's T1 at 1.5 T and 3 T, s.
    static let fatT1 = (0.288, 0.370)
    /// Fat's T2 of a single spin echo at 1.5 T and 3 T, s.
    static let fatT2 = (0.085, 0.075)
    /// Fat's T2 of a train of echoes, which undoes its couplings: 0.13 to 0.16 s (Gold; Pai et al., MRI 2008).
    static let fatTrainT2 = (0.140, 0.125)
    /// R2' that stands for the dephasing of fat's own lines, per s at 1.5 T. Six lines (Hamilton et al., NMR Biomed 2011) add up to 0.64 of their
    /// sum at 11 ms and 0.84 at 4.6 ms, which with an R2' of 23 per s, for the field's unevenness so near the skin, is the decay of one
    /// line with T2* of 14 ms.
    static let fatReversible = 62.0
    /// What trabeculae add to R2' of marrow between them, per s at 1.5 T, for four equally frequent grains of texture, and what they leave of its
    /// density. Set so that their mean, a decay as of a T2' near 20 ms at 11 ms, and their spread give the darkness and the
    /// coarse grain of a real gradient echo of the wrist: marrow 0.4 to 0.6 of fat, its deviation 0.3 to 0.55 of its mean.
    static let trabecular: [(rate: Double, density: Double)] = [(0, 1), (5, 1), (80, 0.85), (320, 0.6)]
    /// What a tendon's order adds to 1/T2 when it lies along the field, per s, and to R2'.
    static let dipolar = (rate: 1 / 0.007 - 1 / 0.023, reversible: 90.0)

    static func values(of tissue: Tissue) -> TissueValues {
        switch tissue {
        case .air: TissueValues(density: 0)
        case .skin: TissueValues(density: 0.75, t1: (0.80, 0.95), t2: (0.026, 0.024), reversible: 20, fat: 0.12, fatSwing: 0.05)
        case .fat: TissueValues(density: 0.90, t1: (0.85, 1.05), t2: (0.040, 0.036), reversible: 15, fat: 0.96, fatSwing: 0.04)
        case .loose: TissueValues(density: 0.88, t1: (0.85, 1.05), t2: (0.038, 0.034), reversible: 15, fat: 0.68, fatSwing: 0.22)
        case .muscle: TissueValues(density: 0.85, t1: (1.01, 1.38), t2: (0.038, 0.034), reversible: 4, fat: 0.03, fatSwing: 0.025)
        case .retinaculum: TissueValues(density: 0.55, t1: (0.70, 0.82), t2: (0.011, 0.010), reversible: 130)
        case .ligament: TissueValues(density: 0.60, t1: (0.75, 0.88), t2: (0.014, 0.013), reversible: 70)
        case .capsule: TissueValues(density: 0.72, t1: (0.88, 1.05), t2: (0.024, 0.022), reversible: 15, fat: 0.10, fatSwing: 0.08)
        case .fibrocartilage: TissueValues(density: 0.65, t1: (0.78, 0.90), t2: (0.013, 0.012), reversible: 45)
        case .fluid: TissueValues(density: 0.98, t1: (2.85, 3.62), t2: (0.550, 0.420), reversible: 4)
        case .tendon: TissueValues(density: 0.55, t1: (0.60, 0.70), t2: (0.023, 0.021), reversible: 12)
        // The film is drawn thicker than it is, so that a raster holds it: what it lacks in water makes up for that.
        case .sheath: TissueValues(density: 0.60, t1: (1.20, 1.50), t2: (0.060, 0.055), reversible: 10)
        case .artery: TissueValues(density: 0.86, t1: (1.44, 1.93), t2: (0.240, 0.165), reversible: 4)
        case .vein: TissueValues(density: 0.86, t1: (1.44, 1.93), t2: (0.150, 0.060), reversible: 8)
        case .nerve: TissueValues(density: 0.82, t1: (0.95, 1.15), t2: (0.060, 0.054), reversible: 8, fat: 0.15, fatSwing: 0.06)
        case .cartilage: TissueValues(density: 0.84, t1: (1.04, 1.20), t2: (0.040, 0.035), reversible: 5)
        case .cortex: TissueValues(density: 0.15, t1: (0.20, 0.25), t2: (0.0010, 0.0010), reversible: 1000)
        // Their fat's share is the variant's: see `TissueTable`.
        case .marrow: TissueValues(density: 0.92, t1: (0.85, 1.00), t2: (0.045, 0.040), reversible: 10)
        case .oedema: TissueValues(density: 0.92, t1: (1.20, 1.42), t2: (0.085, 0.076), reversible: 8)
        case .synovitis: TissueValues(density: 0.92, t1: (1.35, 1.62), t2: (0.095, 0.085), reversible: 6)
        case .pannus: TissueValues(density: 0.90, t1: (1.25, 1.50), t2: (0.080, 0.072), reversible: 6)
        case .erosion: TissueValues(density: 0.90, t1: (1.30, 1.56), t2: (0.085, 0.076), reversible: 8)
        case .sheathFluid: TissueValues(density: 0.98, t1: (2.30, 2.90), t2: (0.350, 0.290), reversible: 5)
        case .effusion: TissueValues(density: 0.97, t1: (2.85, 3.62), t2: (0.420, 0.340), reversible: 4)
        case .ganglion: TissueValues(density: 0.98, t1: (2.10, 2.60), t2: (0.480, 0.390), reversible: 4)
        case .cyst: TissueValues(density: 0.97, t1: (2.00, 2.50), t2: (0.380, 0.310), reversible: 6)
        }
    }
}
