import CarpusCore
import Foundation

/// Several numbers a voxel, each in a plane of its own; x runs fastest.
struct Planes: Sendable, Equatable {
    let size: Index3
    /// Numbers a voxel.
    let depth: Int
    var values: [Float]

    /// Zeros.
    init(size: Index3, depth: Int) {
        (self.size, self.depth) = (size, depth)
        values = [Float](repeating: 0, count: size.x * size.y * size.z * depth)
    }

    /// Voxels of one plane.
    var voxels: Int { size.x * size.y * size.z }

    /// What a filter takes to stand beyond the borders.
    enum Edge { case nothing, nearest }

    /// Filters the first planes in place along all three axes, by symmetric kernels given as their middle tap and those to one side.
    mutating func filter(_ kernels: [[Float]], planes: Int? = nil, edge: Edge) {
        let n = size, area = n.x * n.y, all = voxels, count = planes ?? depth, nearest = edge == .nearest
        values.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            nonisolated(unsafe) let data = base
            if kernels[0].count > 1 || kernels[1].count > 1 {
                Parallel.forEach(n.z * count) { job in
                    Self.filterSlice(data + (job / n.z) * all + (job % n.z) * area, n, kernels, nearest)
                }
            }
            guard kernels[2].count > 1 else { return }
            Parallel.forEach(n.y * count) { job in
                let start = data + (job / n.y) * all + (job % n.y) * n.x
                withUnsafeTemporaryAllocation(of: Float.self, capacity: n.x * n.z) { copy in
                    guard let rows = copy.baseAddress else { return }
                    for z in 0..<n.z { (rows + z * n.x).update(from: start + z * area, count: n.x) }
                    for z in 0..<n.z { Self.combine(start + z * area, rows, at: z, of: n.z, width: n.x, kernels[2], nearest) }
                }
            }
        }
    }

    private static func filterSlice(_ slice: UnsafeMutablePointer<Float>, _ n: Index3, _ kernels: [[Float]], _ nearest: Bool) {
        let radius = kernels[0].count - 1
        withUnsafeTemporaryAllocation(of: Float.self, capacity: n.x * n.y + n.x + 2 * radius) { space in
            guard let rows = space.baseAddress else { return }
            let line = rows + n.x * n.y
            for y in 0..<n.y {
                let source = slice + y * n.x, out = rows + y * n.x
                (line + radius).update(from: source, count: n.x)
                for i in 0..<radius { (line[i], line[radius + n.x + i]) = nearest ? (source[0], source[n.x - 1]) : (0, 0) }
                let middle = line + radius, k = kernels[0][0]
                for x in 0..<n.x { out[x] = k * middle[x] }
                for j in 1..<radius + 1 {
                    let a = middle - j, b = middle + j, k = kernels[0][j]
                    for x in 0..<n.x { out[x] += k * (a[x] + b[x]) }
                }
            }
            for y in 0..<n.y { combine(slice + y * n.x, rows, at: y, of: n.y, width: n.x, kernels[1], nearest) }
        }
    }

    /// One row as a weighted sum of the rows about it.
    @inline(__always) private static func combine(
        _ out: UnsafeMutablePointer<Float>, _ rows: UnsafePointer<Float>, at i: Int, of n: Int, width: Int, _ taps: [Float], _ nearest: Bool
    ) {
        let middle = rows + i * width, k = taps[0]
        for x in 0..<width { out[x] = k * middle[x] }
        for j in 1..<max(1, taps.count) {
            let k = taps[j], low = i - j, high = i + j
            let a = rows + max(0, low) * width, b = rows + min(n - 1, high) * width
            if nearest || (low >= 0 && high < n) {
                for x in 0..<width { out[x] += k * (a[x] + b[x]) }
            } else if low >= 0 {
                for x in 0..<width { out[x] += k * a[x] }
            } else if high < n {
                for x in 0..<width { out[x] += k * b[x] }
            }
        }
    }
}

/// Kernels as their middle tap and those to one side.
enum Taps {
    /// A Gaussian of a standard deviation in voxels, its sum 1.
    static func gaussian(_ sigma: Double) -> [Float] {
        guard sigma >= 0.2 else { return [1] }
        let side = (0...Int((2.5 * sigma).rounded(.up))).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = 2 * side.reduce(0, +) - 1
        return side.map { Float($0 / sum) }
    }
}
