import CarpusCore

/// How far an inflamed sheath stands off its tendon, in planes across the forearm.
///
/// The tendon is what the compartment has beside the inflammation. From each inflamed pixel's middle the distance `d` to the nearest
/// middle of a tendon's pixel is measured in the plane; edges lie half a pixel from middles, so that the pixel's points lie at `d - s` to
/// `d` from the tendon's edge, `s` the pixel's size. The thickness is the distance within which 99 % of the inflamed area lies; the mean
/// thickness twice the mean distance, which is the thickness of an even layer.
///
/// A plane cuts a tendon that leans aslant, and in the way it leans the sheath looks wider than it is: distances are taken across the tendon,
/// `d² - (d · t)²`, `t` the unit vector along which the middles of its sections follow each other.
struct SheathThickness {
    /// Maximum, robustly, and mean, mm; nil when no plane shows inflammation beside a tendon.
    private(set) var maximum: Double?, mean: Double?
    /// The share of the inflamed area in planes without a tendon.
    private(set) var shareWithoutTendon = 0.0

    /// Distances are counted in bins of so many mm, up to so many bins.
    private static let bin = 0.02, bins = 1500
    /// How a tendon leans is told by its sections within so many mm, three at least; a slope of more than this (45 degrees) is no lean but a fault of the labels, and none is taken then.
    private static let window = 7.0, steepest = 1.0

    /// - Parameters:
    ///   - isTendon, isInflamed: of a voxel by its place in memory.
    ///   - box: where the compartment lies.
    ///   - axis: the grid's axis across the planes.
    init(grid: Grid, box: LabelNeighbourhood, across axis: Int, isTendon: (Int) -> Bool, isInflamed: (Int) -> Bool) {
        let sections = (box.start[axis]..<box.start[axis] + box.size[axis]).map {
            SheathSection(grid: grid, box: box, across: axis, slice: $0, isTendon: isTendon, isInflamed: isInflamed)
        }
        let (u, v) = axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1), pixel = (grid.spacing[u] * grid.spacing[v]).squareRoot()
        var histogram = [Double](repeating: 0, count: Self.bins), sum = 0.0, n = 0.0, lost = 0.0
        for (k, section) in sections.enumerated() where !section.inflamed.isEmpty {
            guard section.middle != nil else { lost += Double(section.inflamed.count); continue }
            for far in section.distances(leaning: Self.slope(at: k, of: sections, apart: grid.spacing[axis])) {
                let near = max(0, far - pixel)
                sum += (near + far) / 2
                n += 1
                let first = min(Int(near / Self.bin), Self.bins - 1), last = min(Int(far / Self.bin), Self.bins - 1)
                for b in first...last { histogram[b] += 1 / Double(last - first + 1) }
            }
        }
        shareWithoutTendon = n + lost > 0 ? lost / (n + lost) : 0
        guard n > 0 else { return }
        mean = 2 * sum / n
        var below = 0.0
        for (b, count) in histogram.enumerated() where count > 0 {
            if below + count >= 0.99 * n { maximum = (Double(b) + (0.99 * n - below) / count) * Self.bin; return }
            below += count
        }
    }

    /// How the tendon leans around a section: mm in the plane a mm across planes, the least-squares line through the middles of sections, each weighing as much as it is large.
    private static func slope(at k: Int, of sections: [SheathSection], apart spacing: Double) -> SIMD2<Double> {
        let reach = Int(window / spacing)
        let seen = (max(0, k - reach)...min(sections.count - 1, k + reach)).compactMap { j in sections[j].middle.map { (along: Double(j - k) * spacing, middle: $0, weight: sections[j].area) } }
        guard seen.count >= 3 else { return .zero }
        let weight = seen.reduce(0) { $0 + $1.weight }, centre = seen.reduce(0) { $0 + $1.weight * $1.along } / weight
        let square = seen.reduce(0) { $0 + $1.weight * ($1.along - centre) * ($1.along - centre) }
        let slope = seen.reduce(SIMD2<Double>.zero) { $0 + $1.weight * ($1.along - centre) * $1.middle } / square
        return (slope * slope).sum() > steepest * steepest ? .zero : slope
    }
}

/// What one plane shows of a compartment; places in mm from the corner of its box.
private struct SheathSection {
    /// Middles of the inflamed pixels, and of those of the tendon's rim.
    private(set) var inflamed: [SIMD2<Double>] = [], rim: [SIMD2<Double>] = []
    /// The middle of the tendon; nil where the plane shows none.
    private(set) var middle: SIMD2<Double>?
    /// How many pixels the tendon has.
    private(set) var area = 0.0

    init(grid: Grid, box: LabelNeighbourhood, across axis: Int, slice: Int, isTendon: (Int) -> Bool, isInflamed: (Int) -> Bool) {
        let (u, v) = axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1), spacing = SIMD2(grid.spacing[u], grid.spacing[v])
        let (width, height) = (box.size[u], box.size[v])
        var tendon = [Bool](repeating: false, count: width * height), sum = SIMD2<Double>.zero, count = 0.0
        for j in 0..<height {
            for i in 0..<width {
                var at = Index3.zero
                (at[u], at[v], at[axis]) = (box.start[u] + i, box.start[v] + j, slice)
                let o = grid.offset(at.x, at.y, at.z), place = SIMD2(Double(i), Double(j)) * spacing
                if isInflamed(o) {
                    inflamed.append(place)
                } else if isTendon(o) {
                    tendon[i + width * j] = true
                    sum += place
                    count += 1
                }
            }
        }
        guard count > 0 else { return }
        (middle, area) = (sum / count, count)
        for j in 0..<height {
            for i in 0..<width where tendon[i + width * j] {
                let isInside = i > 0 && j > 0 && i < width - 1 && j < height - 1 && (-1...1).allSatisfy { y in (-1...1).allSatisfy { tendon[i + $0 + width * (j + y)] } }
                if !isInside { rim.append(SIMD2(Double(i), Double(j)) * spacing) }
            }
        }
    }

    /// The distance of each inflamed pixel from the tendon, mm, across it where it leans.
    func distances(leaning slope: SIMD2<Double>) -> [Double] {
        let foreshortened = slope / (1 + (slope * slope).sum()).squareRoot()
        return inflamed.map { p in
            var least = Double.infinity
            for q in rim {
                let d = p - q, along = (d * foreshortened).sum()
                least = min(least, (d * d).sum() - along * along)
            }
            return least.squareRoot()
        }
    }
}

/// How far something runs along an axis without a gap.
struct RunLength {
    /// Cross-sections smaller than this, mm², do not count.
    static let leastArea = 1.0
    /// Bins along the axis, mm.
    private static let bin = 0.1
    private var volumes: [Int: Double] = [:]

    /// Adds a voxel: its volume is spread over what it takes of the axis.
    mutating func add(_ centre: Double, halfWidth: Double, volume: Double) {
        let half = max(halfWidth, 1e-6), low = (centre - half) / Self.bin, high = (centre + half) / Self.bin
        for b in Int(low.rounded(.down))...Int(high.rounded(.down)) {
            let share = (min(high, Double(b + 1)) - max(low, Double(b))) / (high - low)
            if share > 0 { volumes[b, default: 0] += share * volume }
        }
    }

    /// The longest run, mm.
    var length: Double {
        let full = volumes.filter { $0.value / Self.bin >= Self.leastArea }.keys.sorted()
        return Double(Self.longest(full)) * Self.bin
    }

    /// The longest row of consecutive numbers in a rising list.
    static func longest(_ numbers: [Int]) -> Int {
        var best = 0, run = 0, last: Int?
        for n in numbers {
            run = last == n - 1 ? run + 1 : 1
            (best, last) = (max(best, run), n)
        }
        return best
    }
}
