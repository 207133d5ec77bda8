import Foundation

/// The arterial input of a fit: how much of the agent the plasma carried over time.
public enum InputFigure {
    /// How the input is drawn.
    public struct Parameters: Sendable, Hashable, Codable {
        /// What stands above it.
        public var title = "Arterial input"
        /// The defaults.
        public init() {}
    }

    private static let line = Colour([213, 94, 0])

    /// Draws an input.
    ///
    /// - Parameters:
    ///   - times: of the samples, s.
    ///   - plasma: concentration in plasma, mM.
    ///   - isSampled: whether the samples are measured, and shown as dots.
    ///   - origin: where it comes from, to follow "It is".
    /// - Throws: `ReportError` when the picture cannot be drawn.
    public static func draw(times: [Double], plasma: [Double], isSampled: Bool, origin: String, parameters p: Parameters = .init()) throws -> Figure {
        precondition(times.count == plasma.count, "a concentration for each time")
        let canvas = try Canvas(width: 900, height: 330), known = times.indices.filter { plasma[$0].isFinite && times[$0].isFinite }
        canvas.write(canvas.fitted(p.title, to: 860, size: 17, bold: true), x: Double(PanelLayout.margin), y: 33, size: 17, bold: true)
        guard let first = known.first, let last = known.last, first < last else {
            canvas.write("There is no input.", x: Double(PanelLayout.margin), y: 64, size: 14)
            return try figure(canvas, p.title, caption: "There is no input.", words: "there is no input")
        }
        let start = min(0, times[first]), low = min(0, known.map { plasma[$0] }.min() ?? 0), high = max(0.1, known.map { plasma[$0] }.max() ?? 0)
        let area = PlotArea(x: 66, y: 66, width: 810, height: 204, across: start...max(times[last], start + 1), up: Ticks.widened(low...high, count: 4))
        area.drawAxes(on: canvas, across: "time [s]", up: "plasma [mM]", ticks: (10, 4))
        let points = known.map { area.place(times[$0], plasma[$0]) }
        canvas.path(points, line.mixed(with: .white, 0.2), width: 1.8)
        if isSampled { for at in points { canvas.disc(x: at.x, y: at.y, radius: 2.4, line.mixed(with: .white, 0.5)) } }
        let peak = known.max { plasma[$0] < plasma[$1] } ?? first
        let words = "peaks at \(Numbers.short(plasma[peak])) mM after \(Numbers.short(times[peak])) s and ends at \(Numbers.short(plasma[last])) mM"
        return try figure(canvas, p.title, caption: "Concentration of the agent in arterial plasma that the fit used. It is \(origin); it \(words).", words: "concentration in plasma over time, \(origin); it \(words)")
    }

    private static func figure(_ canvas: Canvas, _ title: String, caption: String, words: String) throws -> Figure {
        try canvas.figure(title, caption: caption, altText: "\(title): \(words).", section: .perfusion, .exact)
    }
}
