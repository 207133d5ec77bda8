import CarpusCore

/// The edges of labels in one slice, along voxel borders: exactly what is labelled, nothing smoothed.
struct Outlines {
    private(set) var lines: [UInt16: [Line]] = [:]

    /// - Parameters:
    ///   - labels: by position in memory, on the grid of the picture's view.
    ///   - x, y: where the picture's upper left corner lies.
    ///   - inset: how far lines lie inside their label, so that neighbours do not hide each other, pixels.
    init(of labels: [UInt16], slice: Int, in picture: SlicePicture, x: Double, y: Double, inset: Double = 0.6) {
        let view = picture.view, columns = view.columns.count, rows = view.rows.count
        let w = Double(picture.width) / Double(columns), h = Double(picture.height) / Double(rows)
        // Voxels much smaller than the inset keep their lines inside.
        let dx = min(inset, w / 2), dy = min(inset, h / 2)
        func label(_ column: Int, _ row: Int) -> UInt16 {
            guard column >= 0, row >= 0, column < columns, row < rows else { return 0 }
            return labels[view.offset(column: column, row: row, slice: slice)]
        }
        for row in 0..<rows {
            for column in 0..<columns {
                let own = label(column, row)
                guard own != 0 else { continue }
                let x0 = x + Double(column) * w, x1 = x0 + w, y0 = y + Double(row) * h, y1 = y0 + h
                func add(_ line: Line) { lines[own, default: []].append(line) }
                if label(column, row - 1) != own { add(Line(x0: x0, y0: y0 + dy, x1: x1, y1: y0 + dy)) }
                if label(column, row + 1) != own { add(Line(x0: x0, y0: y1 - dy, x1: x1, y1: y1 - dy)) }
                if label(column - 1, row) != own { add(Line(x0: x0 + dx, y0: y0, x1: x0 + dx, y1: y1)) }
                if label(column + 1, row) != own { add(Line(x0: x1 - dx, y0: y0, x1: x1 - dx, y1: y1)) }
            }
        }
    }

    /// Draws all outlines, by rising label so that bytes do not depend on hashing.
    func draw(on canvas: Canvas, width: Double = 1.3, colour: (UInt16) -> Colour) {
        for (label, lines) in lines.sorted(by: { $0.key < $1.key }) { canvas.stroke(lines, colour(label), width: width) }
    }
}
