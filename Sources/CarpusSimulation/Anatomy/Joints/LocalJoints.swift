/// The joints near a box, ready to be sampled at many points.
struct LocalJoints: Sendable {
    let joints: Joints
    /// Whether each compartment can matter here.
    let near: SIMD3<Float>
    let ligaments: [Ligament]

    /// Whether no compartment and no ligament lies near.
    var isEmpty: Bool { near.max() == 0 && ligaments.isEmpty }

    /// Where a point outside bones and cartilage lies in the joints.
    func sample(_ p: SIMD3<Float>, bone: BoneSample) -> JointSample {
        var sample = JointSample()
        guard bone.bone >= 0, !isEmpty else { return sample }
        let forearm = joints.forearm(p), row = joints.proximal(p), scale = BoneFigure.scale
        let interosseous = Interosseous.radius(row, bone), disc = joints.disc.distance(forearm) * scale
        var nearest = 0
        joints.figures.withUnsafeBufferPointer { figures in
            let ulnar = figures[0].region.withUnsafeBufferPointer { Self.distance(forearm, $0) } * scale
            for i in 0..<3 where near[i] > 0 {
                var region = ulnar
                if i > 0 { region = figures[i].region.withUnsafeBufferPointer { Self.distance(row, $0) } * scale }
                // Disc and capsule part the distal radioulnar joint from the radiocarpal; ligaments close the proximal row's clefts.
                if i == 1 { region = Blend.max(region, 1 - ulnar, width: 1) }
                if let interosseous { region = Self.closed(region, i, interosseous) }
                let lifted = bone.distance - Self.lift(figures[i], i == 0 ? forearm : row, middle: i == 0 ? [-33, -14, -1.5] : [0, -1.5, 0.5])
                let envelope = max(Blend.max(lifted, region, width: 2), 0.3 - disc)
                if envelope < sample.envelope { (sample.envelope, nearest) = (envelope, i) }
            }
        }
        // Within the interosseous ligaments there is no joint.
        if let interosseous, Interosseous.holds(row, interosseous) { sample.envelope = max(sample.envelope, 0.2) }
        if sample.envelope < 0 { sample.region = UInt8(16 + nearest) }
        sample.tissue = tissue(bone, sample.envelope, disc, interosseous, row)
        return sample
    }

    /// What a healthy point is made of.
    @inline(__always) private func tissue(
        _ bone: BoneSample, _ envelope: Float, _ disc: Float, _ interosseous: Float?, _ row: SIMD3<Float>
    ) -> Tissue? {
        if disc < 0 { return .fibrocartilage }
        let width = bone.distance + bone.neighbourDistance
        if let interosseous, width < 2 * joints.cleft, Interosseous.holds(row, interosseous) { return .ligament }
        if envelope < 0, width < 1.22 * joints.cleft { return .fluid }
        for ligament in ligaments where ligament.holds(row, bone: bone.distance) { return .ligament }
        // Collapsed recesses: capsule and folds of synovium on the bones.
        if envelope < 0.8, bone.distance < 0.9 { return .capsule }
        return nil
    }

    /// The cleft within the rim belongs to the midcarpal joint.
    @inline(__always) private static func closed(_ region: Float, _ joint: Int, _ radius: Float) -> Float {
        let inside = 6 * (radius - 0.88)
        return joint == 2 ? min(region, inside) : joint == 1 ? max(region, -inside + 0.6) : region
    }

    /// How far the capsule can stand off the bones here, mm.
    @inline(__always) private static func lift(_ figure: JointFigure, _ q: SIMD3<Float>, middle: SIMD3<Float>) -> Float {
        let side = q - middle
        let back = Blend.step(-side.z, from: 2, to: 9), palm = Blend.step(side.z, from: 2, to: 9)
        let thumb = Blend.step(side.y, from: 12, to: 20), small = Blend.step(-side.y, from: 12, to: 20)
        var lift = figure.middle + (figure.dorsal - figure.middle) * back + (figure.palmar - figure.middle) * palm
        lift += (figure.radial - lift) * thumb
        lift += (figure.ulnar - lift) * small
        return lift
    }

    @inline(__always) private static func distance(_ q: SIMD3<Float>, _ parts: UnsafeBufferPointer<Part>) -> Float {
        var d = parts[0].distance(q)
        for i in 1..<parts.count { d = parts[i].entered(into: d, parts[i].distance(q)) }
        return d
    }
}
