import CarpusCore

/// The frames of a series as splines at two levels, and where the tissue lies.
struct SeriesFrames: Sendable {
    /// At the level of comparison, and twice as coarse for the first approach.
    let fine, coarse: [SplineImage]
    let ranges: [ClosedRange<Float>]
    let centre: Vector3
    let radius: Double
    let landmarks: Landmarks
    /// Steps within the plane of few slices, as turns and shifts; nil where any motion is sought.
    let basis: [[Double]]?
    private let reference: Int

    init(_ series: TimeSeries, mask: LabelMap?, _ parameters: SeriesMotion.Parameters) throws {
        reference = parameters.reference
        basis = Slab(series.grid, leastSlices: parameters.leastSlices)?.basis
        let spacings = [2 * parameters.spacing, parameters.spacing], soft = parameters.perSlice ? nil : ThickSlices.axis(of: series.grid, at: parameters.spacing)
        // Slices that moved one by one are not smoothed across.
        // The reference first: it tells where the tissue lies, and refuses what shows none.
        let subject = try Subject(series.frame(reference), mask: mask, name: "reference", spacings: spacings, soft: soft)
        (centre, radius, landmarks) = (subject.centre, subject.radius, subject.landmarks)
        var pyramids: [(SplineImage, SplineImage, ClosedRange<Float>)] = []
        for k in 0..<series.frameCount {
            let one = k == reference ? subject : try Subject(series.frame(k), mask: mask, name: "\(k + 1). frame's", spacings: spacings, soft: soft)
            pyramids.append((one.pyramid.levels[0], one.pyramid.levels[1], one.ranges[0]))
        }
        (coarse, fine, ranges) = (pyramids.map(\.0), pyramids.map(\.1), pyramids.map(\.2))
    }

    /// Each frame's pose on the reference by mutual information, from that of its neighbour on the way to the reference.
    func chained() -> [Pose] {
        var poses = [Pose](repeating: Pose(fixedCentre: centre, movingCentre: centre), count: coarse.count)
        let clouds = StartSearch.parallel(coarse.count) { SampleCloud(coarse[$0], centre: centre, count: 4000, range: ranges[$0]) }
        // Both ways from the reference, one after the other: a frame begins where its neighbour ended.
        for order in [Array(stride(from: reference + 1, to: coarse.count, by: 1)), Array(stride(from: reference - 1, through: 0, by: -1))] {
            var last = poses[reference]
            for k in order {
                let both = [
                    Lookup(cloud: clouds[reference], target: coarse[k], targetRange: ranges[k], backward: false),
                    Lookup(cloud: clouds[k], target: coarse[reference], targetRange: ranges[reference], backward: true),
                ]
                let descent = Descent(metric: MutualInformation(lookups: both, bins: 32), radius: radius, reach: 2, basis: basis)
                let end = descent.run(RigidMotion.self, from: last, iterations: 12, tolerance: 0.03)
                if end.evaluation.cost.isFinite { last = end.pose }
                poses[k] = last
            }
        }
        return poses
    }
}
