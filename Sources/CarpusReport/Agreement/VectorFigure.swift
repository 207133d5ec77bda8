public import Foundation

/// A drawing with its words, as SVG.
public struct VectorFigure: Sendable, Hashable {
    /// What it shows.
    public let title: String
    /// The same, with its numbers, for those who cannot see it; it stands in the file too.
    public let altText: String
    /// The drawing.
    public let svg: Data

    /// A drawing finished.
    init(_ canvas: Canvas, title: String, altText: String) throws {
        (self.title, self.altText) = (title, altText)
        svg = try canvas.svg(title: title, description: altText)
    }
}

/// A number with the ends of its interval, where it has one.
public struct IntervalValue: Sendable, Hashable {
    /// The number.
    public var value: Double
    /// The interval's ends.
    public var lower, upper: Double?

    /// A number and its interval.
    public init(_ value: Double, lower: Double? = nil, upper: Double? = nil) { (self.value, self.lower, self.upper) = (value, lower, upper) }

    /// `1.20 (0.900 to 1.50)`.
    public var text: String {
        guard let lower, let upper else { return Numbers.short(value) }
        return "\(Numbers.short(value)) (\(Numbers.short(lower)) to \(Numbers.short(upper)))"
    }
}

/// What figures of agreement share: their size, their colours, the places of their parts. Colours of Okabe and Ito.
enum AgreementStyle {
    static let width = 600, height = 450
    static let points = Colour([86, 180, 233]), line = Colour([230, 159, 0]), other = Colour([213, 94, 0])

    /// A canvas with a title.
    static func canvas(_ title: String, height: Int = height) throws -> Canvas {
        let canvas = try Canvas(width: width, height: height, form: .shapes)
        canvas.write(canvas.fitted(title, to: Double(width - 2 * PanelLayout.margin), size: 16, bold: true), x: Double(PanelLayout.margin), y: 30, size: 16, bold: true)
        return canvas
    }

    /// Points as discs; several at one place become one of as much larger area.
    static func scatter(_ points: [SIMD2<Double>], in area: PlotArea, on canvas: Canvas) {
        var counts: [SIMD2<Double>: Int] = [:]
        for p in points { counts[p, default: 0] += 1 }
        for (p, n) in counts.sorted(by: { ($0.value, $0.key.x, $0.key.y) > ($1.value, $1.key.x, $1.key.y) }) {
            let at = area.place(p.x, p.y)
            canvas.disc(x: at.x, y: at.y, radius: min(16, 3.4 * Double(n).squareRoot()) + 0.9, .ground)
            canvas.disc(x: at.x, y: at.y, radius: min(16, 3.4 * Double(n).squareRoot()), Self.points)
        }
    }

    /// The range of numbers, widened to round ones; about a single number, room for it. What is never negative has no axis below 0.
    static func range(_ values: [Double], count: Int = 5) -> ClosedRange<Double> {
        let low = values.min() ?? 0, high = values.max() ?? 1, room = high > low ? 0.03 * (high - low) : max(abs(high), 1) * 0.5
        return Ticks.widened((low >= 0 ? max(0, low - room) : low - room)...(high + room), count: count)
    }

    static func unit(_ unit: String) -> String { unit == "1" ? "" : " [\(unit)]" }
}
