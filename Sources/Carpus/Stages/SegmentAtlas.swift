public import CarpusCore
public import CarpusPipeline

/// Labels of the mean wrist, bent to fit.
public enum SegmentAtlas: Stage {
    public static let name = "segment.atlas"
    public static let version = 2
    public static let summary = "Lays the mean virtual wrist on a scan and carries its labels over: the anatomy without a network, roughly, and with a doubt where it fits badly."

    /// What the atlas is made to look like.
    public enum Contrast: String, Sendable, Codable, CaseIterable {
        /// T1 spin echo; T1 spin echo after gadolinium; STIR; gradient echo, T2*-weighted.
        case t1, t1gd, stir, gre
    }

    /// Which labels are carried.
    public enum Structures: String, Sendable, Codable, CaseIterable {
        /// The fifteen bones; bones, joints, tendon compartments and nerves, but no vessels.
        case bones, all
    }

    /// Which atlas, and which of its labels.
    public struct Parameters: StageParameters {
        /// What the scan looks like.
        public var contrast = Contrast.t1
        /// Which labels are carried: `bones` or `all`.
        public var structures = Structures.all
        /// The side of the wrist; both are tried when it is neither set here nor known.
        public var side: Laterality?
        /// Below this mean local correlation of scan and atlas, 0 to 1, the labels are not to be used.
        public var leastCorrelation = 0.4
        /// The labels are not to be used when another way of lying is worth more than this share of the one taken, 0 to 1: an atlas of the wrong side fits in many ways, all badly.
        public var largestRival = 0.7
        /// What becomes of labels that are not to be used: `refuse` or `doubt`.
        public var misfit = Strictness.refuse

        /// The defaults.
        public init() {}

        public var complaint: String? {
            if !(0...1).contains(leastCorrelation) { return "'leastCorrelation' must be 0 to 1" }
            return (0...1).contains(largestRival) ? nil : "'largestRival' must be 0 to 1"
        }
    }

    /// A scan.
    public struct Inputs: Codable, Sendable {
        /// The scan; its contrast is that of the parameter.
        public var image: Volume<Float>
        /// The side of the wrist, wired as `side`; the parameter counts where both are given.
        public var side: VisitSide?

        public init(image: Volume<Float>, side: VisitSide? = nil) { (self.image, self.side) = (image, side) }
    }

    /// The labels, and how well the atlas fits.
    public struct Outputs: Codable, Sendable {
        /// The atlas's labels on the scan's grid.
        public var labels: LabelMap
        /// How well it fits: local correlation, mutual information over the overlap, the share of the scan's tissue that the atlas shows, how the next best way of lying does, and the ratio of the wrists' volumes, scan to atlas.
        public var quality: Measurements
        /// What is doubtful.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        var best: (ways: [AtlasStart.Candidate], wrist: MeanWrist, side: Laterality)?, worths: [Laterality: Double] = [:]
        let known = parameters.side ?? inputs.side?.laterality
        for side in known.map({ [$0] }) ?? Laterality.allCases {
            let wrist = MeanWrist.like(parameters.contrast, side: side), ways = try AtlasStart(scan: inputs.image).candidates(for: wrist.image)
            worths[side] = ways[0].worth
            if best.map({ ways[0].worth > $0.ways[0].worth }) ?? true { best = (ways, wrist, side) }
        }
        guard let (ways, wrist, side) = best else { preconditionFailure("there are two sides") }
        let fit = try AtlasRegistration(wrist.image, onto: inputs.image, from: ways)
        let source = parameters.structures == .all ? wrist.structures : wrist.bones
        let labels = source.resampled(onto: inputs.image.grid, through: fit.atlasFromScan, interpolation: .linear)
        var findings = [Finding(.note, "segment.atlas", "These labels are those of a mean wrist laid on the scan; nothing was drawn or learnt on it.", evidence: ["side": side.rawValue])] + fit.findings
        let isMisfit = fit.correlation < parameters.leastCorrelation || fit.rival > parameters.largestRival
        if isMisfit {
            guard parameters.misfit == .doubt else {
                throw NotScorable(because: "the atlas does not fit the scan (local correlation \(text(fit.correlation)), another way of lying is worth \(text(fit.rival)) of the one taken); check the side of the wrist and the contrast, or set misfit: doubt to see its labels")
            }
            findings.append(Finding(
                .serious, "segment.atlas.misfit", "The atlas does not fit the scan; do not use its labels. Check the side of the wrist and the contrast.",
                evidence: ["local correlation": text(fit.correlation), "worth of the next best way of lying, as a share": text(fit.rival)]))
        }
        findings += inputs.side?.conflicts(with: parameters.side, stage: name) ?? []
        if known == nil {
            findings.append(Finding(
                .warning, "segment.atlas.side", "The side of the wrist was not given; it was taken from the better of two fits. Set 'side'.",
                evidence: Dictionary(uniqueKeysWithValues: worths.map { ("mutual information, \($0.rawValue)", text($1)) })))
        }
        return Outputs(labels: labels, quality: Measurements(rows(fit, side, isMisfit)), findings: Findings(findings))
    }

    private static func rows(_ fit: AtlasRegistration, _ side: Laterality, _ isMisfit: Bool) -> [Measurement] {
        let all = [("local-correlation", fit.correlation), ("information", fit.start.worth), ("overlap", fit.start.overlap), ("rival", fit.rival), ("scale", fit.scale)]
        return all.map { quantity, value in
            var row = Measurement(quantity, value, unit: "1", region: "wrist", method: method)
            row.side = side
            if isMisfit { (row.status, row.reason) = (.review, "the atlas does not fit the scan") }
            return row
        }
    }

    private static func text(_ v: Double) -> String { "\((v * 100).rounded() / 100)" }

    public static func methods(_ p: Parameters) -> String {
        "Anatomy was labelled by an atlas: the mean virtual wrist in \(p.contrast.rawValue) contrast was laid on the scan in 24 ways along its axes, aligned rigidly and affinely by mutual information, bent by a smooth field that maximises local correlation (Avants et al., Med Image Anal 2008), and its labels were carried over in one step."
    }
}
