/// Smooth unions and cuts of signed distances (negative inside, mm): what is joined meets in a fillet, not in a crease.
enum Blend {
    /// The larger of two, rounded over `width` mm where they are alike.
    @inline(__always) static func max(_ a: Float, _ b: Float, width: Float) -> Float {
        let h = Swift.max(width - abs(a - b), 0) / width
        return Swift.max(a, b) + h * h * width * 0.25
    }

    /// The smaller of two, rounded over `width` mm where they are alike.
    @inline(__always) static func min(_ a: Float, _ b: Float, width: Float) -> Float { -max(-a, -b, width: width) }

    /// 0 below `low`, 1 above `high`, smooth between.
    @inline(__always) static func step(_ x: Float, from low: Float, to high: Float) -> Float {
        let t = Swift.min(Swift.max((x - low) / (high - low), 0), 1)
        return t * t * (3 - 2 * t)
    }
}
