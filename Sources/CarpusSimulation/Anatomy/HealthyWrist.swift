/// A wrist without disease: bones, joints and soft parts put together. Points are of the hand's frame, mm, of a wrist of size 1, in
/// the pose of the present visit.
struct HealthyWrist: Sendable {
    /// The bones where they lie at this visit.
    let bones: Bones
    /// From each bone's present place to that of the first visit.
    let toFirstVisit: [RigidMotion]
    let joints: Joints
    let soft: SoftParts
    /// From the pose to the straight wrist the soft parts are built in.
    let bend: PoseBend
    /// Unevenness of marrow, and where it is red.
    let marrowTexture: SmoothNoise
    let redMarrow: SmoothNoise
    /// Where marrow counts as red: younger wrists have more.
    let redness: Float

    /// The wrist of a shape at its first visit.
    init(_ shape: WristShape, prominentVessels: Double = 1) {
        bones = Bones(shape)
        toFirstVisit = bones.motions.map(\.inverse)
        joints = Joints(shape)
        soft = SoftParts(shape, prominentVessels: prominentVessels)
        bend = PoseBend(shape)
        marrowTexture = SmoothNoise(seed: shape.seed, "marrow-texture", wavelength: 2.2)
        redMarrow = SmoothNoise(seed: shape.seed, "red-marrow", wavelength: 9)
        redness = Float(0.55 - 0.004 * shape.ageYears)
    }

    private init(_ other: HealthyWrist, bones: Bones) {
        toFirstVisit = bones.motions.map(\.inverse)
        (self.bones, joints, soft, bend) = (bones, other.joints, other.soft, other.bend)
        (marrowTexture, redMarrow, redness) = (other.marrowTexture, other.redMarrow, other.redness)
    }

    /// The same wrist with each bone moved a little against the first visit.
    func moved(bones motions: [RigidMotion]) -> HealthyWrist { HealthyWrist(self, bones: bones.moved(by: motions)) }

    /// What matters within a box.
    func local(to box: Box) -> LocalHealthyWrist {
        let straight = Box(around: box.corners.map { bend.straightened($0) }).grown(by: 0.5)
        return LocalHealthyWrist(wrist: self, bones: bones.local(to: box), joints: joints.local(to: box), soft: soft.local(to: straight))
    }
}

/// What a healthy wrist is at a point, with all that disease needs to know of the place.
struct HealthySample: Sendable {
    var point = TissueSample()
    var bone = BoneSample()
    var joint = JointSample()
    var soft = SoftSample()
    /// The point in the frame of the bone it lies in, as at the first visit.
    var inBone = SIMD3<Float>(0, 0, 0)
}

/// A healthy wrist within a box.
struct LocalHealthyWrist: Sendable {
    let wrist: HealthyWrist
    let bones: LocalBones
    let joints: LocalJoints
    let soft: LocalSoftParts

    /// The tissue at a point: bone before cartilage, tendon, vessel and nerve before joint, joint before what lies between.
    @inline(__always) func sample(_ p: SIMD3<Float>) -> HealthySample {
        var s = HealthySample()
        if !bones.isEmpty {
            s.bone = bones.sample(p)
            if s.bone.distance < 0 {
                inBone(p, &s)
                return s
            }
        }
        s.soft = soft.sample(wrist.bend.straightened(p))
        (s.point.tissue, s.point.variant, s.point.region) = (s.soft.tissue, s.soft.variant, s.soft.region)
        if s.soft.skinDepth < 0 { return s }
        if s.bone.distance < s.bone.cartilage {
            s.point = TissueSample(tissue: .cartilage)
            return s
        }
        switch s.soft.tissue {
        case .tendon: s.point.variant = tendonVariant(s.soft.direction, at: p.x)
        case .artery, .vein, .nerve: break
        default: between(p, &s)
        }
        return s
    }

    @inline(__always) private func inBone(_ p: SIMD3<Float>, _ s: inout HealthySample) {
        let b = Int(s.bone.bone)
        s.point.region = UInt8(b + 1)
        s.inBone = wrist.toFirstVisit[b](p)
        guard -s.bone.distance >= s.bone.cortex else {
            s.point.tissue = .cortex
            return
        }
        s.point.tissue = .marrow
        // Red marrow stays longest along the shafts of long bones.
        let red = Blend.step(wrist.redMarrow(s.inBone) + 0.012 * min(s.bone.shaftDepth, 20), from: 0.45 - wrist.redness * 0.6, to: 0.8 - wrist.redness * 0.6)
        let level = 8 + 9 * wrist.marrowTexture(s.inBone) + 16 * red
        s.point.variant = UInt8(min(max(level, 0), 31))
    }

    @inline(__always) private func between(_ p: SIMD3<Float>, _ s: inout HealthySample) {
        guard s.bone.bone >= 0 else { return }
        s.joint = joints.sample(p, bone: s.bone)
        if s.joint.region != 0 {
            s.point.tissue = s.joint.tissue ?? .capsule
            s.point.region = s.joint.region
        } else if let tissue = s.joint.tissue {
            s.point.tissue = tissue
        }
    }

    @inline(__always) private func tendonVariant(_ direction: SIMD3<Float>, at distal: Float) -> UInt8 {
        let along = min(abs(wrist.bend.bent(direction, atDistal: distal).x), 1)
        // The angle to the field, by a fit of the arc cosine good to 0.4 degrees (Abramowitz and Stegun 4.4.45).
        let angle = (1 - along).squareRoot() * (1.5707288 + along * (-0.2121144 + along * (0.0742610 - 0.0187293 * along)))
        return UInt8(min(angle / (.pi / 2) * 31, 31))
    }
}
