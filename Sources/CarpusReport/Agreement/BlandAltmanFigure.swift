/// Differences of two raters over their means, with bias and limits of agreement (Bland and Altman, Lancet 327, 1986).
public struct BlandAltmanFigure: Sendable, Hashable {
    /// What was rated, and the names of first and second rater.
    public var title, first, second: String
    /// UCUM.
    public var unit: String
    /// Values of either rater, one a subject.
    public var x, y: [Double]
    /// Mean of first less second; nil where the data do not define it.
    public var bias: IntervalValue?
    /// 1.96 standard deviations below and above.
    public var lowerLimit, upperLimit: IntervalValue?

    /// A figure of pairs and what was computed of them.
    public init(title: String, first: String, second: String, unit: String, x: [Double], y: [Double], bias: IntervalValue?, lowerLimit: IntervalValue?, upperLimit: IntervalValue?) {
        precondition(x.count == y.count, "pairs")
        (self.title, self.first, self.second, self.unit, self.x, self.y) = (title, first, second, unit, x, y)
        (self.bias, self.lowerLimit, self.upperLimit) = (bias, lowerLimit, upperLimit)
    }

    /// The drawing.
    ///
    /// - Throws: `ReportError` when it cannot be made.
    public func draw() throws -> VectorFigure {
        let points = zip(x, y).map { SIMD2(($0 + $1) / 2, $0 - $1) }, lines = [upperLimit, bias, lowerLimit].compactMap(\.self)
        let canvas = try AgreementStyle.canvas(title)
        let up = AgreementStyle.range(points.map(\.y) + [0] + lines.flatMap { [$0.value, $0.lower, $0.upper].compactMap(\.self) })
        let area = PlotArea(x: 70, y: 70, width: 390, height: 300, across: AgreementStyle.range(points.map(\.x)), up: up)
        area.drawAxes(on: canvas, across: canvas.fitted("mean of \(first) and \(second)\(AgreementStyle.unit(unit))", to: 460, size: 11), up: canvas.fitted("\(first) − \(second)\(AgreementStyle.unit(unit))", to: 420, size: 11))
        let ends = (area.across.lowerBound, area.across.upperBound)
        canvas.path([area.place(ends.0, 0), area.place(ends.1, 0)], .faint, width: 0.8)
        for (value, isBias) in [(bias, true), (upperLimit, false), (lowerLimit, false)] {
            guard let value else { continue }
            let colour = isBias ? AgreementStyle.line : AgreementStyle.other
            if let low = value.lower, let high = value.upper {
                canvas.polygon([area.place(ends.0, low), area.place(ends.1, low), area.place(ends.1, high), area.place(ends.0, high)], colour, alpha: 0.22)
            }
            canvas.path([area.place(ends.0, value.value), area.place(ends.1, value.value)], colour, width: 1.8, dash: isBias ? 0 : 7)
        }
        AgreementStyle.scatter(points, in: area, on: canvas)
        label(lines, area, canvas)
        canvas.write("Bands are intervals of confidence. Larger discs are several subjects.", x: Double(PanelLayout.margin), y: 432, size: 11, .faint)
        return try VectorFigure(canvas, title: title, altText: altText)
    }

    /// Values at the right of their lines, moved apart where they would meet.
    private func label(_ lines: [IntervalValue], _ area: PlotArea, _ canvas: Canvas) {
        let names = [upperLimit == nil ? nil : "upper limit", bias == nil ? nil : "bias", lowerLimit == nil ? nil : "lower limit"].compactMap(\.self)
        var last = -Double.infinity
        for (name, line) in zip(names, lines) {
            let y = max(area.place(area.across.upperBound, line.value).y, last + 34), colour = name == "bias" ? AgreementStyle.line : AgreementStyle.other
            canvas.write(name, x: area.x + area.width + 10, y: y - 2, size: 11, colour)
            canvas.write(Numbers.signed(line.value), x: area.x + area.width + 10, y: y + 13, size: 13, bold: true)
            last = y
        }
    }

    private var altText: String {
        guard let bias else { return "\(title): too few pairs of \(first) and \(second) for limits of agreement." }
        let limits = lowerLimit.flatMap { low in upperLimit.map { "; limits of agreement \(low.text) to \($0.text)" } } ?? ""
        return "\(title): \(Numbers.count(x.count, "pair")), bias of \(first) less \(second) \(bias.text)\(limits)."
    }
}
