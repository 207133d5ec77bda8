import CarpusCore

/// The sites of a wrist on the grid of a lesion map: which voxel belongs to which, and how much of it is assessed.
struct SiteMap {
    /// Label values of the anatomy, those that erosions took away given back to their bones, and lesion voxels beside their sites to the nearest one.
    let sites: [UInt16]
    let grid: Grid
    /// Where the long bones end, by label value.
    let ends: [UInt16: ArticularEnd]
    /// Whether a series that the lesions were read on covers a voxel; all are when empty.
    let covered: [Bool]

    /// - Parameter reach: how far, mm, a lesion voxel outside the sites it can lie in may be from the one it is given to; 0 gives none away.
    init(_ lesions: LabelMap, anatomy: LabelMap, field: LabelMap?, reach: Double = 0) {
        grid = lesions.grid
        let original = Self.withErodedBone(lesions, anatomy)
        ends = ArticularEnd.all(in: LabelMap(grid: grid, labels: original, legend: anatomy.legend))
        sites = reach > 0 ? SiteReach(grid, reach: reach).extended(original, by: lesions) : original
        covered = field.map { $0.labels.map { $0 != 0 } } ?? []
    }

    /// The share of a voxel that is assessed: 1, but for what of a long bone lies more than 10 mm from its articular end.
    @inline(__always) func share(ofVoxel i: Int, site: UInt16) -> Double {
        guard site < 16, let end = ends[site] else { return 1 }
        return end.assessedShare(ofVoxelAt: grid.worldFromVoxel(Vector3(grid.index(at: i))), of: grid)
    }

    /// Calls `body` with place, site and assessed share of each voxel that a site has.
    func forEachVoxel(_ body: (Int, UInt16, Double) -> Void) {
        let isLong = (0..<16).map { ends[UInt16($0)] != nil }
        sites.withUnsafeBufferPointer { sites in
            for i in sites.indices where sites[i] != 0 {
                let site = sites[i], share = site < 16 && isLong[Int(site)] ? self.share(ofVoxel: i, site: site) : 1
                if share > 0 { body(i, site, share) }
            }
        }
    }

    /// The anatomy with each erosion that lies outside all bones given to the bone it touches most: RAMRIS takes fractions of the
    /// original bone. An erosion that touches none stays outside.
    static func withErodedBone(_ lesions: LabelMap, _ anatomy: LabelMap) -> [UInt16] {
        var sites = anatomy.labels
        guard let erosion = lesions.legend["erosion"]?.value else { return sites }
        func isBone(_ label: UInt16) -> Bool { (1...15).contains(label) }
        guard sites.indices.contains(where: { lesions.labels[$0] == erosion && !isBone(sites[$0]) }) else { return sites }
        let size = anatomy.grid.size, pieces = Components(size: size) { lesions.labels[$0] == erosion }
        var touched = [[Int]](repeating: [Int](repeating: 0, count: 16), count: pieces.sizes.count + 1)
        for i in sites.indices where pieces.labels[i] > 0 {
            forEachNeighbour(of: anatomy.grid.index(at: i), in: size) { j in
                let label = anatomy.labels[j.x + size.x * (j.y + size.y * j.z)]
                if isBone(label) { touched[Int(pieces.labels[i])][Int(label)] += 1 }
            }
        }
        let owners = touched.map { counts in counts.max().flatMap { $0 > 0 ? counts.firstIndex(of: $0) : nil } }
        for i in sites.indices where pieces.labels[i] > 0 && !isBone(sites[i]) {
            if let owner = owners[Int(pieces.labels[i])] { sites[i] = UInt16(owner) }
        }
        return sites
    }

    /// Calls `body` with a voxel and its 26 neighbours, as far as the box has them.
    @inline(__always) static func forEachNeighbour(of at: Index3, in size: Index3, _ body: (Index3) -> Void) {
        for z in max(0, at.z - 1)...min(size.z - 1, at.z + 1) {
            for y in max(0, at.y - 1)...min(size.y - 1, at.y + 1) {
                for x in max(0, at.x - 1)...min(size.x - 1, at.x + 1) { body(Index3(x, y, z)) }
            }
        }
    }
}

extension SiteMap {
    /// Unit vector along the forearm, towards the hand: against the shafts of radius and ulna, or along those of the metacarpals;
    /// nil when no shaft is in the field.
    var distal: Vector3? {
        func mean(_ bones: ClosedRange<UInt16>, _ sign: Double) -> Vector3? {
            let sum = bones.compactMap { ends[$0] }.filter(\.showsShaft).reduce(Vector3.zero) { $0 + $1.shaftward * sign }
            return sum.length > 0.5 ? sum / sum.length : nil
        }
        return mean(1...2, -1) ?? mean(13...14, 1)
    }
}
