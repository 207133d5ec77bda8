public import CarpusCore

/// What a segmentation found, and what is doubtful about it.
public struct SegmentationResult: Sendable, Hashable {
    /// The labels, on the image's grid.
    public var labels: LabelMap
    /// Doubts, to be shown beside the labels.
    public var findings: [Finding]

    /// A result of given labels and findings.
    public init(labels: LabelMap, findings: [Finding] = []) { (self.labels, self.findings) = (labels, findings) }
}

/// Which voxels may be labelled at all.
enum Region {
    /// True where the mask has any label and the image a finite value.
    ///
    /// - Throws: `SegmentationError` when the mask lies on another grid or nothing is left.
    static func usable(_ image: Volume<Float>, inside mask: LabelMap?) throws -> [Bool] {
        if let mask, !mask.grid.matches(image.grid) {
            throw SegmentationError(.gridMismatch, "the mask does not lie on the image's grid; resample it onto the image first")
        }
        var usable = image.scalars.map(\.isFinite)
        if let mask { for i in usable.indices where mask.labels[i] == 0 { usable[i] = false } }
        guard usable.contains(true) else {
            throw SegmentationError(.nothingToSegment, "there is no voxel with a finite value inside the mask; check the mask and the image")
        }
        return usable
    }
}
