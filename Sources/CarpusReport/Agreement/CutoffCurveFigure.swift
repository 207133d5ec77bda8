/// A curve over all cut-offs: sensitivity over 1 - specificity (ROC), or precision over sensitivity.
public struct CutoffCurveFigure: Sendable, Hashable {
    /// Which curve.
    public enum Kind: Sendable, Hashable { case receiverOperating, precisionRecall }
    /// A cut-off that is marked.
    public struct Mark: Sendable, Hashable {
        /// Which cut-off, and where it lies on the curve.
        public var name: String, x, y: Double
        /// A mark at a place.
        public init(_ name: String, x: Double, y: Double) { (self.name, self.x, self.y) = (name, x, y) }
    }

    public var kind: Kind
    /// What was rated, and by whom.
    public var title: String
    /// Places on the curve, the highest cut-off first; shares of 0 to 1.
    public var points: [SIMD2<Double>]
    /// The area under the curve, or the average precision.
    public var area: IntervalValue
    /// What guessing would reach: the share of positives, for precision.
    public var prevalence: Double
    /// Cut-offs to mark.
    public var marks: [Mark]

    /// A curve.
    public init(_ kind: Kind, title: String, points: [SIMD2<Double>], area: IntervalValue, prevalence: Double, marks: [Mark] = []) {
        (self.kind, self.title, self.points, self.area, self.prevalence, self.marks) = (kind, title, points, area, prevalence, marks)
    }

    private var isROC: Bool { kind == .receiverOperating }

    /// The drawing. Precision has no line between its points (Davis and Goadrich, ICML 2006): it is drawn in steps, as average precision sums it.
    ///
    /// - Throws: `ReportError` when it cannot be made.
    public func draw() throws -> VectorFigure {
        let canvas = try AgreementStyle.canvas(title, height: 520), area = PlotArea(x: 110, y: 70, width: 370, height: 370, across: 0...1, up: 0...1)
        area.drawAxes(on: canvas, across: isROC ? "1 − specificity" : "sensitivity (recall)", up: isROC ? "sensitivity" : "precision", ticks: (5, 5))
        let chance = isROC ? [area.place(0, 0), area.place(1, 1)] : [area.place(0, prevalence), area.place(1, prevalence)]
        canvas.path(chance, .faint, width: 1.2, dash: 6)
        canvas.path(outline.map { area.place($0.x, $0.y) }, AgreementStyle.points, width: 2.4)
        for (i, mark) in marks.enumerated() {
            let at = area.place(mark.x, mark.y)
            canvas.disc(x: at.x, y: at.y, radius: 5.5, .ground)
            canvas.disc(x: at.x, y: at.y, radius: 4.5, AgreementStyle.line)
            // Marks of several cut-offs may meet; letters beside the curve are told below.
            canvas.write(Self.letter(i), x: at.x + 8, y: at.y + (isROC ? 14 : -6), size: 12, .text, bold: true)
        }
        let name = isROC ? "area under the curve" : "average precision"
        canvas.write("\(name) \(self.area.text)", x: Double(PanelLayout.margin), y: 492, size: 12)
        let told = marks.enumerated().map { "\(Self.letter($0)): \($1.name)" } + ["dashed: guessing"]
        canvas.write(canvas.fitted(told.joined(separator: "   "), to: Double(AgreementStyle.width - 2 * PanelLayout.margin), size: 11), x: Double(PanelLayout.margin), y: 510, size: 11, .faint)
        return try VectorFigure(canvas, title: title, altText: "\(title): \(isROC ? "ROC curve" : "precision-recall curve"), \(name) \(self.area.text).")
    }

    private static func letter(_ i: Int) -> String { String(UnicodeScalar(UInt8(97 + i % 26))) }

    private var outline: [SIMD2<Double>] {
        if isROC { return [SIMD2(0, 0)] + points }
        var steps: [SIMD2<Double>] = [], recall = 0.0
        for p in points {
            steps += [SIMD2(recall, p.y), p]
            recall = p.x
        }
        return steps
    }
}
