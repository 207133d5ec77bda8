/// How the cortex is looked for along the outline of a region. Lengths are in mm, brightness in multiples of the marrow's.
private enum Cortex {
    /// How far outside the outline the darkest point is looked for.
    static let reach = 2.0
    /// How far beyond the darkest point it must be brighter again.
    static let beyond = 1.75
    /// The step along the line.
    static let step = 0.25
    /// The darkest point is darker than this.
    static let dark: Float = 0.7
    /// What lies beyond is brighter than the darkest point by this.
    static let rise: Float = 0.1
    /// The share of the outline that must be in view for a verdict.
    static let inView = 0.4
}

extension MarrowSlice {
    /// The share, 0 to 1, of a region's outline outside which a dark line runs: darker than the marrow and than what lies
    /// beyond. An edge towards muscle, or a fall towards air, is no line. The border of the image counts neither way.
    func cortex(of pixels: [Int]) -> Double {
        guard !pixels.isEmpty else { return 0 }
        let inside = Robust.median(pixels.map { fine.values[$0] })
        let patch = Patch(pixels, planeWidth: flat.width, margin: Int(3 / min(flat.spacing.x, flat.spacing.y)) + 2)
        let soft = Plane(width: patch.width, height: patch.height, spacing: flat.spacing, values: patch.inside.map { $0 ? 1 : 0 }).smoothed(1)
        var lined = 0, seen = 0, all = 0
        for y in 1..<(patch.height - 1) {
            for x in 1..<(patch.width - 1) where patch.isOutline(x, y) {
                all += 1
                let i = x + y * patch.width
                let gx = (soft.values[i - 1] - soft.values[i + 1]) / Float(2 * flat.spacing.x)
                let gy = (soft.values[i - patch.width] - soft.values[i + patch.width]) / Float(2 * flat.spacing.y)
                let length = (gx * gx + gy * gy).squareRoot()
                guard length > 0 else { continue }
                switch crossesLine(from: (x + patch.x0, y + patch.y0), along: (Double(gx / length), Double(gy / length)), inside: inside) {
                case true?: (lined, seen) = (lined + 1, seen + 1)
                case false?: seen += 1
                case nil: break
                }
            }
        }
        guard seen > 0, Double(seen) >= Cortex.inView * Double(all) else { return 0 }
        return Double(lined) / Double(seen)
    }

    /// Whether a dark line is crossed on the way outwards; nil where the image ends before it can be told.
    private func crossesLine(from start: (x: Int, y: Int), along normal: (x: Double, y: Double), inside: Float) -> Bool? {
        guard !border[start.x + start.y * flat.width] else { return nil }
        var darkest = Float.infinity, at = 0.0, way = 0.0
        while way <= at + Cortex.beyond || way <= Cortex.reach {
            let x = Double(start.x) + way * normal.x / flat.spacing.x, y = Double(start.y) + way * normal.y / flat.spacing.y
            guard x >= 0, y >= 0, x < Double(flat.width - 1), y < Double(flat.height - 1) else { return way <= Cortex.reach ? nil : false }
            guard !excluded[Int(x + 0.5) + Int(y + 0.5) * flat.width] || fine.value(x, y) > 0.2 * inside else { return false }
            let value = fine.value(x, y)
            if way <= Cortex.reach, value < darkest { (darkest, at) = (value, way) }
            if darkest < Cortex.dark * inside, value > darkest + Cortex.rise * inside { return true }
            way += Cortex.step
        }
        return false
    }
}

extension Patch {
    /// Whether a pixel belongs and one of its four neighbours does not; not for the box's edge.
    func isOutline(_ x: Int, _ y: Int) -> Bool {
        let i = x + y * width
        return inside[i] && !(inside[i - 1] && inside[i + 1] && inside[i - width] && inside[i + width])
    }
}

extension Plane {
    /// The value between pixels, linearly; for places in the plane.
    func value(_ x: Double, _ y: Double) -> Float {
        let i = min(Int(x), max(0, width - 2)), j = min(Int(y), max(0, height - 2)), u = Float(x - Double(i)), v = Float(y - Double(j))
        let right = min(i + 1, width - 1), below = min(j + 1, height - 1)
        let top = (1 - u) * values[i + j * width] + u * values[right + j * width]
        return (1 - v) * top + v * ((1 - u) * values[i + below * width] + u * values[right + below * width])
    }
}
