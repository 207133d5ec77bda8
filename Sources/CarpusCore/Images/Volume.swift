/// A grid with one scalar per voxel; x runs fastest in memory.
///
/// Values may change, shape may not: a new grid is a new volume.
public struct Volume<Scalar: Sendable>: Sendable {
    /// Where the voxels lie.
    public let grid: Grid
    /// The values, `grid.count` of them.
    public var scalars: [Scalar]

    /// A volume of given values.
    @inlinable public init(grid: Grid, scalars: [Scalar]) {
        precondition(scalars.count == grid.count, "a volume needs one scalar a voxel")
        (self.grid, self.scalars) = (grid, scalars)
    }

    /// A volume of one value.
    @inlinable public init(grid: Grid, repeating value: Scalar) {
        self.init(grid: grid, scalars: [Scalar](repeating: value, count: grid.count))
    }

    /// The value of one voxel.
    @inlinable public subscript(x: Int, y: Int, z: Int) -> Scalar {
        get { scalars[grid.offset(x, y, z)] }
        set { scalars[grid.offset(x, y, z)] = newValue }
    }

    /// Another value for each voxel, on the same grid.
    // Inlinable: across modules it would box every voxel.
    @inlinable public func map<T>(_ transform: (Scalar) throws -> T) rethrows -> Volume<T> {
        Volume<T>(grid: grid, scalars: try scalars.map(transform))
    }

    /// The same voxels with their axes permuted and flipped to run nearest to L, P and S; no interpolation.
    public func reorientedToLPS() -> Volume {
        let (target, axes) = grid.reorientedToLPS()
        if target == grid { return self }
        return Volume(grid: target, scalars: Self.permuted(scalars, size: grid.size, axes: axes, newSize: target.size))
    }

    static func permuted(_ scalars: [Scalar], size: Index3, axes: [(source: Int, flipped: Bool)], newSize: Index3) -> [Scalar] {
        let strides = [1, size.x, size.x * size.y]
        var start = 0, step = [0, 0, 0]
        for (target, axis) in axes.enumerated() {
            step[target] = axis.flipped ? -strides[axis.source] : strides[axis.source]
            if axis.flipped { start += strides[axis.source] * (size[axis.source] - 1) }
        }
        return [Scalar](unsafeUninitializedCapacity: scalars.count) { out, n in
            for z in 0..<newSize.z {
                for y in 0..<newSize.y {
                    var from = start + z * step[2] + y * step[1]
                    for _ in 0..<newSize.x {
                        out.initializeElement(at: n, to: scalars[from])
                        n += 1
                        from += step[0]
                    }
                }
            }
        }
    }
}

extension Volume: Equatable where Scalar: Equatable {}
extension Volume: Hashable where Scalar: Hashable {}

/// One grid seen at several times.
public struct TimeSeries: Sendable, Hashable {
    /// Where the voxels of every frame lie.
    public let grid: Grid
    /// Seconds since the first frame began; strictly increasing, not necessarily even.
    public let times: [Double]
    /// The values, frame after frame, `grid.count` each.
    public var scalars: [Float]

    /// A series from its frames.
    public init(grid: Grid, times: [Double], scalars: [Float]) {
        precondition(scalars.count == grid.count * times.count, "a time series needs one scalar a voxel and frame")
        precondition(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "times must increase")
        (self.grid, self.times, self.scalars) = (grid, times, scalars)
    }

    /// Number of frames.
    public var frameCount: Int { times.count }

    /// One frame as a volume.
    public func frame(_ i: Int) -> Volume<Float> {
        Volume(grid: grid, scalars: Array(scalars[i * grid.count..<(i + 1) * grid.count]))
    }
}
