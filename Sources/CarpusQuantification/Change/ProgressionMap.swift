public import CarpusCore

/// What changed between two visits of one sequence: normalise, subtract, scale by the noise, keep what is sure.
///
/// Both scans are moved half of the way to each other and sampled on one grid with one interpolation; the finer one is first
/// smoothed to the other's slice thickness and pixel size. The result does not depend on which scan is called the baseline:
/// swapping them, with the inverse transform, flips signs and changes nothing else, to the last bit. A map that is meant for
/// bones is made with a transform for each bone, or motion shows as change.
public enum ProgressionMap {
    /// How a map is made.
    public struct Parameters: Sendable, Hashable, Codable {
        /// How values between voxels are made.
        public var interpolation = Interpolation.linear
        /// The order of the smooth field by which the scans may differ, 0 for none, at most 3.
        public var fieldOrder = 2
        /// The standard deviation in mm of the Gaussian by which the difference is smoothed, 0 for none. It works along
        /// all axes, and so does next to nothing across thick slices.
        public var smoothing = 0.7
        /// What registration leaves, mm; edges count as changed only beyond what it explains.
        public var registrationError = 0.3
        /// What interpolation leaves, as a share of the distance between voxels along each axis; across slices more than twice as thick as
        /// pixels are wide, as a share of the second difference of the signal from slice to slice. However strong, a change seen in one slice alone thus
        /// stays below 1 / (√2 · this share), 3.2, where one of the scans is flat there, and below 4.5 where both are not.
        public var interpolationError = 0.22
        /// The size in mm of the blocks over which the scatter of the difference is measured, 0 for one block.
        public var scatterBlock = 40.0
        /// How many standard deviations are a change.
        public var threshold = 3.0
        /// The smallest cluster of changed voxels that counts: this many voxels,
        public var minimumVoxels = 3
        /// and this volume, mm³.
        public var minimumVolume = 5.0

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            let lengths = [("smoothing", smoothing), ("registrationError", registrationError), ("interpolationError", interpolationError), ("scatterBlock", scatterBlock), ("minimumVolume", minimumVolume)]
            if let bad = lengths.first(where: { !($0.1 >= 0 && $0.1.isFinite) }) { return "\(bad.0) is \(bad.1); it has to be a number that is not negative" }
            if interpolation == .nearest { return "interpolation is nearest, which moves edges by half a voxel; it has to be linear or cubic" }
            if !(0...3).contains(fieldOrder) { return "fieldOrder is \(fieldOrder); it has to be 0 to 3" }
            if !(threshold > 0 && threshold.isFinite) { return "threshold is \(threshold); it has to be above 0" }
            return minimumVoxels < 1 ? "minimumVoxels is \(minimumVoxels); it has to be at least 1" : nil
        }
    }

    /// A map of change and all it was made from. All volumes lie on one grid, halfway between the visits.
    public struct Result: Sendable {
        /// Follow-up minus baseline, both normalised, smoothed as asked; NaN where a scan says nothing.
        public let difference: Volume<Float>
        /// The difference in standard deviations; 0 outside the body, NaN where a scan says nothing.
        public let z: Volume<Float>
        /// Where the change is sure: 1 `decrease`, 2 `increase` of signal.
        public let significant: LabelMap
        /// Where change was looked for: 1 `assessed`.
        public let assessed: LabelMap
        /// The scans on the common scale.
        public let baseline, followup: Volume<Float>
        /// Where, in the world of the maps, a point of a visit lies: for `resampled(onto: visit.grid, through:)`.
        public let halfwayFromBaseline, halfwayFromFollowup: Transform
        /// The ways back: where, in the world of a visit, a point of the maps lies.
        public let baselineFromHalfway, followupFromHalfway: Transform
        /// The follow-up is `gain` times the baseline, plus `offset` in the follow-up's unit.
        public let gain, offset: Double
        /// The largest factor, over the body, by which a smooth field changes the follow-up against the baseline.
        public let field: Double
        /// The robust standard deviation of the difference over the body as a share of the median signal.
        public let residual: Double
        /// The standard deviation of the noise of each scan on the common scale, as it stands in the difference.
        public let baselineNoise, followupNoise: Double
        /// By what factor the difference scatters more than noise and registration explain; at least 1.
        public let scatter: Double
        /// Volumes of change in mL at half height (`volume-change` of `increase`, `decrease`, `net`), the volumes marked in
        /// `significant` (`significant-volume`), which for strong changes are larger by their blurred edges, and the `mean-z` there. Where an anatomy is given, the
        /// same volumes of each region, as `increase/REGION`.
        public let measurements: [Measurement]
        /// Doubts about it.
        public let findings: [Finding]
    }

    /// Compares two visits.
    ///
    /// - Parameters:
    ///   - followupFromBaseline: where, in the follow-up's world, each point of the baseline's world lies; rigid or affine.
    ///   - motions: how parts, the bones of a wrist, moved by themselves, of the baseline's world to the follow-up's; each is then laid
    ///     on itself, and the motion blends smoothly in between.
    ///   - baselineAnatomy: where the parts and the regions that are measured lie, in the baseline's world, on any grid.
    ///   - followupAnatomy: the same in the follow-up's world; where both are given, what they label differently is no region.
    ///   - mask: where change is looked for, in the baseline's world, on any grid; the body of both scans when nil.
    ///   - method: the name and version of the stage, for the measurements.
    /// - Throws: `QuantificationError` when a parameter is out of range, the transform is not affine or has no half, the
    ///   scans do not overlap, or there is next to nothing to compare.
    public static func compute(
        baseline: Volume<Float>, followup: Volume<Float>, followupFromBaseline: Transform, motions: PartMotions? = nil,
        baselineAnatomy: LabelMap? = nil, followupAnatomy: LabelMap? = nil, mask: LabelMap? = nil,
        parameters: Parameters = .init(), method: String
    ) throws -> Result {
        if let complaint = parameters.complaint { throw QuantificationError(.badParameter, complaint) }
        guard let forward = followupFromBaseline.asAffine, let backward = forward.inverse else {
            throw QuantificationError(.badTransform, "a progression map needs a rigid or affine transform that can be inverted: a deformation would take the change away with it; register the visits rigidly")
        }
        var (a, b) = (Scan(baseline), Scan(followup))
        let halves = (try HalfwayFrame.half(of: forward), try HalfwayFrame.half(of: backward))
        let swapped = isSwapped(a.order(against: b), halves.0, halves.1)
        let frame = try swapped
            ? HalfwayFrame(first: b.volume.grid, second: a.volume.grid, half: halves.1)
            : HalfwayFrame(first: a.volume.grid, second: b.volume.grid, half: halves.0)
        let anatomies = swapped ? (followupAnatomy, baselineAnatomy) : (baselineAnatomy, followupAnatomy)
        if let motions { try check(motions, [baselineAnatomy, followupAnatomy].compactMap { $0 }, forward, at: baseline.grid.centre) }
        if let baselineAnatomy, let followupAnatomy, let name = baselineAnatomy.legend.contradiction(with: followupAnatomy.legend) {
            throw QuantificationError(.badParameter, "the anatomy maps of the two visits do not mean the same by \(name); give maps of one legend")
        }
        let motion = motions.map {
            LocalMotion(frame, swapped ? $0.inverse : $0, first: anatomies.0, second: anatomies.1, registrationError: parameters.registrationError)
        } ?? LocalMotion(frame)
        let baselineFromHalfway = swapped ? motion.secondFromHalfway : motion.firstFromHalfway
        let mask = mask?.resampled(onto: frame.grid, through: baselineFromHalfway).labels
        let regions = LabelMap.halfway(on: frame.grid, first: (anatomies.0, motion.firstFromHalfway), second: (anatomies.1, motion.secondFromHalfway))
        if swapped { (a, b) = (b, a) }
        let pair = try ComparedPair(first: consume a, second: consume b, frame: frame, motion: motion, left: motions?.left ?? [:], mask: mask, regions: regions, parameters: parameters)
        return pair.result(swapped: swapped, parameters: parameters, method: method)
    }

    /// Motions have to be those of the given transform, of parts that the anatomy shows.
    private static func check(_ motions: PartMotions, _ anatomies: [LabelMap], _ whole: Affine, at centre: Vector3) throws {
        if (motions.whole.affine(centre) - whole(centre)).length > 0.05 || motions.whole.affine.linear.distance(to: whole.linear) > 1e-3 {
            throw QuantificationError(.badTransform, "the motions of parts were found from another transform of the whole; give the transform that register.parts was given")
        }
        guard !motions.parts.isEmpty else { return }
        if anatomies.isEmpty {
            throw QuantificationError(.badParameter, "parts move by themselves, but no anatomy map says where they are; give that of the baseline or of the follow-up")
        }
        for part in motions.parts where !anatomies.contains(where: { $0.legend[part.label]?.name == part.name }) {
            throw QuantificationError(.badParameter, "no anatomy map calls label \(part.label) \(part.name), as the motions do; give the map that register.parts was given")
        }
    }

    /// Whether the follow-up comes first in the order in which the work is done. Scans that are equal are ordered by the
    /// transforms instead.
    private static func isSwapped(_ order: Int, _ forward: Affine, _ backward: Affine) -> Bool {
        if order != 0 { return order > 0 }
        let keys = (forward.matrixRows.flatMap { $0 }, backward.matrixRows.flatMap { $0 })
        return keys.1.lexicographicallyPrecedes(keys.0)
    }
}
