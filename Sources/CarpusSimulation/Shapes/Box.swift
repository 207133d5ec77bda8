/// A box along the axes, mm.
struct Box: Sendable, Hashable {
    var low: SIMD3<Float>
    var high: SIMD3<Float>

    /// The box between two corners.
    init(low: SIMD3<Float>, high: SIMD3<Float>) { (self.low, self.high) = (low, high) }

    /// The smallest box round points.
    init(around points: [SIMD3<Float>]) {
        precondition(!points.isEmpty, "a box needs a point")
        low = points.reduce(points[0]) { pointwiseMin($0, $1) }
        high = points.reduce(points[0]) { pointwiseMax($0, $1) }
    }

    /// The eight corners.
    var corners: [SIMD3<Float>] {
        (0..<8).map { i in SIMD3(i & 1 == 0 ? low.x : high.x, i & 2 == 0 ? low.y : high.y, i & 4 == 0 ? low.z : high.z) }
    }

    /// The box with a margin of so many mm on every side.
    func grown(by margin: Float) -> Box { Box(low: low - margin, high: high + margin) }

    /// The smallest box round both.
    func union(_ other: Box) -> Box { Box(low: pointwiseMin(low, other.low), high: pointwiseMax(high, other.high)) }

    /// Whether the two share a point.
    func meets(_ other: Box) -> Bool { all(low .<= other.high) && all(other.low .<= high) }
}
