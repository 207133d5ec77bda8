public import CarpusCore
public import CarpusPipeline
public import CarpusSegmentation

/// Which lesion is which, by where it lies.
public enum NameLesions: Stage {
    public static let name = "name.lesions"
    public static let version = 1
    public static let summary = "Names what enhances and what holds water by the anatomy it lies in: synovitis, tenosynovitis, bone marrow oedema."

    /// What was found, and the anatomy; all on one grid.
    public struct Inputs: Codable, Sendable {
        /// What enhances.
        public var enhancing: LabelMap?
        /// Where there is water in bones.
        public var oedema: LabelMap?
        /// The anatomy.
        public var anatomy: LabelMap

        public init(enhancing: LabelMap? = nil, oedema: LabelMap? = nil, anatomy: LabelMap) {
            (self.enhancing, self.oedema, self.anatomy) = (enhancing, oedema, anatomy)
        }
    }

    /// The lesions.
    public struct Outputs: Codable, Sendable {
        /// Those lesions that were looked for.
        public var labels: LabelMap
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _: NoParameters) throws -> Outputs {
        let result = try LesionNaming.name(enhancing: inputs.enhancing, oedema: inputs.oedema, anatomy: inputs.anatomy)
        return Outputs(labels: result.labels, findings: Findings(result.findings))
    }

    public static func methods(_: NoParameters) -> String {
        "What enhanced was called synovitis in joints and tenosynovitis in tendon compartments, and what was bright on STIR bone marrow oedema in bones."
    }
}
