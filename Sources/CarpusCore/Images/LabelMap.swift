/// A label's meaning: what stands in the legend beside a value.
public struct Label: Hashable, Sendable, Codable {
    /// The value in the map; 0 is background and never listed.
    public var value: UInt16
    /// The name as it stands in files: `scaphoid`, `synovitis`.
    public var name: String
    /// Red, green and blue, 0 to 255.
    public var color: [UInt8]

    /// A label of given value, name and colour.
    public init(value: UInt16, name: String, color: [UInt8]) {
        precondition(value > 0 && color.count == 3, "a label has a value above 0 and three colour components")
        (self.value, self.name, self.color) = (value, name, color)
    }
}

/// Which value means what.
public struct Legend: Hashable, Sendable, Codable {
    /// The labels, by rising value; no value and no name twice.
    public let labels: [Label]

    /// A legend of given labels.
    public init(_ labels: [Label]) {
        precondition(Set(labels.map(\.value)).count == labels.count && Set(labels.map(\.name)).count == labels.count, "a legend names each label once")
        self.labels = labels.sorted { $0.value < $1.value }
    }

    /// The label with a given value.
    public subscript(value: UInt16) -> Label? { labels.first { $0.value == value } }
    /// The label with a given name.
    public subscript(name: String) -> Label? { labels.first { $0.name == name } }

    /// A name by which two legends mean different values, or whose value the other calls otherwise; nil where they agree.
    public func contradiction(with other: Legend) -> String? {
        labels.first { label in other[label.value].map { $0.name != label.name } ?? (other[label.name] != nil) }?.name
    }

    /// A legend of numbered components in well-separated colours (golden-angle hues).
    public static func components(_ prefix: String, count: Int) -> Legend {
        Legend((0..<count).map { i in
            Label(value: UInt16(i + 1), name: "\(prefix)-\(i + 1)", color: Palette.distinct(i))
        })
    }
}

/// Labels on a grid, with their legend. Another type than `Volume`, because labels have no in-between: what carries them
/// chooses one of those around.
public struct LabelMap: Sendable, Hashable {
    /// Where the voxels lie.
    public let grid: Grid
    /// The labels, 0 for background; x runs fastest.
    public var labels: [UInt16]
    /// What the values mean.
    public let legend: Legend

    /// A map of given labels.
    public init(grid: Grid, labels: [UInt16], legend: Legend) {
        precondition(labels.count == grid.count, "a label map needs one label a voxel")
        (self.grid, self.labels, self.legend) = (grid, labels, legend)
    }

    /// Voxels of each label that occurs, background left out.
    public var counts: [UInt16: Int] {
        var histogram = [Int](repeating: 0, count: Int(UInt16.max) + 1)
        for label in labels { histogram[Int(label)] += 1 }
        var counts: [UInt16: Int] = [:]
        for (value, n) in histogram.enumerated().dropFirst() where n > 0 { counts[UInt16(value)] = n }
        return counts
    }

    /// The map with the chosen labels alone, in its legend too.
    public func keeping(_ isKept: (UInt16) -> Bool) -> LabelMap {
        let kept = (0...(labels.max() ?? 0)).map(isKept)
        return LabelMap(grid: grid, labels: labels.map { kept[Int($0)] ? $0 : 0 }, legend: Legend(legend.labels.filter { isKept($0.value) }))
    }

    /// Volume of one label in mL, by counting voxels.
    public func volume(of label: UInt16) -> Double {
        Double(labels.reduce(into: 0) { $0 += $1 == label ? 1 : 0 }) * grid.voxelVolume / 1000
    }

    /// The same voxels with their axes permuted and flipped to run nearest to L, P and S; no interpolation.
    public func reorientedToLPS() -> LabelMap {
        let (target, axes) = grid.reorientedToLPS()
        if axes.enumerated().allSatisfy({ $1.source == $0 && !$1.flipped }) { return self }
        return LabelMap(grid: target, labels: Volume<UInt16>.permuted(labels, size: grid.size, axes: axes, newSize: target.size), legend: legend)
    }
}

/// Colours that stay apart.
public enum Palette {
    /// The i-th of an endless row of colours: hues a golden angle apart, alternating in brightness.
    public static func distinct(_ i: Int) -> [UInt8] {
        let hue = (Double(i) * 0.618033988749895).truncatingRemainder(dividingBy: 1) * 6
        let value = [1.0, 0.8, 0.6][i % 3], saturation = [0.75, 0.9, 0.6][(i / 3) % 3]
        func channel(_ n: Double) -> UInt8 {
            let k = (n + hue).truncatingRemainder(dividingBy: 6)
            return UInt8(255 * (value - value * saturation * max(0, min(k, 4 - k, 1))))
        }
        return [channel(5), channel(3), channel(1)]
    }

    /// Orange of Okabe and Ito, safe for colour-blind eyes: decrease of signal.
    public static let decrease: [UInt8] = [230, 159, 0]
    /// Blue of Okabe and Ito: increase of signal.
    public static let increase: [UInt8] = [0, 114, 178]
}
