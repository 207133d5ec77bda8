import CarpusCore

/// How far each frame of a series had moved, and which frames were left out.
public enum MotionFigure {
    /// How motion is drawn.
    public struct Parameters: Sendable, Hashable, Codable {
        /// What stands above it.
        public var title = "Motion of the frames"
        /// The defaults.
        public init() {}
    }

    /// A frame and how it lay.
    public struct Frame: Sendable, Hashable {
        /// When it was taken, s.
        public var time: Double
        /// How far it lay from the reference, mm, and the standard error of that; infinite where it is not known.
        public var displacement, standardError: Double
        /// Whether it was left out.
        public var isRejected: Bool

        /// A frame of given time, place and fate.
        public init(time: Double, displacement: Double, standardError: Double, isRejected: Bool) {
            (self.time, self.displacement, self.standardError, self.isRejected) = (time, displacement, standardError, isRejected)
        }
    }

    private static let kept = Colour([86, 180, 233]), left = Colour(Palette.decrease)

    /// Draws the displacement of each frame, counted from 0.
    ///
    /// - Parameters:
    ///   - reference: the frame that stayed.
    ///   - limit: frames beyond it are left out, mm.
    /// - Throws: `ReportError` when the picture cannot be drawn.
    public static func draw(_ frames: [Frame], reference: Int, limit: Double, parameters p: Parameters = .init()) throws -> Figure {
        let canvas = try Canvas(width: 900, height: 330)
        canvas.write(canvas.fitted(p.title, to: 860, size: 17, bold: true), x: Double(PanelLayout.margin), y: 33, size: 17, bold: true)
        let known = frames.indices.filter { frames[$0].displacement.isFinite }
        let highest = known.map { frames[$0].displacement + (frames[$0].standardError.isFinite ? frames[$0].standardError : 0) }.max() ?? 1
        // The limit is shown where it does not press the rest down.
        let showsLimit = limit <= 3 * max(highest, 0.2), up = Ticks.widened(0...max(0.2, highest, showsLimit ? 1.05 * limit : 0), count: 4)
        let area = PlotArea(x: 66, y: 66, width: 810, height: 184, across: -0.5...(Double(max(frames.count, 1)) - 0.5), up: up)
        area.drawAxes(on: canvas, across: "frame, counted from 0", up: "displacement [mm]", ticks: (min(12, max(frames.count, 2)), 4))
        if showsLimit { canvas.path([area.place(-0.5, limit), area.place(Double(frames.count) - 0.5, limit)], left, width: 1.2, dash: 6) }
        canvas.path(known.filter { !frames[$0].isRejected }.map { area.place(Double($0), frames[$0].displacement) }, kept.mixed(with: .ground, 0.4), width: 1.2)
        for (i, frame) in frames.enumerated() { draw(frame, at: i, isReference: i == reference, area, canvas) }
        legend(canvas, showsLimit: showsLimit, limit: limit)
        let rejected = frames.indices.filter { frames[$0].isRejected }
        return try canvas.figure(
            p.title, caption: caption(frames, rejected, reference: reference, limit: limit), altText: altText(p.title, frames, known, rejected), section: .quality, .exact)
    }

    private static func draw(_ frame: Frame, at i: Int, isReference: Bool, _ area: PlotArea, _ canvas: Canvas) {
        let value = frame.displacement.isFinite ? frame.displacement : area.up.upperBound, at = area.place(Double(i), value)
        if frame.standardError.isFinite {
            let low = area.place(Double(i), max(0, value - frame.standardError)).y, high = area.place(Double(i), value + frame.standardError).y
            canvas.stroke([Line(x0: at.x, y0: low, x1: at.x, y1: high)], frame.isRejected ? left : kept, width: 1)
        }
        if frame.isRejected {
            cross(canvas, at.x, at.y)
        } else {
            canvas.disc(x: at.x, y: at.y, radius: isReference ? 5 : 3.2, isReference ? .white : kept)
        }
    }

    private static func cross(_ canvas: Canvas, _ x: Double, _ y: Double) {
        canvas.stroke([Line(x0: x - 4, y0: y - 4, x1: x + 4, y1: y + 4), Line(x0: x - 4, y0: y + 4, x1: x + 4, y1: y - 4)], left, width: 2.2)
    }

    private static func legend(_ canvas: Canvas, showsLimit: Bool, limit: Double) {
        let y = 308.0
        canvas.disc(x: 76, y: y - 4, radius: 3.2, kept)
        canvas.write("kept", x: 86, y: y, size: 12)
        cross(canvas, 146, y - 4)
        canvas.write("left out", x: 158, y: y, size: 12)
        canvas.disc(x: 236, y: y - 4, radius: 5, .white)
        canvas.write("reference", x: 248, y: y, size: 12)
        guard showsLimit else { return }
        canvas.path([(338, y - 4), (364, y - 4)], left, width: 1.2, dash: 6)
        canvas.write("limit, \(Numbers.short(limit)) mm", x: 372, y: y, size: 12)
    }

    private static func caption(_ frames: [Frame], _ rejected: [Int], reference: Int, limit: Double) -> String {
        let fate = rejected.isEmpty ? "None was left out" : "Left out: \(Numbers.list(rejected))"
        return "How far each frame lay from frame \(reference), root mean square over the tissue, with its standard error. \(fate); frames beyond \(Numbers.short(limit)) mm, or of which the place is not sure, are."
    }

    private static func altText(_ title: String, _ frames: [Frame], _ known: [Int], _ rejected: [Int]) -> String {
        let most = known.max { frames[$0].displacement < frames[$1].displacement }, mean = known.reduce(0.0) { $0 + frames[$1].displacement } / Double(max(1, known.count))
        let farthest = most.map { ", at most \(Numbers.short(frames[$0].displacement)) mm in frame \($0)" } ?? ""
        return "\(title): \(Numbers.count(frames.count, "frame")), displaced by \(Numbers.short(mean)) mm on average\(farthest); \(rejected.isEmpty ? "none" : Numbers.list(rejected)) left out."
    }
}
