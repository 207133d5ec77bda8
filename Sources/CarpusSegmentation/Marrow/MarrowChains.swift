/// Regions of neighbouring slices joined to bones.
struct MarrowChains {
    /// The regions of each bone; at most one in a slice.
    private(set) var chains: [[MarrowRegion]] = []
    /// Which chain owns each pixel of each slice, -1 for none.
    private var owners: [[Int32]]
    /// The least Dice overlap from slice to slice.
    private let overlap: Double

    /// - Parameter candidates: regions good enough to begin a chain.
    init(_ candidates: [MarrowRegion], slices: Int, pixelsPerSlice: Int, overlap: Double) {
        owners = [[Int32]](repeating: [Int32](repeating: -1, count: pixelsPerSlice), count: slices)
        self.overlap = overlap
        var chosen: [MarrowRegion] = []
        for region in Self.bestFirst(candidates) where isFree(region) {
            claim(region, Int32(chosen.count))
            chosen.append(region)
        }
        link(chosen)
        for slice in owners.indices { for i in owners[slice].indices { owners[slice][i] = -1 } }
        for (k, chain) in chains.enumerated() { for region in chain { claim(region, Int32(k)) } }
    }

    /// By falling score; ties by slice and place, so that the order is always the same.
    private static func bestFirst(_ regions: [MarrowRegion]) -> [MarrowRegion] {
        regions.sorted { a, b in
            if a.score != b.score { return a.score > b.score }
            return (a.slice, a.pixels[0], a.pixels.count) < (b.slice, b.pixels[0], b.pixels.count)
        }
    }

    private mutating func claim(_ region: MarrowRegion, _ name: Int32) {
        for p in region.pixels where owners[region.slice][p] < 0 { owners[region.slice][p] = name }
    }

    /// Whether hardly any of it has an owner.
    private func isFree(_ region: MarrowRegion) -> Bool {
        let taken = region.pixels.reduce(0) { $0 + (owners[region.slice][$1] >= 0 ? 1 : 0) }
        return Double(taken) < 0.1 * Double(region.pixels.count)
    }

    private static func dice(_ a: MarrowRegion, _ b: MarrowRegion) -> Double {
        // Pixels are kept in rising order.
        var i = 0, j = 0, common = 0
        while i < a.pixels.count, j < b.pixels.count {
            if a.pixels[i] == b.pixels[j] { common += 1; i += 1; j += 1 } else if a.pixels[i] < b.pixels[j] { i += 1 } else { j += 1 }
        }
        return 2 * Double(common) / Double(a.pixels.count + b.pixels.count)
    }

    /// One to one, best overlap first: a region is never the continuation of two, so two bones do not become one.
    private mutating func link(_ chosen: [MarrowRegion]) {
        var links: [(dice: Double, lower: Int, upper: Int)] = []
        for a in chosen.indices {
            for b in chosen.indices where chosen[b].slice == chosen[a].slice + 1 {
                let dice = Self.dice(chosen[a], chosen[b])
                if dice >= overlap { links.append((dice, a, b)) }
            }
        }
        links.sort { $0.dice != $1.dice ? $0.dice > $1.dice : ($0.lower, $0.upper) < ($1.lower, $1.upper) }
        var next = [Int?](repeating: nil, count: chosen.count), hasLower = [Bool](repeating: false, count: chosen.count)
        for link in links where next[link.lower] == nil && !hasLower[link.upper] {
            next[link.lower] = link.upper
            hasLower[link.upper] = true
        }
        for start in chosen.indices where !hasLower[start] {
            var chain: [MarrowRegion] = [], at: Int? = start
            while let i = at {
                chain.append(chosen[i])
                at = next[i]
            }
            chains.append(chain)
        }
    }

    /// Leaves only the chains that hold; the pixels of the others become free.
    mutating func keep(where holds: ([MarrowRegion]) -> Bool) {
        chains = chains.filter(holds)
        for slice in owners.indices { for i in owners[slice].indices { owners[slice][i] = -1 } }
        for (k, chain) in chains.enumerated() { for region in chain { claim(region, Int32(k)) } }
    }

    /// Carries each chain on into the next slice where a weaker region fits well over its end.
    mutating func extend(with weaker: [MarrowRegion], overlap: Double) {
        var bySlice = [[MarrowRegion]](repeating: [], count: owners.count)
        for region in Self.bestFirst(weaker) { bySlice[region.slice].append(region) }
        var grew = true
        while grew {
            grew = false
            for k in chains.indices {
                for (end, step) in [(chains[k].first!, -1), (chains[k].last!, 1)] {
                    let slice = end.slice + step
                    guard bySlice.indices.contains(slice) else { continue }
                    var best: (dice: Double, region: MarrowRegion)?
                    for region in bySlice[slice] where isFree(region) {
                        let dice = Self.dice(end, region)
                        if dice >= overlap, dice > best?.dice ?? 0 { best = (dice, region) }
                    }
                    guard let best else { continue }
                    claim(best.region, Int32(k))
                    chains[k].insert(best.region, at: step < 0 ? 0 : chains[k].count)
                    grew = true
                }
            }
        }
    }

    /// Joins a chain to one that goes on where it ends.
    mutating func join() {
        var at = 0
        while at < chains.count {
            let end = chains[at].last!
            let next = chains.indices.filter { $0 != at && chains[$0].first!.slice == end.slice + 1 }
                .map { (dice: Self.dice(end, chains[$0].first!), index: $0) }
                .max { ($0.dice, $1.index) < ($1.dice, $0.index) }
            guard let next, next.dice >= overlap else {
                at += 1
                continue
            }
            chains[at] += chains[next.index]
            chains.remove(at: next.index)
            // Earlier chains may end where this one now begins; one more round from the start settles it.
            at = 0
        }
    }
}
