/// Curves gathered from frames into blocks that lie together: frame after frame, the block's voxels side by side.
enum CurveBlock {
    /// Copies the curves of some voxels.
    ///
    /// - Parameters:
    ///   - voxels: which ones; `range` of these, at most `width`. Places beyond are filled with 0.
    ///   - frames: the series, `stride` values a frame.
    @inline(__always)
    static func gather(
        _ frames: UnsafePointer<Float>, stride: Int, count: Int, voxels: UnsafePointer<Int>?, range: Range<Int>, width: Int, into block: UnsafeMutablePointer<Float>
    ) {
        let n = range.count, run = neighbours(voxels, range)
        for t in 0..<count {
            let from = frames + t * stride, to = block + t * width
            if let run {
                to.update(from: from + run, count: n)
            } else if let voxels {
                for i in 0..<n { to[i] = from[voxels[range.lowerBound + i]] }
            }
            for i in n..<max(n, width) { to[i] = 0 }
        }
    }

    /// The first of voxels that lie one behind the other; nil when they do not.
    private static func neighbours(_ voxels: UnsafePointer<Int>?, _ range: Range<Int>) -> Int? {
        guard let voxels else { return range.lowerBound }
        for i in range.dropFirst() where voxels[i] != voxels[i - 1] + 1 { return nil }
        return range.isEmpty ? nil : voxels[range.lowerBound]
    }
}
