import Foundation

extension Distribution {
    /// Bars of how often values occur; those to be looked at stand on those that may be used.
    ///
    /// - Throws: `ReportError` when it cannot be drawn.
    public func draw() throws -> VectorFigure {
        let title = column.title, canvas = try AgreementStyle.canvas(title, height: 330)
        let most = zip(sure, doubtful).map(+).max() ?? 0, across = range.lowerBound < range.upperBound ? range : AgreementStyle.range([range.lowerBound])
        let area = PlotArea(x: 90, y: 70, width: 470, height: 190, across: across, up: 0...Double(max(most, 1)))
        area.drawAxes(on: canvas, across: column.measure + AgreementStyle.unit(column.unit), up: "scans", ticks: (5, min(4, max(most, 1))))
        let width = (range.upperBound - range.lowerBound) / Double(sure.count)
        for i in sure.indices where sure[i] + doubtful[i] > 0 {
            let from = area.place(range.lowerBound + Double(i) * width, 0).x, to = max(from + 3, area.place(range.lowerBound + Double(i + 1) * width, 0).x)
            let foot = area.place(0, 0).y, middle = area.place(0, Double(sure[i])).y, top = area.place(0, Double(sure[i] + doubtful[i])).y
            canvas.fill(x: from, y: middle, width: to - from - 1, height: foot - middle, AgreementStyle.points)
            canvas.fill(x: from, y: top, width: to - from - 1, height: middle - top, AgreementStyle.line)
        }
        let n = sure.reduce(0, +), d = doubtful.reduce(0, +)
        canvas.write("Blue: \(n) to be used. Orange: \(d) to be looked at first. Scans without a number are not shown.", x: Double(PanelLayout.margin), y: 318, size: 11, .faint)
        return try VectorFigure(
            canvas, title: title, altText: "\(title): \(n + d) values from \(Numbers.short(range.lowerBound)) to \(Numbers.short(range.upperBound)) \(Wording.unit(column.unit)), \(d) of them to be looked at first.")
    }
}

extension Course {
    /// A line a participant over the visits.
    ///
    /// - Throws: `ReportError` when it cannot be drawn.
    public func draw() throws -> VectorFigure {
        let title = "\(column.title): from visit to visit", canvas = try AgreementStyle.canvas(title, height: 360)
        let last = Double(max(sessions.count - 1, 1))
        let area = PlotArea(x: 90, y: 70, width: 470, height: 220, across: -0.15...(last + 0.15), up: AgreementStyle.range([range.lowerBound, range.upperBound]))
        canvas.fill(x: area.x, y: area.y, width: area.width, height: area.height, Colour(grey: 0.1))
        for value in Ticks.within(area.up, count: 4) {
            let level = area.place(0, value).y
            canvas.stroke([Line(x0: area.x, y0: level, x1: area.x + area.width, y1: level)], .nothingHatch, width: 0.6)
            canvas.write(Numbers.tick(value), x: area.x - 6, y: level + 4, size: 11, .faint, align: .right)
        }
        canvas.write(column.measure + AgreementStyle.unit(column.unit), x: area.x - 30, y: area.y - 7, size: 11, .faint)
        for (i, session) in sessions.enumerated() {
            canvas.write(canvas.fitted(session, to: area.width / Double(sessions.count), size: 11), x: area.place(Double(i), 0).x, y: area.y + area.height + 16, size: 11, .faint, align: .centre)
        }
        for line in lines {
            let points = line.enumerated().compactMap { i, value in value.map { area.place(Double(i), $0) } }
            canvas.path(points, AgreementStyle.points, width: 1.2)
            for p in points { canvas.disc(x: p.x, y: p.y, radius: 2.2, AgreementStyle.points) }
        }
        let words = untold > 0 ? "\(lines.count) of \(lines.count + untold) wrists with two visits or more." : "\(Numbers.count(lines.count, "wrist")) with two visits or more."
        canvas.write(words + " A visit without a number is passed over; values to be looked at first are drawn like the others.", x: Double(PanelLayout.margin), y: 346, size: 11, .faint)
        return try VectorFigure(canvas, title: title, altText: "\(title): \(words) Visits \(sessions.joined(separator: ", ")).")
    }
}
