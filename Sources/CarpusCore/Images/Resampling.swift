extension Volume where Scalar == Float {
    /// This volume seen on another grid.
    ///
    /// A value made from a voxel that is not known (NaN) is NaN, and no other: a spline runs through gaps as if the nearest
    /// known value stood there, and is told where linear interpolation could tell it.
    ///
    /// - Parameters:
    ///   - target: the grid to fill.
    ///   - sourceFromTarget: where, in this volume's world, each world point of the target lies; values are interpolated once, however long a chain it is.
    ///   - interpolation: how values between voxels are made.
    ///   - outside: the value where this volume says nothing, more than half a voxel beyond its outer voxel centres. NaN
    ///     keeps "not covered" apart from every measured value.
    public func resampled(
        onto target: Grid, through sourceFromTarget: Transform = .identity, interpolation: Interpolation = .linear, outside: Float = .nan
    ) -> Volume<Float> {
        if target == grid && sourceFromTarget.isIdentity { return self }
        let source = grid
        if interpolation == .cubic && scalars.contains(where: \.isNaN) {
            var spline = withGapsFilled().resampled(onto: target, through: sourceFromTarget, interpolation: .cubic, outside: outside)
            let known = resampled(onto: target, through: sourceFromTarget, interpolation: .linear, outside: 0)
            for i in known.scalars.indices where known.scalars[i].isNaN { spline.scalars[i] = .nan }
            return spline
        }
        let coefficients = interpolation == .cubic ? CubicSpline.coefficients(of: self) : scalars
        let sampler = Sampler(size: source.size, interpolation: interpolation, outside: outside)
        let affine = sourceFromTarget.asAffine.map { source.voxelFromWorld * $0 * target.worldFromVoxel }
        let result = [Float](unsafeUninitializedCapacity: target.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress!
            coefficients.withUnsafeBufferPointer { values in
                nonisolated(unsafe) let data = values.baseAddress!
                Parallel.forEach(target.size.y * target.size.z) { row in
                    let y = row % target.size.y, z = row / target.size.y
                    for x in 0..<target.size.x {
                        let index = Vector3(Double(x), Double(y), Double(z))
                        let v = affine.map { $0(index) } ?? source.voxelFromWorld(sourceFromTarget(target.worldFromVoxel(index)))
                        out[row * target.size.x + x] = sampler.value(data, at: v)
                    }
                }
            }
            initialized = target.count
        }
        return Volume(grid: target, scalars: result)
    }

    /// NaN replaced by the nearest value along the first axis that has one on the voxel's line, then along the next; 0 when nothing is known.
    private func withGapsFilled() -> Volume<Float> {
        var filled = self
        let size = grid.size, strides = [1, size.x, size.x * size.y]
        for axis in 0..<3 where filled.scalars.contains(where: \.isNaN) {
            let before = filled.scalars
            for i in before.indices where before[i].isNaN {
                let at = grid.index(at: i)[axis], last = size[axis] - 1, step = strides[axis]
                for reach in 1...size[axis] {
                    if at >= reach && !before[i - reach * step].isNaN { filled.scalars[i] = before[i - reach * step]; break }
                    if at + reach <= last && !before[i + reach * step].isNaN { filled.scalars[i] = before[i + reach * step]; break }
                }
            }
        }
        for i in filled.scalars.indices where filled.scalars[i].isNaN { filled.scalars[i] = 0 }
        return filled
    }

    /// This volume at a coarser spacing, each new voxel the mean of what it covers, weighted by area of overlap.
    ///
    /// Axes already as coarse as asked for stay as they are: thick slices are not blurred.
    ///
    /// - Parameter spacing: the spacing wanted along each axis, mm; the nearest one that divides the field of view is taken.
    public func downsampled(toSpacing spacing: Vector3) -> Volume<Float> {
        var current = self
        for axis in 0..<3 {
            let n = current.grid.size[axis], extent = current.grid.spacing[axis] * Double(n)
            let m = max(1, Int((extent / spacing[axis]).rounded()))
            if m < n { current = current.averaged(along: axis, into: m) }
        }
        return current
    }

    private func averaged(along axis: Int, into m: Int) -> Volume<Float> {
        let size = grid.size, n = size[axis], ratio = Double(n) / Double(m)
        /// Where the j-th new voxel begins; exact where it falls on a border, so that no neighbour comes in by rounding.
        func border(_ j: Int) -> Double { Double(j * n) / Double(m) }
        var newSize = size
        newSize[axis] = m
        var linear = grid.worldFromVoxel.linear, first = Vector3.zero
        linear[column: axis] = linear[column: axis] * ratio
        first[axis] = (ratio - 1) / 2
        let target = Grid(unchecked: newSize, Affine(linear: linear, translation: grid.worldFromVoxel(first)))
        let stride = axis == 0 ? 1 : axis == 1 ? size.x : size.x * size.y
        var out = Volume<Float>(grid: target, repeating: 0)
        for o in 0..<target.count {
            var index = target.index(at: o)
            let lower = border(index[axis]), upper = border(index[axis] + 1)
            index[axis] = 0
            let start = grid.offset(index.x, index.y, index.z)
            var sum = 0.0
            for i in Int(lower)..<min(n, Int(upper.rounded(.up))) {
                let weight = min(upper, Double(i + 1)) - max(lower, Double(i))
                sum += weight * Double(scalars[start + i * stride])
            }
            out.scalars[o] = Float(sum / ratio)
        }
        return out
    }
}

/// Reads a value between voxels.
struct Sampler: Sendable {
    let size: Index3
    let interpolation: Interpolation
    let outside: Float
    /// Half a voxel, and what rounding may add to a point that lies just there.
    private static let border = 0.5 + 1e-9

    @inline(__always) func value(_ data: UnsafePointer<Float>, at v: Vector3) -> Float {
        let top = Vector3(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1))
        guard v.x >= -Self.border, v.y >= -Self.border, v.z >= -Self.border,
              v.x <= top.x + Self.border, v.y <= top.y + Self.border, v.z <= top.z + Self.border else { return outside }
        switch interpolation {
        case .nearest:
            let i = (v + 0.5).rounded(.down).clamped(lowerBound: .zero, upperBound: top)
            return data[Int(i.x) + size.x * (Int(i.y) + size.y * Int(i.z))]
        case .linear: return linear(data, v.clamped(lowerBound: .zero, upperBound: top))
        case .cubic: return cubic(data, v.clamped(lowerBound: .zero, upperBound: top))
        }
    }

    @inline(__always) private func linear(_ data: UnsafePointer<Float>, _ v: Vector3) -> Float {
        let x = min(Int(v.x), max(0, size.x - 2)), y = min(Int(v.y), max(0, size.y - 2)), z = min(Int(v.z), max(0, size.z - 2))
        let dx = size.x > 1 ? 1 : 0, dy = size.y > 1 ? size.x : 0, dz = size.z > 1 ? size.x * size.y : 0
        let fx = v.x - Double(x), fy = v.y - Double(y), fz = v.z - Double(z)
        let p = data + (x + size.x * (y + size.y * z))
        @inline(__always) func along(_ q: UnsafePointer<Float>) -> Double {
            let a = Double(q[0]), b = Double(q[dx])
            return fx == 0 ? a : a + (b - a) * fx
        }
        @inline(__always) func plane(_ q: UnsafePointer<Float>) -> Double {
            let a = along(q)
            return fy == 0 ? a : a + (along(q + dy) - a) * fy
        }
        let a = plane(p)
        return Float(fz == 0 ? a : a + (plane(p + dz) - a) * fz)
    }

    @inline(__always) private func cubic(_ data: UnsafePointer<Float>, _ v: Vector3) -> Float {
        let base = v.rounded(.down), f = v - base
        let wx = size.x > 1 ? CubicSpline.weights(f.x) : SIMD4(0, 1, 0, 0)
        let wy = size.y > 1 ? CubicSpline.weights(f.y) : SIMD4(0, 1, 0, 0)
        let wz = size.z > 1 ? CubicSpline.weights(f.z) : SIMD4(0, 1, 0, 0)
        let (bx, by, bz) = (Int(base.x), Int(base.y), Int(base.z))
        let xs = (CubicSpline.mirrored(bx - 1, size.x), CubicSpline.mirrored(bx, size.x), CubicSpline.mirrored(bx + 1, size.x), CubicSpline.mirrored(bx + 2, size.x))
        var sum = 0.0
        for k in 0..<4 where wz[k] != 0 {
            let z = CubicSpline.mirrored(bz - 1 + k, size.z)
            for j in 0..<4 where wy[j] != 0 {
                let row = data + size.x * (CubicSpline.mirrored(by - 1 + j, size.y) + size.y * z)
                let line = wx.x * Double(row[xs.0]) + wx.y * Double(row[xs.1]) + wx.z * Double(row[xs.2]) + wx.w * Double(row[xs.3])
                sum += wz[k] * wy[j] * line
            }
        }
        return Float(sum)
    }
}
