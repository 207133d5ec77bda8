import CarpusCore
import Foundation

/// How far a volume may be off: its standard deviation, from the doubt about each voxel and from how far doubts hang together.
///
/// With `p` the probability that a voxel belongs to the lesion, `g = √(p (1 - p))`, and doubts of voxels at a distance `d` correlated by
/// `exp(-d² / 2ℓ²)`, the variance of the volume is `v² Σ_x Σ_y g(x) g(y) ρ(x - y)`. Without probabilities only the boundary is in
/// doubt: a voxel is labelled by what fills at least half of it, so its filling is off by up to a half, evenly: a standard deviation of
/// `√(1/48)`, once for the voxel and once for its neighbour outside. And thin layers that run through thick slices are lost together: for
/// each face of the lesion across the slices by `boundaryDoubt` of a voxel.
struct VolumeDoubt {
    /// Half the width of a 95 % interval, in standard deviations.
    static let width = 1.96
    /// √(2 / 48).
    private static let boundaryDeviation: Float = 0.2041

    /// Variance, expected volume less labelled volume, and faces across the slices, in voxels by site; site 0 is outside all the lesion can lie in.
    private var variances: [UInt16: Double] = [:], shifts: [UInt16: Double] = [:], faces: [UInt16: Double] = [:]
    private let boundaryDoubt: Double

    /// - Parameters:
    ///   - lesion: its label value.
    ///   - doubts: what is known of how sure the labels are.
    ///   - place: site (0 for none) and assessed share of a voxel.
    init(lesion: UInt16, in map: LabelMap, doubts known: LabelDoubts, _ parameters: VolumeMeasurement.Parameters, place: (Int) -> (site: UInt16, share: Double)) {
        boundaryDoubt = parameters.boundaryDoubt
        let grid = map.grid
        guard let box = LabelNeighbourhood(of: lesion, in: map, voxels: 1) else { return }
        let own = known.probabilities(of: lesion, in: map.legend)
        var doubts = [Float](repeating: 0, count: box.count), shifts = doubts, exposed = doubts
        map.labels.withUnsafeBufferPointer { labels in
            box.forEachVoxel(of: grid) { k, i, at in
                let isLesion = labels[i] == lesion, p: Float
                if let own {
                    p = min(max(own.scalars[i], 0), 1)
                } else if case .confidence(let confidence) = known {
                    guard isLesion || Self.meets(lesion, labels, at, grid) else { return }
                    let c = min(max(confidence.scalars[i], 0), 1)
                    p = isLesion ? c : 1 - c
                } else {
                    if isLesion, Self.isBoundary(labels, lesion, at, grid) { doubts[k] = Self.boundaryDeviation }
                    if isLesion { exposed[k] = Float(Self.exposedFaces(labels, lesion, at, grid, axis: grid.throughPlaneAxis)) }
                    return
                }
                (doubts[k], shifts[k]) = ((p * (1 - p)).squareRoot(), isLesion ? p - 1 : p)
            }
        }
        let together = Self.gathered(doubts, size: box.size, spacing: grid.spacing, length: parameters.correlationLength)
        box.forEachVoxel(of: grid) { k, i, _ in
            guard doubts[k] > 0 || shifts[k] != 0 else { return }
            let (site, share) = place(i)
            variances[site, default: 0] += share * Double(doubts[k] * together[k])
            self.shifts[site, default: 0] += share * Double(shifts[k])
            faces[site, default: 0] += share * Double(exposed[k])
        }
    }

    /// The 95 % interval about a volume in voxels, of one site or, with nil, of all.
    func interval(around volume: Double, site: UInt16?) -> (low: Double, high: Double) {
        func total(_ values: [UInt16: Double]) -> Double { site.map { values[$0] ?? 0 } ?? values.keys.sorted().reduce(0) { $0 + (values[$1] ?? 0) } }
        let common = boundaryDoubt * total(faces), half = (Self.width * Self.width * total(variances) + common * common).squareRoot(), shift = total(shifts)
        return (max(0, min(volume, volume + shift) - half), max(volume, volume + shift) + half)
    }

    /// Whether one of the 26 neighbours belongs to the lesion.
    @inline(__always) private static func meets(_ lesion: UInt16, _ labels: UnsafeBufferPointer<UInt16>, _ at: Index3, _ grid: Grid) -> Bool {
        var found = false
        SiteMap.forEachNeighbour(of: at, in: grid.size) { if labels[grid.offset($0.x, $0.y, $0.z)] == lesion { found = true } }
        return found
    }

    /// Whether a voxel of the lesion shares a face with another, along axes of more than one voxel.
    @inline(__always) private static func isBoundary(_ labels: UnsafeBufferPointer<UInt16>, _ lesion: UInt16, _ at: Index3, _ grid: Grid) -> Bool {
        let i = grid.offset(at.x, at.y, at.z), steps = Index3(1, grid.size.x, grid.size.x * grid.size.y)
        for axis in 0..<3 where grid.size[axis] > 1 {
            if at[axis] > 0 && labels[i - steps[axis]] != lesion { return true }
            if at[axis] < grid.size[axis] - 1 && labels[i + steps[axis]] != lesion { return true }
        }
        return false
    }

    /// How many of a voxel's two faces along an axis border on something else.
    @inline(__always) private static func exposedFaces(_ labels: UnsafeBufferPointer<UInt16>, _ lesion: UInt16, _ at: Index3, _ grid: Grid, axis: Int) -> Int {
        let i = grid.offset(at.x, at.y, at.z), step = [1, grid.size.x, grid.size.x * grid.size.y][axis]
        return (at[axis] > 0 && labels[i - step] != lesion ? 1 : 0) + (at[axis] < grid.size[axis] - 1 && labels[i + step] != lesion ? 1 : 0)
    }

    /// Each value with its neighbours by their correlation: a Gaussian of height 1, axis by axis.
    private static func gathered(_ values: [Float], size: Index3, spacing: Vector3, length: Double) -> [Float] {
        var values = values
        guard length > 0 else { return values }
        let strides = [1, size.x, size.x * size.y]
        for axis in 0..<3 where size[axis] > 1 {
            let reach = min(Int(3 * length / spacing[axis]), size[axis] - 1)
            guard reach > 0 else { continue }
            let kernel = (0...reach).map { Float(exp(-Double($0 * $0) * spacing[axis] * spacing[axis] / (2 * length * length))) }
            let n = size[axis], stride = strides[axis], source = values
            for i in source.indices {
                let at = i / stride % n
                var sum = source[i]
                for k in 1...reach {
                    if at >= k { sum += kernel[k] * source[i - k * stride] }
                    if at + k < n { sum += kernel[k] * source[i + k * stride] }
                }
                values[i] = sum
            }
        }
        return values
    }
}
