/// Where panels of one size stand in a figure: margins, a head for the title, gutters for letters, so that no text meets another.
struct PanelLayout {
    static let margin = 16, letter = 17, gap = 10
    let picture: SlicePicture
    let perRow: Int
    /// Pixels above the first panel.
    var top: Int

    /// A panel with its letters, and the line for its name above.
    var cellWidth: Int { max(picture.width, 96) + 2 * Self.letter }
    var cellHeight: Int { picture.height + 2 * Self.letter + 17 }
    var width: Int { max(2 * Self.margin + perRow * cellWidth + (perRow - 1) * Self.gap, 520) }

    func bottom(panels: Int) -> Int {
        let rows = (panels + perRow - 1) / perRow
        return top + rows * cellHeight + max(0, rows - 1) * Self.gap
    }

    /// Upper left corner of the i-th slice itself.
    func origin(_ i: Int) -> (x: Int, y: Int) {
        let x = Self.margin + i % perRow * (cellWidth + Self.gap) + (cellWidth - picture.width) / 2
        return (x, top + i / perRow * (cellHeight + Self.gap) + 17 + Self.letter)
    }

    /// Draws a slice with its name above and letters around, and says where it is.
    func place(_ tile: Tile, _ i: Int, name: String, slice: Int, on canvas: Canvas) -> Figure.Panel {
        let (x, y) = origin(i), view = picture.view
        canvas.paint(tile, x: x, y: y)
        let middle = Double(x) + Double(picture.width) / 2, cellLeft = Double(Self.margin + i % perRow * (cellWidth + Self.gap))
        canvas.write(canvas.fitted(name, to: Double(cellWidth), size: 12), x: cellLeft + Double(Self.letter), y: Double(y - Self.letter - 5), size: 12, .text)
        canvas.write(view.top, x: middle, y: Double(y - 5), size: 11, .faint, align: .centre)
        canvas.write(view.bottom, x: middle, y: Double(y + picture.height + 12), size: 11, .faint, align: .centre)
        let level = Double(y) + Double(picture.height) / 2 + 4
        canvas.write(view.left, x: Double(x) - Double(Self.letter) / 2, y: level, size: 11, .faint, align: .centre)
        canvas.write(view.right, x: Double(x + picture.width) + Double(Self.letter) / 2, y: level, size: 11, .faint, align: .centre)
        return Figure.Panel(slice: slice + 1, x: x, y: y, width: picture.width, height: picture.height)
    }

    /// The title on the left, the scale bar on the right of one line.
    static func head(_ title: String, scale: Double, on canvas: Canvas) {
        let right = Double(canvas.width - margin), label = canvas.width(of: "50 mm", size: 12)
        // A bar as wide as the picture would leave no room for the title, and one of few pixels says nothing.
        let millimetres = 10 * scale > 0.4 * right ? 1 : 10 * scale < 20 ? 50 : 10, length = Double(millimetres) * scale
        let name = "\(millimetres) mm", begin = right - length
        canvas.stroke([Line(x0: begin, y0: 28, x1: right, y1: 28), Line(x0: begin, y0: 24, x1: begin, y1: 32), Line(x0: right, y0: 24, x1: right, y1: 32)], .text, width: 1.5)
        canvas.write(name, x: begin - 8, y: 32, size: 12, .text, align: .right)
        let room = begin - 8 - label - 24 - Double(margin)
        canvas.write(canvas.fitted(title, to: room, size: 17, bold: true), x: Double(margin), y: 33, size: 17, bold: true)
    }
}
