/// Curves of regions with their spread, a small plot each, all on the same axes.
public enum CurveFigure {
    /// How curves are drawn.
    public struct Parameters: Sendable, Hashable, Codable {
        /// What stands above them.
        public var title = "Curves of regions"
        /// At most this many regions, those of the most voxels.
        public var regions = 12
        /// The defaults.
        public init() {}

        /// What is wrong with these values, nil when nothing is.
        public var complaint: String? { (1...48).contains(regions) ? nil : "regions is \(regions) but must lie between 1 and 48" }
    }

    /// A region's curve.
    public struct Curve: Sendable, Hashable {
        /// The region.
        public var name: String
        /// How many voxels it is made of.
        public var voxels: Int
        /// Its colour, three numbers of 0 to 255.
        public var colour: [UInt8]
        /// Times of the frames, s.
        public var times: [Double]
        /// Relative enhancement: median, and quartiles, over the voxels.
        public var median, lower, upper: [Double]

        /// A curve of given name, size, colour and values.
        public init(_ name: String, voxels: Int, colour: [UInt8], times: [Double], median: [Double], lower: [Double], upper: [Double]) {
            (self.name, self.voxels, self.colour, self.times, self.median, self.lower, self.upper) = (name, voxels, colour, times, median, lower, upper)
        }
    }

    /// Draws curves in their order.
    ///
    /// - Throws: `ReportError` for parameters out of range.
    public static func draw(_ all: [Curve], parameters p: Parameters = .init()) throws -> Figure {
        if let complaint = p.complaint { throw ReportError(.badParameter, complaint) }
        let fewest = all.map(\.voxels).sorted(by: >).prefix(p.regions).last ?? 0
        let curves = Array(all.filter { $0.voxels >= fewest && !$0.times.isEmpty }.prefix(p.regions))
        guard !curves.isEmpty else { return try nothing(p.title) }
        let perRow = min(3, curves.count), rows = (curves.count + perRow - 1) / perRow, cell = (width: 350, height: 250)
        let canvas = try Canvas(width: max(2 * PanelLayout.margin + perRow * cell.width, 520), height: 50 + rows * cell.height + 34)
        canvas.write(canvas.fitted(p.title, to: Double(canvas.width - 2 * PanelLayout.margin), size: 17, bold: true), x: Double(PanelLayout.margin), y: 33, size: 17, bold: true)
        let (across, up) = axes(curves)
        for (i, curve) in curves.enumerated() {
            let left = Double(PanelLayout.margin + i % perRow * cell.width), top = Double(50 + i / perRow * cell.height)
            canvas.write(canvas.fitted("\(curve.name), \(Numbers.count(curve.voxels, "voxel"))", to: Double(cell.width - 60), size: 13), x: left + 50, y: top + 14, size: 13)
            let area = PlotArea(x: left + 50, y: top + 40, width: Double(cell.width - 66), height: Double(cell.height - 84), across: across, up: up)
            area.drawAxes(on: canvas, across: "time [s]", up: "relative enhancement [%]")
            let colour = Colour(curve.colour)
            let known = curve.times.indices.filter { curve.lower[$0].isFinite && curve.upper[$0].isFinite && curve.median[$0].isFinite }
            let above = known.map { area.place(curve.times[$0], 100 * curve.upper[$0]) }, below = known.map { area.place(curve.times[$0], 100 * curve.lower[$0]) }
            canvas.polygon(above + below.reversed(), colour, alpha: 0.35)
            let line = known.map { area.place(curve.times[$0], 100 * curve.median[$0]) }
            canvas.path(line, colour.mixed(with: .white, 0.35), width: 1.8)
            for at in line { canvas.disc(x: at.x, y: at.y, radius: 1.8, colour.mixed(with: .white, 0.6)) }
        }
        let foot = Double(canvas.height - 14), x = Double(PanelLayout.margin + 50)
        canvas.path([(x, foot - 4), (x + 26, foot - 4)], .white, width: 1.8)
        canvas.write("median", x: x + 34, y: foot, size: 12)
        canvas.polygon([(x + 100, foot - 10), (x + 126, foot - 10), (x + 126, foot + 2), (x + 100, foot + 2)], .white, alpha: 0.35)
        canvas.write("from first to third quartile of the voxels", x: x + 134, y: foot, size: 12)
        return try canvas.figure(p.title, caption: caption(curves, of: all.count), altText: altText(p.title, curves), section: .perfusion, .exact)
    }

    /// Axes that hold all curves: time in s, and enhancement in percent.
    private static func axes(_ curves: [Curve]) -> (across: ClosedRange<Double>, up: ClosedRange<Double>) {
        let values = curves.flatMap { $0.lower + $0.upper + $0.median }.filter(\.isFinite), times = curves.flatMap(\.times)
        let least = 100 * min(0, values.min() ?? 0), most = max(1, 100 * (values.max() ?? 0)), start = times.min() ?? 0
        return (start...max(times.max() ?? start, start + 1), Ticks.widened(least...most, count: 4))
    }

    private static func nothing(_ title: String) throws -> Figure {
        let canvas = try Canvas(width: 520, height: 90)
        canvas.write(canvas.fitted(title, to: 480, size: 17, bold: true), x: Double(PanelLayout.margin), y: 33, size: 17, bold: true)
        canvas.write("No region holds a curve that enhances.", x: Double(PanelLayout.margin), y: 64, size: 14)
        return try canvas.figure(title, caption: "No region holds a curve that enhances.", altText: "\(title): no region holds a curve that enhances.", section: .perfusion, .exact)
    }

    private static func caption(_ curves: [Curve], of count: Int) -> String {
        let which = curves.count < count ? "The \(curves.count) largest of \(count) regions: r" : "R"
        return "\(which)elative enhancement of the voxels that enhance, over the frames' own times: median, and the band from first to third quartile. All plots have the same axes."
    }

    private static func altText(_ title: String, _ curves: [Curve]) -> String {
        let words = curves.map { curve -> String in
            let peak = curve.median.indices.filter { curve.median[$0].isFinite }.max { curve.median[$0] < curve.median[$1] }
            guard let peak, let last = curve.median.last else { return curve.name }
            return "\(curve.name) (\(Numbers.count(curve.voxels, "voxel"))) peaks at \(Numbers.short(100 * curve.median[peak])) % after \(Numbers.short(curve.times[peak])) s and ends at \(Numbers.short(100 * last)) %"
        }
        return "\(title): median relative enhancement over time. \(words.joined(separator: "; "))."
    }
}
