public import CarpusCore

/// How far two segmentations of one image agree, region by region: neither is the truth. Two methods that know nothing of each other seldom
/// err alike, so that where they part, one of them at least is to be looked at.
public struct SegmentationAgreement: Sendable {
    /// What two segmentations make of one region.
    public struct Region: Sendable, Hashable {
        /// The region's name.
        public var name: String
        /// Its volume in either, mL.
        public var first, second: Double
        /// Twice the shared volume over the sum of both; nil when neither has a voxel.
        public var dice: Double?
        /// How far the middles lie apart, mm; nil when either has no voxel.
        public var distance: Double?

        /// The difference of volumes over their mean, 0 to 2; 0 when neither has a voxel.
        public var volumeDifference: Double { first + second > 0 ? abs(second - first) / ((first + second) / 2) : 0 }
    }

    /// The regions that were asked for, in the first legend's order.
    public let regions: [Region]
    /// Where the two differ: the volume by region of an anatomy map, mL, in its order; empty without one.
    public let places: [(name: String, volume: Double)]

    /// The name of all labels taken as one region.
    public static let merged = "(merged)"

    /// - Parameters:
    ///   - second: on the first's grid.
    ///   - named: regions to compare; empty for all that both legends name.
    ///   - isMerged: takes the named labels of either as one region instead, all of a map's that names none of them: for maps that name different things.
    ///   - anatomy: where differences are told, on the same grid.
    public init(_ first: LabelMap, _ second: LabelMap, named: [String] = [], isMerged: Bool = false, anatomy: LabelMap? = nil) {
        precondition(second.grid.matches(first.grid) && anatomy?.grid.matches(first.grid) ?? true, "maps that are compared lie on one grid")
        let names = isMerged ? [Self.merged] : first.legend.labels.map(\.name).filter { (named.isEmpty || named.contains($0)) && second.legend[$0] != nil }
        let a = isMerged ? Self.merging(first, named) : Self.numbers(first, names), b = isMerged ? Self.merging(second, named) : Self.numbers(second, names)
        var tallies = [Tally](repeating: Tally(), count: names.count + 1), differing: [UInt16: Int] = [:]
        for i in first.labels.indices {
            let x = a[Int(first.labels[i])], y = b[Int(second.labels[i])]
            if x == 0 && y == 0 { continue }
            let place = first.grid.index(at: i)
            if x > 0 { tallies[x].first.add(place) }
            if y > 0 { tallies[y].second.add(place) }
            if x == y { tallies[x].both += 1 } else if let anatomy { differing[anatomy.labels[i], default: 0] += 1 }
        }
        let voxel = first.grid.voxelVolume / 1000
        regions = zip(names, tallies.dropFirst()).map { name, tally in
            let n = tally.first.count, m = tally.second.count
            return Region(
                name: name, first: Double(n) * voxel, second: Double(m) * voxel, dice: n + m > 0 ? 2 * Double(tally.both) / Double(n + m) : nil,
                distance: n > 0 && m > 0 ? (first.grid.worldFromVoxel(tally.first.middle) - first.grid.worldFromVoxel(tally.second.middle)).length : nil)
        }
        places = (anatomy?.legend.labels ?? []).compactMap { label in differing[label.value].map { (label.name, Double($0) * voxel) } }
    }

    /// Counts of one region.
    private struct Tally {
        struct Part {
            var count = 0, sum = Index3.zero
            mutating func add(_ place: Index3) { (count, sum) = (count + 1, sum &+ place) }
            var middle: Vector3 { Vector3(sum) / Double(count) }
        }
        var first = Part(), second = Part(), both = 0
    }

    /// From a map's values to the numbers of regions, from 1; 0 for none.
    private static func numbers(_ map: LabelMap, _ names: [String]) -> [Int] {
        var numbers = [Int](repeating: 0, count: Int(UInt16.max) + 1)
        for (i, name) in names.enumerated() { if let label = map.legend[name] { numbers[Int(label.value)] = i + 1 } }
        return numbers
    }

    /// From a map's values to 1 for those that count.
    private static func merging(_ map: LabelMap, _ named: [String]) -> [Int] {
        let own = map.legend.labels.filter { named.contains($0.name) }
        var numbers = [Int](repeating: own.isEmpty ? 1 : 0, count: Int(UInt16.max) + 1)
        for label in own { numbers[Int(label.value)] = 1 }
        numbers[0] = 0
        return numbers
    }
}
