public import CarpusCore

/// Inputs a model knows, from what it was trained on: outside, its answers are doubtful.
public struct Envelope: Sendable, Hashable, Codable {
    /// A range of numbers.
    public struct Range: Sendable, Hashable, Codable {
        public var least, most: Double
        /// From least to most.
        public init(_ least: Double, _ most: Double) { (self.least, self.most) = (least, most) }
        func contains(_ x: Double) -> Bool { x >= least && x <= most }
    }
    /// Spacing within slices and between them, mm.
    public var inPlaneSpacing, sliceSpacing: Range?
    /// The shortest and the longest side of the field of view within slices, mm.
    public var fieldOfView: Range?
    /// What intensities are like, by role.
    public var intensities: [String: Intensities] = [:]

    /// What a channel's intensities are like, whatever their unit.
    public struct Intensities: Sendable, Hashable, Codable {
        /// Share of the field that is tissue; 95th percentile over median within it; skewness within it.
        public var tissueShare, brightness, skewness: Range?
        /// Nothing known.
        public init() {}
    }

    /// Nothing known.
    public init() {}

    public init(from decoder: any Decoder) throws {
        let c = try decoder.container(keyedBy: CodingKeys.self)
        inPlaneSpacing = try c.decodeIfPresent(Range.self, forKey: .inPlaneSpacing)
        sliceSpacing = try c.decodeIfPresent(Range.self, forKey: .sliceSpacing)
        fieldOfView = try c.decodeIfPresent(Range.self, forKey: .fieldOfView)
        intensities = try c.decodeIfPresent([String: Intensities].self, forKey: .intensities) ?? [:]
    }
}

/// What an image is like, in numbers without a unit: what an envelope is made of, and asked about.
public struct IntensityProfile: Sendable, Hashable, Codable {
    /// Share of the voxels above Otsu's threshold of the image's square root.
    public var tissueShare: Double
    /// 95th percentile over median, within the tissue.
    public var brightness: Double
    /// Skewness within the tissue.
    public var skewness: Double

    /// The profile of an image; nil when it has no contrast at all.
    public init?(of image: Volume<Float>) {
        let finite = Robust.sample(image.scalars.filter(\.isFinite))
        guard let threshold = Otsu.threshold(finite.map { max(0, $0).squareRoot() }) else { return nil }
        let tissue = finite.filter { max(0, $0).squareRoot() > threshold }
        guard tissue.count > 1 else { return nil }
        let n = Double(tissue.count), mean = tissue.reduce(0.0) { $0 + Double($1) } / n
        let variance = tissue.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / n
        let third = tissue.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) * (Double($1) - mean) } / n
        tissueShare = n / Double(finite.count)
        brightness = Double(Robust.quantile(tissue, 0.95) / Robust.median(tissue))
        skewness = variance > 0 ? third / (variance * variance.squareRoot()) : 0
    }
}

extension Envelope {
    /// What of an input lies outside.
    func doubts(_ images: [(role: String, image: Volume<Float>)], missing: [String]) -> [Finding] {
        var findings: [Finding] = []
        func look(_ what: String, _ unit: String, _ value: Double, _ range: Range?) {
            guard let range, !range.contains(value) else { return }
            findings.append(Finding(.warning, "segment.unet.outside-envelope", "The \(what) is \(Self.short(value))\(unit); the model knows \(Self.short(range.least)) to \(Self.short(range.most))\(unit). Look at its labels before using them.",
                evidence: ["what": what, "value": "\(value)", "least": "\(range.least)", "most": "\(range.most)"]))
        }
        if let grid = images.first?.image.grid {
            let across = grid.throughPlaneAxis, within = (0..<3).filter { $0 != across }
            look("spacing within slices", " mm", within.map { grid.spacing[$0] }.max()!, inPlaneSpacing)
            look("spacing between slices", " mm", grid.spacing[across], sliceSpacing)
            let sides = within.map { grid.spacing[$0] * Double(grid.size[$0]) }
            look("shorter side of the field of view", " mm", sides.min()!, fieldOfView)
            look("longer side of the field of view", " mm", sides.max()!, fieldOfView)
        }
        for (role, image) in images {
            guard let known = intensities[role] else { continue }
            guard let profile = IntensityProfile(of: image) else {
                findings.append(Finding(.serious, "segment.unet.no-contrast", "The image of \(role) has no contrast; nothing can be told from it.", evidence: ["role": role]))
                continue
            }
            look("share of tissue in the image of \(role)", "", profile.tissueShare, known.tissueShare)
            look("brightness of bright tissue in the image of \(role)", "", profile.brightness, known.brightness)
            look("skewness of tissue in the image of \(role)", "", profile.skewness, known.skewness)
        }
        for role in missing {
            findings.append(Finding(.warning, "segment.unet.missing-role", "There is no image of \(role); the model can do without, and is less sure.", evidence: ["role": role]))
        }
        return findings
    }

    private static func short(_ x: Double) -> String { "\((x * 100).rounded() / 100)" }
}
