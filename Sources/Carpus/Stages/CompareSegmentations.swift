public import CarpusCore
public import CarpusPipeline
import CarpusQuantification

/// Two segmentations of one image held against each other.
public enum CompareSegmentations: Stage {
    public static let name = "compare.segmentations"
    public static let version = 1
    public static let summary = "Holds two segmentations of one image against each other, a network's and a baseline's for one, and doubts the regions in which they part."

    /// What is compared, and what counts as parting.
    public struct Parameters: StageParameters {
        /// The regions that are compared; empty for all that both legends name.
        public var regions: [String] = []
        /// Take the labels of either map as one region, for maps that name different things: those among 'regions', or all of a map that names none of these.
        public var merged = false
        /// A region is doubted below this Dice coefficient, 0 to 1.
        public var leastDice = 0.7
        /// A region is doubted when its volumes differ by more than this share of their mean, 0 to 2.
        public var largestVolumeDifference = 0.4
        /// A region is doubted when its middles lie farther apart than this, mm.
        public var largestDistance = 3.0
        /// Regions smaller than this in both maps are not doubted, mL.
        public var minimumVolume = 0.05

        /// The defaults.
        public init() {}

        public var complaint: String? {
            if !(0...1).contains(leastDice) { return "'leastDice' must be 0 to 1" }
            if !(0...2).contains(largestVolumeDifference) { return "'largestVolumeDifference' must be 0 to 2" }
            if !(largestDistance >= 0 && largestDistance.isFinite) { return "'largestDistance' must be 0 mm or more" }
            return minimumVolume >= 0 && minimumVolume.isFinite ? nil : "'minimumVolume' must be 0 mL or more"
        }
    }

    /// Two segmentations, and where their differences are told.
    public struct Inputs: Codable, Sendable {
        /// One segmentation.
        public var first: LabelMap
        /// The other; carried onto the first's grid where it lies on another.
        public var second: LabelMap
        /// Regions by which differences are told.
        public var anatomy: LabelMap?

        public init(first: LabelMap, second: LabelMap, anatomy: LabelMap? = nil) { (self.first, self.second, self.anatomy) = (first, second, anatomy) }
    }

    /// The numbers, and the doubts.
    public struct Outputs: Codable, Sendable {
        /// Of each region the Dice coefficient, the difference of volumes (second less first, mL) and the distance of middles (mm); of each region of the anatomy the volume on which the two differ, mL.
        public var agreement: Measurements
        /// The regions in which they part.
        public var findings: Findings
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let grid = inputs.first.grid
        func onGrid(_ map: LabelMap) -> LabelMap { map.grid.matches(grid) ? map : map.resampled(onto: grid, interpolation: .linear) }
        let agreement = SegmentationAgreement(
            inputs.first, onGrid(inputs.second), named: parameters.regions, isMerged: parameters.merged, anatomy: inputs.anatomy.map(onGrid))
        var rows: [Measurement] = [], findings: [Finding] = []
        for region in agreement.regions {
            let reasons = doubts(region, parameters), status = reasons.isEmpty ? Measurement.Status.ok : .review
            let reason = reasons.isEmpty ? nil : "two segmentations part: " + reasons.joined(separator: "; ")
            func row(_ quantity: String, _ value: Double?, _ unit: String) -> Measurement {
                value.map { Measurement(quantity, $0, unit: unit, region: region.name, status: status, reason: reason, method: method) }
                    ?? .notScorable(quantity, unit: unit, region: region.name, because: "a segmentation holds none of it", method: method)
            }
            rows += [row("agreement-dice", region.dice, "1"), row("agreement-volume-difference", region.second - region.first, "mL"), row("agreement-distance", region.distance, "mm")]
            guard !reasons.isEmpty else { continue }
            findings.append(Finding(
                .warning, "compare.segmentations", "Two segmentations part over \(region.name): \(reasons.joined(separator: ", ")). Look at it before using its volume.",
                evidence: ["region": region.name, "first-ml": "\(region.first)", "second-ml": "\(region.second)"]))
        }
        rows += agreement.places.map { Measurement("disagreement", $0.volume, unit: "mL", region: $0.name, method: method) }
        func isNamed(_ name: String) -> Bool { inputs.first.legend[name] != nil || inputs.second.legend[name] != nil }
        let absent = parameters.regions.filter { name in parameters.merged ? !isNamed(name) : !agreement.regions.contains { $0.name == name } }
        if agreement.regions.isEmpty || !absent.isEmpty {
            findings.append(Finding(
                .warning, "compare.segmentations.names", "Not both segmentations name \(absent.isEmpty ? "any region alike" : absent.joined(separator: ", ")); nothing was compared there. Take 'merged' for maps that name different things."))
        }
        return Outputs(agreement: Measurements(rows), findings: Findings(findings))
    }

    /// In what a region's two versions part, in words.
    private static func doubts(_ region: SegmentationAgreement.Region, _ p: Parameters) -> [String] {
        guard max(region.first, region.second) >= p.minimumVolume, let dice = region.dice else { return [] }
        var reasons = dice < p.leastDice ? ["Dice \(text(dice))"] : []
        if region.volumeDifference > p.largestVolumeDifference { reasons.append("\(text(region.first)) against \(text(region.second)) mL") }
        if let distance = region.distance, distance > p.largestDistance { reasons.append("middles \(text(distance)) mm apart") }
        return reasons
    }

    private static func text(_ v: Double) -> String { "\((v * 100).rounded() / 100)" }

    public static func methods(_ p: Parameters) -> String {
        "Two segmentations were held against each other; regions with a Dice coefficient below \(p.leastDice), volumes that differ by more than \(Int((100 * p.largestVolumeDifference).rounded())) % of their mean or middles more than \(p.largestDistance) mm apart were marked for review."
    }
}
