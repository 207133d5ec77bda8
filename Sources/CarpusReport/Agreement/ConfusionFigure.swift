/// How grades fall together: a table of counts, darker to brighter by the share of their row.
public struct ConfusionFigure: Sendable, Hashable {
    /// More grades than these cannot be read in one table.
    public static let most = 40
    /// What was rated, whose grades are rows and whose columns.
    public var title, rows, columns: String
    /// The grades, ascending.
    public var grades: [Int]
    /// Counts, `counts[row][column]`.
    public var counts: [[Int]]
    /// A sentence beneath, as kappa with its interval.
    public var remark: String

    /// A table.
    public init(title: String, rows: String, columns: String, grades: [Int], counts: [[Int]], remark: String = "") {
        precondition(counts.count == grades.count && counts.allSatisfy { $0.count == grades.count }, "a square table")
        (self.title, self.rows, self.columns, self.grades, self.counts, self.remark) = (title, rows, columns, grades, counts, remark)
    }

    /// The drawing.
    ///
    /// - Throws: `ReportError` when it cannot be made, also for more than forty grades, whose numbers could not be read.
    public func draw() throws -> VectorFigure {
        guard !grades.isEmpty, grades.count <= Self.most else { throw ReportError(.badParameter, "a table of \(grades.count) grades cannot be drawn so that it can be read") }
        let canvas = try AgreementStyle.canvas(title, height: 520), n = Double(grades.count), side = min(64, 370 / n), left = 110.0, top = 92.0
        let small = max(6.5, min(13, side * 0.42))
        canvas.write(canvas.fitted("columns: \(columns)", to: 420, size: 11), x: left, y: 58, size: 11, .faint)
        canvas.write(canvas.fitted("rows: \(rows)", to: 420, size: 11), x: left, y: 73, size: 11, .faint)
        for (i, grade) in grades.enumerated() {
            let middle = (Double(i) + 0.5) * side
            canvas.write("\(grade)", x: left + middle, y: top - 5, size: small, .faint, align: .centre)
            canvas.write("\(grade)", x: left - 8, y: top + middle + small * 0.36, size: small, .faint, align: .right)
            let total = counts[i].reduce(0, +)
            for (j, count) in counts[i].enumerated() {
                let share = total > 0 ? Double(count) / Double(total) : 0, x = left + Double(j) * side, y = top + Double(i) * side
                canvas.fill(x: x + 0.5, y: y + 0.5, width: side - 1, height: side - 1, Colour(grey: 0.13).mixed(with: AgreementStyle.points, share))
                if i == j { canvas.path([(x + 1, y + 1), (x + side - 1, y + 1), (x + side - 1, y + side - 1), (x + 1, y + side - 1), (x + 1, y + 1)], AgreementStyle.line, width: 1.4) }
                // Dark on bright, bright on dark.
                if count > 0 { canvas.write("\(count)", x: x + side / 2, y: y + side / 2 + small * 0.36, size: small, share > 0.5 ? .ground : .text, align: .centre) }
            }
        }
        canvas.write(canvas.fitted(remark, to: Double(AgreementStyle.width - 2 * PanelLayout.margin), size: 12), x: Double(PanelLayout.margin), y: 492, size: 12)
        canvas.write("Brightness: share of the row. Framed: the same grade.", x: Double(PanelLayout.margin), y: 510, size: 11, .faint)
        let same = grades.indices.reduce(0) { $0 + counts[$1][$1] }, all = counts.reduce(0) { $0 + $1.reduce(0, +) }
        return try VectorFigure(canvas, title: title, altText: "\(title): grades of \(rows) in rows, of \(columns) in columns; \(same) of \(all) pairs have the same grade. \(remark)")
    }
}
