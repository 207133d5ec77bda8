public import CarpusCore
public import CarpusPerfusion
public import CarpusPipeline

/// Arteries told from tissue, so that they can be left out.
public enum SegmentArteries: Stage {
    public static let name = "segment.arteries"
    public static let version = 1
    public static let summary = "Labels what enhances as arteries do, early, steeply and with washout, where it forms a tube; numbers can then be told without it."

    public typealias Parameters = ArterialExclusion.Parameters

    /// Maps of `classify.perfusion`, and the series they were made of.
    public struct Inputs: Codable, Sendable {
        /// The series, for its times.
        public var series: TimeSeries
        /// The four classes.
        public var classes: LabelMap
        /// Initial rate of enhancement, 1/s.
        public var IRE: Volume<Float>
        /// Onset and end of the rise, s.
        public var Tonset, Tpeak: Volume<Float>

        public init(series: TimeSeries, classes: LabelMap, IRE: Volume<Float>, Tonset: Volume<Float>, Tpeak: Volume<Float>) {
            (self.series, self.classes, self.IRE, self.Tonset, self.Tpeak) = (series, classes, IRE, Tonset, Tpeak)
        }
    }

    /// The arteries.
    public struct Outputs: Codable, Sendable {
        /// Arterial voxels, on the series' grid.
        public var labels: LabelMap
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        Outputs(labels: try ArterialExclusion.find(
            classes: inputs.classes, initialRate: inputs.IRE, onset: inputs.Tonset, peak: inputs.Tpeak, times: inputs.series.times, parameters: parameters))
    }

    public static func methods(_ p: Parameters) -> String {
        "Arteries were told by an onset within \(p.arrivalWindow) s of the first, a rise within \(p.longestRise) s among the steepest \(Int((p.steepestShare * 100).rounded())) %, washout, and the form of a tube."
    }
}

extension ArterialExclusion.Parameters: StageParameters {}
