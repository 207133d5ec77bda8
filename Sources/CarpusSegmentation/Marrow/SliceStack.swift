import CarpusCore

/// A volume as a stack of slices across its axis of largest spacing, in an order that depends on the world only.
struct SliceStack: Sendable {
    /// Pixels along the two in-plane axes, and the number of slices.
    let width: Int, height: Int, count: Int
    private let spacing: (x: Double, y: Double)
    private let start: Int, steps: (x: Int, y: Int, slice: Int)
    private let scalars: [Float]
    private let usable: [Bool]

    init(_ image: Volume<Float>, usable: [Bool]) {
        let (oriented, axes) = image.grid.reorientedToLPS()
        let through = oriented.throughPlaneAxis, plane = (0..<3).filter { $0 != through }
        let strides = [1, image.grid.size.x, image.grid.size.x * image.grid.size.y]
        var first = 0, step = [0, 0, 0]
        for (target, axis) in axes.enumerated() {
            step[target] = axis.flipped ? -strides[axis.source] : strides[axis.source]
            if axis.flipped { first += strides[axis.source] * (image.grid.size[axis.source] - 1) }
        }
        (width, height, count) = (oriented.size[plane[0]], oriented.size[plane[1]], oriented.size[through])
        // Rounded to a nanometre, so that the last bit of a turned affine decides nothing.
        func rounded(_ s: Double) -> Double { (s * 1e6).rounded() / 1e6 }
        spacing = (rounded(oriented.spacing[plane[0]]), rounded(oriented.spacing[plane[1]]))
        (start, steps) = (first, (step[plane[0]], step[plane[1]], step[through]))
        (scalars, self.usable) = (image.scalars, usable)
    }

    /// Where a pixel of a slice lies in the volume's memory.
    func offset(_ pixel: Int, slice: Int) -> Int {
        start + pixel % width * steps.x + pixel / width * steps.y + slice * steps.slice
    }

    private func slice(_ s: Int) -> (plane: Plane, usable: [Bool]) {
        let offsets = (0..<(width * height)).map { offset($0, slice: s) }
        let plane = Plane(width: width, height: height, spacing: spacing, values: offsets.map { usable[$0] || scalars[$0].isFinite ? scalars[$0] : 0 })
        return (plane, offsets.map { usable[$0] })
    }

    /// The slices, prepared with the brightness and noise of the whole image.
    func marrowSlices() -> [MarrowSlice] {
        let raw = (0..<count).map { slice($0) }
        let sample = Robust.sample(raw.flatMap { s in s.usable.indices.filter { s.usable[$0] }.map { s.plane.values[$0] } })
        let bright = Robust.quantile(sample, 0.9), level = Float(sample.reduce(0) { $0 + Double($1) } / Double(sample.count))
        let noise = Self.noise(raw)
        return MarrowSegmentation.concurrently(count) {
            MarrowSlice(raw[$0].plane, usable: raw[$0].usable, level: max(0, level), air: 0.08 * bright, noise: noise)
        }
    }

    /// The standard deviation of the noise, from second differences in the plane (Immerkær, Computer Vision and Image
    /// Understanding 64, 1996) by their median absolute value.
    private static func noise(_ slices: [(plane: Plane, usable: [Bool])]) -> Float {
        var responses: [Float] = []
        for (plane, usable) in slices {
            let v = plane.values, w = plane.width
            guard w > 2, plane.height > 2 else { continue }
            for y in stride(from: 1, to: plane.height - 1, by: 2) {
                for x in stride(from: 1, to: w - 1, by: 2) where usable[y * w + x] {
                    let i = y * w + x
                    let corners = v[i - w - 1] + v[i - w + 1] + v[i + w - 1] + v[i + w + 1]
                    let sides = v[i - 1] + v[i + 1] + v[i - w] + v[i + w]
                    responses.append((corners - 2 * sides + 4 * v[i]) / 6)
                }
            }
        }
        return Robust.scatter(Robust.sample(responses), about: 0)
    }
}
