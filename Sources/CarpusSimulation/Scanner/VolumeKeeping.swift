import CarpusCore

/// Names voxels so that every kind keeps its volume.
///
/// Named by what fills most of it, a voxel loses what is thin: a layer of synovium of 1 mm in slices of 3 mm has no voxel of its own. Here each
/// kind gets as many voxels as its points fill, and of all namings that do so the one in which most points lie under their own name. That is a
/// problem of transport; its dual gives each kind a handicap `b` and each voxel to the largest `points + b`. Handicaps are found kind by kind, by
/// turns, each from what the others bid (as in Bertsekas' auction, Ann Oper Res 14, 1988).
struct VolumeKeeping {
    /// How many of a voxel's points are of a kind.
    struct Part {
        let kind: UInt8, points: UInt8
    }

    /// By voxel: the number of a mixed voxel, or of one that is all of one kind -1 less its kind.
    private let cells: [Int32]
    /// Parts of the mixed voxels, one after the other: those of voxel `i` from `first[i]` to before `first[i + 1]`.
    private let parts: [Part], first: [Int]
    /// What each part bids: its points, and less than a point for its kind in the voxels around, so that ties fall to what hangs together.
    private let scores: [Int32]
    /// How many of the mixed voxels each kind is to have.
    private let owed: [Int]

    /// A point counts so much in a score.
    private static let point: Int32 = 64
    /// The turns after which handicaps hardly move.
    private static let turns = 25

    /// - Parameters:
    ///   - size: of the grid, slices along the last axis.
    ///   - cells, parts, first: as they are kept; kind 0 is what has no name.
    ///   - kinds: how many there are.
    ///   - perVoxel: points of a voxel.
    init(size: Index3, cells: [Int32], parts: [Part], first: [Int], kinds: Int, perVoxel: Int) {
        (self.cells, self.parts, self.first) = (cells, parts, first)
        var points = [Int](repeating: 0, count: kinds)
        for part in parts { points[Int(part.kind)] += Int(part.points) }
        owed = points.map { ($0 + perVoxel / 2) / perVoxel }
        scores = [Int32](unsafeUninitializedCapacity: parts.count) { buffer, count in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(size.z) { z in
                for y in 0..<size.y {
                    for x in 0..<size.x {
                        let cell = cells[x + size.x * (y + size.y * z)]
                        guard cell >= 0 else { continue }
                        for k in first[Int(cell)]..<first[Int(cell) + 1] {
                            var around = 0
                            for v in max(0, y - 1)...min(size.y - 1, y + 1) {
                                for u in max(0, x - 1)...min(size.x - 1, x + 1) {
                                    around += Self.points(of: parts[k].kind, in: cells[u + size.x * (v + size.y * z)], parts, first, perVoxel)
                                }
                            }
                            (out + k).initialize(to: Int32(parts[k].points) * Self.point + Int32(around * 63 / (9 * perVoxel)))
                        }
                    }
                }
            }
            count = parts.count
        }
    }

    @inline(__always) private static func points(of kind: UInt8, in cell: Int32, _ parts: [Part], _ first: [Int], _ perVoxel: Int) -> Int {
        if cell < 0 { return -1 - cell == Int32(kind) ? perVoxel : 0 }
        for k in first[Int(cell)]..<first[Int(cell) + 1] where parts[k].kind == kind { return Int(parts[k].points) }
        return 0
    }

    /// The kind of each voxel.
    func kinds() -> [UInt8] {
        let handicaps = handicaps()
        return cells.map { cell in
            guard cell >= 0 else { return UInt8(-1 - cell) }
            let range = first[Int(cell)]..<first[Int(cell) + 1]
            var best = range.lowerBound
            for k in range where bid(k, handicaps) > bid(best, handicaps) { best = k }
            return parts[best].kind
        }
    }

    /// What each kind is given so that it wins the voxels it is owed.
    private func handicaps() -> [Int32] {
        var places = [[(voxel: Int32, part: Int32)]](repeating: [], count: owed.count)
        for i in 0..<first.count - 1 {
            for k in first[i]..<first[i + 1] { places[Int(parts[k].kind)].append((Int32(i), Int32(k))) }
        }
        var handicaps = [Int32](repeating: 0, count: owed.count)
        for _ in 0..<Self.turns {
            var moved: Int32 = 0
            // What has no name bids its points: the others are held against it.
            for kind in places.indices.dropFirst() where !places[kind].isEmpty {
                let lacking = places[kind].map { bestRival(of: Int($0.part), in: Int($0.voxel), handicaps) - scores[Int($0.part)] }.sorted()
                let n = min(owed[kind], lacking.count)
                // Between the last voxel that is won and the first that is not.
                let handicap = n == lacking.count ? lacking[n - 1] + 1 : n == 0 ? lacking[0] - 1 : (lacking[n - 1] + lacking[n] + 1) >> 1
                moved = max(moved, abs(handicap - handicaps[kind]))
                handicaps[kind] = handicap
            }
            if moved <= 2 { break }
        }
        return handicaps
    }

    @inline(__always) private func bid(_ part: Int, _ handicaps: [Int32]) -> Int32 { scores[part] + handicaps[Int(parts[part].kind)] }

    @inline(__always) private func bestRival(of part: Int, in voxel: Int, _ handicaps: [Int32]) -> Int32 {
        var best = Int32.min / 2
        for k in first[voxel]..<first[voxel + 1] where k != part { best = max(best, bid(k, handicaps)) }
        return best
    }
}
