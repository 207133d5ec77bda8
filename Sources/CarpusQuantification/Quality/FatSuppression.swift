public import CarpusCore

/// Whether a scan's fat is suppressed, and everywhere: what is fat is told by a T1-weighted scan of the same place.
///
/// On T1 without suppression fat, marrow's too, is the brightest tissue. Suppressed, it is darker than the rest. Suppression by frequency fails where the
/// field is uneven, mostly at the edges of a wrist, and looks like oedema there; so it is judged in small tiles as well.
public struct FatSuppression: Sendable, Hashable {
    /// When suppression has failed.
    public struct Parameters: Sendable, Hashable, Codable {
        /// Suppression failed from this ratio of fat's median signal to other tissue's on.
        public var failedRatio = 1.0
        /// Suppression is uneven when more than this share of the fat, 0 to 1, lies in tiles where it is brighter than `failedRatio` of other tissue.
        public var unevenShare = 0.1
        /// The side of a tile within a slice, mm.
        public var tile = 10.0
        /// What becomes of a scan where it failed.
        public var failed = Strictness.refuse
        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            if !(failedRatio > 0 && failedRatio.isFinite) { return "failedRatio is \(failedRatio); it has to be above 0" }
            if !(0...1).contains(unevenShare) { return "unevenShare is \(unevenShare); it has to be from 0 to 1" }
            return tile >= 2 && tile.isFinite ? nil : "tile is \(tile) mm; it has to be 2 or more"
        }
    }

    /// Fat's median signal over other tissue's.
    public let ratio: Double
    /// The share of the fat in tiles, 0 to 1, that lies in those where it is bright; nil where no tile holds enough fat.
    public let brightShare: Double?
    /// The middle of the tile where fat is brightest, LPS mm, and how bright beside other tissue; nil where no tile holds enough fat.
    public let worst: Tile?

    /// A tile's fat.
    public struct Tile: Sendable, Hashable {
        /// Its middle, LPS mm.
        public let place: Vector3
        /// Its median signal over other tissue's.
        public let ratio: Double
    }

    /// Fat on T1 is this much brighter than other tissue, or it is not told.
    static let leastContrast: Float = 1.3
    static let fewest = 200

    /// - Parameters:
    ///   - scan: the scan with suppressed fat.
    ///   - reference: the T1-weighted scan, without suppression and before contrast, evened, on the same grid.
    /// - Throws: `QuantificationError`: `noTissue` when fat cannot be told on the reference, `noSignal` when the scan is blank or lies elsewhere; when the grids differ or a parameter is out of range.
    public init(of scan: Volume<Float>, reference: Volume<Float>, parameters: Parameters = .init()) throws {
        if let complaint = parameters.complaint { throw QuantificationError(.badParameter, complaint) }
        guard reference.grid.matches(scan.grid) else { throw QuantificationError(.gridMismatch, "the scan and its T1-weighted reference lie on different grids; align them first") }
        let tissues = try Tissues(scan, reference), values = scan.scalars
        let other = Robust.median(tissues.other.map { values[$0] })
        guard other > 0 else { throw QuantificationError(.noSignal, "tissue other than fat has no signal on the scan; look at it, and whether it is aligned with T1") }
        ratio = Double(Robust.median(tissues.fat.map { values[$0] }) / other)

        let tiles = Tiles(grid: scan.grid, side: parameters.tile)
        let medians = tiles.groups(tissues.fat).map { (voxels: $0, ratio: Double(Robust.median($0.map { values[$0] }) / other)) }
        let bright = medians.filter { $0.ratio >= parameters.failedRatio }.reduce(0) { $0 + $1.voxels.count }, all = medians.reduce(0) { $0 + $1.voxels.count }
        brightShare = all > 0 ? Double(bright) / Double(all) : nil
        worst = medians.max { $0.ratio < $1.ratio }.map { tile in
            let sum = tile.voxels.reduce(Vector3.zero) { $0 + Vector3(scan.grid.index(at: $1)) }
            return Tile(place: scan.grid.worldFromVoxel(sum / Double(tile.voxels.count)), ratio: tile.ratio)
        }
    }
}

/// Fat and other tissue, both without their borders.
private struct Tissues {
    let fat, other: [Int]

    init(_ scan: Volume<Float>, _ reference: Volume<Float>) throws {
        let known = reference.map { $0.isFinite ? $0 : 0 }
        var body = Foreground.mask(of: known)
        for i in body.indices where !(scan.scalars[i].isFinite && reference.scalars[i].isFinite) { body[i] = 0 }
        // The mask takes in up to a millimetre of air.
        let pixel = (0..<3).filter { $0 != scan.grid.throughPlaneAxis }.map { scan.grid.spacing[$0] }.min() ?? 1
        let within = InnerTissue.indices(of: body, grid: scan.grid, reach: max(1, Int((1.5 / pixel).rounded(.up))))
        body = [UInt8](repeating: 0, count: body.count)
        for i in within { body[i] = 1 }
        let sample = Robust.sample(body).map { known.scalars[$0] }
        let top = Robust.quantiles(sample, [0.999])[0]
        guard sample.count >= 2 * FatSuppression.fewest, let threshold = Otsu.threshold(sample.map { min($0, top) }) else {
            throw QuantificationError(.noSignal, "the T1-weighted reference shows no tissue that the scan covers; check that the two are aligned")
        }
        func inner(_ belongs: (Float) -> Bool) -> [Int] {
            InnerTissue.indices(of: body.indices.map { body[$0] != 0 && belongs(known.scalars[$0]) ? 1 : 0 }, grid: scan.grid, reach: 1)
        }
        (fat, other) = (inner { $0 > threshold }, inner { $0 <= threshold })
        guard min(fat.count, other.count) >= FatSuppression.fewest,
            Robust.median(fat.map { known.scalars[$0] }) >= FatSuppression.leastContrast * Robust.median(other.map { known.scalars[$0] })
        else {
            throw QuantificationError(.noTissue, "fat does not stand out on the T1-weighted reference; check that it was taken before contrast and without fat suppression")
        }
    }
}

/// Slices cut into squares.
private struct Tiles {
    let grid: Grid
    /// Voxels of a tile along each axis.
    let size: [Int]

    init(grid: Grid, side: Double) {
        self.grid = grid
        size = (0..<3).map { $0 == grid.throughPlaneAxis ? 1 : max(1, Int((side / grid.spacing[$0]).rounded())) }
    }

    /// The voxels by tile, in the grid's order; tiles of which they are less than a quarter are left out.
    func groups(_ voxels: [Int]) -> [[Int]] {
        var found: [Int: [Int]] = [:]
        for i in voxels {
            let at = grid.index(at: i)
            let tile = (0..<3).reduce(0) { $0 * (grid.size[$1] + 1) + at[$1] / size[$1] }
            found[tile, default: []].append(i)
        }
        let enough = size.reduce(1, *) / 4
        return found.sorted { $0.key < $1.key }.map(\.value).filter { $0.count >= max(4, enough) }
    }
}
