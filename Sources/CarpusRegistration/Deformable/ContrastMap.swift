import CarpusCore
import Foundation

/// Values of one image as those expected in another: the conditional mean over a joint histogram, and how much of the other's
/// variance it tells (the correlation ratio; Roche et al., MICCAI 1998).
///
/// Coils brighten images unevenly, so that one curve does not hold everywhere: there is one about each node of a coarse lattice, blended between them,
/// and where a node has seen little of a value the curve of the whole image holds.
struct ContrastMap: Sendable {
    private let top: Float
    private let bottom: Float
    /// The curves of the nodes, x fastest, one after another.
    private let curves: [Float]
    private let nodes: Index3
    private let size: Index3
    /// The share of variance told by one curve for all, 0 to 1.
    let ratio: Double

    private static let bins = 48
    private static let width = bins + 1
    /// The distance of nodes, mm.
    private static let spacing = 40.0
    /// As many places as the curve of the whole image stands for in each bin of a node.
    private static let prior = 30.0

    /// - Parameters:
    ///   - a: the values to be mapped, on a grid.
    ///   - b: those of the other image at the same places.
    ///   - weights: how much each place counts.
    init(from a: UnsafeBufferPointer<Float>, to b: UnsafeBufferPointer<Float>, weights: UnsafeBufferPointer<Float>, grid: Grid) {
        let bins = Self.bins, width = Self.width
        (bottom, top) = Self.range(a, weights)
        size = grid.size
        var nodes = Index3(repeating: 2)
        for axis in 0..<3 { nodes[axis] = 1 + max(1, Int((Double(size[axis]) * grid.spacing[axis] / Self.spacing).rounded())) }
        self.nodes = nodes
        let count = nodes.x * nodes.y * nodes.z
        var sums = [Double](repeating: 0, count: width * count), counts = sums
        var total = 0.0, all = 0.0, squares = 0.0
        let scale = Float(bins) / max(top - bottom, .leastNormalMagnitude)
        let ratios = Vector3(nodes &- 1) / Vector3(size).clamped(lowerBound: Vector3(repeating: 1), upperBound: Vector3(repeating: 1e9))
        // A part of the places tells the curves as well.
        for i in stride(from: 0, to: a.count, by: max(1, a.count / 200_000)) where weights[i] > 0.5 {
            let u = min(max((a[i] - bottom) * scale, 0), Float(bins)), k = min(Int(u), bins - 1), r = Double(u) - Double(k), y = Double(b[i])
            (total, all, squares) = (total + y, all + 1, squares + y * y)
            let place = (Vector3(grid.index(at: i)) + 0.5) * ratios, x0 = Int(place.x), y0 = Int(place.y), z0 = Int(place.z)
            let f = place - Vector3(Double(x0), Double(y0), Double(z0))
            for corner in 0..<8 {
                let (dx, dy, dz) = (corner & 1, (corner >> 1) & 1, corner >> 2)
                let w = (dx == 1 ? f.x : 1 - f.x) * (dy == 1 ? f.y : 1 - f.y) * (dz == 1 ? f.z : 1 - f.z)
                let at = k + width * (x0 + dx + nodes.x * (y0 + dy + nodes.y * (z0 + dz)))
                sums[at] += w * (1 - r) * y
                counts[at] += w * (1 - r)
                sums[at + 1] += w * r * y
                counts[at + 1] += w * r
            }
        }
        let mean = all > 0 ? total / all : 0
        var wholeSums = [Double](repeating: 0, count: width), wholeCounts = wholeSums
        for i in sums.indices {
            wholeSums[i % width] += sums[i]
            wholeCounts[i % width] += counts[i]
        }
        let whole = Self.smoothed(wholeSums[...], wholeCounts[...], toward: [Double](repeating: mean, count: width), prior: 1e-6)
        let between = (0...bins).reduce(0.0) { $0 + wholeCounts[$1] * (whole[$1] - mean) * (whole[$1] - mean) }
        ratio = squares - total * mean > 0 ? between / (squares - total * mean) : 0
        curves = (0..<count).flatMap { node in
            let part = node * width..<(node + 1) * width
            return Self.smoothed(sums[part], counts[part], toward: whole, prior: Self.prior).map(Float.init)
        }
    }

    /// Mean values bin by bin, each with its neighbours, and with some more of what is expected.
    private static func smoothed(_ sums: ArraySlice<Double>, _ counts: ArraySlice<Double>, toward expected: [Double], prior: Double) -> [Double] {
        (0..<width).map { k in
            var sum = prior * expected[k], count = prior
            for j in -2...2 where (0..<width).contains(k + j) {
                let w = exp(-Double(j * j) / 1.6)
                (sum, count) = (sum + w * sums[sums.startIndex + k + j], count + w * counts[counts.startIndex + k + j])
            }
            return sum / count
        }
    }

    /// Numbers that the curves of a row take.
    var rowLength: Int { nodes.x * Self.width }

    /// Blends the curves for a row of voxels.
    func fillRow(_ y: Int, _ z: Int, _ out: UnsafeMutablePointer<Float>) {
        let p = (Float(y) + 0.5) * Float(nodes.y - 1) / Float(size.y), q = (Float(z) + 0.5) * Float(nodes.z - 1) / Float(size.z)
        let j = Int(p), k = Int(q), s = p - Float(j), t = q - Float(k), n = rowLength
        curves.withUnsafeBufferPointer { c in
            guard let base = c.baseAddress else { return }
            let a = base + n * (j + nodes.y * k), b = a + n, d = a + n * nodes.y, e = d + n
            let (wa, wb, wd, we) = ((1 - s) * (1 - t), s * (1 - t), (1 - s) * t, s * t)
            for i in 0..<n { out[i] = wa * a[i] + wb * b[i] + wd * d[i] + we * e[i] }
        }
    }

    /// The expected value for one at a voxel of a row.
    @inline(__always) func value(_ v: Float, _ x: Int, _ row: UnsafePointer<Float>) -> Float {
        let p = (Float(x) + 0.5) * Float(nodes.x &- 1) / Float(size.x), i = Int(p), s = p - Float(i)
        let u = min(max((v - bottom) / max(top - bottom, .leastNormalMagnitude), 0), 1) * Float(Self.bins), k = min(Int(u), Self.bins - 1), t = u - Float(k)
        let c = row + (i &* Self.width &+ k), d = c + Self.width
        let low = c[0] + t * (c[1] - c[0]), high = d[0] + t * (d[1] - d[0])
        return low + s * (high - low)
    }

    /// Between which nearly all values lie.
    private static func range(_ a: UnsafeBufferPointer<Float>, _ weights: UnsafeBufferPointer<Float>) -> (Float, Float) {
        let sample = stride(from: 0, to: a.count, by: max(1, a.count / 50_000)).filter { weights[$0] > 0.5 }.map { a[$0] }.sorted()
        guard let least = sample.first, let last = sample.last else { return (0, 1) }
        let high = sample[sample.count * 995 / 1000]
        return (least, high > least ? high : last)
    }
}

extension ContrastMap {
    /// An image's values, all mapped.
    func mapped(_ values: [Float]) -> [Float] {
        var out = values
        let n = size
        out.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let data = base
            Parallel.forEach(n.z) { z in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: rowLength) { curves in
                    guard let row = curves.baseAddress else { return }
                    for y in 0..<n.y {
                        fillRow(y, z, row)
                        let line = data + n.x * (y + n.y * z)
                        for x in 0..<n.x { line[x] = value(line[x], x, row) }
                    }
                }
            }
        }
        return out
    }
}
