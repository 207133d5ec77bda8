import CarpusCore

/// Places of a healthy wrist where disease can settle, found by looking at it on a coarse grid once.
struct Survey: Sendable {
    /// Distance between neighbouring points, mm of a wrist of size 1.
    static let step: Float = 0.7

    /// Free space of each joint's compartment: neither cartilage nor ligament nor the film between cartilages.
    private(set) var joints = [[SIMD3<Float>]](repeating: [], count: 3)
    /// Marrow of each bone as far as RAMRIS assesses it.
    private(set) var marrow = [[SIMD3<Float>]](repeating: [], count: 15)
    /// Marrow close below a face that meets another bone.
    private(set) var subchondral = [[SIMD3<Float>]](repeating: [], count: 15)
    /// Cortex beside cartilage, within reach of the synovium: where erosions begin.
    private(set) var bareAreas = [[SIMD3<Float>]](repeating: [], count: 15)

    /// Looks at a wrist.
    init(_ wrist: HealthyWrist) {
        let low = SIMD3<Float>(-48, -36, -24), high = SIMD3<Float>(36, 44, 26)
        let counts = SIMD3<Int>(((high - low) / Self.step).rounded(.up)), edge = 12
        let blocks = (counts &+ (edge - 1)) / edge
        var parts = [Survey](repeating: Survey(), count: blocks.z)
        parts.withUnsafeMutableBufferPointer { parts in
            nonisolated(unsafe) let parts = parts
            Parallel.forEach(blocks.z) { bz in
                for by in 0..<blocks.y {
                    for bx in 0..<blocks.x {
                        let first = SIMD3(bx, by, bz) &* edge, last = pointwiseMin(first &+ edge, counts)
                        parts[bz].look(at: wrist, from: first, to: last, origin: low)
                    }
                }
            }
        }
        for part in parts { append(part) }
    }

    private init() {}

    private mutating func append(_ other: Survey) {
        for j in 0..<3 { joints[j] += other.joints[j] }
        for b in 0..<15 {
            marrow[b] += other.marrow[b]
            subchondral[b] += other.subchondral[b]
            bareAreas[b] += other.bareAreas[b]
        }
    }

    private mutating func look(at wrist: HealthyWrist, from first: SIMD3<Int>, to last: SIMD3<Int>, origin: SIMD3<Float>) {
        func place(_ x: Int, _ y: Int, _ z: Int) -> SIMD3<Float> { origin + SIMD3(Float(x), Float(y), Float(z)) * Self.step }
        let local = wrist.local(to: Box(low: place(first.x, first.y, first.z), high: place(last.x - 1, last.y - 1, last.z - 1)))
        guard !local.bones.isEmpty else { return }
        for z in first.z..<last.z {
            for y in first.y..<last.y {
                for x in first.x..<last.x { note(local.sample(place(x, y, z)), at: place(x, y, z)) }
            }
        }
    }

    private mutating func note(_ s: HealthySample, at p: SIMD3<Float>) {
        if s.bone.distance < 0 {
            guard s.bone.shaftDepth <= 10 else { return }
            let b = Int(s.bone.bone), meets = s.bone.neighbourDistance + s.bone.distance < 4
            if s.point.tissue == .marrow {
                marrow[b].append(p)
                if meets, -s.bone.distance < s.bone.cortex + 1.5 { subchondral[b].append(p) }
            } else if s.bone.cartilage == 0, s.bone.neighbourDistance < 7 {
                bareAreas[b].append(p)
            }
        } else if Lesions.isFreeSpace(s) {
            joints[Int(s.joint.region) - 16].append(p)
        }
    }
}
