public import CarpusCore

/// A wrist of one visit, sampled finely: what the scanner scans and what the truth is counted on.
///
/// Its world is LPS, mm, of a wrist at rest in the middle of the magnet, main field along S; a scan places it by a rigid motion.
public struct Specimen: Sendable {
    /// An isotropic grid.
    public let grid: Grid
    /// Raw values of `Tissue`; x runs fastest, as in all four.
    public var tissue: [UInt8]
    /// 0 to 31; meaning by tissue.
    public var variant: [UInt8]
    /// Values of the anatomy map, 0 for none.
    public var region: [UInt8]
    /// Values of the lesion map, 0 for none.
    public var lesion: [UInt8]

    /// A specimen of given samples.
    public init(grid: Grid, tissue: [UInt8], variant: [UInt8], region: [UInt8], lesion: [UInt8]) {
        precondition([tissue.count, variant.count, region.count, lesion.count].allSatisfy { $0 == grid.count }, "a specimen has one sample a voxel")
        (self.grid, self.tissue, self.variant, self.region, self.lesion) = (grid, tissue, variant, region, lesion)
    }
}
