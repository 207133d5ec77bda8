public import CarpusCore
import CarpusPerfusion
public import CarpusPipeline

/// Extent and strength of enhancement, region by region.
public enum MeasurePerfusion: Stage {
    public static let name = "measure.perfusion"
    public static let version = 3
    public static let summary = "Counts the voxels of each class of curve in each region, in numbers and mL, and gives ME and IRE over them, with arteries and without."

    /// What is counted.
    public struct Parameters: StageParameters {
        /// Whether the body, or all of the field where no body is given, is counted where no regions are given; nothing is, otherwise.
        public var wholeField = false
        /// Whether the numbers without arteries are told beside those with them, as regions `NAME-without-arteries`.
        public var withoutArteries = true
        /// The defaults.
        public init() {}
    }

    /// Maps of `classify.perfusion`, and regions on the same grid.
    public struct Inputs: Codable, Sendable {
        /// The four classes.
        public var classes: LabelMap
        /// Maximal enhancement.
        public var ME: Volume<Float>
        /// Initial rate of enhancement, 1/s.
        public var IRE: Volume<Float>
        /// Anatomical regions.
        public var regions: LabelMap?
        /// The body, of `segment.body`: what is counted of the whole field where no regions are given.
        public var body: LabelMap?
        /// Arteries.
        public var arteries: LabelMap?

        public init(classes: LabelMap, ME: Volume<Float>, IRE: Volume<Float>, regions: LabelMap? = nil, body: LabelMap? = nil, arteries: LabelMap? = nil) {
            (self.classes, self.ME, self.IRE, self.regions, self.body, self.arteries) = (classes, ME, IRE, regions, body, arteries)
        }
    }

    /// The numbers.
    public struct Outputs: Codable, Sendable {
        /// One row a region and quantity.
        public var perfusion: Measurements
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        guard inputs.regions != nil || parameters.wholeField else {
            return Outputs(perfusion: Measurements([nothing(because: "no regions were given, and nothing is counted outside them unless wholeField is set")]))
        }
        let regions = inputs.regions ?? inputs.body, method = inputs.regions == nil ? inputs.body == nil ? method + " whole field" : method + " within body" : method
        func rows(_ excluded: LabelMap?) throws -> [Measurement] {
            let rows = try RegionStatistics.measure(classes: inputs.classes, maximum: inputs.ME, initialRate: inputs.IRE, regions: regions, excluding: excluded, method: method)
            guard inputs.regions == nil else { return rows }
            return rows.map { doubted($0, because: inputs.body == nil ? "the whole field was counted: vessels, skin and the noise of air are among it" : "all of the body was counted: vessels and skin are among it") }
        }
        var all = try rows(nil)
        if parameters.withoutArteries, let arteries = inputs.arteries {
            all += try rows(arteries).map { row in
                var copy = row
                copy.region += "-without-arteries"
                return copy
            }
        }
        return Outputs(perfusion: Measurements(all))
    }

    /// Without regions, what lies beside the joints is counted too.
    private static func doubted(_ row: Measurement, because reason: String) -> Measurement {
        guard row.status == .ok else { return row }
        var copy = row
        (copy.status, copy.reason) = (.review, reason)
        return copy
    }

    private static func nothing(because reason: String) -> Measurement { .notScorable("enhancing-volume", unit: "mL", region: "all", because: reason, method: method) }

    public static func notScorable(_: Parameters, because reason: String) -> Outputs? { Outputs(perfusion: Measurements([nothing(because: reason)])) }

    public static func methods(_: Parameters) -> String {
        "Enhancing voxels were counted by class in each region (where there are none and wholeField is set: in the body told from air) and given in mL; ME and IRE are means and quantiles over them, and MExN and IRExN their products with the number of voxels."
    }
}
