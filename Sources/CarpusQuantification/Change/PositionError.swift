import CarpusCore

/// How far off a value of a difference may lie, mm: what registration leaves, the same along all axes, and what
/// interpolation between voxels leaves, which grows with their size.
///
/// Across thick slices an edge that lies otherwise within its slice at the second visit cannot be told from change, and slopes do not
/// tell how much it weighs: what linear interpolation misses there is a share of the second difference, see `Slopes.bend`.
struct PositionError {
    /// mm.
    let registration: Double
    /// mm, voxel by voxel, where it is not the same everywhere; NaN where `registration` holds.
    let local: Volume<Float>?
    /// As a share of the distance between voxels.
    let interpolation: Double

    /// The squared error of interpolation along each axis of a grid, mm²; 0 across thick slices.
    func interpolationSquares(on grid: Grid) -> SIMD3<Float> {
        let between = SIMD3<Float>(interpolation * grid.spacing)
        return (between * between).replacing(with: 0, where: Slopes.thickAxes(of: grid))
    }

    /// The squared error of registration at a voxel, mm².
    @inline(__always) func registrationSquare(_ local: UnsafePointer<Float>?, _ i: Int) -> Float {
        guard let e = local?[i], !e.isNaN else { return Float(registration * registration) }
        return e * e
    }
}

/// How steep a signal is along each axis of its grid.
struct Slopes {
    private let size: Index3, spacing: SIMD3<Float>
    /// Axes of slices, where a structure may be thinner than two voxels: there the mean of the squares to both sides counts,
    /// since their difference passes over what lies between.
    private let isThick: SIMDMask<SIMD3<Int32>>

    init(grid: Grid) {
        (size, spacing, isThick) = (grid.size, SIMD3<Float>(grid.spacing), Self.thickAxes(of: grid))
    }

    /// Axes along which voxels are more than twice as long as along the shortest, by more than rounding.
    static func thickAxes(of grid: Grid) -> SIMDMask<SIMD3<Int32>> {
        let spacing = SIMD3<Float>(grid.spacing)
        return spacing .> 2.001 * spacing.min()
    }

    /// The squared second difference across thick slices, in the signal's unit. Beside what is not known: twice the difference to the one neighbour, or the
    /// second difference there if that is larger; the signal itself counts where neither neighbour is known and there are slices.
    @inline(__always) func bend(_ v: UnsafePointer<Float>, _ at: Index3) -> Float {
        let i = at.x + size.x * (at.y + size.y * at.z), steps = Index3(1, size.x, size.x * size.y)
        var sum: Float = 0
        for axis in 0..<3 where isThick[axis] && size[axis] > 1 {
            let step = steps[axis], p = at[axis], n = size[axis]
            let hasBelow = p > 0 && !v[i - step].isNaN, hasAbove = p < n - 1 && !v[i + step].isNaN
            if hasBelow && hasAbove {
                let second = v[i - step] - 2 * v[i] + v[i + step]
                sum += second * second
            } else if hasBelow || hasAbove {
                let inward = hasAbove ? step : -step, room = hasAbove ? n - 1 - p : p
                let first = 2 * (v[i + inward] - v[i]), isFar = room > 1 && !v[i + 2 * inward].isNaN
                let second = isFar ? v[i] - 2 * v[i + inward] + v[i + 2 * inward] : 0
                sum += max(first * first, second * second)
            } else {
                sum += 4 * v[i] * v[i]
            }
        }
        return sum
    }

    /// The squared slope along each axis, per mm²; one-sided beside what is not known.
    @inline(__always) func squares(_ v: UnsafePointer<Float>, _ at: Index3) -> SIMD3<Float> {
        let i = at.x + size.x * (at.y + size.y * at.z)
        return SIMD3(square(v, i, at.x, 0, 1), square(v, i, at.y, 1, size.x), square(v, i, at.z, 2, size.x * size.y))
    }

    @inline(__always) private func square(_ v: UnsafePointer<Float>, _ i: Int, _ p: Int, _ axis: Int, _ step: Int) -> Float {
        let hasLow = p > 0 && !v[i - step].isNaN, hasHigh = p < size[axis] - 1 && !v[i + step].isNaN
        let below = hasLow ? v[i] - v[i - step] : 0, above = hasHigh ? v[i + step] - v[i] : 0
        let mm = spacing[axis]
        guard hasLow && hasHigh else { return (below + above) * (below + above) / (mm * mm) }
        if isThick[axis] { return (below * below + above * above) / (2 * mm * mm) }
        return (below + above) * (below + above) / (4 * mm * mm)
    }
}
