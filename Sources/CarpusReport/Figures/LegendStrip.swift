import CarpusCore

/// Names beside their colours, in as many lines as they need.
struct LegendStrip {
    struct Entry { let name: String, colour: Colour? }
    static let lineHeight = 21
    private let places: [(entry: Entry, x: Double, line: Int)]
    let lines: Int

    /// Lays out entries within a width. Beyond `limit` the rest is only counted: a hundred components name themselves in the table.
    init(_ labels: [Label], width: Double, limit: Int = 48) throws {
        var entries = labels.prefix(limit).map { Entry(name: $0.name, colour: Colour($0.color)) }
        if labels.count > limit { entries.append(Entry(name: "and \(labels.count - limit) more", colour: nil)) }
        var x = 0.0, line = 0, places: [(entry: Entry, x: Double, line: Int)] = []
        // Widths need a canvas, and this one's height depends on them.
        let ruler = try Canvas(width: 1, height: 1)
        for entry in entries {
            let own = 20 + ruler.width(of: entry.name, size: 12) + 18
            if x > 0, x + own > width { (x, line) = (0, line + 1) }
            places.append((entry, x, line))
            x += own
        }
        (self.places, lines) = (places, places.isEmpty ? 0 : line + 1)
    }

    var height: Int { lines * Self.lineHeight }

    func draw(on canvas: Canvas, x: Int, y: Int) {
        for (entry, dx, line) in places {
            let left = Double(x) + dx, base = Double(y + line * Self.lineHeight)
            if let colour = entry.colour { canvas.fill(x: left, y: base + 3, width: 13, height: 13, colour) }
            canvas.write(canvas.fitted(entry.name, to: Double(canvas.width - x) - dx - 36, size: 12), x: left + (entry.colour == nil ? 0 : 20), y: base + 14, size: 12, .text)
        }
    }
}
