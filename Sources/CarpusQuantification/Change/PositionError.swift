import CarpusCore

/// How far off a value of a difference may lie, mm: what registration leaves, the same along all axes, and what
/// interpolation between voxels leaves, which grows with their size. Across thick slices the second is the larger by far:
/// an edge that lies otherwise within its slice at the second visit cannot be told from change.
struct PositionError {
    /// mm.
    let registration: Double
    /// mm, voxel by voxel, where it is not the same everywhere; NaN where `registration` holds.
    let local: Volume<Float>?
    /// As a share of the distance between voxels.
    let interpolation: Double

    /// The squared error of interpolation along each axis of a grid, mm².
    func interpolationSquares(on grid: Grid) -> SIMD3<Float> {
        let between = interpolation * grid.spacing
        return SIMD3<Float>(between * between)
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
        (size, spacing) = (grid.size, SIMD3<Float>(grid.spacing))
        isThick = spacing .> 2 * spacing.min()
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
