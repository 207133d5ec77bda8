/// Hands voxels on between kinds until each has what it is owed, at the least cost in points.
///
/// A kind that has too many gives one away, to a kind that lacks one or along a chain of kinds that each take one and give one. The cheapest chain is
/// taken each time (successive shortest paths: Ahuja, Magnanti and Orlin, Network Flows, 1993, chapter 9); since the naming it starts from is the
/// best one with its own counts, so is the one it ends with. It ends when nothing is over, or no chain leads to what is short.
struct VolumeExchange {
    private let naming: VolumeKeeping
    /// The part that each mixed voxel is named by.
    private(set) var winners: [Int]
    /// How many voxels each kind has beyond what it is owed.
    private var surplus: [Int]
    /// By giver and taker: the voxels in which both may win, cheapest first.
    private var voxels: [[Int32]] = []
    /// By giver and taker: no voxel before this one is the giver's.
    private var heads: [Int] = []
    /// What the cheapest voxel costs that a giver has for a taker; the largest number where it has none.
    private var prices: [Int64] = []
    /// The pairs that share voxels at all.
    private var pairs: [Int] = []

    private var kinds: Int { naming.owed.count }

    init(_ naming: VolumeKeeping, winners: [Int]) {
        (self.naming, self.winners) = (naming, winners)
        surplus = naming.owed.map { -$0 }
        for part in winners { surplus[Int(naming.parts[part].kind)] += 1 }
    }

    /// Hands voxels on until nothing more can be paid.
    mutating func settle() {
        guard surplus.contains(where: { $0 > 0 }) else { return }
        gather()
        while let chain = cheapestChain() {
            for (giver, taker) in zip(chain, chain.dropFirst()) { hand(from: giver, to: taker) }
            surplus[chain[0]] -= 1
            surplus[chain[chain.count - 1]] += 1
        }
    }

    /// Sorts voxels by what each exchange would cost.
    private mutating func gather() {
        voxels = [[Int32]](repeating: [], count: kinds * kinds)
        for i in winners.indices {
            let range = naming.first[i]..<naming.first[i + 1]
            for a in range where naming.scores[a] != VolumeKeeping.never {
                for b in range where b != a && naming.scores[b] != VolumeKeeping.never { voxels[pair(naming.parts[a].kind, naming.parts[b].kind)].append(Int32(i)) }
            }
        }
        for pair in voxels.indices where voxels[pair].count > 1 {
            let order = voxels[pair].map { (cost: cost(of: $0, pair), voxel: $0) }.sorted { ($0.cost, $0.voxel) < ($1.cost, $1.voxel) }
            voxels[pair] = order.map(\.voxel)
        }
        heads = [Int](repeating: 0, count: kinds * kinds)
        prices = [Int64](repeating: .max, count: kinds * kinds)
        pairs = voxels.indices.filter { !voxels[$0].isEmpty }
        for pair in pairs { setPrice(pair) }
    }

    /// Kinds from one that has too many to one that lacks some, by which handing one voxel on each costs least; nil when there is no such chain.
    private func cheapestChain() -> [Int]? {
        var costs = surplus.map { $0 > 0 ? 0 : Int64.max }, before = [Int?](repeating: nil, count: kinds), changed = true
        while changed {
            changed = false
            for pair in pairs where prices[pair] < .max {
                let (giver, taker) = pair.quotientAndRemainder(dividingBy: kinds)
                guard costs[giver] < .max, costs[giver] + prices[pair] < costs[taker] else { continue }
                (costs[taker], before[taker], changed) = (costs[giver] + prices[pair], giver, true)
            }
        }
        guard let end = surplus.indices.filter({ surplus[$0] < 0 && costs[$0] < .max }).min(by: { costs[$0] < costs[$1] }) else { return nil }
        var chain = [end]
        while let giver = before[chain[0]] { chain.insert(giver, at: 0) }
        return chain
    }

    /// Finds the cheapest voxel that a giver has for a taker.
    private mutating func setPrice(_ pair: Int) {
        let list = voxels[pair], giver = pair / kinds
        while heads[pair] < list.count, Int(naming.parts[winners[Int(list[heads[pair]])]].kind) != giver { heads[pair] += 1 }
        prices[pair] = heads[pair] < list.count ? cost(of: list[heads[pair]], pair) : .max
    }

    /// Gives the cheapest voxel a new name.
    private mutating func hand(from giver: Int, to taker: Int) {
        let voxel = voxels[giver * kinds + taker][heads[giver * kinds + taker]]
        winners[Int(voxel)] = part(of: taker, in: voxel)
        for k in naming.first[Int(voxel)]..<naming.first[Int(voxel) + 1] where naming.scores[k] != VolumeKeeping.never {
            let other = naming.parts[k].kind
            // It may be handed on from its new owner, and no more from the old one.
            if Int(other) != taker {
                let onwards = pair(UInt8(taker), other)
                heads[onwards] = min(heads[onwards], place(of: voxel, onwards))
                setPrice(onwards)
            }
            if Int(other) != giver { setPrice(pair(UInt8(giver), other)) }
        }
    }

    /// Where a voxel stands in a pair's list.
    private func place(of voxel: Int32, _ pair: Int) -> Int {
        let list = voxels[pair], wanted = (cost(of: voxel, pair), voxel)
        var low = 0, high = list.count
        while low < high {
            let middle = (low + high) / 2
            if (cost(of: list[middle], pair), list[middle]) < wanted { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func pair(_ giver: UInt8, _ taker: UInt8) -> Int { Int(giver) * kinds + Int(taker) }

    /// What is lost when a voxel passes from a pair's giver to its taker.
    private func cost(of voxel: Int32, _ pair: Int) -> Int64 {
        Int64(naming.scores[part(of: pair / kinds, in: voxel)]) - Int64(naming.scores[part(of: pair % kinds, in: voxel)])
    }

    private func part(of kind: Int, in voxel: Int32) -> Int {
        for k in naming.first[Int(voxel)]..<naming.first[Int(voxel) + 1] where Int(naming.parts[k].kind) == kind { return k }
        preconditionFailure("a voxel is handed on between kinds that lie in it")
    }
}
