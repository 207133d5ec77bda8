import CarpusCore
import Foundation

/// The fifteen bones of one wrist as signed distances, in the hand's frame, mm of a wrist of size 1.
///
/// Each bone is a solid of its own (`BoneFigure`), varied by the wrist's seed, that its neighbours trim in the baseline pose, so that a
/// gap for both cartilages stays everywhere; later motions move the trimmed bones.
struct Bones: Sendable {
    /// How far from a bone its distance is still computed, mm.
    static let reach: Float = 8
    /// Names in order, as they stand in files.
    var names: [String] { WristAnatomy.bones.map(\.name) }
    /// From a bone's baseline place to its present place, fifteen.
    private(set) var motions = Array(repeating: RigidMotion.identity, count: 15)

    let traits: BoneTraits
    let solids: [Solid]
    let pairs: BonePairs
    let surfaces: [BoneSurface]
    /// Boxes round the solids in the baseline pose, and in the present one.
    let boxes: [Box]
    private(set) var present: [Box]
    /// From present places back to baseline places.
    private(set) var backs = Array(repeating: RigidMotion.identity, count: 15)

    /// The bones of a wrist in its baseline pose.
    init(_ shape: WristShape) {
        let traits = BoneTraits(shape)
        self.traits = traits
        solids = (0..<15).map { Solid(bone: $0, of: shape, traits: traits) }
        pairs = BonePairs(cartilage: traits.cartilage)
        surfaces = (0..<15).map { BoneSurface(bone: $0, of: shape, traits: traits) }
        boxes = solids.map(\.box)
        present = boxes
    }

    /// Small rigid motions of each bone relative to the baseline pose, fifteen.
    func moved(by motions: [RigidMotion]) -> Bones {
        precondition(motions.count == 15, "fifteen bones move")
        var result = self
        result.motions = motions
        result.backs = motions.map(\.inverse)
        result.present = zip(motions, boxes).map { $0($1) }
        return result
    }
}
