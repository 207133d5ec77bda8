/// One rater's values over the other's, with the line on which they would lie if both always agreed.
public struct ScatterFigure: Sendable, Hashable {
    /// What was rated, and the names of first (up) and second rater (across).
    public var title, first, second: String
    /// UCUM.
    public var unit: String
    /// Values of either rater, one a subject.
    public var x, y: [Double]
    /// What is told beneath: names and numbers.
    public var remarks: [(name: String, value: IntervalValue)] {
        get { notes.map { ($0.name, $0.value) } }
        set { notes = newValue.map { Note(name: $0.name, value: $0.value) } }
    }
    private var notes: [Note] = []
    private struct Note: Sendable, Hashable { let name: String, value: IntervalValue }

    /// A figure of pairs.
    public init(title: String, first: String, second: String, unit: String, x: [Double], y: [Double], remarks: [(name: String, value: IntervalValue)] = []) {
        precondition(x.count == y.count, "pairs")
        (self.title, self.first, self.second, self.unit, self.x, self.y) = (title, first, second, unit, x, y)
        self.remarks = remarks
    }

    /// The drawing.
    ///
    /// - Throws: `ReportError` when it cannot be made.
    public func draw() throws -> VectorFigure {
        let canvas = try AgreementStyle.canvas(title, height: 520), range = AgreementStyle.range(x + y)
        let area = PlotArea(x: 110, y: 70, width: 370, height: 370, across: range, up: range)
        let unit = AgreementStyle.unit(unit)
        area.drawAxes(on: canvas, across: canvas.fitted(second + unit, to: 420, size: 11), up: canvas.fitted(first + unit, to: 420, size: 11), ticks: (5, 5))
        canvas.path([area.place(range.lowerBound, range.lowerBound), area.place(range.upperBound, range.upperBound)], AgreementStyle.line, width: 1.8, dash: 7)
        AgreementStyle.scatter(zip(x, y).map { SIMD2($1, $0) }, in: area, on: canvas)
        let words = (["\(x.count) pairs"] + notes.map { "\($0.name) \($0.value.text)" }).joined(separator: ", ")
        canvas.write(canvas.fitted(words, to: Double(AgreementStyle.width - 2 * PanelLayout.margin), size: 12), x: Double(PanelLayout.margin), y: 492, size: 12)
        canvas.write("Dashed: both agree. Larger discs are several subjects.", x: Double(PanelLayout.margin), y: 510, size: 11, .faint)
        return try VectorFigure(canvas, title: title, altText: "\(title): \(first) over \(second), \(words), with the line of identity.")
    }
}
