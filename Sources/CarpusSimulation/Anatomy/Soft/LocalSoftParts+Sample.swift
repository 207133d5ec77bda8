extension LocalSoftParts {
    /// What the nearest cords say of a point.
    private struct Found {
        /// The nearest tendon, its compartment, and the nearest tendon of another compartment.
        var tendon: Float = 99, compartment = -1, other: Float = 99, otherCompartment = -1
        var direction = SIMD3<Float>(1, 0, 0)
        /// Signed distance to the nearest and the second nearest belly.
        var belly: Float = 99, secondBelly: Float = 99
        /// Place in the nearest belly, its first axis along the fibres.
        var fibre = SIMD3<Float>.zero
        var nerve: Float = 99
        /// A tendon of no compartment.
        var plain: Float = 99
    }

    /// What lies at a point of the box, bones and joints left out.
    func sample(_ p: SIMD3<Float>) -> SoftSample {
        var sample = SoftSample()
        let layer = parts.lattice(p)
        sample.skinDepth = layer.y
        if layer.y <= 0 { return sample }
        let found = find(p)
        if found.tendon < Self.reach { describe(p, found, &sample) }
        (sample.tissue, sample.variant, sample.region) = tissue(p, layer, found, sample)
        return sample
    }

    @inline(__always) private func find(_ p: SIMD3<Float>) -> Found {
        var f = Found()
        parts.cords.stations.withUnsafeBufferPointer { stations in
            for near in cords {
                let hit = stations.hit(p, first: near.first, last: near.last, start: near.start)
                if near.compartment == -1 {
                    f.nerve = min(f.nerve, hit.distance)
                    continue
                }
                if near.compartment == -2 {
                    f.plain = min(f.plain, hit.distance)
                } else if hit.distance < f.tendon {
                    if near.compartment != f.compartment { (f.other, f.otherCompartment) = (f.tendon, f.compartment) }
                    (f.tendon, f.compartment) = (hit.distance, near.compartment)
                    f.direction = stations[hit.station].tangent + stations[hit.station].bend * hit.along
                } else if near.compartment != f.compartment, hit.distance < f.other {
                    (f.other, f.otherCompartment) = (hit.distance, near.compartment)
                }
                guard near.belly else { continue }
                let belly = hit.distance - stations[hit.station].belly - stations[hit.station].bellySlope * hit.along
                if belly < f.belly {
                    f.secondBelly = f.belly
                    f.belly = belly
                    f.fibre = SIMD3(p.x, hit.u + 20 * Float(near.first % 16), hit.v)
                } else {
                    f.secondBelly = min(f.secondBelly, belly)
                }
            }
        }
        return f
    }

    /// Compartment and place along and round its sheath; angles count from radial towards palmar.
    @inline(__always) private func describe(_ p: SIMD3<Float>, _ found: Found, _ sample: inout SoftSample) {
        let c = found.compartment
        sample.compartment = Int8(c)
        sample.tendonDistance = found.tendon
        sample.direction = CordBuilder.unit(found.direction)
        let set = parts.cords, sheath = set.sheaths[c]
        let hit = set.stations.withUnsafeBufferPointer { $0.hit(p, first: sheath.first, last: sheath.last, start: Int(sheathGuess[c])) }
        sample.sheathPosition = (Float(hit.station) + hit.along - set.sheathStart[c]) / set.sheathLength[c]
        sample.sheathAngle = Turn.angle(x: hit.u, y: hit.v)
    }

    @inline(__always) private func tissue(_ p: SIMD3<Float>, _ layer: SIMD4<Float>, _ found: Found, _ sample: SoftSample) -> (Tissue, UInt8, UInt8) {
        let fascia = layer.x
        if layer.y < layer.z { return (.skin, 16, 0) }
        let label = UInt8(found.compartment + 19)
        if found.tendon < 0 { return (.tendon, 16, label) }
        if found.plain < 0 { return (.tendon, 16, 0) }
        if found.nerve < 0 { return (.nerve, parts.texture.nerve(p), 30) }
        if let branch = branch(p) { return branch }
        let sheathed = sample.sheathPosition > 0 && sample.sheathPosition < 1
        if sheathed && found.tendon < 0.35 { return (.sheath, 16, label) }
        if band(p, fascia, found) { return (.retinaculum, 16, 0) }
        if fascia > 0.2 {
            // The aponeurosis of the palm lies on the fascia.
            if fascia < 0.7, p.z > 8, p.x > 14, abs(p.y - 1) < 7 + 0.3 * (p.x - 14) { return (.retinaculum, 16, 0) }
            let (tissue, variant) = parts.texture.fat(p)
            return (tissue, variant, 0)
        }
        if fascia > -0.15 { return (.retinaculum, 16, 0) }
        if InterosseousMembrane.contains(p) { return (.ligament, 16, 0) }
        if let muscle = muscle(p, found) { return (muscle.0, muscle.1, 0) }
        return (.loose, parts.texture.loose(p), 0)
    }

    @inline(__always) private func branch(_ p: SIMD3<Float>) -> (Tissue, UInt8, UInt8)? {
        var best: (Tissue, UInt8, UInt8)?
        for piece in branches where piece.distance(p) < 0 {
            switch piece.kind {
            case .artery: return (.artery, 16, 29)
            case .vein: best = (.vein, 16, 29)
            case .nerve: if best == nil { best = (.nerve, 16, 30) }
            }
        }
        return best
    }

    /// Whether a retinaculum, or a septum from it to the bone, is here.
    @inline(__always) private func band(_ p: SIMD3<Float>, _ fascia: Float, _ found: Found) -> Bool {
        guard p.x > -46, p.x < 20, fascia < 0.2 else { return false }
        if p.z > 8 {
            if FlexorRetinaculum.contains(p) { return true }
            // The tunnel of the radial flexor of the wrist is its own.
            return p.x > -12 && p.x < 14 && abs(found.tendon - found.other) < 0.4 && found.other < 3 && min(found.compartment, found.otherCompartment) == 6
        }
        let thickness = ExtensorRetinaculum.thickness(p)
        guard thickness > 0, fascia < 0.05 else { return false }
        if fascia > -thickness { return true }
        return abs(found.tendon - found.other) < 0.45 && found.other < 5.5 && found.compartment <= 5 && found.otherCompartment <= 5 && found.otherCompartment >= 0
    }

    @inline(__always) private func muscle(_ p: SIMD3<Float>, _ found: Found) -> (Tissue, UInt8)? {
        var best = found.belly, second = found.secondBelly, local = found.fibre
        muscles.withUnsafeBufferPointer { muscles in
            for i in muscles.indices {
                let (distance, own) = muscles[i].distance(p)
                if distance < best {
                    (second, best) = (best, distance)
                    local = own + muscles[i].half.y * 31
                } else {
                    second = min(second, distance)
                }
            }
        }
        // A thin sheet of loose tissue parts neighbours.
        guard best < -0.12, second - best > 0.3 else { return nil }
        return parts.texture.muscle(local)
    }
}
