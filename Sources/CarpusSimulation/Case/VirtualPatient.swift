public import CarpusCore
import Foundation

/// A patient drawn from the population: one wrist, its disease over the visits, and how it lies in the scanner each time.
public struct VirtualPatient: Sendable {
    /// What a patient is drawn from.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Seed of everything; the same parameters give the same bytes.
        public var seed: UInt64
        /// Visits, 1 to 20.
        public var visits = 2
        /// Disease activity, 0 (as healthy people have it) to 1 (most active); nil draws one.
        public var activity: Double?
        /// Left or right; nil draws one.
        public var side: Laterality?

        /// The patient of a seed.
        public init(seed: UInt64) { self.seed = seed }

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            if !(1...20).contains(visits) { return "the number of visits is \(visits); it has to be 1 to 20" }
            if let activity, !(0...1).contains(activity) { return "the activity is \(activity); it has to be 0 (healthy) to 1 (most active)" }
            return nil
        }
    }

    /// What was drawn, and what the patient was drawn from.
    public let parameters: Parameters
    /// The wrist.
    public let wrist: VirtualWrist
    /// Its disease at every visit.
    public let course: DiseaseCourse
    /// The disease activity, given or drawn.
    public let activity: Double
    /// Days from the first visit to each.
    public let days: [Int]
    /// Female or male, for the headers; sex shows in size alone.
    public let isFemale: Bool

    /// Draws a patient.
    public init(_ parameters: Parameters) {
        if let complaint = parameters.complaint { preconditionFailure(complaint) }
        self.parameters = parameters
        var stream = RandomStream(seed: parameters.seed, "patient")
        let drawn = (activity: stream.uniform(0.1, 0.9), side: stream.chance(0.5) ? Laterality.left : .right, vessels: exp(stream.normal(0, 0.25)))
        let shape = WristShape.drawn(seed: parameters.seed)
        activity = parameters.activity ?? drawn.activity
        isFemale = shape.size < 1.02 ? stream.chance(0.85) : stream.chance(0.4)
        days = (0..<parameters.visits).reduce(into: [Int]()) { days, _ in days.append(days.last.map { $0 + stream.integer(80...400) } ?? 0) }
        wrist = VirtualWrist(shape, side: parameters.side ?? drawn.side, prominentVessels: stream.chance(0.15) ? 1.8 : drawn.vessels)
        course = DiseaseCourse(seed: parameters.seed, activity: activity, visits: parameters.visits)
    }

    /// How the wrist lies at a visit, the first being 0.
    public func positioning(at visit: Int) -> Positioning { Positioning(seed: parameters.seed, visit: visit, frame: wrist.frame) }
}
