public import CarpusCore
import Foundation

/// How a thing moved while a series of frames was taken: one rigid map a frame, all frames as one problem.
///
/// Each frame is first laid on the reference by mutual information, from where the frame before it lay. Then all are laid on
/// their common mean by weighted least squares, in turns: what brightens with time counts little, frame gains and slow changes
/// of gain over space are taken out. The mean is nearly free of noise, so a frame is as precise as its own noise allows.
public enum SeriesMotion {
    /// How motion is sought.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The frame that stays.
        public var reference = 0
        /// The spacing in mm at which frames are compared; an axis that is coarser stays as it is.
        public var spacing = 0.8
        /// Places compared, at most.
        public var samples = 40_000
        /// Turns of mean and maps.
        public var turns = 3
        /// Fewer slices than this do not tell a motion out of their plane, and carry tissue out of the field: frames then move within it only.
        public var leastSlices = 8
        /// Also lay each slice of each frame on the mean within its plane, for slices that were taken one after the other while things moved.
        public var perSlice = false

        /// The defaults.
        public init() {}

        /// What is out of range, nil when nothing is.
        public var complaint: String? {
            if reference < 0 { return "'reference' must be 0 or more" }
            if !(spacing > 0 && spacing.isFinite) { return "'spacing' must be above 0 mm" }
            if samples < 1000 { return "'samples' must be at least 1000" }
            if leastSlices < 0 { return "'leastSlices' must be 0 or more" }
            return (1...20).contains(turns) ? nil : "'turns' must be 1 to 20"
        }
    }

    /// How each frame lies.
    public struct Result: Sendable {
        /// World points of the reference frame to those of each frame; the reference's own does nothing.
        public let frameFromReference: [RigidTransform]
        /// How each slice of each frame lay within its plane beside that; nil when it was not asked.
        public let slices: SliceMotions?
        /// How far the tissue lies from where it lay in the reference, root mean square, mm, frame by frame.
        public let displacements: [Double]
        /// The standard error of each frame's map, root mean square over the tissue, mm.
        public let standardErrors: [Double]
        /// Doubts about it.
        public let findings: [Finding]
    }

    /// Finds how a series moved.
    ///
    /// - Parameter mask: where frames are compared, anything but 0 counting, on the series' grid; everywhere when nil.
    /// - Throws: `RegistrationError` when a parameter is out of range, the mask lies on another grid, or a frame shows no tissue.
    public static func estimate(_ series: TimeSeries, mask: LabelMap? = nil, parameters: Parameters = .init()) throws -> Result {
        if let complaint = parameters.complaint { throw RegistrationError(.badParameter, "series motion: \(complaint)") }
        guard parameters.reference < series.frameCount else {
            throw RegistrationError(.badParameter, "series motion: 'reference' is \(parameters.reference), and the series has \(series.frameCount) frames")
        }
        let frames = try SeriesFrames(series, mask: mask, parameters)
        var poses = frames.chained()
        let mean = SeriesMean(frames, reference: parameters.reference, samples: parameters.samples)
        var errors = [Double](repeating: 0, count: poses.count)
        for _ in 0..<parameters.turns { (poses, errors) = mean.turn(poses) }
        let slab = Slab(series.grid, leastSlices: parameters.leastSlices)
        guard parameters.perSlice else { return result(frames, poses, errors, parameters.reference, slab, nil) }
        var slices = SliceMotions(series.grid, frames: poses.count, reference: parameters.reference)
        for turn in 0..<2 * parameters.turns {
            slices = mean.turn(slices: slices, poses, settled: turn >= parameters.turns + 1)
            if turn >= parameters.turns { (poses, errors) = mean.turn(poses, slices: slices) }
        }
        return result(frames, poses, errors, parameters.reference, slab, mean.turn(slices: slices, poses, settled: true))
    }

    /// A series with every frame laid on the reference, interpolated once by cubic B-spline; NaN where a frame says nothing.
    public static func corrected(_ series: TimeSeries, by result: Result) -> TimeSeries {
        precondition(result.frameFromReference.count == series.frameCount, "a map is needed for each frame")
        if let slices = result.slices { return SliceResampling(series, slices).corrected(result.frameFromReference) }
        var out = series
        for (k, map) in result.frameFromReference.enumerated() where map.angle != 0 || map.translation != .zero {
            let frame = series.frame(k).resampled(onto: series.grid, through: .rigid(map), interpolation: .cubic)
            out.scalars.replaceSubrange(k * series.grid.count..<(k + 1) * series.grid.count, with: frame.scalars)
        }
        return out
    }

    private static func result(_ frames: SeriesFrames, _ poses: [Pose], _ errors: [Double], _ reference: Int, _ slab: Slab?, _ slices: SliceMotions?) -> Result {
        let back = poses[reference].inverse, centre = frames.centre
        let maps = poses.enumerated().map { k, pose -> RigidTransform in
            guard k != reference else { return RigidTransform(centre: centre) }
            let map = Affine(translation: centre) * (pose.map * back) * Affine(translation: -1 * centre)
            guard let rigid = RigidTransform(nearest: map, centre: centre) else { preconditionFailure("rigid steps make a rigid map") }
            return rigid
        }
        // A frame has moved as far as its farthest slice.
        let apart = slices?.largest(over: frames.radius) ?? poses.map { _ in 0 }
        let shifts = zip(poses, apart).map { max(frames.landmarks.rms($0.map * back, .identity), $1) }
        var findings: [Finding] = []
        if let slab {
            findings.append(Finding(
                .note, "registration.in-plane", "The series has too few slices to tell a motion out of their plane; frames were turned and shifted within it only.",
                evidence: ["slices": "\(slab.slices)"]))
        }
        if let most = slices?.largest(over: frames.radius).max(), most > 1 {
            findings.append(Finding(
                most > 5 ? .warning : .note, "registration.slices-moved", "Slices moved against each other within their planes while frames were taken; each was laid on the mean by itself.",
                evidence: ["largest displacement": String(format: "%.2f mm", most)]))
        }
        if let doubt = slices?.doubt { findings.append(doubt) }
        if let most = shifts.max(), most > 1 {
            findings.append(Finding(
                most > 5 ? .warning : .note, "registration.moved", "The thing moved while the series was taken; frames were laid on each other.",
                evidence: ["largest displacement": String(format: "%.2f mm", most)]))
        }
        let doubtful = errors.indices.filter { !(errors[$0] < 0.5) }
        if !doubtful.isEmpty {
            findings.append(Finding(
                .warning, "registration.frames-uncertain", "Some frames do not tell well where they lie.",
                evidence: ["frames": doubtful.map { "\($0)" }.joined(separator: ", ")]))
        }
        return Result(frameFromReference: maps, slices: slices, displacements: shifts, standardErrors: errors, findings: findings)
    }
}
