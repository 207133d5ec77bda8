import Foundation

/// What makes one wrist differ from another, drawn once for a patient: the inputs of all anatomy.
///
/// The hand's frame is (distal, radial, palmar), mm, from the middle of the capitate; `size` scales it as a whole, so that all shapes are
/// built for a wrist of size 1. Flexion and deviation are of the third metacarpal against the radius.
public struct WristShape: Sendable, Hashable, Codable {
    /// Seed of everything about the shape.
    public var seed: UInt64
    /// Length scale, 0.85 to 1.15; 1 is the wrist of the facts' table.
    public var size: Double
    /// Flexion towards the palm, degrees, -10 to 10.
    public var flexionDegrees: Double
    /// Deviation towards the ulna, degrees, -8 to 8.
    public var ulnarDeviationDegrees: Double
    /// Thickness of the fat under the skin as a factor, 0.3 to 2.5.
    public var fatness: Double
    /// Age, years: cartilage thins, marrow turns fatty, small findings of the healthy rise.
    public var ageYears: Double
    /// How far its bones, joints and soft parts stray from the mean of all wrists: 1 as drawn, 0 not at all. No dial of a patient, and not written.
    var spread = 1.0

    private enum CodingKeys: String, CodingKey { case seed, size, flexionDegrees, ulnarDeviationDegrees, fatness, ageYears }

    /// A wrist of given dials.
    public init(seed: UInt64, size: Double = 1, flexionDegrees: Double = 0, ulnarDeviationDegrees: Double = 0, fatness: Double = 1, ageYears: Double = 50) {
        (self.seed, self.size, self.fatness, self.ageYears) = (seed, size, fatness, ageYears)
        (self.flexionDegrees, self.ulnarDeviationDegrees) = (flexionDegrees, ulnarDeviationDegrees)
    }

    /// The mean wrist, straight: each trait is the middle of the population's. Only the pattern of its vessels and the grain of its tissues are
    /// those of one wrist, since they have no mean.
    public static let mean: WristShape = {
        var shape = WristShape(seed: 0)
        shape.spread = 0
        return shape
    }()

    /// The random numbers of a part of the wrist.
    func stream(_ name: String) -> RandomStream { RandomStream(seed: seed, name, spread: spread) }

    /// A wrist drawn from the population.
    public static func drawn(seed: UInt64) -> WristShape {
        var stream = RandomStream(seed: seed, "wrist-shape")
        return WristShape(
            seed: seed, size: stream.normal(1, 0.055, limit: 2.7), flexionDegrees: stream.normal(0, 4, limit: 2.5),
            ulnarDeviationDegrees: stream.normal(0, 3.2, limit: 2.5), fatness: min(max(exp(stream.normal(0, 0.4)), 0.3), 2.5),
            ageYears: stream.normal(52, 14, limit: 2.2))
    }
}
