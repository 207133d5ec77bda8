import CarpusCore
@testable import CarpusQuantification

/// A plain wrist whose every measure can be worked out: distal is +z, mm.
///
/// Radius: a cylinder of radius 9 about x = 8, its end slanting by 0.4 about z = -20. Ulna: radius 7 about x = -13, flat at z = -21, with a
/// styloid to z = -15. Carpal bones: a plate from z = -17 to 0, halved into lunate and hamate; the scaphoid is a ball of radius 6.
/// Metacarpal 3: radius 6, flat at z = 3. Extensor 2: a tendon of radius 2 about y = -16, inflamed 1.5 mm around from z = -30 to -12.
struct SitePhantom {
    static let scaphoid = Vector3(0, 24, -8), vessel = Vector3(24, 0, 0)
    /// Oedema fills the radius from z = -40 to this.
    static let oedemaEnd = -24.0
    static let erosion = Vector3(17, 0, -25), erosionRadius = 3.0

    static func anatomy(_ p: Vector3) -> UInt16 {
        func within(_ x: Double, _ y: Double, _ r: Double) -> Bool { (p.x - x) * (p.x - x) + (p.y - y) * (p.y - y) < r * r }
        if (p - erosion).length < erosionRadius { return 0 }
        if within(8, 0, 9), p.z < -20 + 0.4 * (p.x - 8), p.z > -60 { return 1 }
        if within(-13, 0, 7), p.z < -21, p.z > -60 { return 2 }
        if within(-18, 0, 1.5), p.z < -15, p.z > -60 { return 2 }
        if (p - scaphoid).length < 6 { return 3 }
        if abs(p.x) < 24, abs(p.y) < 10, p.z > -15, p.z < 0 { return p.z < -8 ? 4 : 10 }
        if within(0, 0, 6), p.z > 3, p.z < 50 { return 13 }
        if within(0, -16, 3.5), p.z > -30, p.z < -12 { return 20 }
        if within(0, -16, 2) { return 20 }
        if abs(p.x) < 20, abs(p.y) < 10, p.z > 0, p.z < 3 { return 18 }
        return (p - vessel).length < 3 ? 29 : 0
    }

    static func lesion(_ p: Vector3) -> UInt16 {
        let site = anatomy(p)
        if site == 1, p.z > -40, p.z < oedemaEnd { return 3 }
        if (p - erosion).length < erosionRadius, (p.x - 8) * (p.x - 8) + p.y * p.y < 81 { return 4 }
        if site == 18, p.x > 0 { return 1 }
        if site == 20, p.x * p.x + (p.y + 16) * (p.y + 16) > 4, p.z > -30, p.z < -12 { return 2 }
        return site == 29 || (p - Vector3(30, 30, 30)).length < 2 ? 1 : 0
    }

    /// Both maps on a grid: a voxel is what most of its points are, 27 of them.
    static func maps(on grid: Grid) -> (anatomy: LabelMap, lesions: LabelMap) {
        func map(_ label: (Vector3) -> UInt16, _ legend: Legend) -> LabelMap {
            LabelMap(grid: grid, labels: (0..<grid.count).map { i in
                let at = Vector3(grid.index(at: i))
                var votes: [UInt16] = []
                for k in 0..<27 { votes.append(label(grid.worldFromVoxel(at + (Vector3(Double(k % 3), Double(k / 3 % 3), Double(k / 9)) - 1) / 3))) }
                votes.sort()
                return votes[13]
            }, legend: legend)
        }
        return (map(anatomy, WristAnatomy.legend), map(lesion, WristAnatomy.lesionLegend))
    }

    /// Axial slices of 0.5 x 0.5 x 3 mm that hold it all, or from some height on; turned as the grid of a map only.
    static func slices(from z: Double = -58.5, direction: Matrix3 = .identity, shift: Vector3 = .zero) throws -> Grid {
        let size = Index3(150, 120, Int((46 - z) / 3) + 1), spacing = Vector3(0.5, 0.5, 3)
        return try Grid(size: size, spacing: spacing, origin: direction * Vector3(-32.25, -26.75, z) + shift, direction: direction)
    }

    static func measured(on grid: Grid, field: LabelMap? = nil) throws -> [Measurement] {
        let maps = maps(on: grid)
        return try VolumeMeasurement.measure(maps.lesions, anatomy: maps.anatomy, field: field, regions: [], method: "t").measurements
    }
}
