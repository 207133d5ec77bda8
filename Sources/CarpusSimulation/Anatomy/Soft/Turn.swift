import Foundation

/// Angles in the inner loops.
enum Turn {
    /// (cosine, sine).
    static func unit(_ angle: Float) -> SIMD2<Float> { SIMD2(cos(angle), sin(angle)) }

    /// The angle of (x, y), -pi to pi, to 0.0003 radians: a polynomial in the smaller over the larger of the two.
    @inline(__always) static func angle(x: Float, y: Float) -> Float {
        let ax = abs(x), ay = abs(y), large = max(ax, ay)
        guard large > 1e-9 else { return 0 }
        let r = min(ax, ay) / large, s = r * r
        var a = ((-0.0464964749 * s + 0.15931422) * s - 0.327622764) * s * r + r
        if ay > ax { a = 0.5 * .pi - a }
        if x < 0 { a = .pi - a }
        return y < 0 ? -a : a
    }
}
