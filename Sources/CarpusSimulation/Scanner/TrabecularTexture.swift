import CarpusCore

/// The grain of trabecular bone: blocks about as wide as trabeculae lie apart, each of one of four grains (`TissueValues.trabecular`), more of the
/// dense ones where the bone is dense. It belongs to the specimen's world, so that it stays with the wrist from scan to scan and visit to visit.
struct TrabecularTexture: Sendable {
    /// Edge of a block, mm.
    private static let edge: Float = 0.7
    /// Size of the regions of denser and looser bone, mm.
    private static let region: Float = 9
    /// How far density moves the choice of the grain, either side; in grains.
    private static let swing: Float = 2.2
    /// The blocks stand askew to all that images run along, lest their rows show.
    private static let askew = RigidMotion(RigidTransform(axis: Vector3(1, 2, 3), angle: 0.7))

    private let origin: SIMD3<Float>, alongX: SIMD3<Float>, alongY: SIMD3<Float>, alongZ: SIMD3<Float>
    private let density = SmoothNoise(seed: 0, "trabecular-density", wavelength: region)

    init(grid: Grid) {
        let linear = grid.worldFromVoxel.linear
        func turned(_ v: Vector3) -> SIMD3<Float> { Self.askew.turned(SIMD3<Float>(v)) / Self.edge }
        (origin, alongX, alongY, alongZ) = (turned(grid.origin), turned(linear.x), turned(linear.y), turned(linear.z))
    }

    /// The grains along one row.
    struct Row {
        private let start: SIMD3<Float>, step: SIMD3<Float>, density: SmoothNoise
        private var block = SIMD3<Float>(repeating: .infinity), last = 0

        fileprivate init(start: SIMD3<Float>, step: SIMD3<Float>, density: SmoothNoise) { (self.start, self.step, self.density) = (start, step, density) }

        /// The grain of a voxel, 0 (loose) to 3 (dense).
        mutating func grain(_ x: Int) -> Int {
            let here = (start + step * Float(x)).rounded(.down)
            guard here != block else { return last }
            block = here
            func bits(_ n: Float) -> UInt64 { UInt64(bitPattern: Int64(n)) }
            let key = bits(here.x) &* 0x1656_67b1_9e37_79f9 ^ bits(here.y) &* 0x9e37_79b9_7f4a_7c15 ^ bits(here.z) &* 0xc2b2_ae3d_27d4_eb4f
            let chance = Float(SplitMix.mixed(key) >> 40) * 0x1p-24
            last = Int(min(max(chance * 4 + TrabecularTexture.swing * density(here * TrabecularTexture.edge), 0), 3.99))
            return last
        }
    }

    /// The grains of row `y` of slice `z`.
    func row(y: Int, z: Int) -> Row { Row(start: origin + alongY * Float(y) + alongZ * Float(z), step: alongX, density: density) }
}
