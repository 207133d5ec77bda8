/// How far a bolus falls after its peak at the frames of a series, after Parker's input: a shape without a dose, to tell arteries from what is mixed with tissue.
struct BolusShape {
    /// Times of the frames, s.
    let times: [Double]
    /// What is known already, by frame.
    private var falls: [Int: Double] = [:]
    /// Where Parker's input is highest, s after its arrival.
    private static let peak = 10.2

    init(_ times: [Double]) { self.times = times }

    /// Mean of the last fifth of a curve.
    static func late(_ curve: [Double]) -> Double {
        let tail = curve.suffix(max(1, curve.count / 5))
        return tail.reduce(0, +) / Double(tail.count)
    }

    /// The highest sample of Parker's input over its late level when it peaks near a frame: the least over eight places of the peak between frames, as
    /// coarse frames cut it.
    mutating func fall(peak frame: Int) -> Double {
        if let known = falls[frame] { return known }
        let step = TimeAxis.step(times)
        let fall = (0..<8).map { place -> Double in
            let arrival = times[frame] + ((Double(place) + 0.5) / 8 - 0.5) * step - Self.peak
            let curve = times.map { PopulationInput.parker.blood(secondsAfterArrival: $0 - arrival) }
            return (curve.max() ?? 0) / Self.late(curve)
        }.min() ?? 0
        falls[frame] = fall
        return fall
    }

    /// Whether a curve falls at least half as far as a bolus.
    mutating func isSharp(_ curve: [Double]) -> Bool {
        guard let top = curve.max(), let at = curve.firstIndex(of: top) else { return false }
        let late = Self.late(curve)
        return late <= 0 || top / late >= 0.5 * fall(peak: at)
    }
}
