public import CarpusCore
public import CarpusPipeline
import CarpusQuantification

/// Volumes of labels.
public enum MeasureVolumes: Stage {
    public static let name = "measure.volumes"
    public static let version = 2
    public static let summary = "Gives the volume of each label in mL, and its mean signal where an image is given."

    /// What to measure.
    public struct Parameters: StageParameters {
        /// Labels that are reported even when they are absent: 0 mL when looked for and not found, not scorable when not looked for. Empty for all of the legend.
        public var regions: [String] = []
        /// The defaults.
        public init() {}
    }

    /// Labels, and an image under them.
    public struct Inputs: Codable, Sendable {
        /// The labels to measure.
        public var labels: LabelMap
        /// The image whose signal is told for each label.
        public var image: Volume<Float>?
    }

    /// The numbers.
    public struct Outputs: Codable, Sendable {
        /// One row a label and quantity.
        public var volumes: Measurements
        /// What is doubtful about them.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try VolumeMeasurement.measure(inputs.labels, image: inputs.image, regions: parameters.regions, method: method)
        return Outputs(volumes: Measurements(result.measurements), findings: Findings(result.findings))
    }

    public static func notScorable(_ parameters: Parameters, because reason: String) -> Outputs? {
        let regions = parameters.regions
        return Outputs(volumes: Measurements(regions.map { .notScorable("volume", unit: "mL", region: $0, because: reason, method: method) }), findings: Findings([]))
    }

    public static func methods(_: Parameters) -> String {
        "Volumes are the number of labelled voxels times the volume of a voxel, in mL."
    }
}
