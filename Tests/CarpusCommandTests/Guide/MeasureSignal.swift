public import Carpus
public import CarpusCore
public import CarpusPipeline

/// The mean signal of each label.
public enum MeasureSignal: Stage {
    public static let name = "measure.signal"
    public static let version = 1
    public static let summary = "Gives the mean signal of each label."

    /// What counts.
    public struct Parameters: StageParameters {
        /// Labels of fewer voxels are not scorable.
        public var leastVoxels = 10
        /// The defaults.
        public init() {}

        public var complaint: String? { leastVoxels < 1 ? "leastVoxels is \(leastVoxels); it has to be at least 1" : nil }
    }

    /// An image and labels on its grid.
    public struct Inputs: Codable, Sendable {
        /// The image.
        public var image: Volume<Float>
        /// The labels; without them the whole image is one region.
        public var labels: LabelMap?
    }

    /// The means.
    public struct Outputs: Codable, Sendable {
        /// A row a label, in the image's unit.
        public var means: Measurements
    }

    public static func run(_ inputs: Inputs, _ parameters: Parameters) throws -> Outputs {
        let image = inputs.image, legend = inputs.labels?.legend ?? Legend([Label(value: 1, name: "image", color: [255, 255, 255])])
        guard inputs.labels.map({ $0.grid.matches(image.grid) }) ?? true else { throw NotScorable(because: "the labels lie on another grid than the image") }
        var sums: [UInt16: (sum: Double, count: Int)] = [:]
        for (i, value) in image.scalars.enumerated() where value.isFinite {
            let label = inputs.labels?.labels[i] ?? 1, before = sums[label] ?? (0, 0)
            sums[label] = (before.sum + Double(value), before.count + 1)
        }
        return Outputs(means: Measurements(legend.labels.map { label in
            let (sum, count) = sums[label.value] ?? (0, 0)
            return count >= parameters.leastVoxels
                ? Measurement("mean-signal", sum / Double(count), unit: "1", region: label.name, method: method)
                : .notScorable("mean-signal", unit: "1", region: label.name, because: "it has \(count) voxels", method: method)
        }))
    }

    public static func methods(_: Parameters) -> String { "The signal of each region is the mean over its voxels." }

    private static var method: String { "\(name)/\(version)" }
}
