import CarpusCore

/// One of two images to be aligned: values that are not finite count as outside.
struct Side: Sendable {
    let volume: Volume<Float>
    /// 1 where the image is compared; nil everywhere.
    let mask: [UInt8]?
    /// The middle of the tissue, mm.
    let centre: Vector3
    /// World points spread over the tissue: its middle, and two standard deviations from it along each axis.
    let landmarks: [Vector3]

    init(_ volume: Volume<Float>, mask: LabelMap?, name: String) throws {
        // `RegistrationGate` refuses others.
        precondition(mask?.grid.matches(volume.grid) ?? true, "a mask lies on its image's grid")
        var clean = volume, inside = mask?.labels.map { $0 == 0 ? UInt8(0) : 1 }
        if volume.scalars.contains(where: { !$0.isFinite }) {
            var known = inside ?? [UInt8](repeating: 1, count: volume.grid.count)
            for i in clean.scalars.indices where !clean.scalars[i].isFinite { (clean.scalars[i], known[i]) = (0, 0) }
            inside = known
        }
        let tissue = Tissue.mask(of: clean)
        let counted = tissue.indices.filter { tissue[$0] && inside?[$0] != 0 }
        guard counted.count >= 100 else {
            throw RegistrationError(.noSignal, "the \(name) image has only \(counted.count) voxels of tissue where it is compared; check the image and its mask")
        }
        (self.volume, self.mask) = (clean, inside)
        (centre, landmarks) = Self.spread(of: counted, in: volume.grid)
    }

    private static func spread(of voxels: [Int], in grid: Grid) -> (Vector3, [Vector3]) {
        var sum = Vector3.zero, squares = Vector3.zero
        for i in voxels {
            let v = Vector3(grid.index(at: i))
            sum += v
            squares += v * v
        }
        let n = Double(voxels.count), mean = sum / n, deviation = ((squares / n - mean * mean).clamped(lowerBound: .zero, upperBound: Vector3(repeating: .infinity))).squareRoot()
        var points = [grid.worldFromVoxel(mean)]
        for axis in 0..<3 {
            for sign in [-2.0, 2] {
                var p = mean
                p[axis] += sign * deviation[axis]
                points.append(grid.worldFromVoxel(p))
            }
        }
        return (points[0], points)
    }

    /// The largest distance over the tissue between where two maps take a point, mm.
    func distance(between a: RigidTransform, and b: RigidTransform) -> Double {
        let (a, b) = (a.affine, b.affine)
        return landmarks.map { (a($0) - b($0)).length }.max() ?? 0
    }

    /// The image as a level of the pyramid sees it, and how many of its voxels count.
    func level(spacing: Double) -> (image: MaskedVolume, counted: Int) {
        let coarse = volume.downsampled(toSpacing: Vector3(repeating: spacing))
        guard let mask else { return (MaskedVolume(volume: coarse, mask: nil), coarse.grid.count) }
        if coarse.grid == volume.grid { return (MaskedVolume(volume: coarse, mask: mask), mask.reduce(0) { $0 + Int($1) }) }
        let share = Volume(grid: volume.grid, scalars: mask.map(Float.init)).downsampled(toSpacing: Vector3(repeating: spacing))
        let inside = share.scalars.map { $0 >= 0.5 ? UInt8(1) : 0 }
        return (MaskedVolume(volume: coarse, mask: inside), inside.reduce(0) { $0 + Int($1) })
    }
}

extension Volume where Scalar == Float {
    /// An order by content, so that neither of two images is the first by being called so.
    func precedes(_ other: Volume<Float>) -> Bool {
        func key(_ g: Grid) -> [Double] { [Double(g.size.x), Double(g.size.y), Double(g.size.z)] + g.worldFromVoxel.matrixRows.flatMap { $0 } }
        for (a, b) in zip(key(grid), key(other.grid)) where a != b { return a < b }
        for (a, b) in zip(scalars, other.scalars) where a != b { return a < b }
        return false
    }
}
