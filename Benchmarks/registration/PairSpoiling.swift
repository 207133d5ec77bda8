import CarpusCore
import Foundation

/// Ways to make of a pair one that says less, or nothing.
extension Pair {
    /// Random turns and shifts of so many degrees and mm at most along each axis, about the middle of the moving image.
    func placed(turns: Double, shifts: Double, _ random: inout SplitMix) throws -> Pair {
        func draw(_ most: Double) -> Vector3 { Vector3(Double.random(in: -most...most, using: &random), Double.random(in: -most...most, using: &random), Double.random(in: -most...most, using: &random)) }
        let axis = draw(1), shift = draw(shifts)
        let turn = Double.random(in: -turns...turns, using: &random) * .pi / 180
        return try placed(by: RigidTransform(axis: axis, angle: turn, centre: moving.grid.centre, translation: shift))
    }

    /// Both images cut along an axis so that the moving one shows only a share of the tissue that the fixed one does; 0 for a gap of a
    /// tenth of the field. Nil where the images are too small, or hold too few points to judge by.
    func sharing(_ share: Double, axis: Int, fromFarEnd: Bool) -> Pair? {
        let n = fixed.grid.size[axis], m = moving.grid.size[axis], part = max(3, Int((Double(n) / (2 - share)).rounded()))
        guard part < n, part < m else { return nil }
        func along(_ p: Vector3, _ grid: Grid, _ size: Int) -> Double { fromFarEnd ? Double(size - 1) - grid.voxelFromWorld(p)[axis] : grid.voxelFromWorld(p)[axis] }
        let kept = points.filter { along($0.fixed, fixed.grid, n) <= Double(part - 1) }
        // Where the moving image's points begin, so that the wanted share of them is seen.
        let places = kept.map { along($0.moving, moving.grid, m) }.sorted(by: >)
        guard places.count > 200 else { return nil }
        let wanted = Int(share * Double(places.count)), border = places[min(places.count - 1, wanted)] + (wanted == 0 ? Double(m) / 10 : 0)
        let first = max(0, Int(border.rounded(.up))), last = min(m - 1, first + part - 1)
        guard last - first >= 2 else { return nil }
        let shared = kept.filter { (Double(first)...Double(last)).contains(along($0.moving, moving.grid, m)) }
        guard wanted == 0 || shared.count >= 20 else { return nil }
        var out = self
        out.fixed = fixed.cut(axis, fromFarEnd ? n - part..<n : 0..<part)
        out.moving = moving.cut(axis, fromFarEnd ? m - 1 - last..<m - first : first..<last + 1)
        out.points = wanted == 0 ? kept : shared
        return out
    }

    /// The moving image shifted so that its middle lies on the fixed one's.
    func onTop() throws -> Pair { try placed(by: RigidTransform(translation: fixed.grid.centre - moving.grid.centre)) }
}

extension Volume<Float> {
    /// The voxels of a range along an axis, where they lie.
    func cut(_ axis: Int, _ range: Range<Int>) -> Volume {
        var low = Index3.zero, size = grid.size
        low[axis] = range.lowerBound
        size[axis] = range.count
        let map = Affine(linear: grid.worldFromVoxel.linear, translation: grid.worldFromVoxel(Vector3(low)))
        guard let part = try? Grid(size: size, worldFromVoxel: map) else { preconditionFailure("a part of a sound grid is sound") }
        var out: [Float] = []
        out.reserveCapacity(part.count)
        for z in 0..<size.z { for y in 0..<size.y { for x in 0..<size.x { out.append(self[low.x + x, low.y + y, low.z + z]) } } }
        return Volume(grid: part, scalars: out)
    }

    /// The array with two axes exchanged while the spacings stay where they were, as a program that mixes up its axes writes it.
    func axesSwapped(_ a: Int, _ b: Int) throws -> Volume {
        var size = grid.size
        (size[a], size[b]) = (size[b], size[a])
        let centre = grid.centre, linear = grid.worldFromVoxel.linear
        let other = try Grid(size: size, worldFromVoxel: Affine(linear: linear, translation: centre - linear * ((Vector3(size) - 1) / 2)))
        var out = Volume(grid: other, repeating: 0)
        for i in out.scalars.indices {
            var v = other.index(at: i)
            (v[a], v[b]) = (v[b], v[a])
            out.scalars[i] = self[v.x, v.y, v.z]
        }
        return out
    }

    /// The array with its first axis turned around, so that left is right.
    var mirrored: Volume {
        var out = self
        for i in scalars.indices {
            let v = grid.index(at: i)
            out.scalars[i] = self[grid.size.x - 1 - v.x, v.y, v.z]
        }
        return out
    }

    /// Noise of a magnitude image on the same grid, of one level, and smoothed over a few voxels in plane or not.
    func noise(level: Float, smooth: Bool, _ random: inout SplitMix) -> Volume {
        var out = map { _ in Float(0) }
        for i in out.scalars.indices {
            let u = Double.random(in: 1e-12..<1, using: &random)
            out.scalars[i] = level + 100 * Float((-2 * log(u)).squareRoot())
        }
        return smooth ? out.downsampled(toSpacing: grid.spacing * Vector3(4, 4, 1)).resampled(onto: grid, interpolation: .cubic).map { $0.isFinite ? $0 : level } : out
    }
}
