/// Where a point lies among the soft parts of a healthy wrist, bones and joints left out; mm of a wrist of size 1.
struct SoftSample: Sendable {
    /// Depth below the skin's surface, mm; negative in air.
    var skinDepth: Float = -99
    /// What the point is made of.
    var tissue = Tissue.air
    /// Texture, or the variant its tissue gives meaning to (the tendon's angle is filled in later, from `direction`).
    var variant: UInt8 = 16
    /// Anatomy label 19 to 30: tendons and their sheath's film, vessels, nerve; else 0.
    var region: UInt8 = 0
    /// The nearest tendon compartment, 0 to 9 in the order of `WristAnatomy.tendonCompartments`; -1 when none is within 8 mm.
    var compartment: Int8 = -1
    /// Signed distance to the surface of that compartment's nearest tendon, mm, negative inside.
    var tendonDistance: Float = 99
    /// Where along that compartment's sheath the point lies: 0 its proximal and 1 its distal end; outside 0...1 there is no sheath.
    var sheathPosition: Float = -1
    /// Angle round the compartment's middle, radians, -pi to pi.
    var sheathAngle: Float = 0
    /// Direction of the tendon here (unit vector in the hand's frame); meaningful within and near tendons.
    var direction = SIMD3<Float>(1, 0, 0)
}
