/// How far an alignment can be trusted, and why.
///
/// No figure here knows of left and right: a mirrored image passes them all. Which side an image shows must come from what is
/// written beside it.
public struct RegistrationVerdict: Sendable, Hashable, Codable {
    /// The answer in a word.
    public enum Grade: String, Sendable, Hashable, Codable, CaseIterable {
        /// The expected error is below half a millimetre, and the alignment stands well above those around it.
        case trusted
        /// The expected error is below a millimetre; look at the alignment.
        case doubtful
        /// The alignment is probably wrong.
        case failed
    }

    /// The error to expect over the tissue, mm, at most 1000. Above 1 it says no more than that the alignment failed.
    public let expectedError: Double
    /// The share of the fixed image's tissue that the moving one's field of view takes in, 0 to 1.
    public let overlap: Double
    /// How far apart the samples of one image alone and those of the other alone would put it, mm.
    public let inconsistency: Double
    /// Mutual information at the alignment, nats.
    public let information: Double
    /// How many standard deviations it stands above that of poses around; nil when those do not overlap.
    public let height: Double?

    /// The answer in a word.
    public var grade: Grade {
        guard expectedError < 1 else { return .failed }
        return expectedError < 0.5 && (height ?? 0) >= 6 ? .trusted : .doubtful
    }

    init(_ evidence: Evidence, overlap: Double) {
        expectedError = evidence.expectedError < 1000 ? evidence.expectedError : 1000
        inconsistency = evidence.inconsistency < 1000 ? evidence.inconsistency : 1000
        (self.overlap, information, height) = (overlap, evidence.information, evidence.height)
    }
}
