public import CarpusCore
import CarpusPerfusion
public import CarpusPipeline
public import CarpusReport

/// A picture of the curves of regions.
public enum DrawCurves: Stage {
    public static let name = "draw.curves"
    public static let version = 2
    public static let summary = "Draws the median curve of what enhances in each region with its quartiles; of each class of curve where there are no regions."

    public typealias Parameters = CurveFigure.Parameters

    /// A series, and what `classify.perfusion` gave for it.
    public struct Inputs: Codable, Sendable {
        /// The series, motion corrected.
        public var series: TimeSeries
        /// The four classes.
        public var classes: LabelMap
        /// Signal before the agent.
        public var baseline: Volume<Float>
        /// Anatomical regions, or the body.
        public var regions: LabelMap?
        /// What is left out where there are no regions: all outside the body, of `segment.body`.
        public var body: LabelMap?
        /// Arteries, which are left out.
        public var arteries: LabelMap?

        public init(series: TimeSeries, classes: LabelMap, baseline: Volume<Float>, regions: LabelMap? = nil, body: LabelMap? = nil, arteries: LabelMap? = nil) {
            (self.series, self.classes, self.baseline, self.regions, self.body, self.arteries) = (series, classes, baseline, regions, body, arteries)
        }
    }

    /// The picture.
    public struct Outputs: Codable, Sendable {
        /// The picture with its words.
        public var figure: FigureArtifact
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let regions = try inputs.regions ?? inputs.body.map { try byClass(inputs.classes, within: $0) } ?? inputs.classes
        let curves = try RegionCurve.list(inputs.series, classes: inputs.classes, baseline: inputs.baseline, regions: regions, excluding: inputs.arteries)
        let colours = Dictionary(uniqueKeysWithValues: regions.legend.labels.map { ($0.name, $0.color) })
        let drawn = curves.map {
            CurveFigure.Curve($0.region, voxels: $0.voxels, colour: colours[$0.region] ?? [255, 255, 255], times: $0.times, median: $0.middle, lower: $0.lowerQuartile, upper: $0.upperQuartile)
        }
        return Outputs(figure: FigureArtifact(try CurveFigure.draw(drawn, parameters: parameters)))
    }

    private static func byClass(_ classes: LabelMap, within body: LabelMap) throws -> LabelMap {
        guard body.grid.matches(classes.grid) else { throw PerfusionError(.gridMismatch, "the body lies on another grid than the maps; take the mask of the same series") }
        return LabelMap(grid: classes.grid, labels: zip(classes.labels, body.labels).map { $1 == 0 ? 0 : $0 }, legend: classes.legend)
    }
}

extension CurveFigure.Parameters: StageParameters {}
