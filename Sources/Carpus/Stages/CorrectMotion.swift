public import CarpusCore
public import CarpusPipeline
import CarpusRegistration

/// Lays all frames of a dynamic series on one of them.
public enum CorrectMotion: Stage {
    public static let name = "correct.motion"
    public static let version = 4
    public static let summary = "Lays every frame of a dynamic series on a reference frame, all frames as one problem, and leaves out frames that moved too far."

    /// How motion is sought, and what is too much.
    public struct Parameters: StageParameters {
        /// The frame that stays, counted from 0.
        public var reference = 0
        /// The spacing in mm at which frames are compared; an axis that is coarser stays as it is.
        public var spacing = 0.8
        /// Frames whose tissue lies farther than this from its place in the reference are left out, mm, root mean square.
        public var largestDisplacement = 10.0
        /// Frames whose place is less sure than this are left out, mm, standard error.
        public var largestError = 1.0
        /// Series of fewer slices than this move within the plane of their slices only; 0 for no such limit.
        public var leastSlices = 8
        /// Also lay each slice of each frame on the mean within its plane, for slices that were taken one after the other.
        public var perSlice = false
        /// The defaults.
        public init() {}
    }

    /// A dynamic series, and where to look.
    public struct Inputs: Codable, Sendable {
        /// The series as it was taken.
        public var series: TimeSeries
        /// Where frames are compared; everywhere when absent.
        public var mask: LabelMap?

        public init(series: TimeSeries, mask: LabelMap? = nil) { (self.series, self.mask) = (series, mask) }
    }

    /// The series at rest, and how it had moved.
    public struct Outputs: Codable, Sendable {
        /// Every frame that was kept, on the reference's place; NaN where a frame says nothing. Times stay those of the frames.
        public var series: TimeSeries
        /// Displacements in mm, and how many frames were left out.
        public var motion: Measurements
        /// The same frame by frame, for `draw.motion`.
        public var frames: FrameMotion
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        guard parameters.largestDisplacement > 0, parameters.largestError > 0 else {
            throw RegistrationError(.badParameter, "correct.motion: 'largestDisplacement' and 'largestError' must be above 0 mm")
        }
        var how = SeriesMotion.Parameters()
        (how.reference, how.spacing) = (parameters.reference, parameters.spacing)
        (how.leastSlices, how.perSlice) = (parameters.leastSlices, parameters.perSlice)
        let result = try SeriesMotion.estimate(inputs.series, mask: inputs.mask, parameters: how)
        let kept = result.displacements.indices.filter {
            $0 == parameters.reference || (result.displacements[$0] <= parameters.largestDisplacement && result.standardErrors[$0] <= parameters.largestError)
        }
        let still = SeriesMotion.corrected(inputs.series, by: result), n = still.grid.count
        let series = kept.count == still.frameCount ? still : TimeSeries(
            grid: still.grid, times: kept.map { still.times[$0] }, scalars: kept.flatMap { still.scalars[$0 * n..<($0 + 1) * n] })
        let rejected = still.frameCount - kept.count
        return Outputs(
            series: series, motion: Measurements(measures(result, rejected: rejected)), frames: frames(inputs.series.times, result, kept, parameters),
            findings: Findings(result.findings + findings(result, kept: kept)))
    }

    private static func frames(_ times: [Double], _ result: SeriesMotion.Result, _ kept: [Int], _ parameters: Parameters) -> FrameMotion {
        FrameMotion(content: .init(
            reference: parameters.reference, limit: parameters.largestDisplacement, times: times, displacements: result.displacements,
            standardErrors: result.standardErrors.map { $0.isFinite ? $0 : nil }, rejected: Set(times.indices).subtracting(kept).sorted()))
    }

    private static func measures(_ result: SeriesMotion.Result, rejected: Int) -> [Measurement] {
        let d = result.displacements, mean = d.reduce(0, +) / Double(d.count)
        return [
            Measurement("displacement-mean", mean, unit: "mm", region: "series", method: method),
            Measurement("displacement-max", d.max() ?? 0, unit: "mm", region: "series", method: method),
            Measurement("frames-rejected", Double(rejected), unit: "1", region: "series", status: rejected > 0 ? .review : .ok, reason: rejected > 0 ? "frames moved too far or could not be placed" : nil, method: method),
        ]
    }

    private static func findings(_ result: SeriesMotion.Result, kept: [Int]) -> [Finding] {
        func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
        var all = [Finding(
            .note, "motion.displacements", "How far each frame lay from the reference, mm, root mean square over the tissue.",
            evidence: ["frames": result.displacements.map(text).joined(separator: " ")])]
        let left = Set(result.displacements.indices).subtracting(kept).sorted()
        if !left.isEmpty {
            all.append(Finding(
                .warning, "motion.rejected", "Frames that moved too far or could not be placed were left out.", evidence: ["frames": left.map { "\($0)" }.joined(separator: ", ")]))
        }
        return all
    }

    public static func methods(_ p: Parameters) -> String {
        "Frames of dynamic series were laid on frame \(p.reference) rigidly (within the plane of the slices where there are fewer than \(p.leastSlices)), first by mutual information, then all together on their common mean by weighted least squares\(p.perSlice ? ", then slice by slice within their planes" : ""), and interpolated once by cubic \(p.perSlice ? "splines" : "B-spline"); frames beyond \(p.largestDisplacement) mm were left out."
    }
}
