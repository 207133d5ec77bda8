import CarpusCore
import Foundation

/// How sure a difference is: its standard deviation from noise, from what registration leaves, and from what is seen.
enum ChangeSignificance {
    /// The difference in standard deviations, 0 outside the body, and the scatter factor over the whole body.
    ///
    /// The model's variance is `noise² + Σ (slope · error)²` over the three axes; the error in mm along each is what
    /// registration leaves and what interpolation between voxels leaves, see `PositionError`. Across thick slices the second is told from
    /// how both scans bend instead: the mean of their squared second differences, which is that of their mean and a quarter of that of their
    /// difference. A difference that changes its sign from slice to slice is one of sampling; one confined to a single slice stays
    /// below 1 / `interpolation`, and below 1 / (√2 · `interpolation`) where one of the scans is flat there. Where the difference scatters more than that says (by its median absolute value over blocks, which
    /// change does not move until it fills half of one), the model is widened to what is seen; it is never narrowed.
    static func zScore(
        of difference: Volume<Float>, mean: Volume<Float>, noise: Float, error: PositionError, blockSize: Double, body: [UInt8]
    ) -> (z: Volume<Float>, scatter: Double) {
        let grid = difference.grid, size = grid.size
        var z = difference
        func fill(_ local: UnsafePointer<Float>?) {
            nonisolated(unsafe) let local = local
            z.scalars.withUnsafeMutableBufferPointer { buffer in
                mean.scalars.withUnsafeBufferPointer { values in difference.scalars.withUnsafeBufferPointer { changes in
                    nonisolated(unsafe) let (out, signal, change) = (buffer.baseAddress!, values.baseAddress!, changes.baseAddress!)
                    let share = Float(error.interpolation * error.interpolation)
                    let variance = noise * noise, slopes = Slopes(grid: grid), between = error.interpolationSquares(on: grid)
                    Parallel.forEach(size.y * size.z) { row in
                        for i in row * size.x..<(row + 1) * size.x where !out[i].isNaN {
                            let at = Index3(i - row * size.x, row % size.y, row / size.y), slope = slopes.squares(signal, at)
                            let squares = between + error.registrationSquare(local, i)
                            let bend = share * (slopes.bend(signal, at) + slopes.bend(change, at) / 4)
                            out[i] = body[i] == 0 ? 0 : out[i] / (variance + (squares * slope).sum() + bend).squareRoot()
                        }
                    }
                } }
            }
        }
        if let local = error.local { local.scalars.withUnsafeBufferPointer { fill($0.baseAddress) } } else { fill(nil) }
        let scatter = ScatterBlocks(z, body: body, blockSize: blockSize)
        scatter.divide(&z)
        return (z, scatter.typical)
    }

    /// The standard deviation of the difference in the flattest quarter of the body, where edges play no part.
    ///
    /// It takes in what a difference of neighbours cannot see: noise that an interpolating reconstruction made smooth.
    static func flatScatter(of difference: Volume<Float>, mean: Volume<Float>, at voxels: [Int]) -> Float {
        let grid = mean.grid, slopeSquares = Slopes(grid: grid)
        let slopes = mean.scalars.withUnsafeBufferPointer { signal in
            voxels.map { slopeSquares.squares(signal.baseAddress!, grid.index(at: $0)).sum() }
        }
        let limit = Robust.quantiles(slopes, [0.25])[0]
        return Robust.scatter(voxels.indices.filter { slopes[$0] <= limit }.map { difference.scalars[voxels[$0]] })
    }

    /// Voxels beyond the threshold in clusters of one sign (26 neighbours) of at least `leastVoxels`: 1 where the signal
    /// went down, 2 where it went up.
    static func clusters(_ z: Volume<Float>, assessed: [UInt8], threshold: Double, leastVoxels: Int) -> [UInt16] {
        var labels = [UInt16](repeating: 0, count: z.grid.count)
        let limit = Float(threshold)
        for (label, sign) in [(UInt16(1), Float(-1)), (2, 1)] {
            let pieces = Components(size: z.grid.size) { assessed[$0] != 0 && sign * z.scalars[$0] > limit }
            for i in labels.indices where pieces.labels[i] > 0 && pieces.sizes[Int(pieces.labels[i]) - 1] >= leastVoxels { labels[i] = label }
        }
        return labels
    }

    /// The labels 1 and 2 where they stand at half height or above, 0 elsewhere.
    ///
    /// A strong change is beyond any threshold well outside its edge, where voxels are filled in part and kernels reach over.
    /// At half of its height a blurred edge stands where the sharp one did; so a voxel belongs to the volume of a change when
    /// it differs at least half as much as the one that differs most within 1.5 mm, or one voxel.
    static func atHalfHeight(_ labels: [UInt16], difference: Volume<Float>) -> [UInt16] {
        guard labels.contains(where: { $0 != 0 }) else { return labels }
        let peaks = Peaks.around(difference, reach: 1.5)
        return labels.indices.map { 2 * abs(difference.scalars[$0]) >= peaks[$0] ? labels[$0] : 0 }
    }
}
