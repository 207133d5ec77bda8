import CarpusCore

/// The largest values nearby.
enum Peaks {
    /// For each voxel the largest absolute value in the box that reaches `reach` mm, and at least one voxel, each way. What is
    /// not known (NaN) is no peak.
    static func around(_ volume: Volume<Float>, reach: Double) -> [Float] {
        var values = volume.scalars.map { $0.isNaN ? 0 : abs($0) }
        let size = volume.grid.size, spacing = volume.grid.spacing, strides = [1, size.x, size.x * size.y]
        for axis in 0..<3 where size[axis] > 1 {
            let n = size[axis], stride = strides[axis], radius = max(1, Int((reach / spacing[axis]).rounded()))
            values.withUnsafeMutableBufferPointer { buffer in
                nonisolated(unsafe) let data = buffer.baseAddress!
                Parallel.forEach(blocksOf: size.x * size.y * size.z / n) { lines in
                    var line = [Float](repeating: 0, count: n)
                    for l in lines {
                        let start = data + (axis == 0 ? l * n : axis == 1 ? (l / size.x) * size.x * size.y + l % size.x : l)
                        for i in 0..<n { line[i] = start[i * stride] }
                        for i in 0..<n {
                            var peak = line[i]
                            for j in max(0, i - radius)...min(n - 1, i + radius) { peak = max(peak, line[j]) }
                            start[i * stride] = peak
                        }
                    }
                }
            }
        }
        return values
    }
}
