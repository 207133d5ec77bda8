import CarpusCore

/// One of two images as the deformable engine sees it: every value known, and how much each voxel counts.
struct DeformableSide: Sendable {
    let volume: Volume<Float>
    /// 1 where the image is compared, 0 elsewhere; nil everywhere.
    let weights: Volume<Float>?

    /// The mask lies on the image's grid, and some values are known.
    init(_ image: Volume<Float>, mask: LabelMap?) {
        var clean = image, counted = mask?.labels.map { $0 == 0 ? Float(0) : 1 }
        if !image.scalars.allFinite {
            var known = counted ?? [Float](repeating: 1, count: image.grid.count), last = image.scalars.first(where: \.isFinite) ?? 0
            for i in clean.scalars.indices {
                if clean.scalars[i].isFinite { last = clean.scalars[i] } else { (clean.scalars[i], known[i]) = (last, 0) }
            }
            counted = known
        }
        // Products of values must stay in the range of Float.
        let peak = clean.scalars.peak
        if peak > 1e12 || (peak > 0 && peak < 1e-12) { clean = clean.map { $0 / peak } }
        (volume, weights) = (clean, counted.map { Volume(grid: image.grid, scalars: $0) })
    }

    private init(_ volume: Volume<Float>, _ weights: Volume<Float>?) { (self.volume, self.weights) = (volume, weights) }

    /// Both at a coarser spacing in mm, each voxel a mean; coarser axes stay, so that thick slices are not blurred.
    func pooled(_ spacing: Double) -> DeformableSide {
        var factors = Index3(repeating: 1)
        for axis in 0..<3 {
            let wanted = Int((spacing / volume.grid.spacing[axis]).rounded())
            factors[axis] = max(1, min(wanted, volume.grid.size[axis] / 8))
        }
        return DeformableSide(Pyramid.pooled(volume, factors), weights.map { Pyramid.pooled($0, factors) })
    }
}
