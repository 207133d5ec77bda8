import CarpusCore
import Foundation

/// One of two scans to be compared, brought to a form that does not depend on how its file stores it.
struct Scan {
    /// Axes nearest to L, P and S; values that are not finite replaced by 0.
    let volume: Volume<Float>
    /// 1 where the value was finite, when some were not.
    let validity: Volume<Float>?
    /// How many values were not finite.
    let invalidCount: Int

    init(_ original: Volume<Float>) {
        var volume = original.reorientedToLPS()
        let count = volume.scalars.reduce(0) { $1.isFinite ? $0 : $0 + 1 }
        (validity, invalidCount) = (count > 0 ? volume.map { $0.isFinite ? 1 : 0 } : nil, count)
        if count > 0 { for i in volume.scalars.indices where !volume.scalars[i].isFinite { volume.scalars[i] = 0 } }
        self.volume = volume
    }

    /// -1, 0 or 1: an order of scans by grid, then by content. What it is does not matter, only that it is one.
    func order(against other: Scan) -> Int {
        func key(_ grid: Grid) -> [Double] {
            [Double(grid.size.x), Double(grid.size.y), Double(grid.size.z)] + grid.worldFromVoxel.matrixRows.flatMap { $0 }
        }
        for (a, b) in zip(key(volume.grid), key(other.volume.grid)) where a != b { return a < b ? -1 : 1 }
        for (a, b) in zip(volume.scalars, other.volume.scalars) where a != b { return a < b ? -1 : 1 }
        return 0
    }
}

/// The frame halfway between two scans, and a grid in it. Each scan is moved by half of the way, so that both are
/// interpolated alike, and the grid is the same whichever scan comes first.
struct HalfwayFrame {
    /// Where, in each scan's world, a point of the frame lies; each the inverse of the other.
    let firstFromHalfway, secondFromHalfway: Affine
    /// Axes between those of the scans, the finer spacing of the two along each, the extent both cover.
    let grid: Grid
    /// How much each scan is smoothed along each of its own axes to match the coarser resolution, mm².
    let firstBlur, secondBlur: Vector3
    /// The spacing of the scans along the axes of the grid, mm.
    let spacings: (first: Vector3, second: Vector3)
    /// The largest angle between an axis of the first scan and the one of the second it is matched with, degrees.
    let obliquity: Double

    /// A frame from the scans' grids and the half of the map of the first world to the second, see `half(of:)`.
    ///
    /// - Throws: `QuantificationError` when the scans do not overlap.
    init(first: Grid, second: Grid, half: Affine) throws {
        guard let back = half.inverse else {
            throw QuantificationError(.badTransform, "the transform between the visits is singular; register them again")
        }
        (secondFromHalfway, firstFromHalfway) = (half, back)
        let a = first.axes(movedBy: half.linear), b = second.axes(movedBy: back.linear)
        let match = Self.matching(a, b)
        let s1 = first.spacing
        var meanAxes = Matrix3.identity, s2 = Vector3.zero, angle = 0.0
        for axis in 0..<3 {
            let other = b[column: match[axis].axis] * match[axis].sign
            meanAxes[column: axis] = a[column: axis] + other
            s2[axis] = second.spacing[match[axis].axis]
            angle = max(angle, acos(min(1, a[column: axis].dot(other))))
        }
        guard let direction = meanAxes.nearestOrthogonal else {
            throw QuantificationError(.badTransform, "no axes lie between those of the two scans; register them again")
        }
        let fine = pointwiseMin(s1, s2), coarse = pointwiseMax(s1, s2)
        var ownBlur = Vector3.zero
        for axis in 0..<3 { ownBlur[match[axis].axis] = Self.blur(from: s2[axis], to: coarse[axis]) }
        firstBlur = Vector3(Self.blur(from: s1.x, to: coarse.x), Self.blur(from: s1.y, to: coarse.y), Self.blur(from: s1.z, to: coarse.z))
        secondBlur = ownBlur
        (spacings, obliquity) = ((s1, s2), angle * 180 / .pi)
        if half == .identity && first.matches(second, within: 1e-4) {
            grid = first
        } else {
            grid = try Self.overlap(first.box(along: direction, movedBy: half), second.box(along: direction, movedBy: back), direction, fine)
        }
    }

    /// The affine map that, done twice, gives this one. Its numbers are rounded to far below a micrometre, so that a map
    /// and the inverse of its inverse, which differ in their last bits, have the same half.
    ///
    /// - Throws: `QuantificationError` when there is none: the map mirrors or turns by 180 degrees.
    static func half(of map: Affine) throws -> Affine {
        // Denman and Beavers 1976: y goes to the square root, z to its inverse.
        var y = map.linear, z = Matrix3.identity, settled = false
        for _ in 0..<50 {
            guard let yi = y.inverse, let zi = z.inverse else { break }
            let next = Matrix3(columns: (y.x + zi.x) * 0.5, (y.y + zi.y) * 0.5, (y.z + zi.z) * 0.5)
            z = Matrix3(columns: (z.x + yi.x) * 0.5, (z.y + yi.y) * 0.5, (z.z + yi.z) * 0.5)
            let step = next.distance(to: y)
            y = next
            if step < 1e-14 { settled = true; break }
            settled = step < 1e-10
        }
        let one = Matrix3(columns: y.x + Vector3(1, 0, 0), y.y + Vector3(0, 1, 0), y.z + Vector3(0, 0, 1))
        guard settled, map.linear.determinant > 0, let inverse = one.inverse else {
            throw QuantificationError(.badTransform, "there is no halfway between the visits: the transform mirrors or turns by 180 degrees; register them again")
        }
        func rounded(_ v: Vector3, _ unit: Double) -> Vector3 { (v / unit).rounded(.toNearestOrAwayFromZero) * unit }
        let fine = 0x1p-30, linear = Matrix3(columns: rounded(y.x, fine), rounded(y.y, fine), rounded(y.z, fine))
        return Affine(linear: linear, translation: rounded(inverse * map.translation, 0x1p-20))
    }

    /// The variance by which box profiles of one width must be widened to that of another, mm²; nothing below one per cent.
    private static func blur(from own: Double, to coarse: Double) -> Double {
        coarse > 1.01 * own ? (coarse * coarse - own * own) / 12 : 0
    }

    /// For each axis of one frame the axis of the other nearest to it, and its sign; each used once.
    private static func matching(_ a: Matrix3, _ b: Matrix3) -> [(axis: Int, sign: Double)] {
        let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
        func fit(_ p: [Int]) -> Double { (0..<3).reduce(0) { $0 + abs(a[column: $1].dot(b[column: p[$1]])) } }
        let best = permutations.dropFirst().reduce(permutations[0]) { fit($1) > fit($0) ? $1 : $0 }
        return (0..<3).map { (best[$0], a[column: $0].dot(b[column: best[$0]]) < 0 ? -1 : 1) }
    }

    private static func overlap(_ a: (low: Vector3, high: Vector3), _ b: (low: Vector3, high: Vector3), _ direction: Matrix3, _ spacing: Vector3) throws -> Grid {
        let low = pointwiseMax(a.low, b.low), high = pointwiseMin(a.high, b.high), voxels = ((high - low) / spacing).rounded(.toNearestOrAwayFromZero)
        guard voxels.x >= 1, voxels.y >= 1, voxels.z >= 1 else {
            throw QuantificationError(.noOverlap, "the two scans do not overlap once aligned; check the transform between the visits")
        }
        let middle = direction * ((low + high) / 2)
        let origin = middle - direction * ((voxels - 1) * spacing / 2)
        return try Grid(size: Index3(Int(voxels.x), Int(voxels.y), Int(voxels.z)), spacing: spacing, origin: origin, direction: direction)
    }
}

extension Grid {
    /// Unit vectors along the axes after a linear map.
    fileprivate func axes(movedBy map: Matrix3) -> Matrix3 {
        let m = map * worldFromVoxel.linear
        return Matrix3(columns: m.x / m.x.length, m.y / m.y.length, m.z / m.z.length)
    }

    /// How far the grid's voxels, edges included, reach along given directions after a map, mm.
    fileprivate func box(along direction: Matrix3, movedBy map: Affine) -> (low: Vector3, high: Vector3) {
        var low = Vector3(repeating: .infinity), high = -low
        for corner in 0..<8 {
            let v = Vector3(Double(corner & 1) * Double(size.x), Double(corner >> 1 & 1) * Double(size.y), Double(corner >> 2) * Double(size.z)) - 0.5
            let p = direction.transposed * map(worldFromVoxel(v))
            (low, high) = (pointwiseMin(low, p), pointwiseMax(high, p))
        }
        return (low, high)
    }
}
