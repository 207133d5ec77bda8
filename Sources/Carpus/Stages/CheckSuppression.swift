public import CarpusCore
public import CarpusPipeline
public import CarpusQuantification

/// Whether the fat of a scan is suppressed; what is not passes no further.
public enum CheckSuppression: Stage {
    public static let name = "check.suppression"
    public static let version = 1
    public static let summary = "Checks that fat is suppressed on a scan, by what is fat on T1, and hands on only a scan of which that is true."

    public typealias Parameters = FatSuppression.Parameters

    /// A scan and what tells its fat.
    public struct Inputs: Codable, Sendable {
        /// The scan with suppressed fat: STIR, or T2-weighted.
        public var image: Volume<Float>
        /// T1-weighted, before contrast, without suppression, evened (`correct.bias`), on the same grid.
        public var reference: Volume<Float>

        public init(image: Volume<Float>, reference: Volume<Float>) { (self.image, self.reference) = (image, reference) }
    }

    /// The scan, and what was found.
    public struct Outputs: Codable, Sendable {
        /// The scan as it came.
        public var image: Volume<Float>
        /// Fat's signal over other tissue's, and the share of the fat that lies where it is bright.
        public var quality: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let found: FatSuppression
        do {
            found = try FatSuppression(of: inputs.image, reference: inputs.reference, parameters: parameters)
        } catch let error as QuantificationError where error.code == .noSignal {
            throw NotScorable(because: error.message)
        } catch let error as QuantificationError where error.code == .noTissue {
            let row = Measurement.notScorable("fat-signal-ratio", unit: "1", region: "fat", because: error.message, method: method)
            return Outputs(image: inputs.image, quality: Measurements([row]), findings: Findings([Finding(
                .warning, "suppression.unknown", "Whether fat is suppressed could not be checked: \(error.message). Unsuppressed fat looks like oedema.")]))
        }
        let words = "fat has \(text(found.ratio)) of the signal of other tissue, where suppressed fat has less than \(text(parameters.failedRatio))"
        let hasFailed = found.ratio >= parameters.failedRatio
        if hasFailed, parameters.failed == .refuse { throw NotScorable(because: "fat is not suppressed: \(words); check which series this is and that T1 was taken without fat suppression, or set failed: doubt to go on") }
        let isUneven = found.brightShare.map { $0 > parameters.unevenShare } ?? false
        let reason = hasFailed ? "fat is not suppressed" : isUneven ? "fat is not suppressed everywhere" : nil, status = reason == nil ? Measurement.Status.ok : .review
        let rows = [
            Measurement("fat-signal-ratio", found.ratio, unit: "1", region: "fat", status: status, reason: reason, method: method),
            found.brightShare.map { Measurement("fat-bright-share", $0, unit: "1", region: "fat", status: status, reason: reason, method: method) }
                ?? .notScorable("fat-bright-share", unit: "1", region: "fat", because: "no tile holds enough fat", method: method),
        ]
        return Outputs(image: inputs.image, quality: Measurements(rows), findings: Findings(findings(found, hasFailed: hasFailed, isUneven: isUneven, words)))
    }

    private static func findings(_ found: FatSuppression, hasFailed: Bool, isUneven: Bool, _ words: String) -> [Finding] {
        if hasFailed { return [Finding(.serious, "suppression.failed", "Fat is not suppressed: \(words). It looks like oedema.", evidence: ["ratio": "\(found.ratio)"])] }
        guard isUneven, let share = found.brightShare else { return [] }
        var evidence = ["bright-share": "\(share)"]
        if let worst = found.worst { evidence["worst-lps-mm"] = (0..<3).map { text(worst.place[$0]) }.joined(separator: ", ") }
        return [Finding(
            .warning, "suppression.uneven", "Fat is not suppressed everywhere: \(Int((share * 100).rounded())) % of it lies where it is brighter than other tissue, and may look like oedema there.",
            evidence: evidence)]
    }

    private static func text(_ v: Double) -> String { "\((v * 100).rounded() / 100)" }

    public static func methods(_ p: Parameters) -> String {
        "Fat suppression was checked on what is fat on T1: it failed where fat's median signal reached \(text(p.failedRatio)) of other tissue's."
    }
}

extension FatSuppression.Parameters: StageParameters {}
