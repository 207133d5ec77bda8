import CarpusCore

/// A set of pixels of a plane in its bounding box, with room around it for morphology.
struct Patch: Sendable {
    /// Where the box's first pixel lies in the plane; may be outside it.
    let x0: Int, y0: Int
    /// Size of the box in pixels.
    let width: Int, height: Int
    /// Whether each pixel of the box belongs.
    var inside: [Bool]

    /// The patch of some pixels of a plane of given width, with a border of `margin` pixels.
    init(_ pixels: [Int], planeWidth: Int, margin: Int) {
        var (left, right, top, bottom) = (Int.max, 0, Int.max, 0)
        for p in pixels {
            let x = p % planeWidth, y = p / planeWidth
            (left, right, top, bottom) = (min(left, x), max(right, x), min(top, y), max(bottom, y))
        }
        (x0, y0) = (left - margin, top - margin)
        (width, height) = (right - left + 1 + 2 * margin, bottom - top + 1 + 2 * margin)
        inside = [Bool](repeating: false, count: width * height)
        for p in pixels { inside[p % planeWidth - x0 + (p / planeWidth - y0) * width] = true }
    }

    /// The pixels' positions in a plane; those outside it are left out.
    func pixels(planeWidth: Int, planeHeight: Int) -> [Int] {
        inside.indices.filter { inside[$0] }.compactMap { i in
            let x = i % width + x0, y = i / width + y0
            return x >= 0 && y >= 0 && x < planeWidth && y < planeHeight ? x + y * planeWidth : nil
        }
    }

    /// Closed by a disc of `radius` mm (bays narrower than it are filled).
    mutating func close(_ radius: Double, spacing: (x: Double, y: Double)) {
        grow(radius, spacing)
        shrink(radius, spacing)
    }

    /// Opened by a disc of `radius` mm, leaving only what hangs together while shrunk: tongues, and neighbours joined by a
    /// neck narrower than the disc, are cut off.
    mutating func openToLargest(_ radius: Double, spacing: (x: Double, y: Double)) {
        shrink(radius, spacing)
        keepLargest()
        grow(radius, spacing)
    }

    private mutating func grow(_ radius: Double, _ spacing: (x: Double, y: Double)) {
        inside = DistanceTransform.distances(to: inside, width: width, height: height, spacing: spacing).map { Double($0) <= radius }
    }

    private mutating func shrink(_ radius: Double, _ spacing: (x: Double, y: Double)) {
        inside = DistanceTransform.distances(to: inside.map(!), width: width, height: height, spacing: spacing).map { Double($0) > radius }
    }

    /// Fills what is not joined to the box's edge by faces.
    mutating func fillHoles() {
        var outside = [Bool](repeating: false, count: inside.count), stack: [Int] = []
        func visit(_ x: Int, _ y: Int) {
            guard x >= 0, y >= 0, x < width, y < height, !inside[x + y * width], !outside[x + y * width] else { return }
            outside[x + y * width] = true
            stack.append(x + y * width)
        }
        for x in 0..<width { visit(x, 0); visit(x, height - 1) }
        for y in 0..<height { visit(0, y); visit(width - 1, y) }
        while let at = stack.popLast() {
            let x = at % width, y = at / width
            visit(x - 1, y); visit(x + 1, y); visit(x, y - 1); visit(x, y + 1)
        }
        for i in inside.indices where !outside[i] { inside[i] = true }
    }

    /// Leaves only the largest connected piece.
    mutating func keepLargest() {
        let pieces = Components(size: [width, height, 1]) { inside[$0] }
        guard let largest = pieces.largestFirst.first else { return }
        for i in inside.indices { inside[i] = Int(pieces.labels[i]) == largest }
    }

    /// The share of the convex hull that belongs: 1 for a convex patch.
    var solidity: Double {
        var corners: [(x: Int, y: Int)] = [], count = 0
        for y in 0..<height {
            let row = (0..<width).filter { inside[$0 + y * width] }
            count += row.count
            guard let first = row.first, let last = row.last else { continue }
            for edge in [y, y + 1] { corners += [(first, edge), (last + 1, edge)] }
        }
        let hull = Self.hullArea(corners)
        return hull > 0 ? Double(count) / hull : 0
    }

    /// The area of the convex hull of some points (Andrew's monotone chain, 1979).
    private static func hullArea(_ points: [(x: Int, y: Int)]) -> Double {
        let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        func chain(_ points: [(x: Int, y: Int)]) -> [(x: Int, y: Int)] {
            var hull: [(x: Int, y: Int)] = []
            for p in points {
                while hull.count > 1 {
                    let a = hull[hull.count - 2], b = hull[hull.count - 1]
                    if (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x) > 0 { break }
                    hull.removeLast()
                }
                hull.append(p)
            }
            return Array(hull.dropLast())
        }
        let hull = chain(sorted) + chain(sorted.reversed())
        return abs(hull.indices.reduce(0.0) { sum, i in
            let a = hull[i], b = hull[(i + 1) % hull.count]
            return sum + Double(a.x * b.y - b.x * a.y)
        }) / 2
    }
}
