public import CarpusCore

/// Two visits and what changed between them, slice by slice: baseline, follow-up, and the change over the baseline.
public enum ChangeFigure {
    /// How a change is drawn.
    public struct Parameters: Sendable, Hashable, Codable {
        /// What stands above it.
        public var title = "Change between visits"
        /// At most this many slices, those with the most significant change, in stored order.
        public var slices = 6
        /// The longer side of a slice in pixels.
        public var pixels = 320
        /// Standard deviations from which colour begins.
        public var onset = 1.5
        /// Standard deviations from which colour is full.
        public var full = 6.0
        /// What more signal at follow-up means: `worse` as of oedema or enhancement, `better`; not told when unset.
        public var increaseIs: Meaning?
        /// The defaults.
        public init() {}

        /// What a change means for the patient.
        public enum Meaning: String, Sendable, Hashable, Codable, CaseIterable { case worse, better }

        /// What is wrong with these values, nil when nothing is.
        public var complaint: String? {
            if !(1...32).contains(slices) { return "slices is \(slices) but must lie between 1 and 32" }
            if !(32...1024).contains(pixels) { return "pixels is \(pixels) but must lie between 32 and 1024" }
            if !(onset >= 0 && full > onset && full.isFinite) { return "onset is \(onset) and full \(full), but 0 ≤ onset < full must hold" }
            return nil
        }
    }

    /// Draws a change. All images lie on one grid.
    public static func draw(baseline: Volume<Float>, followup: Volume<Float>, z: Volume<Float>, significant: LabelMap, parameters p: Parameters = .init()) throws -> Figure {
        if let complaint = p.complaint { throw ReportError(.badParameter, complaint) }
        guard [followup.grid, z.grid, significant.grid].allSatisfy({ $0.matches(baseline.grid) }) else {
            throw ReportError(.gridMismatch, "baseline, follow-up, z and the significant clusters must lie on one grid to be drawn together")
        }
        let view = SliceView(of: baseline.grid), summary = ChangeSummary(z: z, significant: significant, view: view)
        let shown = summary.slices(limit: p.slices, covered: view.counts { baseline.scalars[$0].isFinite && followup.scalars[$0].isFinite })
        let picture = SlicePicture(view, longerSide: p.pixels), window = GreyWindow(robust: [baseline.scalars, followup.scalars])
        let scale = p.scale
        let layout = PanelLayout(picture: picture, perRow: 3, top: summary.isEmpty ? 76 : 50)
        let foot = layout.bottom(panels: 3 * shown.count) + 14
        let canvas = try Canvas(width: layout.width, height: foot + ColourBar.height + 8)
        PanelLayout.head(p.title, scale: picture.scale, on: canvas)
        if summary.isEmpty { canvas.write("No change beyond the threshold.", x: Double(PanelLayout.margin), y: 60, size: 14) }
        let panels = shown.enumerated().flatMap { row, slice in
            let tiles = [
                ("baseline", picture.tile(baseline.scalars, slice: slice, window: window)), ("follow-up", picture.tile(followup.scalars, slice: slice, window: window)),
                ("change (z)", picture.tile(baseline.scalars, under: z.scalars, slice: slice, window: window, scale: scale)),
            ]
            return tiles.enumerated().map { column, tile in
                let panel = layout.place(tile.1, 3 * row + column, name: "slice \(slice + 1), \(tile.0)", slice: slice, on: canvas)
                if column > 0 {
                    let outlines = Outlines(of: significant.labels, slice: slice, in: picture, x: Double(panel.x), y: Double(panel.y), inset: 0)
                    // White over the colours of the map, the direction's own colour over grey.
                    outlines.draw(on: canvas) { column == 2 ? .white : scale.ink($0 == 1 ? -p.full : p.full).colour }
                }
                return panel
            }
        }
        ColourBar(scale: scale, meaning: p.increaseIs.map { "; more is \($0.rawValue)" } ?? "").draw(on: canvas, x: PanelLayout.margin, y: foot, weakest: summary.weakest)
        return try canvas.figure(
            p.title, caption: summary.caption(view: view, shown: shown, window: window, parameters: p), altText: summary.altText(title: p.title, view: view, shown: shown), section: .progression,
            .outlinedSlices, panels: panels)
    }
}

extension ChangeFigure.Parameters {
    /// The colours of less and more signal, with their names: orange and blue, or vermilion for what is worse and blue for what is better. All are of Okabe and Ito.
    var colours: (less: (name: String, colour: Colour), more: (name: String, colour: Colour)) {
        let blue = ("Blue", Colour(Palette.increase)), vermilion = ("Vermilion", Colour([213, 94, 0]))
        return switch increaseIs {
        case nil: (("Orange", Colour(Palette.decrease)), blue)
        case .worse: (blue, vermilion)
        case .better: (vermilion, blue)
        }
    }

    var scale: DivergingScale { DivergingScale(onset: onset, full: full, less: colours.less.colour, more: colours.more.colour) }

    /// What the colours mean.
    var words: (less: String, more: String) {
        let (less, more) = ("less signal at follow-up", "more signal at follow-up")
        return switch increaseIs {
        case nil: (less, more)
        case .worse: (less + " (better)", more + " (worse)")
        case .better: (less + " (worse)", more + " (better)")
        }
    }
}

/// The key to the colours of a change.
struct ColourBar {
    static let height = 44
    let scale: DivergingScale
    /// What stands behind the name of the scale.
    let meaning: String

    /// Draws the bar with its numbers; `weakest` marks where significant voxels begin.
    func draw(on canvas: Canvas, x: Int, y: Int, weakest: Double?) {
        let width = 300, bar = 16, ground = Colour(grey: 0.3)
        let pixels = (0..<width).map { i in scale.colour((2 * (Double(i) + 0.5) / Double(width) - 1) * scale.full, over: ground).packed }
        canvas.paint(Tile(width: width, height: bar, pixels: (0..<bar).flatMap { _ in pixels }), x: x + 24, y: y)
        func place(_ z: Double) -> Double { Double(x + 24) + Double(width) * (z / scale.full + 1) / 2 }
        for z in [-scale.full, -scale.full / 2, 0, scale.full / 2, scale.full] {
            canvas.stroke([Line(x0: place(z), y0: Double(y + bar + 1), x1: place(z), y1: Double(y + bar + 4))], .text, width: 1)
            canvas.write(Numbers.signed(z), x: place(z), y: Double(y + bar + 18), size: 11, .text, align: .centre)
        }
        let room = Double(canvas.width - x - 24 - width - 24 - PanelLayout.margin), left = Double(x + 24 + width + 28)
        canvas.write(canvas.fitted("z: change in standard deviations\(meaning)", to: room, size: 12), x: left, y: Double(y + 12), size: 12)
        let second = weakest.map { "outlined: significant, |z| from \(Numbers.short($0))" } ?? "nothing significant to outline"
        canvas.write(canvas.fitted(second, to: room, size: 12), x: left, y: Double(y + 30), size: 12, .faint)
    }
}
