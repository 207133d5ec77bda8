import CarpusCore
public import CarpusPipeline
public import CarpusQuantification

/// RAMRIS-like grades from measured volumes and widths.
public enum GradeRAMRIS: Stage {
    public static let name = "grade.ramris"
    public static let version = 1
    public static let summary = "Cuts volumes and widths of lesions into RAMRIS-like grades of each site by an edition's bands, and sums them."

    public typealias Parameters = RAMRISParameters

    /// What was measured.
    public struct Inputs: Codable, Sendable {
        /// Volumes, fractions, widths and runs of lesions by site, as `measure.volumes` gives them.
        public var volumes: Measurements
        public init(volumes: Measurements) { self.volumes = volumes }
    }

    /// The grades.
    public struct Outputs: Codable, Sendable {
        /// A grade a site, and each lesion's total with its maximum.
        public var grades: Measurements
        /// What was measured and is no grade, and what totals lack.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let grades = try RAMRISGrades(inputs.volumes.rows, parameters: parameters, method: method)
        return Outputs(grades: Measurements(grades.measurements), findings: Findings(grades.findings))
    }

    public static func notScorable(_ parameters: Parameters, because reason: String) -> Outputs? {
        Outputs(grades: Measurements(RAMRISGrades.notScorable(parameters, because: reason, method: method)), findings: Findings([]))
    }

    public static func methods(_ p: Parameters) -> String {
        let lesions = (p.lesions ?? p.edition.lesions).map(\.rawValue).joined(separator: ", ")
        return "RAMRIS-like grades (\(p.edition.rawValue)) of \(lesions) were cut from measured shares and widths by the protocol's bands, above a noise floor; "
            + "grades near an edge are marked for review. They are not a reader's grades."
    }
}

extension RAMRISParameters: StageParameters {}
