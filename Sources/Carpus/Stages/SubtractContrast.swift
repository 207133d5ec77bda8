public import CarpusCore
public import CarpusPipeline
public import CarpusQuantification

/// What the contrast agent added.
public enum SubtractContrast: Stage {
    public static let name = "subtract.contrast"
    public static let version = 2
    public static let summary = "Subtracts the image before gadolinium from the one after, both scaled alike on tissue that does not enhance."

    public typealias Parameters = SubtractionMap.Parameters

    /// Two images on one grid.
    public struct Inputs: Codable, Sendable {
        /// Before contrast.
        public var before: Volume<Float>
        /// After contrast.
        public var after: Volume<Float>

        public init(before: Volume<Float>, after: Volume<Float>) { (self.before, self.after) = (before, after) }
    }

    /// The difference, and whether it is an agent's.
    public struct Outputs: Codable, Sendable {
        /// After over gain, minus before, in the unit of the image before.
        public var difference: Volume<Float>
        /// The gain between the images, and the shares of tissue that gained and lost signal beyond noise and misalignment: whether the agent is there.
        public var arrival: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try SubtractionMap.compute(before: inputs.before, after: inputs.after, parameters: parameters), arrival = result.arrival
        if arrival.verdict == .reversed, parameters.reversed == .refuse { throw NotScorable(because: "\(doubt(arrival)); set reversed: doubt to see the subtraction all the same") }
        let doubt = arrival.verdict == .seen ? nil : doubt(arrival)
        let rows = [("gain", result.gain), ("signal-gained-share", arrival.gained), ("signal-lost-share", arrival.lost)].map {
            Measurement($0.0, $0.1, unit: "1", region: "tissue", status: doubt == nil ? .ok : .review, reason: doubt, method: method)
        }
        return Outputs(difference: result.difference, arrival: Measurements(rows), findings: Findings(result.findings))
    }

    private static func doubt(_ arrival: AgentArrival) -> String {
        arrival.verdict == .reversed
            ? "tissue lost signal after contrast and hardly any gained it (\(arrival.words)): check that the scans before and after are not swapped and differ in nothing but the agent"
            : "no contrast agent is seen, not even in vessels (\(arrival.words)): check that it was given, and that the scans are aligned"
    }

    public static func methods(_: Parameters) -> String {
        "Contrast enhancement was taken as the difference of the aligned images before and after gadolinium, after matching their gain on tissue that does not enhance; the agent counts as seen where tissue gained signal beyond noise and misalignment and hardly any lost it."
    }
}

extension SubtractionMap.Parameters: StageParameters {}
