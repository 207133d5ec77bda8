import CarpusCore
import Foundation

/// How the values of a series are stored as unsigned integers: as they are, rounded.
struct StoredRange {
    /// 12, as scanners store, or as many as the largest value needs.
    let bits: Int
    /// What viewers show at first: all but the darkest and the brightest half percent.
    let window: (centre: Double, width: Double)

    /// Looks at all values.
    ///
    /// - Throws: `IOError` for a value that no unsigned 16-bit integer holds.
    init(_ scalars: [Float], on grid: Grid, at place: URL) throws {
        var counts = [Int](repeating: 0, count: 65_536)
        for (i, value) in scalars.enumerated() {
            let stored = value.rounded()
            guard stored >= 0, stored <= 65_535 else {
                let v = grid.index(at: i % grid.count)
                throw IOError(.unsupported, at: place, "the voxel (\(v.x), \(v.y), \(v.z)) holds \(value), and only values from 0 to 65535 can be stored; shift and scale the image before")
            }
            counts[Int(stored)] += 1
        }
        let most = counts.lastIndex { $0 > 0 } ?? 0
        bits = max(12, Int.bitWidth - most.leadingZeroBitCount)
        let (low, high) = (Self.quantile(0.005, of: counts), Self.quantile(0.995, of: counts))
        window = (Double(low + high + 1) / 2, Double(high - low + 1))
    }

    private static func quantile(_ share: Double, of counts: [Int]) -> Int {
        let wanted = share * Double(counts.reduce(0, +))
        var seen = 0
        return counts.firstIndex { seen += $0; return Double(seen) >= wanted } ?? 0
    }

    /// The stored values of a slice.
    static func stored(_ slice: ArraySlice<Float>) -> [UInt16] { slice.map { UInt16($0.rounded()) } }
}
