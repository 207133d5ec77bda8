import CarpusCore
import Foundation

/// Where there is something to see: the body against the air around it.
enum Foreground {
    /// 1 inside the body, 0 outside.
    ///
    /// Otsu's threshold (IEEE Trans. SMC 9, 1979) on the square root of the smoothed image, which keeps dark tissue on the
    /// side of the tissue; components at least a tenth of the largest; holes filled in the slices of all three directions, so
    /// that marrow without signal inside bright skin belongs to the body.
    static func mask(of volume: Volume<Float>) -> [UInt8] {
        let wide = Vector3(repeating: 2.25)   // a standard deviation of 1.5 mm
        let roots = Smoothing.smoothed(volume, variance: wide).scalars.map { max($0, 0).squareRoot() }
        let threshold = otsu(roots)
        let pieces = Components(size: volume.grid.size) { roots[$0] > threshold }
        let enough = (pieces.sizes.max() ?? 0) / 10
        var mask = pieces.labels.map { $0 > 0 && pieces.sizes[Int($0) - 1] >= enough ? UInt8(1) : 0 }
        for axis in 0..<3 { fillHoles(&mask, size: volume.grid.size, across: axis) }
        return mask
    }

    /// The threshold that best parts the values into two classes; values above the 99.9th percentile count as that.
    private static func otsu(_ values: [Float]) -> Float {
        let step = max(1, values.count / 500_000), sample = stride(from: 0, to: values.count, by: step).map { values[$0] }
        let top = Robust.quantiles(sample, [0.999])[0]
        return Otsu.threshold(sample.map { min($0, top) }, bins: 256) ?? 0
    }

    private static func fillHoles(_ mask: inout [UInt8], size: Index3, across axis: Int) {
        let strides = [1, size.x, size.x * size.y], (u, v) = axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1)
        let (n, m) = (size[u], size[v])
        mask.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let data = buffer.baseAddress!
            Parallel.forEach(size[axis]) { slice in
                let start = slice * strides[axis]
                var outside = [Bool](repeating: false, count: n * m), stack: [Int] = []
                func visit(_ i: Int, _ j: Int) {
                    guard i >= 0, j >= 0, i < n, j < m, !outside[i + n * j], data[start + i * strides[u] + j * strides[v]] == 0 else { return }
                    outside[i + n * j] = true
                    stack.append(i + n * j)
                }
                for i in 0..<n { visit(i, 0); visit(i, m - 1) }
                for j in 0..<m { visit(0, j); visit(n - 1, j) }
                while let at = stack.popLast() {
                    let i = at % n, j = at / n
                    visit(i - 1, j); visit(i + 1, j); visit(i, j - 1); visit(i, j + 1)
                }
                for j in 0..<m { for i in 0..<n where !outside[i + n * j] { data[start + i * strides[u] + j * strides[v]] = 1 } }
            }
        }
    }
}
