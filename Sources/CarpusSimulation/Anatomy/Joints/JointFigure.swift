import CarpusCore
import Foundation

/// One synovial compartment: a region of space, drawn in the frame of the bones' figures, and how far its capsule can be lifted off the bones.
///
/// The envelope is what lies in the region and within reach of the lifted capsule; the bones themselves fill most of the region.
struct JointFigure: Sendable {
    /// The region; its neighbours are kept off by 1 mm at least.
    var region: [Part]
    /// How far the distended capsule stands off the bones at the back, the palm's, the thumb's and the little finger's side, and between, mm.
    var dorsal: Float, palmar: Float, radial: Float, ulnar: Float, middle: Float

    /// The wall between radiocarpal and midcarpal joint: an arc through the proximal row.
    static func row(shift: Float) -> Part { .sheet([-17.2 + shift, -5.5, 0], normal: [1, 0, 0], curve: [0.02, 0]) }

    /// The disc between radius and ulnar styloid over the ulna's head: thinner when the ulna is long.
    static func disc(_ traits: BoneTraits) -> Part {
        let half = 1.25 - 0.18 * traits.ulnarVariance
        return .ellipsoid([headEnd(traits) + half + 0.5, -18.2, -1.6], [half, 8.2, 6.8], along: [1, 0.04, 0], square: 0.55)
    }

    /// Where the ulna's head ends in the figures' frame.
    static func headEnd(_ traits: BoneTraits) -> Float { -25.7 + traits.ulnarVariance }

    /// Distal radioulnar: notch, top of the ulna's head up to the disc, and the sacciform recess.
    static func radioulnar(_ traits: BoneTraits) -> JointFigure {
        JointFigure(
            region: [
                .ellipsoid([-34.5, -17.4, -1.5], [10, 11, 10.8], square: 0.3),
                .ellipsoid([-43.5, -14, -1], [7, 5, 7]).join(3),
                .sheet([headEnd(traits) + 1.6, -18, 0], normal: [1, -0.04, 0]).clip(1),
            ], dorsal: 2.6, palmar: 2.6, radial: 3, ulnar: 1.4, middle: 2.6)
    }

    /// Radiocarpal with the ulnocarpal space, dorsal and palmar recesses and the prestyloid recess.
    static func radiocarpal(_ traits: BoneTraits) -> JointFigure {
        JointFigure(
            region: [
                .ellipsoid([-20, -1, 0], [13, 28, 16], square: 0.5),
                row(shift: -0.5).clip(1),
                .sheet([-29, -7, 0], normal: [-1, 0.4, -0.1]).clip(2),
                // The joint of pisiform and triquetrum, which communicates with it.
                .ellipsoid([-7.6, -19.4, 7.4], [7.5, 6.5, 2.6], along: [1, 0.1, 0.1], square: 0.3).join(1.5),
            ], dorsal: 4.4, palmar: 3.4, radial: 2.5, ulnar: 3.7, middle: 2.5)
    }

    /// Midcarpal and carpometacarpal with their dorsal recesses.
    static func midcarpal(_ traits: BoneTraits) -> JointFigure {
        JointFigure(
            region: [
                .ellipsoid([0, -1, 1], [19, 28, 16], square: 0.6),
                .sheet([15.5, 0, 0], normal: [1, 0, 0]).clip(2),
                // Hook and pisiform stand out of it.
                .sheet([0, -14, 6.6], normal: [0, -0.38, 1]).clip(2),
                .ellipsoid([7.8, 24.4, 14.6], [4, 11, 11], along: [0.74, 0.58, 0.33]).join(2),
                row(shift: 0.5).cut(1),
            ], dorsal: 3.8, palmar: 2.0, radial: 2, ulnar: 2, middle: 2)
    }
}
