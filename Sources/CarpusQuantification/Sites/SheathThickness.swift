import CarpusCore

/// How far an inflamed sheath stands off its tendon, in planes across the forearm.
///
/// The tendon is what the compartment has beside the inflammation. From each inflamed pixel's middle the distance `d` to the nearest
/// middle of a tendon's pixel is measured in the plane; edges lie half a pixel from middles, so that the pixel's points lie at `d - s` to
/// `d` from the tendon's edge, `s` the pixel's size. The thickness is the distance within which 99 % of the inflamed area lies; the mean
/// thickness twice the mean distance, which is the thickness of an even layer.
struct SheathThickness {
    /// Maximum, robustly, and mean, mm; nil when no plane shows inflammation beside a tendon.
    private(set) var maximum: Double?, mean: Double?
    /// The share of the inflamed area in planes without a tendon.
    private(set) var shareWithoutTendon = 0.0

    /// Distances are counted in bins of so many mm, up to so many bins.
    private static let bin = 0.02, bins = 1500

    /// - Parameters:
    ///   - isTendon, isInflamed: of a voxel by its place in memory.
    ///   - box: where the compartment lies.
    ///   - axis: the grid's axis across the planes.
    init(grid: Grid, box: LabelNeighbourhood, across axis: Int, isTendon: (Int) -> Bool, isInflamed: (Int) -> Bool) {
        let (u, v) = axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1), spacing = grid.spacing
        let (width, height) = (box.size[u], box.size[v]), pixel = (spacing[u] * spacing[v]).squareRoot()
        var histogram = [Double](repeating: 0, count: Self.bins), sum = 0.0, n = 0.0, lost = 0.0
        for slice in box.start[axis]..<box.start[axis] + box.size[axis] {
            var tendon = [Bool](repeating: false, count: width * height), inflamed: [Int] = []
            for j in 0..<height {
                for i in 0..<width {
                    var at = Index3.zero
                    (at[u], at[v], at[axis]) = (box.start[u] + i, box.start[v] + j, slice)
                    let o = grid.offset(at.x, at.y, at.z)
                    if isInflamed(o) { inflamed.append(i + width * j) } else if isTendon(o) { tendon[i + width * j] = true }
                }
            }
            guard !inflamed.isEmpty else { continue }
            guard tendon.contains(true) else { lost += Double(inflamed.count); continue }
            let distances = DistanceTransform.distances(to: tendon, width: width, height: height, spacing: (spacing[u], spacing[v]))
            for i in inflamed {
                let far = Double(distances[i]), near = max(0, far - pixel)
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
