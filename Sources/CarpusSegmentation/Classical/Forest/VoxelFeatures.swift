import CarpusCore
import Foundation

/// What a forest sees of each voxel: for each image its signal, blurred signal at two scales, edge strength, blob strength, the curvatures within
/// the slice and the local scatter, all in robust standard deviations of the mask's signal, so that the scanner's unit does not matter.
struct VoxelFeatures: Sendable {
    /// Names of one image's features.
    static let names = ["signal", "smooth-1mm", "smooth-2mm", "gradient", "blob", "curvature-high", "curvature-low", "scatter"]
    /// Features by image, then by name; a value for each voxel.
    let columns: [[Float]]

    /// - Parameters:
    ///   - images: images on one grid, in the forest's order.
    ///   - usable: where to look; what signals are compared with.
    init(_ images: [Volume<Float>], usable: [Bool]) {
        columns = images.flatMap { Self.columns(of: $0, usable: usable) }
    }

    private static func columns(of image: Volume<Float>, usable: [Bool]) -> [[Float]] {
        let sample = Robust.sample(usable.indices.filter { usable[$0] }.map { image.scalars[$0] })
        let median = Robust.median(sample), scatter = max(Robust.scatter(sample, about: median), .leastNormalMagnitude)
        let grid = image.grid, signal = image.scalars.map { $0.isFinite ? ($0 - median) / scatter : 0 }
        let one = blurred(signal, grid, deviation: 1), two = blurred(signal, grid, deviation: 2)
        let squares = blurred(signal.map { $0 * $0 }, grid, deviation: 1)
        var gradient = signal, high = signal, low = signal
        let axes = (0..<3).filter { $0 != grid.throughPlaneAxis }, strides = [1, grid.size.x, grid.size.x * grid.size.y]
        let (a, b) = (axes[0], axes[1]), (sa, sb) = (strides[axes[0]], strides[axes[1]]), step = (Float(grid.spacing[axes[0]]), Float(grid.spacing[axes[1]]))
        for i in signal.indices {
            let at = grid.index(at: i)
            // At the border the neighbour is the voxel itself.
            let (l, r) = (at[a] > 0 ? i - sa : i, at[a] < grid.size[a] - 1 ? i + sa : i), (d, u) = (at[b] > 0 ? -sb : 0, at[b] < grid.size[b] - 1 ? sb : 0)
            let ga = (one[r] - one[l]) / (2 * step.0), gb = (one[i + u] - one[i + d]) / (2 * step.1)
            gradient[i] = (ga * ga + gb * gb).squareRoot()
            let haa = (one[r] - 2 * one[i] + one[l]) / (step.0 * step.0), hbb = (one[i + u] - 2 * one[i] + one[i + d]) / (step.1 * step.1)
            let hab = (one[r + u] - one[r + d] - one[l + u] + one[l + d]) / (4 * step.0 * step.1)
            let mean = (haa + hbb) / 2, spread = ((haa - hbb) * (haa - hbb) / 4 + hab * hab).squareRoot()
            (high[i], low[i]) = (mean + spread, mean - spread)
        }
        let blob = zip(one, two).map { $0 - $1 }, local = zip(squares, one).map { max(0, $0 - $1 * $1).squareRoot() }
        return [signal, one, two, gradient, blob, high, low, local]
    }

    /// A Gaussian in mm along every axis, by three taps of the axis's spacing at most; sums in a fixed order.
    private static func blurred(_ values: [Float], _ grid: Grid, deviation: Double) -> [Float] {
        var out = values
        let strides = [1, grid.size.x, grid.size.x * grid.size.y]
        for axis in 0..<3 where grid.size[axis] > 1 {
            let sigma = deviation / grid.spacing[axis]
            // Slices further apart than two standard deviations are left as they are.
            guard sigma > 0.5 else { continue }
            let reach = Int((3 * sigma).rounded(.up))
            var taps = (-reach...reach).map { Float(exp(-0.5 * Double($0 * $0) / (sigma * sigma))) }
            let sum = taps.reduce(0, +)
            for k in taps.indices { taps[k] /= sum }
            let (n, stride, source) = (grid.size[axis], strides[axis], out)
            source.withUnsafeBufferPointer { source in
                out.withUnsafeMutableBufferPointer { out in
                    nonisolated(unsafe) let (from, to) = (source.baseAddress!, out.baseAddress!)
                    let taps = taps
                    Parallel.forEach(blocksOf: values.count) { range in
                        for i in range {
                            let at = i / stride % n
                            var sum: Float = 0
                            for k in -reach...reach { sum += taps[k + reach] * from[i + (min(n - 1, max(0, at + k)) - at) * stride] }
                            to[i] = sum
                        }
                    }
                }
            }
        }
        return out
    }
}
