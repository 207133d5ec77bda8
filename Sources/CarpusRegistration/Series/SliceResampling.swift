import CarpusCore

/// Frames laid on the reference through the motion of the frame and those of its slices, interpolated once: by cubic B-spline within a slice,
/// and across slices by cubic convolution (Keys, IEEE Trans Acoust 29, 1981), which asks no slice to agree with others that lay otherwise.
struct SliceResampling {
    private let series: TimeSeries
    private let slices: SliceMotions

    init(_ series: TimeSeries, _ slices: SliceMotions) { (self.series, self.slices) = (series, slices) }

    /// The series at rest; NaN where a frame says nothing.
    func corrected(_ maps: [RigidTransform]) -> TimeSeries {
        var out = series
        let n = series.grid.count
        for k in maps.indices { out.scalars.replaceSubrange(k * n..<(k + 1) * n, with: frame(k, maps[k])) }
        return out
    }

    private func frame(_ k: Int, _ map: RigidTransform) -> [Float] {
        let grid = series.grid, axis = slices.axis, plane = slices.plane, count = grid.size[axis]
        let images = pictures(of: series.frame(k)), motions = slices.frames[k]
        let voxel = grid.voxelFromWorld * map.affine * grid.worldFromVoxel
        return [Float](unsafeUninitializedCapacity: grid.count) { buffer, initialized in
            nonisolated(unsafe) let out = buffer
            Parallel.forEach(grid.size.z) { z in
                for i in z * grid.size.x * grid.size.y..<(z + 1) * grid.size.x * grid.size.y {
                    let v = voxel(slices.thing(at: Vector3(grid.index(at: i)))), first = v[axis].rounded(.down), t = Float(v[axis] - first)
                    var sum: Float = v[axis] >= -0.5 && v[axis] <= Double(count) - 0.5 ? 0 : .nan
                    for (tap, weight) in Self.weights(t).enumerated() where abs(weight) > 1e-6 && !sum.isNaN {
                        let slice = min(max(Int(first) + tap - 1, 0), count - 1), p = slices.moved(SIMD2(v[plane.x], v[plane.y]), motions[slice])
                        let value = images[slice].read { $0.sample(SIMD3(Float(p.x), Float(p.y), 0))?.value }
                        sum += weight * (value ?? .nan)
                    }
                    (out.baseAddress! + i).initialize(to: sum)
                }
            }
            initialized = grid.count
        }
    }

    /// Each slice as a spline of its own; values that are not known count as outside.
    private func pictures(of frame: Volume<Float>) -> [SplineImage] {
        let size = frame.grid.size, plane = slices.plane
        let strides = [1, size.x, size.x * size.y], (a, b) = (strides[plane.x], strides[plane.y])
        guard let grid = try? Grid(size: Index3(size[plane.x], size[plane.y], 1), spacing: Vector3(repeating: 1)) else { preconditionFailure("a slice of a sound grid is sound") }
        return (0..<size[slices.axis]).map { slice in
            let start = slice * strides[slices.axis]
            var values = (0..<grid.count).map { frame.scalars[start + $0 % grid.size.x * a + $0 / grid.size.x * b] }
            let known = values.allFinite ? nil : values.map { $0.isFinite ? UInt8(1) : 0 }
            if known != nil { for i in values.indices where !values[i].isFinite { values[i] = 0 } }
            return SplineImage(Volume(grid: grid, scalars: values), mask: known)
        }
    }

    /// Weights of four neighbours at a fraction past the second.
    private static func weights(_ t: Float) -> [Float] {
        let t2 = t * t, t3 = t2 * t
        return [-0.5 * t + t2 - 0.5 * t3, 1 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3]
    }
}
