public import CarpusCore
public import CarpusPipeline
import CarpusQuantification

/// Volumes of labels, and of lesions in the sites that RAMRIS scores.
public enum MeasureVolumes: Stage {
    public static let name = "measure.volumes"
    public static let version = 5
    public static let summary = "Gives the volume of each label in mL with its interval, its mean signal where an image is given, and lesions by site where an anatomy is given."

    /// What to measure.
    public struct Parameters: StageParameters {
        /// Labels that are reported even when they are absent: 0 mL when looked for and not found, not scorable when not looked for. Empty for all of the legend.
        public var regions: [String] = []
        /// Whether each connected piece of a label (26 neighbours) is measured too, the largest first.
        public var components = false
        /// Pieces smaller than this, mm³, are not listed; they still count in the volume of their label.
        public var minimumComponentVolume = 0.0
        /// A site of which a smaller share is in the field and covered is not scorable, 0 to 1.
        public var leastCovered = 0.5
        /// How far doubts about voxels hang together, mm: the farther, the wider the intervals.
        public var correlationLength = 1.0
        /// By what share of a voxel a volume may be off at each face across the slices when nothing tells how sure the labels are.
        public var boundaryDoubt = 0.25
        /// Whether volumes of lesions in sites are sums of probabilities instead of counts of labels; needs the port probabilities.
        public var partialVolume = false
        /// Whether the parts of a lesion outside its sites, in vessels and elsewhere, are told; not where the labels were made site by site.
        public var strays = true
        /// How far a lesion may lie from the site it is counted in, mm: swollen tissue reaches beyond a map of healthy anatomy. Joints count what they are given as their own.
        public var reach = 0.0
        /// What is known to be doubtful about the labels, such as that nobody has validated how they were made: no number is then more than `review`, for this reason.
        public var doubt: String?
        /// The defaults.
        public init() {}

        public var complaint: String? { options.complaint }

        /// The parameters of the measurement.
        var options: VolumeMeasurement.Parameters {
            var options = VolumeMeasurement.Parameters()
            (options.components, options.minimumComponentVolume, options.leastCovered) = (components, minimumComponentVolume, leastCovered)
            (options.correlationLength, options.boundaryDoubt, options.partialVolume) = (correlationLength, boundaryDoubt, partialVolume)
            (options.strays, options.reach) = (strays, reach)
            return options
        }
    }

    /// Labels, and an image under them.
    public struct Inputs: Codable, Sendable {
        /// The labels to measure.
        public var labels: LabelMap
        /// The image whose signal is told for each label.
        public var image: Volume<Float>?
        /// The wrist's anatomy on the labels' grid: lesions are then measured site by site.
        public var anatomy: LabelMap?
        /// How probable each voxel's own label is: the intervals of volumes come from it.
        public var confidence: Volume<Float>?
        /// How probable each label of the legend is in each voxel, one image a label by rising value; goes before confidence.
        public var probabilities: [Volume<Float>]
        /// 0 where the series that the labels were read on do not reach.
        public var field: LabelMap?

        public init(
            labels: LabelMap, image: Volume<Float>? = nil, anatomy: LabelMap? = nil, confidence: Volume<Float>? = nil, probabilities: [Volume<Float>] = [], field: LabelMap? = nil
        ) {
            (self.labels, self.image, self.anatomy, self.confidence, self.probabilities, self.field) = (labels, image, anatomy, confidence, probabilities, field)
        }

        /// What is known of how sure the labels are.
        var doubts: LabelDoubts { probabilities.isEmpty ? confidence.map { .confidence($0) } ?? .none : .probabilities(probabilities) }
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
        let result = try VolumeMeasurement.measure(
            inputs.labels, anatomy: inputs.anatomy, image: inputs.image, doubts: inputs.doubts, field: inputs.field,
            parameters: parameters.options, regions: parameters.regions, method: method)
        let rows = parameters.doubt.map { doubt in result.measurements.map { reviewed($0, because: doubt) } } ?? result.measurements
        return Outputs(volumes: Measurements(rows), findings: Findings(result.findings))
    }

    private static func reviewed(_ row: Measurement, because doubt: String) -> Measurement {
        var row = row
        if row.status == .ok { row.status = .review }
        if row.status == .review { row.reason = [row.reason, doubt].compactMap { $0 }.joined(separator: "; ") }
        return row
    }

    public static func notScorable(_ parameters: Parameters, because reason: String) -> Outputs? {
        let rows = parameters.regions.flatMap { region in
            [.notScorable("volume", unit: "mL", region: region, because: reason, method: method)] + LesionSites.notScorable(region, because: reason, method: method)
        }
        return Outputs(volumes: Measurements(rows), findings: Findings([]))
    }

    public static func methods(_: Parameters) -> String {
        "Volumes are the number of labelled voxels times the volume of a voxel, in mL; lesions were measured in the sites of RAMRIS where an anatomy was given, "
            + "long bones to 10 mm from the articular plane."
    }
}
