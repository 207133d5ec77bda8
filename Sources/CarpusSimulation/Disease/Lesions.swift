import CarpusCore

/// The lesions of one wrist at one visit, ready to be asked point by point.
struct Lesions: Sendable {
    struct Joint: Sendable {
        let synovitis: GrowthField, synovitisLevel: Float
        let effusion: GrowthField, effusionLevel: Float
    }
    struct Bone: Sendable {
        let oedema: GrowthField?, oedemaLevel: Float
        /// Centre and radius, mm, in the bone's frame of the first visit.
        let erosions: [(centre: SIMD3<Float>, radius: Float)]
        let cyst: (centre: SIMD3<Float>, radius: Float)?
    }
    let joints: [Joint?]
    let bones: [Bone?]
    let sheaths: [SheathInflation?]
    let ganglion: (centre: SIMD3<Float>, radius: Float)?
    let vessels: VascularPattern
    /// Unevenness of the rims of erosions.
    let ragged: SmoothNoise

    /// Whether synovium can grow at a point of a healthy wrist.
    @inline(__always) static func isFreeSpace(_ s: HealthySample) -> Bool {
        s.joint.region != 0 && (s.point.tissue == .capsule || s.point.tissue == .loose)
    }

    /// What the point is with the disease.
    @inline(__always) func applied(to s: HealthySample, at p: SIMD3<Float>) -> TissueSample {
        if s.bone.distance < 0 { return inBone(s) }
        if s.soft.skinDepth < 0 { return s.point }
        if Self.isFreeSpace(s), let joint = joints[Int(s.joint.region) - 16], let sample = inJoint(joint, s, p) { return sample }
        if s.soft.compartment >= 0, s.joint.region == 0, let sheath = sheaths[Int(s.soft.compartment)], let sample = sheath.sample(s, p, vessels) { return sample }
        if let ganglion, let sample = inGanglion(ganglion, s, p) { return sample }
        return s.point
    }

    @inline(__always) private func inJoint(_ joint: Joint, _ s: HealthySample, _ p: SIMD3<Float>) -> TissueSample? {
        if joint.synovitisLevel > -.infinity, joint.synovitis(p) <= joint.synovitisLevel {
            return TissueSample(tissue: .synovitis, variant: vessels.variant(at: p), region: s.joint.region, lesion: 1)
        }
        if joint.effusionLevel > -.infinity, joint.effusion(p) <= joint.effusionLevel {
            return TissueSample(tissue: .effusion, region: s.joint.region)
        }
        return nil
    }

    @inline(__always) private func inBone(_ s: HealthySample) -> TissueSample {
        guard let bone = bones[Int(s.bone.bone)] else { return s.point }
        let q = s.inBone
        for e in bone.erosions {
            let d = q - e.centre
            if (d * d).sum().squareRoot() + 0.5 * e.radius * ragged(q) < e.radius {
                return TissueSample(tissue: .erosion, variant: vessels.variant(at: q), region: s.point.region, lesion: 4)
            }
        }
        guard s.point.tissue == .marrow else { return s.point }
        if let cyst = bone.cyst {
            let d = q - cyst.centre, r = (d * d).sum().squareRoot()
            if r < cyst.radius { return TissueSample(tissue: r < cyst.radius - 0.3 ? .cyst : .cortex, region: s.point.region) }
        }
        guard let field = bone.oedema else { return s.point }
        return oedema(s, depth: bone.oedemaLevel - field(q))
    }

    /// Water replaces fat most in the middle of the lesion, by a third at its edge, and fades over a millimetre beyond it.
    @inline(__always) private func oedema(_ s: HealthySample, depth: Float) -> TissueSample {
        guard depth > -1 else { return s.point }
        let share: Float = depth >= 0 ? 0.35 + 0.6 * min(depth / 3, 1) : 0.35 * (1 + depth)
        let uneven = share * (1 + (Float(s.point.variant) - 8) * 0.012)
        return TissueSample(tissue: .oedema, variant: UInt8(min(max(31 * uneven, 0), 31)), region: s.point.region, lesion: depth >= 0 ? 3 : 0)
    }

    @inline(__always) private func inGanglion(_ g: (centre: SIMD3<Float>, radius: Float), _ s: HealthySample, _ p: SIMD3<Float>) -> TissueSample? {
        guard [.loose, .fat, .capsule].contains(s.point.tissue) else { return nil }
        let d = (p - g.centre) * SIMD3(0.8, 0.9, 1.4), r = (d * d).sum().squareRoot() + 0.4 * ragged(p)
        guard r < g.radius else { return nil }
        return TissueSample(tissue: r < g.radius - 0.5 ? .ganglion : .capsule, region: s.point.region)
    }
}

/// Which part of inflamed tissue enhances how.
struct VascularPattern: Sendable {
    private let kind: SmoothNoise, strength: SmoothNoise
    private let vascularity: Float

    init(seed: UInt64, vascularity: Double) {
        kind = SmoothNoise(seed: seed, "enhancement-kind", wavelength: 7)
        strength = SmoothNoise(seed: seed, "enhancement-strength", wavelength: 3)
        self.vascularity = Float(vascularity)
    }

    /// The variant of `synovitis`, `pannus` and `erosion` at a point: kind times ten, and strength.
    @inline(__always) func variant(at p: SIMD3<Float>) -> UInt8 {
        let u = 0.5 + 1.3 * kind(p) + 0.8 * (vascularity - 0.5)
        let tens: Float = u < 0.4 ? 0 : (u < 0.7 ? 10 : 20)
        return UInt8(tens + min(max(5 + 12 * strength(p) + 4 * (vascularity - 0.5), 0), 9))
    }
}
