import CarpusCore

/// Points between the voxels of an image with their values: the same in every run, denser where the image changes.
///
/// The points follow the additive recurrence of the plastic number's generalisation (Roberts, 2018), which covers space more
/// evenly than random ones and never falls on the grid, so that interpolation favours no position.
struct SampleCloud: Sendable {
    /// Position in mm about the image's middle, and the value.
    let samples: [SIMD4<Float>]
    /// Where each block of neighbouring samples begins, and the end of the last.
    let blocks: [Int]
    /// The values between which all but a few lie.
    let range: ClosedRange<Float>
    /// The least share of flat regions among the candidates taken.
    private static let floor: Float = 0.1

    /// - Parameters:
    ///   - centre: the point positions are told from, world mm.
    ///   - count: samples wanted; fewer where the image has too little to show.
    init(_ image: SplineImage, centre: Vector3, count: Int, range: ClosedRange<Float>) {
        self.range = range
        let n = Vector3(image.grid.size), span = n - 1, spread = 1 / (range.upperBound - range.lowerBound)
        let candidates = count * 8
        let place = Affine(translation: -1 * centre) * image.grid.worldFromVoxel
        // In pieces, each with its own share, so that threads do not matter.
        let pieces = 16
        var parts = [[SIMD4<Float>]](repeating: [], count: pieces)
        parts.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer
            image.read { reader in
                nonisolated(unsafe) let reader = reader
                Parallel.forEach(pieces) { piece in
                    let wanted = count / pieces
                    var taken: [SIMD4<Float>] = []
                    taken.reserveCapacity(wanted)
                    for i in stride(from: piece, to: candidates, by: pieces) where taken.count < wanted {
                        let r = Self.recurrence(i)
                        let v = SIMD3(r.x, r.y, r.z) * span
                        guard let s = reader.sample(SIMD3<Float>(v)), s.value.isFinite else { continue }
                        let g = abs(s.gradient.x) + abs(s.gradient.y) + abs(s.gradient.z)
                        guard Float(r.w) < Self.floor + g * spread * 8 else { continue }
                        let p = SIMD3<Float>(place(v))
                        taken.append(SIMD4(p, s.value))
                    }
                    out[piece] = taken
                }
            }
        }
        (samples, blocks) = Self.sorted(parts.flatMap { $0 }, extent: n * image.grid.spacing)
    }

    /// Four numbers in 0..<1, the i-th of an even sequence.
    @inline(__always) static func recurrence(_ i: Int) -> SIMD4<Double> {
        // Powers of 1/1.1673039782614187, the root of x⁵ = x + 1.
        let a = SIMD4(0.8566748838545029, 0.733891856627126, 0.6287067210378087, 0.5385972572236101)
        let r = a * Double(i + 1) + 0.5
        return r - r.rounded(.down)
    }

    /// Sixteen blocks of neighbours: four along the principal axis with the longest spread of points, two along the others.
    private static func sorted(_ points: [SIMD4<Float>], extent: Vector3) -> ([SIMD4<Float>], [Int]) {
        guard let first = points.first else { return ([], [0]) }
        var low = first, high = first
        for p in points { low = pointwiseMin(low, p); high = pointwiseMax(high, p) }
        let size = high - low
        let longest = size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2
        var parts = SIMD3<Float>(repeating: 2)
        parts[longest] = 4
        let scale = SIMD3(parts.x / max(size.x, 1e-6), parts.y / max(size.y, 1e-6), parts.z / max(size.z, 1e-6)) * 0.99999
        func block(_ p: SIMD4<Float>) -> Int {
            let q = (SIMD3(p.x, p.y, p.z) - SIMD3(low.x, low.y, low.z)) * scale
            return Int(q.x) + Int(parts.x) * (Int(q.y) + Int(parts.y) * Int(q.z))
        }
        var starts = [Int](repeating: 0, count: 17)
        for p in points { starts[block(p) + 1] += 1 }
        for i in 1...16 { starts[i] += starts[i - 1] }
        var next = starts, out = points
        for p in points {
            let b = block(p)
            out[next[b]] = p
            next[b] += 1
        }
        return (out, starts)
    }
}

extension SplineImage {
    /// The values between which all but one in 500 lie, from voxels spread over the image; nil when it holds one value only.
    static func range(of volume: Volume<Float>) -> ClosedRange<Float>? {
        let step = max(1, volume.scalars.count / 16_000)
        let values = stride(from: step / 2, to: volume.scalars.count, by: step).map { volume.scalars[$0] }.filter(\.isFinite).sorted()
        guard let last = values.last else { return nil }
        let low = values[values.count / 500], high = values[values.count - 1 - values.count / 500]
        return high > low ? low...high : last > values[0] ? values[0]...last : nil
    }
}
