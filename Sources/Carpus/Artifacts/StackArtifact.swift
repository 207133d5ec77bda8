public import CarpusPipeline
public import CarpusReport

/// Slices for the viewer in the page: one JSON file, sheets in base64.
public struct StackArtifact: JSONArtifact {
    public static var kind: String { "stack" }
    public static var placeholder: Self { StackArtifact(content: .blank) }
    public var content: SliceStack
    public init(content: SliceStack) { self.content = content }
}
