public import CarpusCore
public import CarpusPipeline
public import CarpusReport

/// A picture of the maps of a dynamic series.
public enum DrawPerfusion: Stage {
    public static let name = "draw.perfusion"
    public static let version = 2
    public static let summary = "Draws classes of curves, ME, IRE, T_onset and Ktrans over the anatomy, each with its legend, in colours that colour-blind eyes tell apart."

    public typealias Parameters = PerfusionFigure.Parameters

    /// What `classify.perfusion` and, where it ran, `fit.pharmacokinetics` gave.
    public struct Inputs: Codable, Sendable {
        /// What lies beneath: the signal before the agent.
        public var anatomy: Volume<Float>
        /// The four classes.
        public var classes: LabelMap
        /// Maximal enhancement, a share of the baseline.
        public var ME: Volume<Float>?
        /// Initial rate of enhancement, 1/s.
        public var IRE: Volume<Float>?
        /// Onset, s.
        public var Tonset: Volume<Float>?
        /// Volume transfer constant, 1/min.
        public var Ktrans: Volume<Float>?
        /// Where colours are shown: the body, or anatomical regions; everywhere when absent.
        public var region: LabelMap?

        public init(
            anatomy: Volume<Float>, classes: LabelMap, ME: Volume<Float>? = nil, IRE: Volume<Float>? = nil, Tonset: Volume<Float>? = nil, Ktrans: Volume<Float>? = nil, region: LabelMap? = nil
        ) {
            (self.anatomy, self.classes, self.ME, self.IRE, self.Tonset, self.Ktrans, self.region) = (anatomy, classes, ME, IRE, Tonset, Ktrans, region)
        }
    }

    /// The picture.
    public struct Outputs: Codable, Sendable {
        /// The picture with its words.
        public var figure: FigureArtifact
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let maps = [
            inputs.ME.map { PerfusionFigure.Map("ME", unit: "1", $0) }, inputs.IRE.map { PerfusionFigure.Map("IRE", unit: "/s", $0) },
            inputs.Tonset.map { PerfusionFigure.Map("T_onset", unit: "s", $0, fromZero: false) }, inputs.Ktrans.map { PerfusionFigure.Map("Ktrans", unit: "/min", $0) },
        ].compactMap { $0 }
        return Outputs(figure: FigureArtifact(try PerfusionFigure.draw(anatomy: inputs.anatomy, classes: inputs.classes, maps: maps, region: inputs.region, parameters: parameters)))
    }
}

extension PerfusionFigure.Parameters: StageParameters {}
