public import CarpusCore
public import CarpusPipeline

/// How a whole and its parts moved between two scans: one JSON file.
public struct MotionsArtifact: JSONArtifact {
    public static var kind: String { "motions" }
    public static var placeholder: Self { MotionsArtifact(content: PartMotions(whole: RigidTransform(), parts: [])) }
    public var content: PartMotions
    public init(content: PartMotions) { self.content = content }
}
