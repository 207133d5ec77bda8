/// A doubt about the data: shown in the report, never only logged.
public struct Finding: Sendable, Hashable, Codable {
    /// How much it matters, from least to most.
    public enum Severity: String, Sendable, Hashable, Codable, Comparable, CaseIterable {
        /// Good to know; numbers stand.
        case note
        /// Look before using the numbers.
        case warning
        /// Numbers that depend on it should not be used.
        case serious

        public static func < (a: Severity, b: Severity) -> Bool {
            allCases.firstIndex(of: a)! < allCases.firstIndex(of: b)!
        }
    }
    /// How much it matters.
    public var severity: Severity
    /// A stable name for the kind of doubt, `dicom.field-strength-unit`.
    public var code: String
    /// What is doubtful, in one sentence.
    public var sentence: String
    /// What was seen: names and values.
    public var evidence: [String: String]

    /// A finding of given severity, code, sentence and evidence.
    public init(_ severity: Severity, _ code: String, _ sentence: String, evidence: [String: String] = [:]) {
        (self.severity, self.code, self.sentence, self.evidence) = (severity, code, sentence, evidence)
    }
}
