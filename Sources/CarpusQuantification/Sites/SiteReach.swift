import CarpusCore

/// Lesion voxels outside all sites they can lie in, given to the nearest one. Inflamed synovium and sheaths swell beyond the region that a map of healthy anatomy draws, and an
/// atlas lies a millimetre or two beside what it shows.
struct SiteReach {
    /// Steps to the voxels within reach, the nearest first, and how far each lies, mm.
    private let steps: [(step: Index3, distance: Double)]
    private let grid: Grid

    /// - Parameter reach: the farthest a site may be, mm.
    init(_ grid: Grid, reach: Double) {
        self.grid = grid
        let linear = grid.worldFromVoxel.linear, spacing = grid.spacing
        let far = (0..<3).map { min(Int((reach / spacing[$0]).rounded(.up)) * 2, grid.size[$0] - 1) }
        var steps: [(step: Index3, distance: Double)] = []
        for z in -far[2]...far[2] {
            for y in -far[1]...far[1] {
                for x in -far[0]...far[0] {
                    let distance = (linear * Vector3(Double(x), Double(y), Double(z))).length
                    if distance > 0, distance <= reach { steps.append((Index3(x, y, z), distance)) }
                }
            }
        }
        self.steps = steps.sorted { $0.distance < $1.distance }
    }

    /// The sites with those lesion voxels given away that lie in no site of their lesion's kind; what is out of reach stays as it was.
    ///
    /// - Parameter sites: values of `WristAnatomy` on the lesions' grid.
    func extended(_ sites: [UInt16], by lesions: LabelMap) -> [UInt16] {
        let kindOfSite = (0...Int(sites.max() ?? 0)).map { value in WristAnatomy.structures.first { $0.label == value }?.kind }
        var kinds = [WristAnatomy.Kind?](repeating: nil, count: Int(lesions.labels.max() ?? 0) + 1)
        for label in lesions.legend.labels where Int(label.value) < kinds.count { kinds[Int(label.value)] = LesionSites.kind(of: label.name) }
        var extended = sites
        for i in sites.indices {
            guard let kind = kinds[Int(lesions.labels[i])], kindOfSite[Int(sites[i])] != kind else { continue }
            if let site = nearest(to: i, in: sites, where: { kindOfSite[Int($0)] == kind }) { extended[i] = site }
        }
        return extended
    }

    /// The nearest site that fits; of several as near the one of the lowest value, so that no order of voxels decides.
    private func nearest(to i: Int, in sites: [UInt16], where fits: (UInt16) -> Bool) -> UInt16? {
        let at = grid.index(at: i), size = grid.size
        var found: (site: UInt16, distance: Double)?
        for (step, distance) in steps {
            if let found, distance > found.distance + 1e-6 { break }
            let there = at &+ step
            guard there.x >= 0, there.y >= 0, there.z >= 0, there.x < size.x, there.y < size.y, there.z < size.z else { continue }
            let site = sites[grid.offset(there.x, there.y, there.z)]
            if fits(site), found.map({ site < $0.site }) ?? true { found = (site, found?.distance ?? distance) }
        }
        return found?.site
    }
}
