/// A field whose level sets are lesions: low at a few centres, rising with distance from them, uneven. A lesion is what lies below a
/// level, so a larger lesion holds the smaller one, and a lesion of a wanted volume is a level found by counting.
struct GrowthField: Sendable {
    /// Centres, mm, and the size of what grows round each, relative to the others.
    private let centres: [(place: SIMD3<Float>, perSize: Float)]
    private let noise: SmoothNoise
    private let unevenness: Float

    /// A field of given centres; `unevenness` is in mm of growth.
    init(centres: [SIMD3<Float>], sizes: [Float], noise: SmoothNoise, unevenness: Float) {
        precondition(centres.count == sizes.count && !centres.isEmpty, "a lesion grows from a centre")
        self.centres = zip(centres, sizes).map { ($0, 1 / max($1, 0.01)) }
        (self.noise, self.unevenness) = (noise, unevenness)
    }

    /// The level at a point, about in mm from the nearest centre of size 1.
    @inline(__always) func callAsFunction(_ p: SIMD3<Float>) -> Float {
        var least = Float.infinity
        for c in centres {
            let d = p - c.place
            least = min(least, (d * d).sum() * c.perSize * c.perSize)
        }
        return least.squareRoot() + unevenness * noise(p)
    }

    /// The level below which so many of the points lie.
    func level(holding count: Int, of points: [SIMD3<Float>]) -> Float {
        guard count > 0, !points.isEmpty else { return -.infinity }
        let values = points.map { self($0) }.sorted()
        return count >= values.count ? .infinity : values[count - 1]
    }
}
