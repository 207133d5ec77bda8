import CarpusCore

@testable import CarpusSimulation

/// A specimen whose points are told by a function of place, mm: for tests that need to know what is where.
func phantom(size: Index3 = Index3(200, 200, 100), spacing: Double = 0.25, centre: Vector3 = .zero, _ at: (Vector3) -> (Tissue, UInt8)) throws -> Specimen {
    let grid = try Grid(size: size, spacing: Vector3(repeating: spacing), origin: centre - (Vector3(size) - 1) * (spacing / 2))
    var tissue = [UInt8](repeating: 0, count: grid.count), variant = tissue
    for i in 0..<grid.count {
        let (t, v) = at(grid.worldFromVoxel(Vector3(grid.index(at: i))))
        (tissue[i], variant[i]) = (t.rawValue, v)
    }
    let none = [UInt8](repeating: 0, count: grid.count)
    return Specimen(grid: grid, tissue: tissue, variant: variant, region: none, lesion: none)
}

/// An upright scan about the origin; slices along S.
func scanGrid(_ size: Index3, spacing: Vector3, centre: Vector3 = .zero) throws -> Grid {
    try Grid(size: size, spacing: spacing, origin: centre - (Vector3(size) - 1) * spacing / 2)
}

extension ScannedVolume {
    /// Mean over a box of voxels.
    func mean(_ x: Range<Int>, _ y: Range<Int>, _ z: Range<Int>) -> Double {
        var sum = 0.0
        for k in z { for j in y { for i in x { sum += Double(volume[i, j, k]) } } }
        return sum / Double(x.count * y.count * z.count)
    }

    /// Centre of mass in the world, mm, of what exceeds a level.
    func centre(above level: Float) -> Vector3 {
        var sum = Vector3.zero, mass = 0.0
        for i in 0..<volume.grid.count where volume.scalars[i] > level {
            sum += volume.grid.worldFromVoxel(Vector3(volume.grid.index(at: i))) * Double(volume.scalars[i])
            mass += Double(volume.scalars[i])
        }
        return sum / mass
    }
}
