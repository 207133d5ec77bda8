public import CarpusCore

/// Maps of a dynamic series over the anatomy: classes in their own colours, quantities on a scale of colours with numbers and units.
public enum PerfusionFigure {
    /// How maps are drawn.
    public struct Parameters: Sendable, Hashable, Codable {
        /// What stands above them.
        public var title = "Perfusion"
        /// At most this many slices, evenly chosen from those where much enhances.
        public var slices = 4
        /// The longer side of a slice in pixels.
        public var pixels = 230
        /// The defaults.
        public init() {}

        /// What is wrong with these values, nil when nothing is.
        public var complaint: String? {
            if !(1...32).contains(slices) { return "slices is \(slices) but must lie between 1 and 32" }
            return (32...1024).contains(pixels) ? nil : "pixels is \(pixels) but must lie between 32 and 1024"
        }
    }

    /// A quantity to show.
    public struct Map: Sendable {
        /// Its symbol, and its unit; `1` for shares, which are shown in percent.
        public var name, unit: String
        /// Its values; no colour where they are not finite.
        public var volume: Volume<Float>
        /// Whether its scale begins at 0.
        public var fromZero: Bool

        /// A quantity of given name, unit and values.
        public init(_ name: String, unit: String, _ volume: Volume<Float>, fromZero: Bool = true) {
            (self.name, self.unit, self.volume, self.fromZero) = (name, unit, volume, fromZero)
        }

        /// The factor by which values are shown, and the unit beside it.
        var shown: (factor: Double, unit: String) { unit == "1" ? (100, "%") : unit == "/s" ? (100, "%/s") : (1, unit) }
    }

    /// Draws classes and maps, all on the anatomy's grid. Only what enhances is coloured.
    ///
    /// - Parameter region: where colours are shown, on the same grid; everywhere when nil.
    /// - Throws: `ReportError` for parameters out of range or images on other grids.
    public static func draw(anatomy: Volume<Float>, classes: LabelMap, maps: [Map], region: LabelMap? = nil, parameters p: Parameters = .init()) throws -> Figure {
        if let complaint = p.complaint { throw ReportError(.badParameter, complaint) }
        guard ([classes.grid, region?.grid].compactMap { $0 } + maps.map(\.volume.grid)).allSatisfy({ $0.matches(anatomy.grid) }) else {
            throw ReportError(.gridMismatch, "the anatomy, the classes, the maps and the region must lie on one grid to be drawn together")
        }
        let coloured = classes.labels.indices.map { classes.labels[$0] != 0 && (region?.labels[$0] ?? 1) != 0 }
        let view = SliceView(of: anatomy.grid), counts = view.counts { coloured[$0] }
        let shown = slices(counts, limit: p.slices)
        let picture = SlicePicture(view, longerSide: p.pixels), window = GreyWindow(robust: [anatomy.scalars])
        let scales = maps.map { map in
            SequentialScale(coloured.indices.filter { coloured[$0] && map.volume.scalars[$0].isFinite }.map { Double(map.volume.scalars[$0]) * map.shown.factor }, fromZero: map.fromZero)
        }
        let layout = PanelLayout(picture: picture, perRow: 1 + maps.count, top: 50), panelCount = shown.count * (1 + maps.count)
        let foot = layout.bottom(panels: panelCount) + 12
        let canvas = try Canvas(width: layout.width, height: foot + max(20 * classes.legend.labels.count, 58) + 10)
        PanelLayout.head(p.title, scale: picture.scale, on: canvas)
        let palette = Dictionary(uniqueKeysWithValues: classes.legend.labels.map { ($0.value, Colour($0.color)) })
        var panels: [Figure.Panel] = []
        for slice in shown {
            let tile = picture.tile(anatomy.scalars, slice: slice, window: window) { v in coloured[v] ? (palette[classes.labels[v]] ?? .white, 0.75) : nil }
            panels.append(layout.place(tile, panels.count, name: "slice \(slice + 1), class", slice: slice, on: canvas))
            for (map, scale) in zip(maps, scales) {
                let tile = picture.tile(anatomy.scalars, slice: slice, window: window) { v in
                    coloured[v] && map.volume.scalars[v].isFinite ? (scale.colour(Double(map.volume.scalars[v]) * map.shown.factor), 0.9) : nil
                }
                panels.append(layout.place(tile, panels.count, name: "slice \(slice + 1), \(map.name)", slice: slice, on: canvas))
            }
        }
        for (i, label) in classes.legend.labels.enumerated() {
            canvas.fill(x: Double(layout.origin(0).x), y: Double(foot + 20 * i), width: 13, height: 13, Colour(label.color))
            canvas.write(canvas.fitted(label.name, to: Double(layout.cellWidth - 30), size: 12), x: Double(layout.origin(0).x + 20), y: Double(foot + 20 * i + 11), size: 12)
        }
        for (i, (map, scale)) in zip(maps, scales).enumerated() {
            SequentialBar(scale: scale, title: "\(map.name) [\(map.shown.unit)]").draw(on: canvas, x: layout.origin(1 + i).x, y: foot, width: max(picture.width, 90))
        }
        let words = PerfusionWords(view: view, shown: shown, enhancing: counts, maps: maps, scales: scales, coloured: coloured, classes: classes, window: window)
        return try canvas.figure(p.title, caption: words.caption, altText: words.altText(title: p.title), section: .perfusion, .exact, panels: panels)
    }

    /// Slices where at least a tenth of what the fullest has enhances; the middle ones when nothing does.
    private static func slices(_ counts: [Int], limit: Int) -> [Int] {
        let most = counts.max() ?? 0
        return SliceView.spread(most == 0 ? Array(counts.indices) : counts.indices(above: max(0, most / 10 - 1)), limit: limit)
    }
}

/// The key to a scale of colours.
struct SequentialBar {
    let scale: SequentialScale
    let title: String

    /// Draws the bar with its title above and round numbers beneath.
    func draw(on canvas: Canvas, x: Int, y: Int, width: Int) {
        let height = 13
        canvas.write(canvas.fitted(title, to: Double(width), size: 12), x: Double(x), y: Double(y + 11), size: 12)
        let pixels = (0..<width).map { scale.colour(scale.low + (Double($0) + 0.5) / Double(width) * (scale.high - scale.low)).packed }
        canvas.paint(Tile(width: width, height: height, pixels: (0..<height).flatMap { _ in pixels }), x: x, y: y + 18)
        let ticks = Ticks.within(scale.low...scale.high, count: width > 150 ? 4 : 2)
        for value in ticks {
            let at = Double(x) + Double(width) * (value - scale.low) / (scale.high - scale.low)
            canvas.stroke([Line(x0: at, y0: Double(y + 32), x1: at, y1: Double(y + 35))], .text, width: 1)
            canvas.write(Numbers.tick(value), x: at, y: Double(y + 48), size: 11, align: .centre)
        }
    }
}

/// What is said about maps.
struct PerfusionWords {
    let view: SliceView
    let shown, enhancing: [Int]
    let maps: [PerfusionFigure.Map]
    let scales: [SequentialScale]
    let coloured: [Bool]
    let classes: LabelMap
    let window: GreyWindow

    private var names: String { (["the class of the curve"] + maps.map(\.name)).joined(separator: ", ") }

    var caption: String {
        let side = view.plane == .sagittal ? "anterior is on the left" : "the patient's left is on the right", lit = enhancing.count { $0 > 0 }
        var text = lit == 0 ? "Nothing enhances. " : ""
        text += "\(Numbers.count(shown.count, "\(view.plane.rawValue) slice")) of \(view.slices.count)\(lit > shown.count ? ", evenly chosen from the \(lit) where voxels enhance" : ""); \(side). "
        text += "Columns: \(names); only voxels that enhance are coloured, over the signal before the agent. Scales run to the 98th percentile; what lies beyond has the last colour."
        return text
    }

    func altText(title: String) -> String {
        let counts = classes.legend.labels.map { label in "\(label.name) \(coloured.indices.count { coloured[$0] && classes.labels[$0] == label.value })" }
        let medians = maps.map { map in
            let values = coloured.indices.filter { coloured[$0] && map.volume.scalars[$0].isFinite }.map { Double(map.volume.scalars[$0]) * map.shown.factor }.sorted()
            return "\(map.name) \(values.isEmpty ? "none" : Numbers.short(values[values.count / 2]) + " " + map.shown.unit)"
        }
        return "\(title): maps over \(view.plane.rawValue) slices \(Numbers.list(shown.map { $0 + 1 })) of \(view.slices.count). Voxels by class: \(counts.joined(separator: ", ")). Medians of what enhances: \(medians.joined(separator: ", "))."
    }
}
