/// How far a bolus falls after its peak at the frames of a series, after Parker's input: a shape without a dose, to tell arteries from what is mixed with tissue.
struct BolusShape {
    /// Times of the frames, s.
    let times: [Double]
    /// What is known already, by frame.
    private var falls: [Int: Double] = [:]
    private var breadths: [Int: ClosedRange<Double>] = [:]
    /// Where Parker's input is highest, s after its arrival.
    private static let peak = 10.2

    init(_ times: [Double]) { self.times = times }

    /// Mean of the last fifth of a curve.
    static func late(_ curve: [Double]) -> Double {
        let tail = curve.suffix(max(1, curve.count / 5))
        return tail.reduce(0, +) / Double(tail.count)
    }

    /// Area under a curve from 15 s before its peak to 45 s after, over the peak, s: how broad it is.
    func breadth(_ curve: [Double]) -> Double {
        guard let top = curve.max(), top > 0, let at = curve.firstIndex(of: top) else { return 0 }
        let inside = times.indices.filter { (-15...45).contains(times[$0] - times[at]) }
        return zip(inside, inside.dropFirst()).reduce(0) { $0 + (curve[$1.0] + curve[$1.1]) / 2 * (times[$1.1] - times[$1.0]) } / top
    }

    /// The highest sample of Parker's input over its late level when it peaks near a frame: the least over the places of the peak between frames, as
    /// coarse frames cut it.
    mutating func fall(peak frame: Int) -> Double {
        if let known = falls[frame] { return known }
        let fall = parker(peak: frame).map { ($0.max() ?? 0) / Self.late($0) }.min() ?? 0
        falls[frame] = fall
        return fall
    }

    /// How broad Parker's input is when it peaks near a frame.
    mutating func breadth(peak frame: Int) -> ClosedRange<Double> {
        if let known = breadths[frame] { return known }
        let all = parker(peak: frame).map(breadth), range = (all.min() ?? 0)...(all.max() ?? 0)
        breadths[frame] = range
        return range
    }

    /// Parker's input at the frames, for eight places of its peak around one of them.
    private func parker(peak frame: Int) -> [[Double]] {
        let step = TimeAxis.step(times)
        return (0..<8).map { place in
            let arrival = times[frame] + ((Double(place) + 0.5) / 8 - 0.5) * step - Self.peak
            return times.map { PopulationInput.parker.blood(secondsAfterArrival: $0 - arrival) }
        }
    }

    /// Whether a curve falls at least half as far as a bolus.
    mutating func isSharp(_ curve: [Double]) -> Bool {
        guard let top = curve.max(), let at = curve.firstIndex(of: top) else { return false }
        let late = Self.late(curve)
        return late <= 0 || top / late >= 0.5 * fall(peak: at)
    }
}
