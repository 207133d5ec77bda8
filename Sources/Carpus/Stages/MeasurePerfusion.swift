public import CarpusCore
import CarpusPerfusion
public import CarpusPipeline

/// Extent and strength of enhancement, region by region.
public enum MeasurePerfusion: Stage {
    public static let name = "measure.perfusion"
    public static let version = 4
    public static let summary = "Counts the voxels of each class of curve in each region, in numbers and mL, and gives ME and IRE over them, with arteries and without."

    /// What is counted.
    public struct Parameters: StageParameters {
        /// Whether the body, or all of the field where no body is given, is counted where no regions are given; nothing is, otherwise.
        public var wholeField = false
        /// Whether the numbers without arteries are told beside those with them, as regions `NAME-without-arteries`.
        public var withoutArteries = true
        /// The regions that are told, by name, even where nothing can be told of them; empty for all of the legend.
        public var regions: [String] = []
        /// What is known to be doubtful about the regions, such as that nobody has validated how they were made: no number of theirs is then more than `review`, for this reason.
        public var doubt: String?
        /// The defaults.
        public init() {}

        public var complaint: String? {
            if regions.contains("") || Set(regions).count != regions.count { return "'regions' must name each region once" }
            return doubt?.isEmpty == true ? "'doubt' must say what is doubtful" : nil
        }
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
        /// What `transfer.labels` told of the regions (with `measure`): numbers of one that was cut by the field of view are `review`.
        public var carried: Measurements?

        public init(
            classes: LabelMap, ME: Volume<Float>, IRE: Volume<Float>, regions: LabelMap? = nil, body: LabelMap? = nil, arteries: LabelMap? = nil, carried: Measurements? = nil
        ) {
            (self.classes, self.ME, self.IRE, self.regions, self.body, self.arteries, self.carried) = (classes, ME, IRE, regions, body, arteries, carried)
        }
    }

    /// The numbers.
    public struct Outputs: Codable, Sendable {
        /// One row a region and quantity.
        public var perfusion: Measurements
    }

    private static var method: String { "\(name)/\(version)" }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        guard let regions = inputs.regions else {
            let reason = parameters.wholeField
                ? "no regions were given; \(inputs.body == nil ? "the whole field" : "the body") was counted in their place"
                : "no regions were given, and nothing is counted outside them unless wholeField is set"
            return Outputs(perfusion: Measurements(try (parameters.wholeField ? wholeField(inputs, parameters) : []) + nothing(parameters, because: reason, whole: !parameters.wholeField)))
        }
        let cut = cutRegions(inputs.carried), named = Set(parameters.regions), known = Set(regions.legend.labels.map(\.name))
        let found = try counted(inputs, regions, parameters, method: method) { row in
            guard named.isEmpty || named.contains(row.region) else { return nil }
            return reviewed(row, because: [cut[row.region], parameters.doubt].compactMap { $0 })
        }
        let unknown = parameters.regions.filter { !known.contains($0) }.map { nothing(in: $0, because: "the regions have none of this name") }
        return Outputs(perfusion: Measurements(found + unknown))
    }

    /// The body, or all of the field: what lies beside the joints is counted too, and the rows say so.
    private static func wholeField(_ inputs: Inputs, _ parameters: Parameters) throws -> [Measurement] {
        let hasBody = inputs.body != nil
        return try counted(inputs, inputs.body, parameters, method: method + (hasBody ? " within body" : " whole field")) {
            reviewed($0, because: [hasBody ? "all of the body was counted: vessels and skin are among it" : "the whole field was counted: vessels, skin and the noise of air are among it"])
        }
    }

    /// Rows with arteries and, where they are told, without, each as `finish` leaves it.
    private static func counted(
        _ inputs: Inputs, _ regions: LabelMap?, _ parameters: Parameters, method: String, finish: (Measurement) -> Measurement?
    ) throws -> [Measurement] {
        func rows(excluding excluded: LabelMap?) throws -> [Measurement] {
            try RegionStatistics.measure(classes: inputs.classes, maximum: inputs.ME, initialRate: inputs.IRE, regions: regions, excluding: excluded, method: method).compactMap(finish)
        }
        guard parameters.withoutArteries, let arteries = inputs.arteries else { return try rows(excluding: nil) }
        return try rows(excluding: nil) + rows(excluding: arteries).map { row in
            var row = row
            row.region += "-without-arteries"
            return row
        }
    }

    /// Why regions are not whole, by name.
    private static func cutRegions(_ carried: Measurements?) -> [String: String] {
        Dictionary((carried?.rows ?? []).filter { $0.quantity == "share-outside" && $0.status != .ok }.compactMap { row in row.reason.map { (row.region, $0) } }) { first, _ in first }
    }

    private static func reviewed(_ row: Measurement, because reasons: [String]) -> Measurement {
        guard row.status != .notScorable, !reasons.isEmpty else { return row }
        var row = row
        (row.status, row.reason) = (.review, ([row.reason].compactMap { $0 } + reasons).joined(separator: "; "))
        return row
    }

    /// A row for each region that was asked for, or for all where none was.
    private static func nothing(_ parameters: Parameters, because reason: String, whole: Bool = true) -> [Measurement] {
        (parameters.regions.isEmpty && whole ? ["all"] : parameters.regions).map { nothing(in: $0, because: reason) }
    }

    private static func nothing(in region: String, because reason: String) -> Measurement { .notScorable("enhancing-volume", unit: "mL", region: region, because: reason, method: method) }

    public static func notScorable(_ parameters: Parameters, because reason: String) -> Outputs? { Outputs(perfusion: Measurements(nothing(parameters, because: reason))) }

    public static func methods(_: Parameters) -> String {
        "Enhancing voxels were counted by class in each region (where there are none and wholeField is set: in the body told from air) and given in mL; ME and IRE are means and quantiles over them, and MExN and IRExN their products with the number of voxels."
    }
}
