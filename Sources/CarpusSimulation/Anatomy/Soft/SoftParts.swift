/// The soft parts of one wrist in neutral pose and of size 1: skin, fat, fascia, retinacula, muscles, tendons with their sheaths,
/// vessels and nerves. Hand frame (distal, radial, palmar), mm, from 75 mm proximal to 70 mm distal of the capitate's middle.
///
/// Who wants tissue asks `local(to:)` for a small box and samples that; results do not depend on the box.
struct SoftParts: Sendable {
    let lattice: SoftLattice
    let cords: CordSet
    let branches: BranchIndex
    let muscles: [Muscle]
    let texture: SoftTexture

    /// The soft parts of a wrist; `prominentVessels` is a factor on the radii of its vessels.
    init(_ shape: WristShape, prominentVessels: Double = 1) {
        let outline = Outline(shape)
        lattice = SoftLattice(outline)
        cords = CordSet(shape, layout: CordLayout(shape, lattice: lattice))
        var builder = BranchBuilder(lattice)
        var arteries = ArteryTree(shape, cords: cords, prominence: Float(prominentVessels))
        arteries.grow(into: &builder)
        var veins = VeinNetwork(shape, lattice: lattice, outline: outline, prominence: Float(prominentVessels))
        veins.grow(into: &builder)
        branches = BranchIndex(builder.pieces)
        var stream = shape.stream("soft-muscles")
        muscles = Muscle.all.map { $0.varied(&stream) }
        texture = SoftTexture(shape)
    }

    /// What can matter in a box.
    func local(to box: Box) -> LocalSoftParts { LocalSoftParts(self, box: box) }
}
