public import CarpusCore

/// Two visits on either side of a line that moves, with the map of change over both.
public enum WipeStack {
    /// Makes a stack of what `ChangeFigure` draws, all on one grid.
    ///
    /// - Throws: `ReportError` for parameters out of range, other grids, or slices that do not fit.
    public static func make(
        baseline: Volume<Float>, followup: Volume<Float>, z: Volume<Float>, significant: LabelMap, scale parameters: ChangeFigure.Parameters, pixels: Int = SliceStack.Parameters().pixels
    ) throws -> SliceStack {
        guard [followup.grid, z.grid, significant.grid].allSatisfy({ $0.matches(baseline.grid) }) else {
            throw ReportError(.gridMismatch, "baseline, follow-up, z and the significant clusters must lie on one grid to be drawn together")
        }
        var how = SliceStack.Parameters()
        (how.title, how.pixels) = (parameters.title, pixels)
        let builder = try StackBuilder(baseline.grid, how), scale = parameters.scale
        let map = SliceStack.Layer(
            kind: .colours, name: "change (z)",
            legend: [.init(value: 0, colour: scale.less.bytes, name: parameters.words.less), .init(value: 0, colour: scale.more.bytes, name: parameters.words.more)],
            // In quarters of a standard deviation: finer steps are not seen, and cost bytes.
            sheet: try builder.painter.colours(z.scalars) { $0.isFinite ? scale.ink((4 * Double($0)).rounded() / 4) : nil })
        var outline = try builder.labels("significant", significant)
        // The map tells the direction; the line only says where.
        outline.legend = outline.legend.map { .init(value: $0.value, colour: [255, 255, 255], name: $0.name) }
        let summary = ChangeSummary(z: z, significant: significant, view: builder.painter.view)
        let layers = [try builder.grey("baseline", baseline, like: [followup]), try builder.grey("follow-up", followup, like: [baseline]), map, outline]
        let threshold = summary.weakest.map { " White lines: clusters beyond the threshold of significance, |z| from \(Numbers.short($0))." } ?? " No change is beyond the threshold."
        return builder.stack(
            .wipe, .progression,
            caption: "Left of the line the baseline, right of it the follow-up, both in one grey window; over them the change, the less transparent the further |z| is from \(Numbers.short(parameters.onset)), full at \(Numbers.short(parameters.full)).\(threshold)",
            altText: "\(parameters.title): \(summary.amount(of: builder.painter.count)) \(builder.extent).", start: builder.fullest { significant.labels[$0] != 0 }, layers: layers)
    }
}
