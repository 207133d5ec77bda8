import CarpusCore

/// The numbers of a change: how much of it, where, and how strong.
struct ChangeSummary {
    /// Significant voxels in each slice.
    let perSlice: [Int]
    /// Volumes in mL of decrease and increase of signal.
    let decrease, increase: Double
    /// The range of z over significant voxels, and the smallest size of it; nil when there are none.
    let range: ClosedRange<Double>?
    let weakest: Double?

    init(z: Volume<Float>, significant: LabelMap, view: SliceView) {
        perSlice = view.counts { significant.labels[$0] != 0 }
        (decrease, increase) = (significant.volume(of: 1), significant.volume(of: 2))
        let values = significant.labels.indices.lazy.filter { significant.labels[$0] != 0 && z.scalars[$0].isFinite }.map { Double(z.scalars[$0]) }
        var low = Double.infinity, high = -Double.infinity, least = Double.infinity
        for v in values { (low, high, least) = (min(low, v), max(high, v), min(least, abs(v))) }
        (range, weakest) = low <= high ? (low...high, least) : (nil, nil)
    }

    var isEmpty: Bool { perSlice.allSatisfy { $0 == 0 } }
    var changed: [Int] { perSlice.indices(above: 0) }

    /// The slices with the most change, in stored order; without any, a few evenly chosen of those both visits cover.
    func slices(limit: Int, covered: [Int]) -> [Int] {
        if isEmpty {
            let both = covered.indices(above: 0)
            return SliceView.spread(both.isEmpty ? Array(covered.indices) : both, limit: min(3, limit))
        }
        // The lower number first among equals, so that the choice is one.
        return Array(changed.sorted { (perSlice[$1], $0) < (perSlice[$0], $1) }.prefix(limit)).sorted()
    }

    func caption(view: SliceView, shown: [Int], window: GreyWindow, parameters p: ChangeFigure.Parameters) -> String {
        let side = view.plane == .sagittal ? "anterior is on the left" : "the patient's left is on the right"
        var text = isEmpty
            ? "No change beyond the threshold. \(Numbers.count(shown.count, "\(view.plane.rawValue) slice")), evenly chosen: "
            : "The \(Numbers.count(shown.count, "\(view.plane.rawValue) slice")) with the most change, of \(changed.count) that changed: "
        text += "baseline, follow-up, and the change over the baseline; \(side). "
        text += "Both visits in one grey window, \(Numbers.short(Double(window.low))) to \(Numbers.short(Double(window.high))). "
        text += "\(p.colours.less.name): \(p.words.less), \(p.colours.more.name.lowercased()): \(p.words.more); colour begins at |z| = \(Numbers.short(p.onset)) and is full at \(Numbers.short(p.full))."
        if let weakest { text += " Outlines: clusters beyond the threshold of significance; |z| in them is at least \(Numbers.short(weakest))." }
        return text + " Hatched: not covered by both visits."
    }

    func altText(title: String, view: SliceView, shown: [Int]) -> String {
        "\(title): \(amount(of: view.slices.count)) Shown are \(view.plane.rawValue) slices \(Numbers.list(shown.map { $0 + 1 })) of \(view.slices.count) of baseline, follow-up and change."
    }

    /// How much changed, as a sentence to follow a colon.
    func amount(of slices: Int) -> String {
        guard let range else { return "no change beyond the threshold." }
        return "signal increased in \(Numbers.short(increase)) mL and decreased in \(Numbers.short(decrease)) mL, in \(changed.count) of \(slices) slices; z of the significant voxels from \(Numbers.signed(range.lowerBound)) to \(Numbers.signed(range.upperBound))."
    }
}
