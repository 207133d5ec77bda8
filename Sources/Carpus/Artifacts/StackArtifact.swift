public import CarpusPipeline
public import CarpusReport

/// Slices for the viewer in the page: one JSON file, sheets in base64.
public struct StackArtifact: JSONArtifact {
    public static var kind: String { "stack" }
    public static var placeholder: Self {
        StackArtifact(content: SliceStack(
            kind: .browse, section: .images, title: "", caption: "", altText: "", plane: "axial", left: "R", right: "L", top: "A", bottom: "P", width: 1, height: 1, pixelSize: 1, count: 1, start: 0,
            first: [0, 0, 0], step: [0, 0, 1], perRow: 1, layers: []))
    }
    public var content: SliceStack
    public init(content: SliceStack) { self.content = content }
}
