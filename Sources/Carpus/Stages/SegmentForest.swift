public import CarpusCore
public import CarpusPipeline
import CarpusSegmentation
import Foundation

/// Labels by a random forest.
public enum SegmentForest: Stage {
    public static let name = "segment.forest"
    public static let version = 2
    public static let summary = "Labels an examination by a random forest on features of several scales; 'carpus models train' grows one."

    /// Which forest, and what counts.
    public struct Parameters: StageParameters {
        /// The forest's file, or its name without `.forest` beside the program and in CARPUS_MODEL_PATH.
        public var model = ""
        /// A label needs more than this probability, in a world in which half is lesion.
        public var probability = ForestSegmentation.Parameters().probability
        /// Pieces smaller than this are left out, mm³.
        public var minimumVolume = ForestSegmentation.Parameters().minimumVolume
        /// The file's SHA-256; a run fills it in, and a given one must be the file's.
        public var digest: String?

        /// The defaults.
        public init() {}

        public var complaint: String? { model.isEmpty ? "model must name a forest" : own.complaint }

        var own: ForestSegmentation.Parameters {
            var own = ForestSegmentation.Parameters()
            (own.probability, own.minimumVolume) = (probability, minimumVolume)
            return own
        }
    }

    /// Images on one grid, by role; the forest says which it needs.
    public struct Inputs: Codable, Sendable {
        /// T1, before the agent.
        public var t1: Volume<Float>?
        /// T1 after the agent.
        public var t1gd: Volume<Float>?
        /// STIR, or T2 with fat suppression.
        public var stir: Volume<Float>?
        /// What the agent added.
        public var subtraction: Volume<Float>?
        /// Where to look; everywhere when absent.
        public var mask: LabelMap?
    }

    /// The labels.
    public struct Outputs: Codable, Sendable {
        /// The forest's labels.
        public var labels: LabelMap
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let file = try ModelLibrary.forest(parameters.model)
        if let digest = parameters.digest, digest != (try Digest.hex(of: file)) {
            throw ModelError(.damaged, parameters.model, "it has changed since the run began; run again")
        }
        let images = ["t1": inputs.t1, "t1gd": inputs.t1gd, "stir": inputs.stir, "subtraction": inputs.subtraction].compactMapValues(\.self)
        let result = try ForestSegmentation.segment(images, model: ForestModel(decoding: Data(contentsOf: file)), inside: inputs.mask, parameters: parameters.own)
        return Outputs(labels: result.labels, findings: Findings(result.findings))
    }

    public static func methods(_ p: Parameters) -> String {
        "Labels are those of the random forest '\(p.model)' (Breiman 2001) on signal, edges, blobs and curvature at two scales, above a probability of \(p.probability)."
    }
}
