public import CarpusPipeline

/// How each frame of a dynamic series had moved, and which were left out: one JSON file.
public struct FrameMotion: JSONArtifact {
    public static var kind: String { "frame-motion" }
    public static var placeholder: Self { FrameMotion(content: Content(reference: 0, limit: 0, times: [], displacements: [], standardErrors: [], rejected: [])) }

    /// What the file holds, frame by frame.
    public struct Content: Codable, Sendable, Hashable {
        /// The frame that stayed, counted from 0.
        public var reference: Int
        /// Frames beyond this were left out, mm.
        public var limit: Double
        /// When each frame was taken, s.
        public var times: [Double]
        /// How far its tissue lay from its place in the reference, root mean square, mm.
        public var displacements: [Double]
        /// The standard error of its place, mm; nil where it could not be told.
        public var standardErrors: [Double?]
        /// Frames that were left out, counted from 0.
        public var rejected: [Int]
    }
    public var content: Content
    public init(content: Content) { self.content = content }
}
