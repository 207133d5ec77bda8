public import CarpusCore
public import CarpusPipeline
public import CarpusSegmentation

/// Which lesion is which, by where it lies.
public enum NameLesions: Stage {
    public static let name = "name.lesions"
    public static let version = 1
    public static let summary = "Names what enhances, or what holds water, by the anatomy it lies in: synovitis and tenosynovitis, or bone marrow oedema."

    /// What was found.
    public struct Parameters: StageParameters {
        /// What was found: `enhancement` becomes synovitis in joints and tenosynovitis in tendon compartments, `water` bone marrow oedema in bones.
        public var kind = LesionNaming.Kind.enhancement
        /// What is known to be doubtful about what was found or about the anatomy: no number is then more than `review`, for this reason.
        public var doubt: String?
        /// The defaults.
        public init() {}
    }

    /// What was found, and the anatomy, on one grid.
    public struct Inputs: Codable, Sendable {
        /// What was found; anything but 0 counts.
        public var found: LabelMap
        /// The anatomy.
        public var anatomy: LabelMap

        public init(found: LabelMap, anatomy: LabelMap) { (self.found, self.anatomy) = (found, anatomy) }
    }

    /// The lesions.
    public struct Outputs: Codable, Sendable {
        /// The lesions that were looked for.
        public var labels: LabelMap
        /// What was found and is no lesion: `vessel-suspect-volume`, in or beside vessels, and `outside-anatomy-volume`, mL, of the region `enhancement` or `water`.
        public var others: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let result = try LesionNaming.name(inputs.found, as: parameters.kind, anatomy: inputs.anatomy), region = parameters.kind.rawValue
        func row(_ quantity: String, _ value: Double) -> Measurement {
            Measurement(quantity, value, unit: "mL", region: region, status: parameters.doubt == nil ? .ok : .review, reason: parameters.doubt, method: method)
        }
        let rows = [
            row("outside-anatomy-volume", result.outside),
            result.vesselSuspect.map { row("vessel-suspect-volume", $0) }
                ?? .notScorable("vessel-suspect-volume", unit: "mL", region: region, because: "the anatomy map names no vessel", method: method),
        ]
        return Outputs(labels: result.labels, others: Measurements(rows), findings: Findings([]))
    }

    public static func methods(_ p: Parameters) -> String {
        p.kind == .enhancement
            ? "What enhanced was called synovitis in joints and tenosynovitis in tendon compartments; what enhanced elsewhere, vessels among it, is no lesion."
            : "What was bright with fat suppressed was called bone marrow oedema in bones."
    }
}
