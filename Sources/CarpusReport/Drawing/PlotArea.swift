import Foundation

/// Round numbers along an axis.
enum Ticks {
    /// The step of 1, 2, 5 or 10 times a power of ten that parts a span most nearly into `count` pieces.
    static func step(_ span: Double, count: Int) -> Double {
        guard span > 0, span.isFinite else { return 1 }
        let rough = span / Double(count), power = pow(10, log10(rough).rounded(.down))
        let size = rough / power
        return (size < 1.5 ? 1 : size < 3.5 ? 2 : size < 7.5 ? 5 : 10) * power
    }

    /// The round numbers within a range.
    static func within(_ range: ClosedRange<Double>, count: Int) -> [Double] {
        let step = step(range.upperBound - range.lowerBound, count: count), first = (range.lowerBound / step - 1e-9).rounded(.up)
        var ticks: [Double] = []
        for i in 0...(4 * count) {
            let value = (first + Double(i)) * step
            if value > range.upperBound + 1e-9 * step { break }
            ticks.append(value)
        }
        return ticks
    }

    /// A range widened to round numbers.
    static func widened(_ range: ClosedRange<Double>, count: Int) -> ClosedRange<Double> {
        let step = step(range.upperBound - range.lowerBound, count: count), low = (range.lowerBound / step + 1e-9).rounded(.down) * step
        return low...max((range.upperBound / step - 1e-9).rounded(.up) * step, low + step)
    }
}

/// A rectangle in which values are drawn, with its axes.
struct PlotArea {
    let x, y, width, height: Double
    /// What the sides stand for.
    let across, up: ClosedRange<Double>

    /// The place of a value; beyond the sides it stays on them.
    func place(_ a: Double, _ b: Double) -> (x: Double, y: Double) {
        func share(_ v: Double, _ range: ClosedRange<Double>) -> Double { max(0, min(1, (v - range.lowerBound) / (range.upperBound - range.lowerBound))) }
        return (x + width * share(a, across), y + height * (1 - share(b, up)))
    }

    /// Frame, numbers and names of both axes.
    func drawAxes(on canvas: Canvas, across name: String, up title: String, ticks: (across: Int, up: Int) = (5, 4)) {
        canvas.fill(x: x, y: y, width: width, height: height, Colour(grey: 0.1))
        for value in Ticks.within(up, count: ticks.up) {
            let level = place(across.lowerBound, value).y
            canvas.stroke([Line(x0: x, y0: level, x1: x + width, y1: level)], .nothingHatch, width: 0.6)
            canvas.write(Numbers.tick(value), x: x - 6, y: level + 4, size: 11, .faint, align: .right)
        }
        for value in Ticks.within(across, count: ticks.across) {
            let at = place(value, up.lowerBound).x
            canvas.stroke([Line(x0: at, y0: y + height, x1: at, y1: y + height + 4)], .faint, width: 1)
            canvas.write(Numbers.tick(value), x: at, y: y + height + 16, size: 11, .faint, align: .centre)
        }
        canvas.stroke([Line(x0: x, y0: y, x1: x, y1: y + height), Line(x0: x, y0: y + height, x1: x + width, y1: y + height)], .faint, width: 1)
        canvas.write(name, x: x + width / 2, y: y + height + 32, size: 11, .faint, align: .centre)
        canvas.write(title, x: x - 30, y: y - 7, size: 11, .faint)
    }
}

extension Numbers {
    /// A round number without superfluous digits.
    static func tick(_ value: Double) -> String {
        guard abs(value) > 1e-12 else { return "0" }
        return String(format: "%.4g", value).replacingOccurrences(of: "-", with: "−")
    }
}
