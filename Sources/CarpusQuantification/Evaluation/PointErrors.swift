public import CarpusCore

/// How far a transform takes points from where the true one takes them (target registration error), mm.
public struct PointErrors: Sendable, Hashable {
    /// Points looked at.
    public let count: Int
    /// Distances over the points, mm; the 95th percentile is linear between order statistics.
    public let mean, median, p95, max: Double

    /// The errors at given points, in the world the transforms start from (LPS, mm); at least one.
    public init(of result: Transform, against truth: Transform, at points: [Vector3]) {
        precondition(!points.isEmpty, "errors need a point to be looked at")
        // Made affine once: a rigid map would build its matrix anew for every point.
        let a = result.asAffine.map(Transform.affine) ?? result, b = truth.asAffine.map(Transform.affine) ?? truth
        let all = points.map { (a($0) - b($0)).length }.sorted()
        (count, max) = (all.count, all[all.count - 1])
        mean = all.reduce(0, +) / Double(all.count)
        (median, p95) = (Robust.quantile(ofSorted: all, 0.5), Robust.quantile(ofSorted: all, 0.95))
    }

    /// The centres of a map's labelled voxels, or evenly chosen ones when there are more than `limit`.
    public static func foreground(of map: LabelMap, limit: Int = 250_000) -> [Vector3] {
        let chosen = map.labels.indices.filter { map.labels[$0] != 0 }, step = Swift.max(1, (chosen.count + limit - 1) / limit)
        return stride(from: 0, to: chosen.count, by: step).map { map.grid.worldFromVoxel(Vector3(map.grid.index(at: chosen[$0]))) }
    }

    /// The eight corners of a cube along the world's axes and its middle.
    public static func cube(about middle: Vector3, edge: Double) -> [Vector3] {
        [middle] + (0..<8).map { middle + Vector3($0 & 1 == 0 ? -1 : 1, $0 & 2 == 0 ? -1 : 1, $0 & 4 == 0 ? -1 : 1) * (edge / 2) }
    }

    /// The points of a cubic lattice that lie in a sphere, its middle among them.
    public static func sphere(about middle: Vector3, radius: Double, step: Double = 4) -> [Vector3] {
        let n = Int(radius / step), range = -n...n
        return range.flatMap { z in
            range.flatMap { y in
                range.compactMap { x in
                    let p = Vector3(Double(x), Double(y), Double(z)) * step
                    return p.length <= radius ? middle + p : nil
                }
            }
        }
    }
}
