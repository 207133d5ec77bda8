import CarpusCore

/// How much a scan's values waver from voxel to voxel.
enum Noise {
    /// The standard deviation of the noise inside a mask, in the scan's unit.
    ///
    /// The second difference along both in-plane axes (Immerkær, Computer Vision and Image Understanding 64, 1996), of unit
    /// gain for white noise, taken by its median absolute value, so that edges do not count. Only where all nine voxels are
    /// in the mask: in air, magnitude noise is not normal and would be underrated.
    static func standardDeviation(of volume: Volume<Float>, inside mask: [UInt8]) -> Float {
        let grid = volume.grid, plane = (0..<3).filter { $0 != grid.throughPlaneAxis && grid.size[$0] > 2 }
        guard plane.count == 2 else { return 0 }
        let strides = [1, grid.size.x, grid.size.x * grid.size.y]
        let (u, v) = (strides[plane[0]], strides[plane[1]])
        var responses: [Float] = []
        for i in Robust.sample(mask) {
            let at = grid.index(at: i)
            guard plane.allSatisfy({ at[$0] > 0 && at[$0] < grid.size[$0] - 1 }) else { continue }
            let around = [-u - v, -u, -u + v, -v, 0, v, u - v, u, u + v]
            guard around.allSatisfy({ mask[i + $0] != 0 }) else { continue }
            let s = volume.scalars
            let corners = s[i - u - v] + s[i - u + v] + s[i + u - v] + s[i + u + v]
            let sides = s[i - u] + s[i + u] + s[i - v] + s[i + v]
            responses.append((corners - 2 * sides + 4 * s[i]) / 6)
        }
        return Robust.scatter(responses)
    }

    /// White noise of unit variance that is the same in every run: uniform, from a counter.
    static func white(on grid: Grid) -> Volume<Float> {
        let width = Float(12).squareRoot()
        return Volume(grid: grid, scalars: (0..<grid.count).map { i in
            let x = SplitMix.mixed(UInt64(i &+ 1) &* SplitMix.step)
            return (Float(x >> 40) / Float(1 << 24) - 0.5) * width
        })
    }
}
