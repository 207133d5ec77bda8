public import CarpusPipeline
public import CarpusReport

/// A picture of how the frames of a series had moved.
public enum DrawMotion: Stage {
    public static let name = "draw.motion"
    public static let version = 2
    public static let summary = "Draws how far each frame of a dynamic series lay from the reference, and which frames were left out."

    public typealias Parameters = MotionFigure.Parameters

    /// What `correct.motion` tells frame by frame.
    public struct Inputs: Codable, Sendable {
        /// The frames.
        public var frames: FrameMotion

        public init(frames: FrameMotion) { self.frames = frames }
    }

    /// The picture.
    public struct Outputs: Codable, Sendable {
        /// The picture with its words.
        public var figure: FigureArtifact
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let m = inputs.frames.content, rejected = Set(m.rejected)
        let frames = m.times.indices.map {
            MotionFigure.Frame(time: m.times[$0], displacement: m.displacements[$0], standardError: m.standardErrors[$0] ?? .infinity, isRejected: rejected.contains($0))
        }
        return Outputs(figure: FigureArtifact(try MotionFigure.draw(frames, reference: m.reference, limit: m.limit, parameters: parameters)))
    }
}

extension MotionFigure.Parameters: StageParameters {}
