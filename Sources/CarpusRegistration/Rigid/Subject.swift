import CarpusCore

/// One of two images to be aligned, as the engine sees it: its pyramid, where it counts, and where its tissue lies.
struct Subject: Sendable {
    let pyramid: Pyramid
    /// The values between which nearly all lie, level by level.
    let ranges: [ClosedRange<Float>]
    /// The middle of the tissue, mm, and the mean distance of tissue from it.
    let centre: Vector3, radius: Double
    /// World points of tissue, at most some thousands, evenly picked.
    let tissue: [Vector3]

    /// - Throws: `RegistrationError` when the mask lies on another grid, or there is next to no tissue where the image counts.
    init(_ volume: Volume<Float>, mask: LabelMap?, name: String, spacings: [Double], soft: Int? = nil) throws {
        if let mask, !mask.grid.matches(volume.grid) {
            throw RegistrationError(.gridMismatch, "the mask lies on another grid than the \(name) image; resample it first")
        }
        var clean = volume, counted = mask?.labels.map { $0 == 0 ? UInt8(0) : 1 }
        if !volume.scalars.allFinite {
            var known = counted ?? [UInt8](repeating: 1, count: volume.grid.count)
            // An unknown value takes the last known one, so that no edge appears where there is none; it is not compared.
            var last = volume.scalars.first(where: \.isFinite) ?? 0
            for i in clean.scalars.indices {
                if clean.scalars[i].isFinite { last = clean.scalars[i] } else { (clean.scalars[i], known[i]) = (last, 0) }
            }
            counted = known
        }
        // Far beyond what scanners write, products of values would leave the range of Float.
        let peak = clean.scalars.peak
        if peak > 1e12 || (peak > 0 && peak < 1e-12) { clean = clean.map { $0 / peak } }
        pyramid = Pyramid(clean, mask: counted, spacings: spacings, soft: soft)
        ranges = try pyramid.volumes.map { level in
            guard let range = SplineImage.range(of: level) else { throw RegistrationError(.noSignal, Self.complaint(name, 0)) }
            return range
        }
        let coarse = pyramid.volumes[0], mask = pyramid.levels[0].mask
        let bright = Tissue.mask(of: coarse)
        let voxels = bright.indices.filter { bright[$0] && mask?[$0] != 0 }
        let count = Int(Double(voxels.count) * coarse.grid.voxelVolume / volume.grid.voxelVolume)
        guard count >= 100, voxels.count >= 8 else { throw RegistrationError(.noSignal, Self.complaint(name, count)) }
        let step = max(1, voxels.count / 4000)
        tissue = stride(from: 0, to: voxels.count, by: step).map { coarse.grid.worldFromVoxel(Vector3(coarse.grid.index(at: voxels[$0]))) }
        let middle = tissue.reduce(Vector3.zero, +) / Double(tissue.count)
        centre = middle
        radius = max(1, tissue.reduce(0) { $0 + ($1 - middle).length } / Double(tissue.count))
    }

    private static func complaint(_ name: String, _ count: Int) -> String {
        "the \(name) image has only \(count) voxels of tissue where it is compared; check the image and its mask"
    }

    /// The share of other points that this image's field of view takes in after a map.
    func shows(_ points: [Vector3], through map: Affine) -> Double {
        let grid = pyramid.levels[pyramid.levels.count - 1].grid, top = Vector3(grid.size) - 0.5
        let voxel = grid.voxelFromWorld * map
        let inside = points.filter {
            let v = voxel($0)
            return v.x >= -0.5 && v.y >= -0.5 && v.z >= -0.5 && v.x <= top.x && v.y <= top.y && v.z <= top.z
        }
        return points.isEmpty ? 0 : Double(inside.count) / Double(points.count)
    }
}

extension [Float] {
    /// Whether no value is infinite or NaN.
    var allFinite: Bool {
        // x - x is 0 but for what is not finite.
        lanes(.zero) { $0 + ($1 - $1) }.sum() == 0
    }

    /// The largest size of a value.
    var peak: Float {
        lanes(.zero) { pointwiseMax($0, pointwiseMax($1, -$1)) }.max()
    }

    /// Eight values at a time taken into a running result; what is missing to eight is 0.
    @inline(__always) private func lanes(_ start: SIMD8<Float>, _ next: (SIMD8<Float>, SIMD8<Float>) -> SIMD8<Float>) -> SIMD8<Float> {
        withUnsafeBytes { bytes in
            var result = start, i = 0
            while i &+ 8 <= count {
                result = next(result, bytes.loadUnaligned(fromByteOffset: 4 &* i, as: SIMD8<Float>.self))
                i &+= 8
            }
            var rest = SIMD8<Float>.zero
            for k in i..<count { rest[k - i] = self[k] }
            return next(result, rest)
        }
    }
}
