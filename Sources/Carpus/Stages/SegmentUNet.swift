public import CarpusCore
public import CarpusPipeline
import CarpusSegmentation

/// Labels by a trained network.
public enum SegmentUNet: Stage {
    public static let name = "segment.unet"
    public static let version = 3
    public static let summary = "Labels an examination by a U-Net from a model folder, as nnU-Net v2 does, and says how sure it is."

    /// Which model, and how thoroughly it looks.
    public struct Parameters: StageParameters {
        /// The model's name, looked for beside the program and in CARPUS_MODEL_PATH, or its folder.
        public var model = ""
        /// How far windows lie apart, in window lengths; unset, as the model says.
        public var step: Double?
        /// Whether the images are also seen mirrored, where the model allows it; gives the volumes an interval.
        public var mirrors = true
        /// Whether air is left out: the field is cut to the body first, which can change labels; off looks at air too, as nnU-Net does.
        public var skipsAir = true
        /// The side of the wrist, for models that are trained on right wrists and see left ones mirrored; counts before the one that is wired.
        public var side: Laterality?
        /// Labels that are written, others being left out; empty for all of the model's.
        public var regions: [String] = []
        /// Ports that must be filled, such as t1gd, for labels that cannot be told without; else the step is not scorable.
        public var needs: [String] = []
        /// float32, or bfloat16 where the processor has it: faster, less exact.
        public var precision = Precision.float32
        /// The model's SHA-256; a run fills it in, and a given one must be the model's.
        public var digest: String?

        /// Numbers the network computes with.
        public enum Precision: String, Sendable, Codable, CaseIterable { case float32, bfloat16 }

        /// The defaults.
        public init() {}

        public var complaint: String? {
            if model.isEmpty { return "model must name a model" }
            let unknown = needs.filter { !Inputs.roles.contains($0) }
            return unknown.isEmpty ? options.complaint : "'needs' takes \(Inputs.roles.joined(separator: ", ")), not \(unknown.joined(separator: ", "))"
        }

        var options: NetworkSegmentation.Options {
            var options = NetworkSegmentation.Options()
            (options.step, options.mirrors, options.skipsAir, options.side) = (step, mirrors, skipsAir, side)
            return options
        }
    }

    /// Images on one grid, by role; the model says which it needs.
    public struct Inputs: Codable, Sendable {
        /// T1, before the agent.
        public var t1: Volume<Float>?
        /// T1 after the agent.
        public var t1gd: Volume<Float>?
        /// STIR, or T2 with fat suppression.
        public var stir: Volume<Float>?
        /// What the agent added.
        public var subtraction: Volume<Float>?
        /// Images of a model that knows other roles, in the model's order; then no other port is used.
        public var images: [Volume<Float>]
        /// The side of the wrist, wired as `side`; the parameter counts where both are given.
        public var side: VisitSide?

        public init(
            t1: Volume<Float>? = nil, t1gd: Volume<Float>? = nil, stir: Volume<Float>? = nil, subtraction: Volume<Float>? = nil, images: [Volume<Float>] = [], side: VisitSide? = nil
        ) {
            (self.t1, self.t1gd, self.stir, self.subtraction, self.images, self.side) = (t1, t1gd, stir, subtraction, images, side)
        }

        static let roles = ["t1", "t1gd", "stir", "subtraction"]
        /// The images that were given by role.
        var named: [String: Volume<Float>] { ["t1": t1, "t1gd": t1gd, "stir": stir, "subtraction": subtraction].compactMapValues(\.self) }
    }

    /// The labels, and how sure they are.
    public struct Outputs: Codable, Sendable {
        /// The model's labels, on the images' grid.
        public var labels: LabelMap
        /// The probability of each voxel's label.
        public var confidence: Volume<Float>
        /// The interval of each volume, when the network has looked more than twice.
        public var intervals: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let model = try ModelLibrary.model(parameters.model)
        let networks = try model.networks(precision: parameters.precision == .bfloat16 ? .bfloat16 : .float32, digest: parameters.digest)
        let absent = parameters.needs.filter { inputs.named[$0] == nil }
        guard absent.isEmpty else { throw NotScorable(because: "there is no image of \(absent.joined(separator: ", ")), which what is looked for cannot be told without") }
        var options = parameters.options
        options.side = parameters.side ?? inputs.side?.laterality
        if model.manifest.frame != nil, options.side == nil {
            throw NotScorable(because: "nothing tells which wrist it is, and the model '\(model.manifest.name)' has to know; set its parameter side, or give the side with the scans")
        }
        let result = try NetworkSegmentation(try wanted(model.manifest, parameters.regions), networks: networks, options: options).segment(try images(inputs, model.manifest))
        let remarks = model.remarks.map { Finding(.note, "segment.unet.model", "The model \(model.manifest.name): \($0).") }
        return Outputs(
            labels: result.labels, confidence: result.confidence, intervals: Measurements(result.volumes.flatMap { rows($0) }),
            findings: Findings(result.findings + remarks + (inputs.side?.conflicts(with: parameters.side, stage: name) ?? [])))
    }

    /// The manifest with all labels hidden that nobody asked for.
    private static func wanted(_ manifest: ModelManifest, _ regions: [String]) throws -> ModelManifest {
        guard !regions.isEmpty else { return manifest }
        let unknown = regions.filter { manifest.legend[$0] == nil }
        guard unknown.isEmpty else {
            throw SegmentationError(.badParameter, "the model '\(manifest.name)' does not know \(unknown.joined(separator: ", ")); it knows \(manifest.legend.labels.map(\.name).joined(separator: ", "))")
        }
        var manifest = manifest
        manifest.output.hidden.formUnion(manifest.output.labels.filter { !regions.contains($0.name) }.map(\.value))
        return manifest
    }

    private static func images(_ inputs: Inputs, _ manifest: ModelManifest) throws -> [String: Volume<Float>] {
        let named = inputs.named
        guard !inputs.images.isEmpty else {
            // A port the model does not know may be wired all the same: protocols are written for several models.
            return named.filter { name, _ in manifest.names.contains { $0.name == name } }
        }
        guard named.isEmpty, inputs.images.count == manifest.roles.count else {
            throw SegmentationError(.badParameter, "the port 'images' takes the \(manifest.roles.count) images of the model '\(manifest.name)' in this order: \(manifest.roles.map(\.name).joined(separator: ", ")); \(inputs.images.count) were given\(named.isEmpty ? "" : ", and others by role")")
        }
        return Dictionary(uniqueKeysWithValues: zip(manifest.roles.map(\.name), inputs.images))
    }

    /// The ends of a volume's interval.
    private static func rows(_ v: VolumeInterval) -> [Measurement] {
        guard let low = v.low, let high = v.high else { return [] }
        let method = "\(name)/\(version)"
        return [Measurement("volume-low", low, unit: "mL", region: v.label, method: method), Measurement("volume-high", high, unit: "mL", region: v.label, method: method)]
    }

    public static func methods(_ p: Parameters) -> String {
        "Labels are those of the network '\(p.model)', run as nnU-Net v2 does (Isensee et al., Nat Methods 2021)\(p.mirrors ? ", its logits averaged over mirrored views where the model allows it" : "")\(p.skipsAir ? "; the field was first cut to the body, and windows of air alone left out" : "")."
    }
}
