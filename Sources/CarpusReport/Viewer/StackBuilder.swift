import CarpusCore

/// What the three kinds of stacks have in common.
struct StackBuilder {
    let grid: Grid
    let painter: SheetPainter
    let parameters: SliceStack.Parameters

    /// - Throws: `ReportError` for parameters out of range or slices that do not fit.
    init(_ grid: Grid, _ parameters: SliceStack.Parameters) throws {
        if let complaint = parameters.complaint { throw ReportError(.badParameter, complaint) }
        (self.grid, self.parameters) = (grid, parameters)
        painter = try SheetPainter(of: grid, longerSide: parameters.pixels)
    }

    /// An image; its 8 bits reach from the 0.1th to the 99.9th percentile, and it is shown from the 0.5th to the 99.5th unless a window is given.
    func grey(_ name: String, _ image: Volume<Float>, like others: [Volume<Float>] = []) throws -> SliceStack.Layer {
        let all = [image.scalars] + others.map(\.scalars)
        let range = GreyWindow(robust: all, leaving: 0.001), window = GreyWindow(robust: all)
        return SliceStack.Layer(
            kind: .grey, name: name, low: Double(range.low), high: Double(range.high), black: Double(window.low), white: Double(window.high), legend: [],
            sheet: try painter.grey(image.scalars, range: range, quality: parameters.quality))
    }

    /// How many labels a sheet can tell apart.
    private static let mostLabels = 255

    /// Labels that occur, carried to the grid by nearest neighbour; where a sheet cannot tell them all apart, the last ones are one.
    func labels(_ name: String, _ map: LabelMap) throws -> SliceStack.Layer {
        let own = map.grid == grid ? map : map.resampled(onto: grid)
        let present = own.counts.keys.sorted().map { own.legend[$0] ?? Label(value: $0, name: "label \($0)", color: Palette.distinct(Int($0))) }
        var legend = present.prefix(Self.mostLabels).enumerated().map { SliceStack.Entry(value: $0 + 1, colour: $1.color, name: $1.name) }
        if present.count > Self.mostLabels {
            legend[Self.mostLabels - 1] = .init(value: Self.mostLabels, colour: [255, 255, 255], name: "\(present.count - Self.mostLabels + 1) other labels")
        }
        return SliceStack.Layer(kind: .labels, name: name, legend: legend, sheet: try painter.labels(own, listed: present))
    }

    /// The slice with most of something, or the middle one.
    func fullest(where holds: (Int) -> Bool) -> Int {
        let counts = painter.view.counts(where: holds), most = counts.max() ?? 0
        return most > 0 ? counts.firstIndex(of: most) ?? 0 : painter.count / 2
    }

    func stack(_ kind: SliceStack.Kind, _ section: ReportSection, caption: String, altText: String, start: Int, layers: [SliceStack.Layer]) -> SliceStack {
        let view = painter.view, axis = view.slices.axis
        var middle = (Vector3(grid.size) - 1) / 2
        middle[axis] = 0
        let first = grid.worldFromVoxel(middle)
        middle[axis] = 1
        let next = grid.worldFromVoxel(middle)
        func list(_ v: Vector3) -> [Double] { [v.x, v.y, v.z].map { ($0 * 1000).rounded() / 1000 } }
        return SliceStack(
            kind: kind, section: section, title: parameters.title, caption: caption, altText: altText, plane: view.plane.rawValue, left: view.left, right: view.right, top: view.top, bottom: view.bottom,
            width: painter.picture.width, height: painter.picture.height, pixelSize: 1 / painter.picture.scale, count: painter.count, start: start, first: list(first), step: list(next - first),
            perRow: painter.perRow, layers: layers)
    }

    /// `24 coronal slices of 320 by 320 voxels`.
    var extent: String {
        let view = painter.view
        return "\(Numbers.count(view.slices.count, "\(view.plane.rawValue) slice")) of \(view.columns.count) by \(view.rows.count) voxels, \(Numbers.short(view.slices.spacing)) mm apart"
    }
}
