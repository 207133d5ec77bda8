import CarpusPerfusion
public import CarpusPipeline
public import CarpusReport

/// A picture of the arterial input.
public enum DrawInput: Stage {
    public static let name = "draw.input"
    public static let version = 2
    public static let summary = "Draws the arterial input that a pharmacokinetic fit used, and tells where it comes from."

    public typealias Parameters = InputFigure.Parameters

    /// What `fit.pharmacokinetics` used.
    public struct Inputs: Codable, Sendable {
        /// The input.
        public var input: ArterialInput

        public init(input: ArterialInput) { self.input = input }
    }

    /// The picture.
    public struct Outputs: Codable, Sendable {
        /// The picture with its words.
        public var figure: FigureArtifact
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let r = inputs.input.content
        return Outputs(figure: FigureArtifact(try InputFigure.draw(times: r.times, plasma: r.plasma, isSampled: r.voxels != nil, origin: origin(inputs.input), parameters: parameters)))
    }

    private static func origin(_ input: ArterialInput) -> String {
        let r = input.content
        guard let voxels = r.voxels else {
            let arrival = r.arrival.map { ", arriving at \(($0 * 10).rounded() / 10) s" } ?? ""
            return "the population's of \(r.source.prefix(1).uppercased() + r.source.dropFirst())\(arrival)\(r.arrivalIsGuessed == true ? " (guessed)" : "")"
        }
        return "measured in \(voxels.count) voxel\(voxels.count == 1 ? "" : "s") \(r.source == "region" ? "of the artery that was given" : "found by themselves")"
    }
}

extension InputFigure.Parameters: StageParameters {}
