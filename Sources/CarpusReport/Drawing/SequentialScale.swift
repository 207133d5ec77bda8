/// Colours from dark blue over green to yellow: lightness rises evenly, so that order is seen by colour-blind eyes and in grey print.
struct SequentialScale: Hashable, Sendable {
    /// The values of the first and the last colour.
    let low, high: Double

    private static let anchors = [
        Colour(0.200, 0.130, 0.420), Colour(0.185, 0.330, 0.590), Colour(0.115, 0.510, 0.590), Colour(0.270, 0.680, 0.460), Colour(0.660, 0.810, 0.270), Colour(0.990, 0.910, 0.350),
    ]

    /// From the 2nd to the 98th percentile of some values, widened to round numbers; from 0 where the values begin there.
    init(_ values: [Double], fromZero: Bool) {
        let sorted = values.filter(\.isFinite).sorted()
        guard let least = sorted.first, let last = sorted.last else { (low, high) = (0, 1); return }
        let a = fromZero ? min(0, least) : sorted[Int(0.02 * Double(sorted.count - 1))], b = sorted[Int((0.98 * Double(sorted.count - 1)).rounded(.up))]
        let top = b > a ? b : last > a ? last : a + 1, step = Ticks.step(top - a, count: 4)
        (low, high) = ((a / step).rounded(.down) * step, (top / step).rounded(.up) * step)
    }

    func colour(_ value: Double) -> Colour {
        let at = max(0, min(1, (value - low) / (high - low))) * Double(Self.anchors.count - 1), i = min(Int(at), Self.anchors.count - 2)
        return Self.anchors[i].mixed(with: Self.anchors[i + 1], at - Double(i))
    }
}
