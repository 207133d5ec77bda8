import CarpusCore

/// What is seen in one slice before any region is drawn.
struct MarrowSlice: Sendable {
    /// The image over its own blur of 8 mm, so that the coil's shading does not count.
    let flat: Plane
    /// The flattened image at 0.35 mm and at 0.5 mm.
    let fine: Plane, medium: Plane
    /// What is finer than 0.35 mm in the flattened image.
    let texture: [Float]
    /// Pixels that belong to no tissue: air, outside the mask, not a number.
    let excluded: [Bool]
    /// Pixels at the border of what is seen: of the field of view or of the mask.
    let border: [Bool]
    /// The standard deviation of the noise after flattening, per pixel.
    let noise: [Float]
    /// The flattened image at 0.8 mm, its closing, and its rims.
    let wide: Plane, wideClosed: Plane
    private(set) var wideRims: [Bool] = []
    /// Thin dark lines of the flattened image at 0.5 mm, as before the cartilage, which the wider scale blurs away.
    private(set) var lines: [Bool] = []

    /// - Parameters:
    ///   - values: the slice; what is not usable may be anything finite.
    ///   - level: the mean of the whole image, so that dark places are not blown up.
    ///   - air: what is darker than this after smoothing is air.
    ///   - noise: the standard deviation of the image's noise.
    init(_ values: Plane, usable: [Bool], level: Float, air: Float, noise: Float) {
        let blur = values.smoothed(8), soft = values.smoothed(1.5)
        let scale = blur.values.map { max($0, 0) + 0.1 * level }
        flat = values.with(zip(values.values, scale).map { $1 > 0 ? $0 / $1 : 0 })
        fine = flat.smoothed(0.35)
        medium = flat.smoothed(0.5)
        texture = zip(flat.values, fine.values).map { $0 - $1 }
        excluded = usable.indices.map { !usable[$0] || soft.values[$0] < air || scale[$0] < noise }
        self.noise = scale.map { $0 > 0 ? noise / $0 : 0 }
        wide = flat.smoothed(0.8)
        wideClosed = wide.closed(1.6)
        let (width, height) = (values.width, values.height)
        border = usable.indices.map { i in
            let x = i % width, y = i / width
            guard x > 1, y > 1, x < width - 2, y < height - 2 else { return true }
            return !usable[i - 1] || !usable[i + 1] || !usable[i - width] || !usable[i + width]
        }
        wideRims = rims(wide, closed: wideClosed, gradient: wide.gradient(), sigma: 0.8, depth: 0.3)
        lines = darkLines(medium, closed: medium.closed(1.6), sigma: 0.5, depth: 0.33)
    }

    /// Where the outline of a bone may run: on a dark line narrower than 3 mm (cortex, ligament), by the closing top-hat,
    /// or on a steep edge. `smooth` is the flattened image at `sigma` mm.
    func rims(_ smooth: Plane, closed: Plane, gradient: [Float], sigma: Double, depth: Float) -> [Bool] {
        let gain = Float(smooth.noiseGain(sigma))
        let relative = gradient.indices.map { gradient[$0] / (max(smooth.values[$0], 0) + 0.05) }
        let typical = Robust.median(Robust.sample(relative.indices.filter { !excluded[$0] }.map { relative[$0] }, limit: 20_000))
        let steep = max(0.3, 4 * typical) * depth / 0.3
        let rims = smooth.values.indices.map { i -> Bool in
            if isDark(i, smooth, closed, depth: depth, gain: gain) { return true }
            // The slope of white noise blurred by sigma is its deviation over sigma (times the root of 2 in the plane).
            return relative[i] > steep && gradient[i] > 5 * noise[i] * gain / Float(sigma)
        }
        return withoutSpecks(rims, shorterThan: 5)
    }

    /// The dark lines alone.
    private func darkLines(_ smooth: Plane, closed: Plane, sigma: Double, depth: Float) -> [Bool] {
        let gain = Float(smooth.noiseGain(sigma))
        return withoutSpecks(smooth.values.indices.map { isDark($0, smooth, closed, depth: depth, gain: gain) }, shorterThan: 3)
    }

    private func isDark(_ i: Int, _ smooth: Plane, _ closed: Plane, depth: Float, gain: Float) -> Bool {
        let drop = closed.values[i] - smooth.values[i]
        return drop > depth * closed.values[i] && drop > 4 * noise[i] * gain
    }

    /// Rims without the pieces whose box is smaller than a length in mm: trabeculae, vessels.
    private func withoutSpecks(_ rims: [Bool], shorterThan length: Double) -> [Bool] {
        let pieces = Components(size: [flat.width, flat.height, 1]) { rims[$0] }
        var boxes = [(Int, Int, Int, Int)](repeating: (.max, 0, .max, 0), count: pieces.sizes.count)
        for i in rims.indices where pieces.labels[i] > 0 {
            let k = Int(pieces.labels[i]) - 1, x = i % flat.width, y = i / flat.width
            boxes[k] = (min(boxes[k].0, x), max(boxes[k].1, x), min(boxes[k].2, y), max(boxes[k].3, y))
        }
        let long = boxes.map { b -> Bool in
            let dx = Double(b.1 - b.0 + 1) * flat.spacing.x, dy = Double(b.3 - b.2 + 1) * flat.spacing.y
            return (dx * dx + dy * dy).squareRoot() > length
        }
        return pieces.labels.map { $0 > 0 && long[Int($0) - 1] }
    }
}
