import CarpusCore

/// Samples a wrist block by block: within a block few structures matter, and only they are asked.
struct Raster: Sendable {
    /// Samples along the edge of a block.
    private static let edge = 8
    private let wrist: HealthyWrist
    private let lesions: Lesions
    private let frame: WristFrame
    private let grid: Grid
    private let step: Float
    private let depths: ShaftDepths

    init(wrist: HealthyWrist, lesions: Lesions, frame: WristFrame, extent: Box, step: Double) {
        (self.wrist, self.lesions, self.frame) = (wrist, lesions, frame)
        depths = ShaftDepths(of: wrist.bones, frame: frame)
        let span = extent.high - extent.low
        let size = Index3(Int((Double(span.x) / step).rounded(.up)), Int((Double(span.y) / step).rounded(.up)), Int((Double(span.z) / step).rounded(.up)))
        // Half a step in, so that finer rasters share no samples with coarser ones.
        let origin = Vector3(Double(extent.low.x), Double(extent.low.y), Double(extent.low.z)) + Vector3(repeating: step / 2)
        guard let grid = try? Grid(size: size, spacing: Vector3(repeating: step), origin: origin) else { preconditionFailure("a wrist has an extent") }
        (self.grid, self.step) = (grid, Float(step))
    }

    /// All samples, and their counts.
    func sampled() -> (Specimen, Tally) {
        let n = grid.count
        var tissue = [UInt8](repeating: 0, count: n), variant = tissue, region = tissue, lesion = tissue, tally = Tally()
        tissue.withUnsafeMutableBufferPointer { t in
            variant.withUnsafeMutableBufferPointer { v in
                region.withUnsafeMutableBufferPointer { r in
                    lesion.withUnsafeMutableBufferPointer { l in tally = counted(Planes(tissue: t, variant: v, region: r, lesion: l)) }
                }
            }
        }
        return (Specimen(grid: grid, tissue: tissue, variant: variant, region: region, lesion: lesion), tally)
    }

    /// Counts alone, or with samples kept.
    func counted(_ planes: Planes? = nil) -> Tally {
        let slabs = (grid.size.z + Self.edge - 1) / Self.edge
        var tallies = [Tally](repeating: Tally(), count: slabs)
        tallies.withUnsafeMutableBufferPointer { tallies in
            // Every slab writes layers and a tally of its own.
            nonisolated(unsafe) let (counts, planes) = (tallies, planes)
            Parallel.forEach(slabs) { counts[$0] = sample(slab: $0, into: planes) }
        }
        return tallies.reduce(into: Tally()) { $0.add($1) }
    }

    /// Where samples are kept.
    struct Planes {
        let tissue, variant, region, lesion: UnsafeMutableBufferPointer<UInt8>
    }

    private func sample(slab: Int, into out: Planes?) -> Tally {
        var tally = Tally()
        let e = Self.edge, z = slab * e..<min((slab + 1) * e, grid.size.z)
        for y0 in stride(from: 0, to: grid.size.y, by: e) {
            for x0 in stride(from: 0, to: grid.size.x, by: e) {
                sample(x0..<min(x0 + e, grid.size.x), y0..<min(y0 + e, grid.size.y), z, into: out, &tally)
            }
        }
        return tally
    }

    private func sample(_ xs: Range<Int>, _ ys: Range<Int>, _ zs: Range<Int>, into out: Planes?, _ tally: inout Tally) {
        let local = wrist.local(to: Box(around: [place(xs.lowerBound, ys.lowerBound, zs.lowerBound), place(xs.upperBound - 1, ys.upperBound - 1, zs.upperBound - 1)]))
        for z in zs {
            for y in ys {
                var i = grid.offset(xs.lowerBound, y, z)
                for x in xs {
                    let p = place(x, y, z), healthy = local.sample(p), sample = lesions.applied(to: healthy, at: p)
                    if let out { (out.tissue[i], out.variant[i], out.region[i], out.lesion[i]) = (sample.tissue.rawValue, sample.variant, sample.region, sample.lesion) }
                    tally.count(sample, of: healthy, depth: healthy.bone.distance < 0 ? depths.depth(in: Int(healthy.bone.bone), at: p) : 0, size: frame.size, step: step)
                    i += 1
                }
            }
        }
    }

    @inline(__always) private func place(_ x: Int, _ y: Int, _ z: Int) -> SIMD3<Float> {
        let w = grid.worldFromVoxel(Vector3(Double(x), Double(y), Double(z)))
        return frame.hand(SIMD3(Float(w.x), Float(w.y), Float(w.z)))
    }
}
