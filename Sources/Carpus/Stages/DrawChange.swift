public import CarpusCore
public import CarpusPipeline
public import CarpusReport

/// A picture of what changed between two visits.
public enum DrawChange: Stage {
    public static let name = "draw.change"
    public static let version = 2
    public static let summary = "Draws baseline, follow-up and the map of change: side by side for files, and one under the other for the page, with the significant clusters outlined."

    public typealias Parameters = ChangeFigure.Parameters

    /// What `compare.progression` gives, all on one grid.
    public struct Inputs: Codable, Sendable {
        /// The earlier scan.
        public var baseline: Volume<Float>
        /// The later scan.
        public var followup: Volume<Float>
        /// The change in standard deviations.
        public var z: Volume<Float>
        /// Where it is significant: 1 decrease, 2 increase.
        public var significant: LabelMap

        public init(baseline: Volume<Float>, followup: Volume<Float>, z: Volume<Float>, significant: LabelMap) {
            (self.baseline, self.followup, self.z, self.significant) = (baseline, followup, z, significant)
        }
    }

    /// The picture, and the slices for the page.
    public struct Outputs: Codable, Sendable {
        /// The picture with its words.
        public var figure: FigureArtifact
        /// All slices, for a line between the visits that the reader moves.
        public var stack: StackArtifact
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let figure = try ChangeFigure.draw(
            baseline: inputs.baseline, followup: inputs.followup, z: inputs.z, significant: inputs.significant, parameters: parameters)
        let stack = try WipeStack.make(baseline: inputs.baseline, followup: inputs.followup, z: inputs.z, significant: inputs.significant, scale: parameters)
        return Outputs(figure: FigureArtifact(figure), stack: StackArtifact(content: stack))
    }
}

extension ChangeFigure.Parameters: StageParameters {}
