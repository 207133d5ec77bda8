import CarpusCore

/// How far a bent alignment can be trusted, and why.
public struct DeformableVerdict: Sendable, Hashable, Codable {
    /// The error to expect at half of the places in tissue, mm.
    public let expectedError: Double
    /// The error that one in twenty places is expected to pass, mm.
    public let largestError: Double
    /// The answer in a word: `trusted` where the largest error is below a millimetre and the rigid start did not fail.
    public let grade: RegistrationVerdict.Grade

    /// Halves of the images differ less than they err, most where little is told, as both share what the model cannot tell. Set on ten pairs of known deformation.
    private static let widening = (typical: 4.0, largest: 10.0)

    init(_ found: DeformableEngine.Found, rigid: RegistrationVerdict?) {
        func share(_ q: Double) -> Double {
            let n = found.scatter.count
            return n > 0 ? Double(found.scatter[min(n - 1, Int(q * Double(n)))]) : 1000
        }
        // A deformation of what lies elsewhere tells nothing of how far that is: where the rigid start failed, its error stands.
        let start = rigid.map { $0.grade == .failed ? $0.expectedError : 0 } ?? 0
        (expectedError, largestError) = (min(1000, max(start, Self.widening.typical * share(0.5))), min(1000, max(start, Self.widening.largest * share(0.95))))
        let worse = found.correlation.after < found.correlation.before || found.determinants.lowerBound <= 0
        if worse || rigid?.grade == .failed || !(largestError < 3) {
            grade = .failed
        } else {
            grade = largestError < 1 ? .trusted : .doubtful
        }
    }

    /// What is doubtful about it.
    var findings: [Finding] {
        if grade == .trusted { return [] }
        func text(_ v: Double) -> String { "\((v * 100).rounded() / 100) mm" }
        return [Finding(
            grade == .failed ? .serious : .warning, "registration.bent-uncertain", "The images do not everywhere tell how they are bent; look at the alignment.",
            evidence: ["expected error": text(expectedError), "largest error": text(largestError)])]
    }
}
