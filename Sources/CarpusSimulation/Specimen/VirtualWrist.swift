public import CarpusCore

/// The wrist of one patient: continuous, so that it can be sampled as finely as wanted at any visit.
public struct VirtualWrist: Sendable {
    /// What makes it differ from others.
    public let shape: WristShape
    /// Left or right.
    public let side: Laterality
    let frame: WristFrame
    let healthy: HealthyWrist
    let survey: Survey

    /// Builds a wrist.
    ///
    /// - Parameter prominentVessels: factor on the calibre and number of veins; 1 is usual.
    public init(_ shape: WristShape, side: Laterality, prominentVessels: Double = 1) {
        (self.shape, self.side) = (shape, side)
        frame = WristFrame(size: shape.size, side: side)
        healthy = HealthyWrist(shape, prominentVessels: prominentVessels)
        survey = Survey(healthy)
    }

    /// The space that is sampled, LPS, mm: from the distal forearm to the middle of the metacarpals, as much as any series sees.
    var extent: Box {
        let corners = Box(low: SIMD3(-62, -46, -32), high: SIMD3(56, 56, 38)).corners
        return Box(around: corners.map { p in SIMD3(frame.leftPerRadial * p.y, -p.z, p.x) * max(frame.size, 1) })
    }

    /// Samples the wrist at a visit.
    ///
    /// - Parameters:
    ///   - state: its disease.
    ///   - boneMotions: how each bone lies against the first visit, 15 motions in the specimen's world; empty for the first visit.
    ///   - step: distance of samples, mm.
    /// - Returns: the samples, and what was counted on them.
    public func sampled(_ state: DiseaseState, boneMotions: [RigidTransform] = [], step: Double) -> (specimen: Specimen, counts: WristCounts) {
        let (specimen, tally) = raster(state, boneMotions, step).sampled()
        return (specimen, WristCounts(tally, sampleVolume: step * step * step / 1000))
    }

    /// The counts alone, in little memory: what finer sampling would say.
    public func counted(_ state: DiseaseState, boneMotions: [RigidTransform] = [], step: Double) -> WristCounts {
        WristCounts(raster(state, boneMotions, step).counted(), sampleVolume: step * step * step / 1000)
    }

    private func raster(_ state: DiseaseState, _ boneMotions: [RigidTransform], _ step: Double) -> Raster {
        precondition(boneMotions.isEmpty || boneMotions.count == 15, "there is one motion a bone")
        let moved = boneMotions.isEmpty ? healthy : healthy.moved(bones: boneMotions.map { frame.inHand($0) })
        return Raster(wrist: moved, lesions: Lesions(state, in: survey, shape: shape), frame: frame, extent: extent, step: step)
    }
}
