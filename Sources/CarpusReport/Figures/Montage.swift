public import CarpusCore

/// Slices of a volume side by side, with the outlines of labels.
public enum Montage {
    /// How a montage is drawn.
    public struct Parameters: Sendable, Hashable, Codable {
        /// What stands above it.
        public var title = "Slices"
        /// At most this many slices, evenly chosen; those with labels where there are labels.
        public var slices = 16
        /// The longer side of a slice in pixels.
        public var pixels = 280
        /// The defaults.
        public init() {}

        /// What is wrong with these values, nil when nothing is.
        public var complaint: String? {
            if !(1...64).contains(slices) { return "slices is \(slices) but must lie between 1 and 64" }
            if !(32...1024).contains(pixels) { return "pixels is \(pixels) but must lie between 32 and 1024" }
            return nil
        }
    }

    /// Draws a montage. Labels on another grid are carried to the image's by nearest neighbour.
    public static func draw(_ image: Volume<Float>, labels: LabelMap? = nil, parameters: Parameters = .init()) throws -> Figure {
        if let complaint = parameters.complaint { throw ReportError(.badParameter, complaint) }
        let view = SliceView(of: image.grid), map = labels.map { $0.grid == image.grid ? $0 : $0.resampled(onto: image.grid) }
        let (shown, labelled) = choose(in: view, image: image, labels: map, limit: parameters.slices)
        let window = GreyWindow(robust: [image.scalars]), picture = SlicePicture(view, longerSide: parameters.pixels)
        let present = map.map(presentLabels) ?? []
        let perRow = min(shown.count, picture.width > 2 * picture.height ? 2 : 4)
        let layout = PanelLayout(picture: picture, perRow: perRow, top: 50)
        let strip = try LegendStrip(present.map(\.label), width: Double(layout.width - 2 * PanelLayout.margin))
        let legendTop = layout.bottom(panels: shown.count) + 12
        let canvas = try Canvas(width: layout.width, height: legendTop + (strip.lines > 0 ? strip.height + 8 : 4))
        PanelLayout.head(parameters.title, scale: picture.scale, on: canvas)
        let colours = Dictionary(uniqueKeysWithValues: present.map { ($0.label.value, Colour($0.label.color)) })
        let panels = shown.enumerated().map { i, slice in
            let panel = layout.place(picture.tile(image.scalars, slice: slice, window: window), i, name: "slice \(slice + 1)", slice: slice, on: canvas)
            if let map {
                Outlines(of: map.labels, slice: slice, in: picture, x: Double(panel.x), y: Double(panel.y)).draw(on: canvas) { colours[$0] ?? .white }
            }
            return panel
        }
        strip.draw(on: canvas, x: PanelLayout.margin, y: legendTop)
        let words = MontageWords(image: image, view: view, shown: shown, labelled: labelled, present: present, hasMap: map != nil, window: window)
        return try canvas.figure(
            parameters.title, caption: words.caption, altText: words.altText(title: parameters.title), section: map == nil ? .images : .segmentation, .outlinedSlices, panels: panels)
    }

    /// Slices with labels, or else those that hold data, evenly chosen; and how many hold labels at all.
    private static func choose(in view: SliceView, image: Volume<Float>, labels: LabelMap?, limit: Int) -> (shown: [Int], labelled: Int?) {
        let labelled = labels.map { map in view.counts { map.labels[$0] != 0 }.indices(above: 0) }
        if let labelled, !labelled.isEmpty { return (SliceView.spread(labelled, limit: limit), labelled.count) }
        let covered = view.counts { image.scalars[$0].isFinite }.indices(above: 0)
        let all = covered.isEmpty ? Array(0..<view.slices.count) : covered
        return (SliceView.spread(all, limit: limit), labelled?.count)
    }

    /// Labels that occur, with their volume in mL; a value the legend does not know is told by its number.
    private static func presentLabels(_ map: LabelMap) -> [(label: Label, volume: Double)] {
        map.counts.sorted { $0.key < $1.key }.map { value, n in
            (map.legend[value] ?? Label(value: value, name: "label \(value)", color: Palette.distinct(Int(value))), Double(n) * map.grid.voxelVolume / 1000)
        }
    }
}

extension [Int] {
    /// Where the numbers exceed a bound.
    func indices(above bound: Int) -> [Int] { indices.filter { self[$0] > bound } }
}

/// What is said about a montage.
struct MontageWords {
    let image: Volume<Float>
    let view: SliceView
    let shown: [Int]
    let labelled: Int?
    let present: [(label: Label, volume: Double)]
    let hasMap: Bool
    let window: GreyWindow

    var caption: String {
        let which = switch labelled {
        case .some(let n) where n > 0: shown.count < n ? ", evenly chosen from the \(n) with labels," : " with labels,"
        default: shown.count < view.slices.count ? ", evenly chosen," : ""
        }
        let side = view.plane == .sagittal ? "anterior is on the left" : "the patient's left is on the right"
        var text = "\(Numbers.count(shown.count, "\(view.plane.rawValue) slice"))\(which) of \(view.slices.count); \(side). "
        text += "Grey from \(Numbers.short(Double(window.low))) (black) to \(Numbers.short(Double(window.high))) (white), the middle 99 % of the values."
        if !present.isEmpty { text += " Outlines follow the borders of labelled voxels." }
        if hasMap && present.isEmpty { text += " Nothing is labelled." }
        if image.scalars.contains(where: { !$0.isFinite }) { text += " Hatched: no data." }
        return text
    }

    func altText(title: String) -> String {
        let columns = view.columns, rows = view.rows
        var text = "\(title): montage of \(Numbers.count(shown.count, "\(view.plane.rawValue) slice")), numbers \(Numbers.list(shown.map { $0 + 1 })) of \(view.slices.count), "
        text += "each \(columns.count) by \(rows.count) voxels of \(Numbers.short(columns.spacing)) by \(Numbers.short(rows.spacing)) mm, \(Numbers.short(view.slices.spacing)) mm apart."
        guard hasMap else { return text }
        let named = present.prefix(12).map { "\($0.label.name) \(Numbers.short($0.volume)) mL" }
        text += present.isEmpty ? " No labels." : " Labels outlined: \(named.joined(separator: ", "))\(present.count > 12 ? " and \(present.count - 12) more" : "")."
        return text
    }
}
