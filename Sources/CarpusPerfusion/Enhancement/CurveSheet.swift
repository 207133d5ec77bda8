import CarpusCore

/// Where readings are written, voxel by voxel, by several workers.
struct CurveSheet: @unchecked Sendable {
    private static let columns = 11
    private let numbers: Scratch<Float>, labels: Scratch<UInt16>, count: Int

    init(count: Int) {
        self.count = count
        numbers = Scratch(count * Self.columns, repeating: .nan)
        labels = Scratch(count * 2, repeating: 0)
    }

    /// Writes what one voxel says; numbers that do not exist are 0, so that no map has gaps inside its region.
    func write(_ r: CurveReading, at v: Int, _ scheme: EnhancementParameters.Scheme) {
        let all = (r.maximum, r.initialRate, r.onset, r.peak, r.washIn, r.washOut, r.area60, r.area90, r.fitError, r.probability, r.baseline)
        func put(_ column: Int, _ x: Double) { numbers.base[column * count + v] = x.isFinite ? Float(x) : 0 }
        put(0, all.0); put(1, all.1); put(2, all.2); put(3, all.3); put(4, all.4); put(5, all.5)
        put(6, all.6); put(7, all.7); put(8, all.8); put(9, all.9); put(10, all.10)
        labels.base[count + v] = UInt16(r.curveClass.rawValue)
        labels.base[v] = switch scheme {
        case .fourClass: UInt16(r.curveClass.rawValue)
        case .sevenShapes: r.shape == .none ? 0 : UInt16(r.shape.rawValue)
        case .threeTypes: UInt16(r.type.rawValue)
        }
    }

    /// The maps; the sheet is used up.
    func maps(_ series: TimeSeries, _ arrival: Arrival, _ voxels: [Int], _ scheme: EnhancementParameters.Scheme) -> EnhancementMaps {
        defer {
            numbers.free()
            labels.free()
        }
        let legend = switch scheme {
        case .fourClass: CurveClass.legend
        case .sevenShapes: CurveShape.legend
        case .threeTypes: CurveType.legend
        }
        let volumes = (0..<Self.columns).map { c in Volume(grid: series.grid, scalars: Array(UnsafeBufferPointer(start: numbers.base + c * count, count: count))) }
        return EnhancementMaps(
            labels: LabelMap(grid: series.grid, labels: Array(UnsafeBufferPointer(start: labels.base, count: count)), legend: legend),
            classes: LabelMap(grid: series.grid, labels: Array(UnsafeBufferPointer(start: labels.base + count, count: count)), legend: CurveClass.legend),
            sheet: volumes, arrival: arrival, voxels: voxels, times: series.times)
    }
}

/// Labels made even.
enum LabelFilter {
    /// Each label that of most of the 3 x 3 voxels around it in the plane; a tie keeps it.
    static func majority(_ map: LabelMap) -> LabelMap {
        var result = map
        let size = map.grid.size
        map.labels.withUnsafeBufferPointer { from in
            var votes = [Int](repeating: 0, count: Int(map.labels.max() ?? 0) + 1)
            for z in 0..<size.z { for y in 0..<size.y { for x in 0..<size.x {
                let own = map.grid.offset(x, y, z)
                for i in votes.indices { votes[i] = 0 }
                for v in max(0, y - 1)...min(size.y - 1, y + 1) { for u in max(0, x - 1)...min(size.x - 1, x + 1) { votes[Int(from[map.grid.offset(u, v, z)])] += 1 } }
                let most = votes.max() ?? 0
                if votes[Int(from[own])] < most, let winner = votes.firstIndex(of: most) { result.labels[own] = UInt16(winner) }
            } } }
        }
        return result
    }
}

/// Where to look.
enum Region {
    /// Places of the voxels of a region; all when nil.
    static func voxels(of grid: Grid, _ region: LabelMap?) throws -> [Int] {
        guard let region else { return Array(0..<grid.count) }
        guard region.grid.matches(grid) else { throw PerfusionError(.gridMismatch, "the region lies on another grid than the series; resample it onto the series' first") }
        let voxels = region.labels.indices.filter { region.labels[$0] != 0 }
        guard !voxels.isEmpty else { throw PerfusionError(.emptyRegion, "the region has no voxels; give labels that lie in the series") }
        return voxels
    }
}
