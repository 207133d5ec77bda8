public import CarpusCore
public import CarpusPerfusion
public import CarpusPipeline

/// A pharmacokinetic model in each voxel.
public enum FitPharmacokinetics: Stage {
    public static let name = "fit.pharmacokinetics"
    public static let version = 4
    public static let summary = "Fits a pharmacokinetic model to the concentrations of a dynamic series, voxel by voxel, with delay and standard errors; for research."

    public typealias Parameters = KineticAnalysis.Parameters

    /// A dynamic series of a spoiled gradient echo, and what is known beside it.
    public struct Inputs: Codable, Sendable {
        /// The series, motion corrected.
        public var series: TimeSeries
        /// T1 before the agent, s, on the series' grid.
        public var t1: Volume<Float>?
        /// The flip angle of the series reached over the one asked for, on the series' grid; 1 when absent.
        public var b1: Volume<Float>?
        /// The artery, for an input from a region.
        public var artery: LabelMap?
        /// Where to fit; the whole field when absent.
        public var region: LabelMap?

        public init(series: TimeSeries, t1: Volume<Float>? = nil, b1: Volume<Float>? = nil, artery: LabelMap? = nil, region: LabelMap? = nil) {
            (self.series, self.t1, self.b1, self.artery, self.region) = (series, t1, b1, artery, region)
        }
    }

    /// Maps on the series' grid; those the model does not know are absent.
    public struct Outputs: Codable, Sendable {
        /// Volume transfer constant, 1/min; its rate of return, 1/min.
        public var Ktrans, kep: Volume<Float>?
        /// Fractions of interstitium and plasma.
        public var ve, vp: Volume<Float>?
        /// Plasma flow, mL/min/100 mL; permeability-surface product, 1/min.
        public var Fp, PS: Volume<Float>?
        /// Delay behind the arterial input, s; behind its guessed arrival where that was guessed.
        public var Ta: Volume<Float>?
        /// Standard error of Ktrans, 1/min.
        public var KtransError: Volume<Float>?
        /// Root mean square of what the fit leaves, mM.
        public var residual: Volume<Float>
        /// How each fit ended.
        public var outcomes: LabelMap
        /// The arterial input and where it comes from.
        public var input: ArterialInput
        /// Medians in each region.
        public var medians: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let r = try KineticAnalysis.compute(inputs.series, t1: inputs.t1, b1: inputs.b1, artery: inputs.artery, region: inputs.region, parameters: parameters, method: method)
        return Outputs(
            Ktrans: r.maps[.ktrans], kep: r.maps[.kep], ve: r.maps[.ve], vp: r.maps[.vp], Fp: r.maps[.fp], PS: r.maps[.ps], Ta: r.maps[.delay], KtransError: r.errors[.ktrans],
            residual: r.residual, outcomes: r.outcomes, input: ArterialInput(content: r.inputRecord), medians: Measurements(r.measurements), findings: Findings(r.findings))
    }

    public static func methods(_ p: Parameters) -> String {
        "Signals of the spoiled gradient echo were turned into concentrations (relaxivity \(p.relaxivity) /s/mM, haematocrit \(p.haematocrit)), and the model \(p.model.rawValue) was fitted by \(p.method.rawValue) least squares with the \(p.input.rawValue) arterial input."
    }
}

extension KineticAnalysis.Parameters: StageParameters {}
