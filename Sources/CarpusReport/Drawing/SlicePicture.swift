import CarpusCore

/// One slice as pixels: how large, and what colour each pixel has.
struct SlicePicture {
    let view: SliceView
    let width, height: Int

    /// A slice whose longer side takes `side` pixels; both directions have one scale, whatever the spacing.
    init(_ view: SliceView, longerSide side: Int) {
        let scale = Double(side) / max(view.columns.extent, view.rows.extent)
        self.view = view
        width = max(1, Int((view.columns.extent * scale).rounded()))
        height = max(1, Int((view.rows.extent * scale).rounded()))
    }

    /// Pixels per millimetre.
    var scale: Double { Double(max(width, height)) / max(view.columns.extent, view.rows.extent) }

    /// The grey picture of a slice; where there is no number, a hatched blue-grey.
    func tile(_ scalars: [Float], slice: Int, window: GreyWindow) -> Tile {
        tile { column, row, x, y in
            let value = sample(scalars, slice: slice, column: column, row: row)
            if value.isNaN { return (x + y) % 8 < 2 ? .nothingHatch : .nothing }
            return Colour(grey: window.grey(value))
        }
    }

    /// A grey picture with colours over it, from another volume on the same grid.
    func tile(_ scalars: [Float], under overlay: [Float], slice: Int, window: GreyWindow, scale: DivergingScale) -> Tile {
        tile { column, row, x, y in
            let value = sample(scalars, slice: slice, column: column, row: row), over = sample(overlay, slice: slice, column: column, row: row)
            if value.isNaN || over.isNaN { return (x + y) % 8 < 2 ? .nothingHatch : .nothing }
            return scale.colour(Double(over), over: Colour(grey: 0.85 * window.grey(value)))
        }
    }

    /// A grey picture with a colour over each voxel that has one: borders of voxels stay sharp, nothing is interpolated.
    func tile(_ scalars: [Float], slice: Int, window: GreyWindow, ink: (_ voxel: Int) -> (colour: Colour, alpha: Double)?) -> Tile {
        tile { column, row, x, y in
            let value = sample(scalars, slice: slice, column: column, row: row)
            if value.isNaN { return (x + y) % 8 < 2 ? .nothingHatch : .nothing }
            let grey = Colour(grey: 0.85 * window.grey(value))
            let c = max(0, min(view.columns.count - 1, Int(column.rounded()))), r = max(0, min(view.rows.count - 1, Int(row.rounded())))
            return ink(view.offset(column: c, row: r, slice: slice)).map { grey.mixed(with: $0.colour, $0.alpha) } ?? grey
        }
    }

    /// Asks for the colour of each pixel at its place in voxels; several places a pixel where voxels are smaller.
    private func tile(_ colour: (_ column: Double, _ row: Double, _ x: Int, _ y: Int) -> Colour) -> Tile {
        let stepX = Double(view.columns.count) / Double(width), stepY = Double(view.rows.count) / Double(height)
        let nx = max(1, Int(stepX.rounded(.up))), ny = max(1, Int(stepY.rounded(.up)))
        var pixels = [UInt32](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                var sum = Colour(0, 0, 0)
                for j in 0..<ny {
                    for i in 0..<nx {
                        let column = (Double(x) + (Double(i) + 0.5) / Double(nx)) * stepX - 0.5
                        let row = (Double(y) + (Double(j) + 0.5) / Double(ny)) * stepY - 0.5
                        let c = colour(column, row, x, y)
                        sum = Colour(sum.red + c.red, sum.green + c.green, sum.blue + c.blue)
                    }
                }
                let n = Double(nx * ny)
                pixels[y * width + x] = Colour(sum.red / n, sum.green / n, sum.blue / n).packed
            }
        }
        return Tile(width: width, height: height, pixels: pixels)
    }

    /// The value between voxels, linear in the plane; NaN where the nearest voxel has none, and voxels without one have no weight.
    func sample(_ scalars: [Float], slice: Int, column: Double, row: Double) -> Float {
        let c = max(0, min(Double(view.columns.count - 1), column)), r = max(0, min(Double(view.rows.count - 1), row))
        let nearest = scalars[view.offset(column: Int(c.rounded()), row: Int(r.rounded()), slice: slice)]
        guard nearest.isFinite else { return .nan }
        let c0 = Int(c), r0 = Int(r), fc = Float(c - Double(c0)), fr = Float(r - Double(r0))
        var sum: Float = 0, weight: Float = 0
        for dr in 0...1 {
            for dc in 0...1 {
                let w = (dr == 0 ? 1 - fr : fr) * (dc == 0 ? 1 - fc : fc)
                guard w > 0 else { continue }
                let v = scalars[view.offset(column: c0 + dc, row: r0 + dr, slice: slice)]
                if v.isFinite { (sum, weight) = (sum + w * v, weight + w) }
            }
        }
        return weight > 0 ? sum / weight : nearest
    }
}

/// One colour for less, one for more, nothing near zero; brighter the further.
struct DivergingScale {
    /// Up to here no colour.
    let onset: Double
    /// From here on the full colour.
    let full: Double
    /// The colours of less and more.
    let less, more: Colour

    /// The colour and how much of it covers what lies beneath.
    func ink(_ value: Double) -> (colour: Colour, alpha: Double) {
        let share = max(0, min(1, (abs(value) - onset) / (full - onset)))
        let pure = value < 0 ? less : more
        return (pure.mixed(with: .white, 0.35 * share), share > 0 ? 0.2 + 0.75 * share : 0)
    }

    func colour(_ value: Double, over ground: Colour) -> Colour {
        let ink = ink(value)
        return ground.mixed(with: ink.colour, ink.alpha)
    }
}
