public import CarpusCore
public import CarpusPipeline
import CarpusQuantification

/// How noisy a scan is.
public enum MeasureNoise: Stage {
    public static let name = "measure.noise"
    public static let version = 1
    public static let summary = "Measures a scan's noise and its tissue's signal, and doubts a scan in which details cannot be told."

    /// When a scan is called noisy, and what it is called.
    public struct Parameters: StageParameters {
        /// The region under which the numbers are told, such as the series.
        public var region = "tissue"
        /// A scan is doubted below this ratio of tissue's median signal to noise; details cannot be told with certainty below 5 (Rose, J Opt Soc Am 1948).
        public var leastRatio = 5.0
        /// The defaults.
        public init() {}

        public var complaint: String? {
            if region.isEmpty { return "'region' must have a name" }
            return leastRatio >= 0 && leastRatio.isFinite ? nil : "'leastRatio' must be 0 or more"
        }
    }

    /// A scan as it was taken: what was resampled has less noise than the scan had.
    public struct Inputs: Codable, Sendable {
        /// The scan.
        public var image: Volume<Float>

        public init(image: Volume<Float>) { self.image = image }
    }

    /// The numbers, and the doubt.
    public struct Outputs: Codable, Sendable {
        /// The standard deviation of the noise, the median signal of tissue (both in the scan's own unit), and the ratio of the two.
        public var quality: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let found: ScanNoise, unit = "[arb'U]"
        do { found = try ScanNoise(of: inputs.image) } catch let error as QuantificationError where error.code == .noTissue { throw NotScorable(because: error.message) }
        guard let ratio = found.ratio else {
            let reason = "no noise is seen: the slices are narrower than three voxels, or the scan was made smooth"
            return Outputs(quality: Measurements([.notScorable("signal-to-noise", unit: "1", region: parameters.region, because: reason, method: method)]), findings: Findings([Finding(.warning, "measure.noise.unknown", "The noise of the scan could not be measured: \(reason).")]))
        }
        let isNoisy = ratio < parameters.leastRatio, reason = isNoisy ? "signal is less than \(parameters.leastRatio) times the noise" : nil
        let rows = [("noise", found.noise, unit), ("signal", found.signal, unit), ("signal-to-noise", ratio, "1")].map {
            Measurement($0.0, $0.1, unit: $0.2, region: parameters.region, status: isNoisy ? .review : .ok, reason: reason, method: method)
        }
        let findings = isNoisy ? [Finding(
            .warning, "measure.noise", "The scan is noisy: tissue's median signal is \((ratio * 10).rounded() / 10) times the noise. Small lesions cannot be told from it.",
            evidence: ["signal-to-noise": "\(ratio)"])] : []
        return Outputs(quality: Measurements(rows), findings: Findings(findings))
    }

    public static func methods(_ p: Parameters) -> String {
        "Noise was measured in tissue from the differences of neighbours within slices (Immerkær, Comput Vis Image Underst 1996); scans whose tissue has less than \(p.leastRatio) times as much signal were doubted."
    }
}
