public import CarpusCore
public import CarpusPerfusion
public import CarpusPipeline

/// What the agent's curve says in each voxel.
public enum ClassifyPerfusion: Stage {
    public static let name = "classify.perfusion"
    public static let version = 3
    public static let summary = "Tells the curves of a dynamic series apart, voxel by voxel, and maps enhancement, its rate, onset and peak."

    public typealias Parameters = EnhancementParameters

    /// A dynamic series, and where to look.
    public struct Inputs: Codable, Sendable {
        /// The series, motion corrected.
        public var series: TimeSeries
        /// Where to look; the whole field when absent.
        public var region: LabelMap?

        public init(series: TimeSeries, region: LabelMap? = nil) { (self.series, self.region) = (series, region) }
    }

    /// Maps on the series' grid.
    public struct Outputs: Codable, Sendable {
        /// The class, shape or type of each voxel, by the scheme.
        public var labels: LabelMap
        /// The four classes, whatever the scheme.
        public var classes: LabelMap
        /// Maximal enhancement, a share of the baseline.
        public var ME: Volume<Float>
        /// Initial rate of enhancement, 1/s.
        public var IRE: Volume<Float>
        /// Onset and end of the rise, s.
        public var Tonset, Tpeak: Volume<Float>
        /// Slopes of wash-in and wash-out, 1/s.
        public var washIn, washOut: Volume<Float>
        /// Areas under the curve of relative enhancement in the first 60 and 90 s, s.
        public var iAUC60, iAUC90: Volume<Float>
        /// Root mean square of what the fit leaves, and the probability of the class.
        public var fitError, probability: Volume<Float>
        /// Signal before the agent.
        public var baseline: Volume<Float>
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let maps = try EnhancementMaps.compute(inputs.series, region: inputs.region, parameters: parameters)
        return Outputs(
            labels: maps.labels, classes: maps.classes, ME: maps.maximum, IRE: maps.initialRate, Tonset: maps.onset, Tpeak: maps.peak, washIn: maps.washIn, washOut: maps.washOut,
            iAUC60: maps.area60, iAUC90: maps.area90, fitError: maps.fitError, probability: maps.probability, baseline: maps.baseline,
            findings: Findings(maps.findings))
    }

    public static func methods(_ p: Parameters) -> String {
        "Curves of relative enhancement were fitted by bent lines (no enhancement; rise; rise and plateau; rise and another slope) chosen by the Bayesian information criterion (after Kubassova et al., Acad Radiol 2007); voxels enhance above \(Int(p.minimumEnhancement * 100)) % of the baseline and \(p.noiseFactor) standard deviations of noise."
    }
}

extension EnhancementParameters: StageParameters {}
