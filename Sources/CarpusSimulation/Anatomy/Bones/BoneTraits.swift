import Foundation

/// Named ways in which wrists differ, drawn from the wrist's seed. Spans follow the radiographic literature
/// (ulnar variance -0.9 ± 1.5 mm, inclination 23.6 ± 2.5 degrees, palmar tilt 11.2 ± 4 degrees; type II lunates in about two of three, Viegas 1990).
struct BoneTraits: Sendable {
    /// How much farther distal the ulna's head ends than in the mean wrist, mm.
    var ulnarVariance: Float
    /// Slope of the radius' articular face towards the ulna, and towards the palm, as tangents.
    var inclination: Float, tilt: Float
    /// Length of the hook of the hamate as a factor.
    var hook: Float
    /// How much farther proximal the hamate's pole reaches when the lunate has a facet for it (type II), mm.
    var hamatePole: Float
    /// Length of the ulnar styloid beyond the head, mm.
    var ulnarStyloid: Float
    /// Height of Lister's tubercle, mm.
    var lister: Float
    /// Thickness of cartilage, mm: 1.0 in the young to 0.6 in the old.
    var cartilage: Float

    /// The traits of a wrist.
    init(_ shape: WristShape) {
        var stream = shape.stream("bone-traits")
        ulnarVariance = Float(stream.normal(0, 1, limit: 2))
        inclination = Float(tan(stream.normal(22, 2.3, limit: 2) * .pi / 180))
        tilt = Float(tan(stream.normal(10, 3, limit: 2) * .pi / 180))
        hook = Float(stream.normal(1, 0.09, limit: 2))
        hamatePole = stream.chance(0.6) ? Float(stream.uniform(0.8, 2.2)) : -0.8
        ulnarStyloid = Float(stream.normal(3.6, 1.0, limit: 2))
        lister = Float(stream.normal(2, 0.6, limit: 2))
        let old = min(max((shape.ageYears - 20) / 60, 0), 1)
        cartilage = Float((1 - 0.4 * old) * exp(stream.normal(0, 0.06, limit: 2)))
    }
}
