import CarpusCore

/// How deep in the shaft of its bone a point lies, by the rule that label maps are measured by (`ArticularEnd`).
struct ShaftDepths: Sendable {
    /// Distance of the samples the ends are found on, mm of a wrist of size 1.
    private static let step: Float = 0.6
    /// What of a bone and beyond its end is sampled, mm of a wrist of size 1: all that can matter to the rule.
    private static let behind: Float = 33, before: Float = 19
    /// The ends by bone, 0 to 14, in the world.
    private(set) var ends: [Int: ArticularEnd] = [:]
    /// Depth is the product with (x, y, z, 1) of the hand's frame: one a bone, zero for carpals.
    private var planes = [SIMD4<Float>](repeating: .zero, count: 15)

    /// The depths of a wrist where its bones lie at this visit.
    init(of bones: Bones, frame: WristFrame) {
        let worldFromHand = frame.worldFromHand
        for (b, bone) in WristAnatomy.bones.enumerated() where bone.extent != .whole {
            guard let end = ArticularEnd.all(in: Self.labels(around: b, of: bones, worldFromHand))[bone.label] else {
                preconditionFailure("the \(bone.name) of a virtual wrist has an end")
            }
            ends[b] = end
            let m = worldFromHand.linear, n = end.shaftward, d = (worldFromHand.translation - end.middle).dot(n)
            planes[b] = SIMD4<Float>(SIMD4(m.x.dot(n), m.y.dot(n), m.z.dot(n), d))
        }
    }

    /// The depth of a point of the hand's frame in the shaft of a bone, mm; 0 in carpals.
    @inline(__always) func depth(in bone: Int, at p: SIMD3<Float>) -> Float { (planes[bone] * SIMD4(p, 1)).sum() }

    /// The bones around the end of one, sampled.
    private static func labels(around bone: Int, of bones: Bones, _ worldFromHand: Affine) -> LabelMap {
        var box = bones.present[bone]
        if bone < 2 {
            (box.low.x, box.high.x) = (box.high.x - behind, box.high.x + before)
        } else {
            (box.low.x, box.high.x) = (box.low.x - before, box.low.x + behind)
        }
        box = box.grown(by: 2)
        let edge = 8, blocks = SIMD3<Int>(((box.high - box.low) / (step * Float(edge))).rounded(.up)), size = blocks &* edge
        let handFromVoxel = Affine(linear: Matrix3(diagonal: Vector3(repeating: Double(step))), translation: Vector3(box.low))
        guard let grid = try? Grid(size: size, worldFromVoxel: worldFromHand * handFromVoxel) else { preconditionFailure("a bone has an extent") }
        let corner = box.low
        @Sendable func place(_ at: SIMD3<Int>) -> SIMD3<Float> { corner + SIMD3<Float>(at) * step }
        let labels = [UInt16](unsafeUninitializedCapacity: grid.count) { buffer, count in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(blocks.x * blocks.y * blocks.z) { block in
                let first = SIMD3(block % blocks.x, block / blocks.x % blocks.y, block / (blocks.x * blocks.y)) &* edge
                let local = bones.local(to: Box(low: place(first), high: place(first &+ (edge - 1))))
                for z in first.z..<first.z + edge {
                    for y in first.y..<first.y + edge {
                        for x in first.x..<first.x + edge {
                            let sample = local.isEmpty ? BoneSample() : local.sample(place(SIMD3(x, y, z)))
                            (out + grid.offset(x, y, z)).initialize(to: sample.distance < 0 ? UInt16(sample.bone) + 1 : 0)
                        }
                    }
                }
            }
            count = grid.count
        }
        return LabelMap(grid: grid, labels: labels, legend: WristAnatomy.legend)
    }
}
