/// What a point of the virtual wrist is made of.
///
/// Beside its tissue a point has a variant, 0 to 31, whose meaning depends on the tissue: see each case. Where nothing is said
/// the variant is texture: 0 to 31 stand for an unevenness from -1 to 1, and 15 or 16 for none.
public enum Tissue: UInt8, Sendable, CaseIterable, Codable {
    case air, skin
    /// Fat under the skin and between muscles.
    case fat
    /// Loose connective tissue between tendons, vessels and capsule: fat with fibrous septa.
    case loose
    case muscle
    /// Bands over the carpal tunnel and the extensor tendons.
    case retinaculum
    /// Ligaments between bones: little signal.
    case ligament
    /// Joint capsule with its thin normal synovium.
    case capsule
    /// Articular disc of the TFCC, and menisci.
    case fibrocartilage
    /// The film of fluid between cartilages.
    case fluid
    /// Tendon. Variant 0 to 31: angle to the main field from 0 to 90 degrees, for the magic angle.
    case tendon
    /// Normal sheath of a tendon: a film.
    case sheath
    case artery, vein, nerve, cartilage, cortex
    /// Marrow. Variant 0 to 31: from fatty to red (haematopoietic).
    case marrow
    /// Oedematous marrow. Variant 0 to 31: from almost none to complete replacement of fat by water.
    case oedema
    /// Inflamed synovium of joints. Variants 0-9, 10-19, 20-29: persistent, plateau and washout enhancement, each from weak to strong.
    case synovitis
    /// Inflamed tissue within a tendon sheath; variants as for synovitis.
    case pannus
    /// Fluid within a tendon sheath: does not enhance.
    case sheathFluid
    /// Excess fluid of a joint: does not enhance.
    case effusion
    /// Fluid of a ganglion; its wall is `capsule`.
    case ganglion
    /// Cyst within a bone: fluid.
    case cyst
    /// Inflamed tissue that fills an erosion; variants as for synovitis.
    case erosion
}

/// What is known of one point: tissue, variant, and the labels of the truth.
struct TissueSample: Sendable {
    /// What the point is made of.
    var tissue = Tissue.air
    /// 0 to 31; see `Tissue`.
    var variant: UInt8 = 16
    /// Value in the anatomy map (`WristAnatomy`), 0 for none.
    var region: UInt8 = 0
    /// Value in the lesion map, 0 for none.
    var lesion: UInt8 = 0
}
