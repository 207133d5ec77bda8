import CarpusCore

/// An image as a cubic B-spline (Unser, IEEE Signal Processing Magazine 16(6), 1999): smooth between voxels, so that value and
/// gradient can be had anywhere.
///
/// The coefficients are kept with one more voxel before and two after along each axis, mirrored, so that no tap needs a check.
struct SplineImage: Sendable {
    let grid: Grid
    /// Padded coefficients, x fastest.
    let coefficients: [Float]
    /// 1 where the image counts, one a voxel of the grid; nil everywhere.
    let mask: [UInt8]?

    /// - Parameter soft: an axis along which the spline does not run through the voxels but smooths them, by 1, 4, 1 sixths.
    init(_ volume: Volume<Float>, mask: [UInt8]?, soft: Int? = nil) {
        (grid, self.mask) = (volume.grid, mask)
        let n = volume.grid.size, padded = Self.padded(n)
        coefficients = [Float](unsafeUninitializedCapacity: padded.x * padded.y * padded.z) { buffer, initialized in
            nonisolated(unsafe) let out = buffer.baseAddress!
            volume.scalars.withUnsafeBufferPointer { scalars in
                nonisolated(unsafe) let values = scalars.baseAddress!
                Parallel.forEach(n.z) { z in
                    let plane = out + (z + 1) * padded.x * padded.y
                    for y in 0..<n.y {
                        let row = plane + (y + 1) * padded.x
                        (row + 1).update(from: values + (z * n.y + y) * n.x, count: n.x)
                        if soft != 0 { Self.filter(row + 1, lines: 1, steps: n.x, stride: 1) }
                    }
                    if soft != 1 { Self.filter(plane + padded.x, lines: padded.x, steps: n.y, stride: padded.x) }
                }
                // Along z in slabs of rows, so that neither threads nor caches get in each other's way.
                Parallel.forEach(soft == 2 ? 0 : n.y) { y in
                    Self.filter(out + padded.x * padded.y + (y + 1) * padded.x, lines: padded.x, steps: n.z, stride: padded.x * padded.y)
                }
                Self.pad(out, n, padded)
            }
            initialized = padded.x * padded.y * padded.z
        }
    }

    static func padded(_ n: Index3) -> Index3 { n &+ 3 }

    /// The recursive filter of the cubic B-spline along `steps`, on `lines` neighbouring lines at once.
    private static func filter(_ data: UnsafeMutablePointer<Float>, lines: Int, steps n: Int, stride: Int) {
        guard n > 1 else { return }
        let z = Float(3.0.squareRoot() - 2)
        if lines == 1 { return filterLine(data, n, z) }
        let horizon = min(n, 12)   // pole¹² is below 2e-7
        let end = data + (n - 1) * stride, before = data + (n - 2) * stride
        for x in 0..<lines {
            var sum = data[x], power = z
            for i in 1..<horizon { sum += power * data[x + i * stride]; power *= z }
            data[x] = sum
        }
        for i in 1..<n {
            let here = data + i * stride, last = here - stride
            for x in 0..<lines { here[x] += z * last[x] }
        }
        for x in 0..<lines { end[x] = 6 * z / (z * z - 1) * (end[x] + z * before[x]) }
        for i in Swift.stride(from: n - 2, through: 0, by: -1) {
            let here = data + i * stride, next = here + stride
            for x in 0..<lines { here[x] = z * (next[x] - 6 * here[x]) }
        }
    }

    private static func filterLine(_ data: UnsafeMutablePointer<Float>, _ n: Int, _ z: Float) {
        var sum = data[0], power = z
        for i in 1..<min(n, 12) { sum += power * data[i]; power *= z }
        data[0] = sum
        for i in 1..<n { sum = data[i] + z * sum; data[i] = sum }
        var next = 6 * z / (z * z - 1) * (data[n - 1] + z * data[n - 2])
        data[n - 1] = next
        for i in stride(from: n - 2, through: 0, by: -1) { next = z * (next - 6 * data[i]); data[i] = next }
    }

    /// Mirrors the border, axis after axis.
    private static func pad(_ out: UnsafeMutablePointer<Float>, _ n: Index3, _ padded: Index3) {
        func mirrored(_ i: Int, _ n: Int) -> Int { n == 1 ? 0 : i < 0 ? -i : i < n ? i : max(0, 2 * n - 2 - i) }
        let plane = padded.x * padded.y
        for z in 1...n.z {
            for y in 1...n.y {
                let row = out + z * plane + y * padded.x + 1
                for i in [-1, n.x, n.x + 1] { row[i] = row[mirrored(i, n.x)] }
            }
            let first = out + z * plane + padded.x
            for i in [-1, n.y, n.y + 1] { (first + i * padded.x).update(from: first + mirrored(i, n.y) * padded.x, count: padded.x) }
        }
        let first = out + plane
        for i in [-1, n.z, n.z + 1] { (first + i * plane).update(from: first + mirrored(i, n.z) * plane, count: plane) }
    }
}

/// A spline image, lent for reading in a hot loop.
struct SplineReader {
    let data: UnsafePointer<Float>
    let mask: UnsafePointer<UInt8>?
    private let strideY, strideZ, sizeX, sizeY: Int
    private let low, high, top: SIMD3<Float>

    init(_ image: SplineImage, data: UnsafePointer<Float>, mask: UnsafePointer<UInt8>?) {
        let n = image.grid.size, padded = SplineImage.padded(n)
        (self.data, self.mask) = (data, mask)
        (strideY, strideZ, sizeX, sizeY) = (padded.x, padded.x * padded.y, n.x, n.y)
        top = SIMD3<Float>(n &- 1)
        // An axis of one voxel is as thick as the voxel; others end at their outer voxel centres.
        low = SIMD3<Float>.zero.replacing(with: -0.5, where: top .== 0)
        high = top.replacing(with: 0.5, where: top .== 0)
    }

    /// Value, and gradient a voxel, at a voxel position; nil outside.
    @inline(__always) func sample(_ p: SIMD3<Float>) -> (value: Float, gradient: SIMD3<Float>)? {
        guard p.x >= low.x, p.y >= low.y, p.z >= low.z, p.x <= high.x, p.y <= high.y, p.z <= high.z else { return nil }
        let u = p.clamped(lowerBound: .zero, upperBound: top)
        let x = Int(u.x), y = Int(u.y), z = Int(u.z)
        if let mask {
            let i = Int(u.x + 0.5) &+ sizeX &* (Int(u.y + 0.5) &+ sizeY &* Int(u.z + 0.5))
            if mask[i] == 0 { return nil }
        }
        let (wx, dx) = Self.weights(u.x - Float(x)), (wy, dy) = Self.weights(u.y - Float(y)), (wz, dz) = Self.weights(u.z - Float(z))
        var a = SIMD4<Float>.zero, b = a, c = a
        var plane = data + (x &+ y &* strideY &+ z &* strideZ)
        for k in 0..<4 {
            let (line, slope) = Self.across(plane, strideY, wy, dy)
            a += line * wz[k]
            b += slope * wz[k]
            c += line * dz[k]
            plane += strideZ
        }
        let v = a * wx, gx = a * dx, gy = b * wx, gz = c * wx
        return (v.sum(), SIMD3(gx.sum(), gy.sum(), gz.sum()))
    }

    /// Four rows of four taps summed with weights, and with the weights of the derivative.
    @inline(__always) private static func across(
        _ p: UnsafePointer<Float>, _ stride: Int, _ w: SIMD4<Float>, _ d: SIMD4<Float>
    ) -> (SIMD4<Float>, SIMD4<Float>) {
        let r0 = UnsafeRawPointer(p).loadUnaligned(as: SIMD4<Float>.self), r1 = UnsafeRawPointer(p + stride).loadUnaligned(as: SIMD4<Float>.self)
        let r2 = UnsafeRawPointer(p + 2 &* stride).loadUnaligned(as: SIMD4<Float>.self), r3 = UnsafeRawPointer(p + 3 &* stride).loadUnaligned(as: SIMD4<Float>.self)
        return (r0 * w.x + r1 * w.y + r2 * w.z + r3 * w.w, r0 * d.x + r1 * d.y + r2 * d.z + r3 * d.w)
    }

    /// The four weights of the cubic B-spline at a fraction past the second knot, and their derivatives.
    @inline(__always) static func weights(_ t: Float) -> (SIMD4<Float>, SIMD4<Float>) {
        let s = 1 - t, t2 = t * t, s2 = s * s
        let w0 = s2 * s * (1 / 6), w3 = t2 * t * (1 / 6), w1 = (4 - 6 * t2 + 3 * t2 * t) * (1 / 6)
        let d0 = -0.5 * s2, d3 = 0.5 * t2, d1 = 1.5 * t2 - 2 * t
        return (SIMD4(w0, w1, 1 - w0 - w1 - w3, w3), SIMD4(d0, d1, -(d0 + d1 + d3), d3))
    }
}

extension SplineImage {
    /// Lends the image for reading.
    func read<R>(_ body: (SplineReader) throws -> R) rethrows -> R {
        try coefficients.withUnsafeBufferPointer { data in
            guard let mask else { return try body(SplineReader(self, data: data.baseAddress!, mask: nil)) }
            return try mask.withUnsafeBufferPointer { try body(SplineReader(self, data: data.baseAddress!, mask: $0.baseAddress)) }
        }
    }
}
