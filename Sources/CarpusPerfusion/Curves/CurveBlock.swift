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
        let n = range.count
        for t in 0..<count {
            let from = frames + t * stride, to = block + t * width
            if let voxels {
                for i in 0..<n { to[i] = from[voxels[range.lowerBound + i]] }
            } else {
                (to).update(from: from + range.lowerBound, count: n)
            }
            for i in n..<max(n, width) { to[i] = 0 }
        }
    }
}
