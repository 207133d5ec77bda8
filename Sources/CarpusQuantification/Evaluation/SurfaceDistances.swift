import CarpusCore

/// How far two surfaces lie apart, each piece of surface counted by its area, as Nikolov et al., J Med Internet Res 23 (2021)
/// e26151 do it (the package surface-distance).
///
/// A piece of surface (surfel) lies in the middle of eight neighbouring voxels that are not all inside or all outside. Its
/// area is that of marching cubes; its distance is the one to the nearest surfel of the other surface.
public struct SurfaceDistances: Sendable {
    /// A piece of surface.
    public struct Surfel: Sendable, Hashable {
        /// Distance to the other surface, mm; infinite when there is none.
        public let distance: Double
        /// Area, mm².
        public let area: Double
    }
    /// The pieces of either surface, by rising distance.
    public let ofResult, ofTruth: [Surfel]

    /// The distances between the surfaces of two sets.
    public init(_ pair: MaskPair) {
        let result = SurfaceCodes(pair.result, size: pair.size), truth = SurfaceCodes(pair.truth, size: pair.size)
        let areas = SurfelAreas.table(spacing: pair.spacing)
        ofResult = result.surfels(to: truth, areas: areas, spacing: pair.spacing)
        ofTruth = truth.surfels(to: result, areas: areas, spacing: pair.spacing)
    }

    /// Area of the result's surface, mm².
    public var resultArea: Double { Self.area(ofResult) }
    /// Area of the truth's surface, mm².
    public var truthArea: Double { Self.area(ofTruth) }

    /// A distance counts as within a tolerance up to this much above it, mm: what a header's 32-bit spacing may lose.
    static let rounding = 1e-6

    /// Normalised surface Dice: the share of both surfaces' area that lies within a tolerance (mm) of the other surface, 0 to 1; 0 when
    /// one set is empty, nil when both are.
    public func surfaceDice(tolerance: Double) -> Double? {
        guard !ofResult.isEmpty || !ofTruth.isEmpty else { return nil }
        let near = [ofResult, ofTruth].map { surface in Self.area(surface.prefix { $0.distance <= tolerance + Self.rounding }) }
        return (near[0] + near[1]) / (resultArea + truthArea)
    }

    /// Robust Hausdorff distance in mm: for each surface the distance that a share (0 to 1) of its area does not exceed, and
    /// the larger of the two. Nil when a set is empty.
    public func hausdorff(share: Double) -> Double? {
        guard !ofResult.isEmpty, !ofTruth.isEmpty else { return nil }
        return max(Self.distance(ofResult, share), Self.distance(ofTruth, share))
    }

    private static func area(_ surfels: some Sequence<Surfel>) -> Double { surfels.reduce(0) { $0 + $1.area } }

    private static func distance(_ surfels: [Surfel], _ share: Double) -> Double {
        let enough = share * area(surfels) * (1 - 1e-12)   // sums in another order differ in their last digits
        var sum = 0.0
        for surfel in surfels {
            sum += surfel.area
            if sum >= enough { return surfel.distance }
        }
        return surfels[surfels.count - 1].distance
    }
}

/// Which of eight neighbouring voxels are inside, at each corner between voxels.
private struct SurfaceCodes {
    /// One less along each axis than there are voxels.
    let size: Index3
    let codes: [UInt8]

    init(_ mask: [Bool], size full: Index3) {
        let size = full &- 1, row = full.x, plane = full.x * full.y
        self.size = size
        codes = [UInt8](unsafeUninitializedCapacity: size.x * size.y * size.z) { buffer, count in
            nonisolated(unsafe) let out = buffer
            mask.withUnsafeBufferPointer { inside in
                nonisolated(unsafe) let inside = inside
                Parallel.forEach(size.z) { z in
                    @inline(__always) func pair(_ i: Int) -> UInt8 { (inside[i] ? 1 : 0) | (inside[i + row] ? 4 : 0) | (inside[i + plane] ? 16 : 0) | (inside[i + plane + row] ? 64 : 0) }
                    for y in 0..<size.y {
                        let from = row * y + plane * z, to = size.x * (y + size.y * z)
                        var left = pair(from)
                        for x in 0..<size.x {
                            let right = pair(from + x + 1)
                            out[to + x] = left | right << 1
                            left = right
                        }
                    }
                }
            }
            count = size.x * size.y * size.z
        }
    }

    /// This surface's pieces, with their distances to another surface of the same size.
    func surfels(to other: SurfaceCodes, areas: [Double], spacing: Vector3) -> [SurfaceDistances.Surfel] {
        let far = DistanceTransform.squaredDistances(to: other.codes.map { $0 != 0 && $0 != 255 }, size: size, spacing: spacing)
        var surfels: [SurfaceDistances.Surfel] = []
        for i in codes.indices where codes[i] != 0 && codes[i] != 255 {
            surfels.append(.init(distance: far[i].squareRoot(), area: areas[Int(codes[i])]))
        }
        return surfels.sorted { ($0.distance, $0.area) < ($1.distance, $1.area) }
    }
}
