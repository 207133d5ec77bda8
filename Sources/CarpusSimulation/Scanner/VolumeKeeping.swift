import CarpusCore

/// Names voxels so that every kind keeps its volume.
///
/// Named by what fills most of it, a voxel loses what is thin: a layer of synovium of 1 mm in slices of 3 mm has no voxel of its own. Here each
/// kind is owed as many voxels as its points fill, and of all namings that pay what is owed the one is sought in which most points lie under
/// their own name. That is a problem of transport; its dual gives each kind a handicap `b` and each voxel to the largest `points + b`. Handicaps
/// are found kind by kind, by turns, each from what the others bid (as in Bertsekas' auction, Ann Oper Res 14, 1988); what they leave over or
/// short is settled voxel by voxel (`VolumeExchange`), so that each kind has what it is owed, whole voxels being rounded.
///
/// A kind wins a voxel only where it fills a fifth of it or no other fills more. What lies in slivers alone is owed but has no place: it is lost, and
/// its neighbours have it.
struct VolumeKeeping {
    /// How many of a voxel's points are of a kind.
    struct Part {
        let kind: UInt8, points: UInt8
    }

    /// By voxel: the number of a mixed voxel, or of one that is all of one kind -1 less its kind.
    let cells: [Int32]
    /// Parts of the mixed voxels, one after the other: those of voxel `i` from `first[i]` to before `first[i + 1]`.
    let parts: [Part], first: [Int]
    /// What each part bids: its points; less than a point for its kind in the voxels around, so that ties fall to what hangs together; and less than
    /// that by a fixed hash of place and kind, so that what still ties is divided evenly. `never` for a part that may not win.
    let scores: [Int32]
    /// How many of the mixed voxels each kind is to have; in all, as many as there are.
    let owed: [Int]

    /// The score of a part that may not win.
    static let never = Int32.min
    /// A kind fills at least one in so many points of a voxel that it wins against a larger one. A third, and layers of 1 mm in slices of 3 mm were
    /// lost wherever they lie a little askew; a tenth, and a voxel's name would say nothing of what is seen there.
    static let leastShare = 5
    /// Bits below a point: of the hash, and of the voxels around.
    private static let hashBits = 19, aroundBits = 6
    /// The turns after which handicaps hardly move.
    private static let turns = 25

    /// - Parameters:
    ///   - size: of the grid, slices along the last axis.
    ///   - cells, parts, first: as they are kept; kind 0 is what has no name.
    ///   - kinds: how many there are.
    ///   - perVoxel: points of a voxel.
    init(size: Index3, cells: [Int32], parts: [Part], first: [Int], kinds: Int, perVoxel: Int) {
        precondition(perVoxel <= 63, "a score has 12 bits above those of hash and surroundings")
        (self.cells, self.parts, self.first) = (cells, parts, first)
        var points = [Int](repeating: 0, count: kinds)
        for part in parts { points[Int(part.kind)] += Int(part.points) }
        owed = Self.wholeVoxels(points, perVoxel: perVoxel)
        scores = [Int32](unsafeUninitializedCapacity: parts.count) { buffer, count in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(size.z) { z in
                for y in 0..<size.y {
                    for x in 0..<size.x {
                        let place = x + size.x * (y + size.y * z), cell = cells[place]
                        guard cell >= 0 else { continue }
                        let range = first[Int(cell)]..<first[Int(cell) + 1]
                        let largest = range.reduce(0) { max($0, parts[$1].points) }
                        for k in range {
                            let part = parts[k]
                            guard part.points == largest || Int(part.points) * Self.leastShare >= perVoxel else {
                                (out + k).initialize(to: Self.never)
                                continue
                            }
                            var around = 0
                            for v in max(0, y - 1)...min(size.y - 1, y + 1) {
                                for u in max(0, x - 1)...min(size.x - 1, x + 1) {
                                    around += Self.points(of: part.kind, in: cells[u + size.x * (v + size.y * z)], parts, first, perVoxel)
                                }
                            }
                            let hash = SplitMix.mixed(UInt64(place) << 8 | UInt64(part.kind)) >> (64 - Self.hashBits)
                            let coarse = Int32(part.points) << Self.aroundBits + Int32(around * 63 / (9 * perVoxel))
                            (out + k).initialize(to: coarse << Self.hashBits | Int32(hash))
                        }
                    }
                }
            }
            count = parts.count
        }
    }

    /// Points as whole voxels, each kind's within one of what it fills; those with the largest rests are rounded up.
    private static func wholeVoxels(_ points: [Int], perVoxel: Int) -> [Int] {
        var whole = points.map { $0 / perVoxel }
        let rest = points.reduce(0, +) / perVoxel - whole.reduce(0, +)
        let byRest = points.indices.sorted { (-(points[$0] % perVoxel), $0) < (-(points[$1] % perVoxel), $1) }
        for kind in byRest.prefix(rest) { whole[kind] += 1 }
        return whole
    }

    @inline(__always) private static func points(of kind: UInt8, in cell: Int32, _ parts: [Part], _ first: [Int], _ perVoxel: Int) -> Int {
        if cell < 0 { return -1 - cell == Int32(kind) ? perVoxel : 0 }
        for k in first[Int(cell)]..<first[Int(cell) + 1] where parts[k].kind == kind { return Int(parts[k].points) }
        return 0
    }

    /// The kind of each voxel.
    func kinds() -> [UInt8] {
        var exchange = VolumeExchange(self, winners: winners(handicaps()))
        exchange.settle()
        return cells.map { $0 < 0 ? UInt8(-1 - $0) : parts[exchange.winners[Int($0)]].kind }
    }

    /// The part of each mixed voxel that bids most.
    private func winners(_ handicaps: [Int64]) -> [Int] {
        (0..<first.count - 1).map { i in
            var best = first[i], most = Int64.min
            for k in first[i]..<first[i + 1] where scores[k] != Self.never && bid(k, handicaps) > most { (best, most) = (k, bid(k, handicaps)) }
            return best
        }
    }

    /// What each kind is given so that it wins the voxels it is owed, or nearly so.
    private func handicaps() -> [Int64] {
        // Where one kind alone may win there is nothing to bid for.
        var places = [[(voxel: Int32, part: Int32)]](repeating: [], count: owed.count), open = owed
        for i in 0..<first.count - 1 {
            let able = (first[i]..<first[i + 1]).filter { scores[$0] != Self.never }
            if able.count == 1 {
                open[Int(parts[able[0]].kind)] -= 1
            } else {
                for k in able { places[Int(parts[k].kind)].append((Int32(i), Int32(k))) }
            }
        }
        var handicaps = [Int64](repeating: 0, count: owed.count)
        for _ in 0..<Self.turns {
            var moved = false
            // What has no name bids its points: the others are held against it.
            for kind in places.indices.dropFirst() where !places[kind].isEmpty {
                let lacking = places[kind].map { bestRival(of: Int($0.part), in: Int($0.voxel), handicaps) - Int64(scores[Int($0.part)]) }.sorted()
                let n = min(max(open[kind], 0), lacking.count)
                // Between the last voxel that is won and the first that is not.
                let handicap = n == lacking.count ? lacking[n - 1] + 1 : n == 0 ? lacking[0] - 1 : (lacking[n - 1] + lacking[n] + 1) >> 1
                if handicap != handicaps[kind] { (handicaps[kind], moved) = (handicap, true) }
            }
            if !moved { break }
        }
        return handicaps
    }

    @inline(__always) private func bid(_ part: Int, _ handicaps: [Int64]) -> Int64 { Int64(scores[part]) + handicaps[Int(parts[part].kind)] }

    @inline(__always) private func bestRival(of part: Int, in voxel: Int, _ handicaps: [Int64]) -> Int64 {
        var best = Int64.min
        for k in first[voxel]..<first[voxel + 1] where k != part && scores[k] != Self.never { best = max(best, bid(k, handicaps)) }
        return best
    }
}
