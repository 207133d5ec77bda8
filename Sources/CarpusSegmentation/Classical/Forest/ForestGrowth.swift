import CarpusCore

/// Grows a random forest. Trees are independent and seeded by number: the number of threads changes nothing.
struct ForestGrowth: Sendable {
    var treeCount = 60
    var depth = 14
    /// A node with fewer rows is a leaf.
    var leastRows = 8
    var seed: UInt64 = 1
    /// Features are cut at these many quantiles.
    private static let bins = 64

    func forest(from rows: TrainingRows) -> RandomForest {
        precondition(rows.count > 1 && treeCount > 0, "a forest grows on rows")
        let edges = (0..<rows.featureCount).map { Self.edges(of: $0, in: rows) }
        let binned = Self.binned(rows, edges)
        var trees = [RandomForest.Tree](repeating: .init(), count: treeCount)
        trees.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(treeCount) { t in
                var grower = TreeGrower(rows: rows, binned: binned, edges: edges, plan: self, random: SplitMix(seed: seed &+ UInt64(t) &* 0x2545_F491_4F6C_DD1D))
                out[t] = grower.grow()
            }
        }
        return RandomForest(classCount: rows.classCount, featureCount: rows.featureCount, trees: trees)
    }

    /// Values between bins, rising, none twice.
    private static func edges(of feature: Int, in rows: TrainingRows) -> [Float] {
        let values = (0..<rows.count).map { rows.features[$0 * rows.featureCount + feature] }.sorted()
        var edges: [Float] = []
        for b in 1..<bins {
            let v = values[b * (values.count - 1) / bins]
            if v > edges.last ?? -.infinity, v < values[values.count - 1] { edges.append(v) }
        }
        return edges
    }

    /// For each value the number of edges below it.
    private static func binned(_ rows: TrainingRows, _ edges: [[Float]]) -> [UInt8] {
        rows.features.indices.map { i in
            let e = edges[i % rows.featureCount], v = rows.features[i]
            var low = 0, high = e.count
            while low < high {
                let middle = (low + high) / 2
                if v > e[middle] { low = middle + 1 } else { high = middle }
            }
            return UInt8(low)
        }
    }
}

/// Grows one tree, level by level.
private struct TreeGrower {
    let rows: TrainingRows, binned: [UInt8], edges: [[Float]], plan: ForestGrowth
    var random: SplitMix
    private var tree = RandomForest.Tree()

    init(rows: TrainingRows, binned: [UInt8], edges: [[Float]], plan: ForestGrowth, random: SplitMix) {
        (self.rows, self.binned, self.edges, self.plan, self.random) = (rows, binned, edges, plan, random)
    }

    mutating func grow() -> RandomForest.Tree {
        let sample = (0..<rows.count).map { _ in random.below(rows.count) }
        append()
        var open = [(node: 0, rows: sample, depth: 0)]
        while let (node, own, depth) = open.popLast() {
            guard depth < plan.depth, own.count >= plan.leastRows, let split = best(own) else {
                leaf(node, own)
                continue
            }
            let left = own.filter { Int(binned[$0 * rows.featureCount + split.feature]) <= split.bin }
            let right = own.filter { Int(binned[$0 * rows.featureCount + split.feature]) > split.bin }
            let child = tree.feature.count
            append()
            append()
            (tree.feature[node], tree.threshold[node], tree.child[node]) = (Int32(split.feature), edges[split.feature][split.bin], Int32(child))
            open.append((child + 1, right, depth + 1))
            open.append((child, left, depth + 1))
        }
        return tree
    }

    private mutating func append() {
        tree.feature.append(-1)
        tree.threshold.append(0)
        tree.child.append(0)
    }

    private mutating func leaf(_ node: Int, _ own: [Int]) {
        var counts = [Float](repeating: 0, count: rows.classCount)
        for r in own { counts[Int(rows.classes[r])] += 1 }
        (tree.feature[node], tree.child[node]) = (-1, Int32(tree.leaves.count))
        tree.leaves += counts.map { $0 / Float(max(1, own.count)) }
    }

    /// The cut of a few random features that leaves the least Gini impurity; nil when none helps.
    private mutating func best(_ own: [Int]) -> (feature: Int, bin: Int)? {
        let k = rows.classCount, tries = max(1, Int(Double(rows.featureCount).squareRoot().rounded()))
        var total = [Int](repeating: 0, count: k)
        for r in own { total[Int(rows.classes[r])] += 1 }
        guard total.count(where: { $0 > 0 }) > 1 else { return nil }
        var best: (feature: Int, bin: Int)?, most = Self.purity(total, own.count) * (1 + 1e-12)
        for _ in 0..<tries {
            let f = random.below(rows.featureCount), cuts = edges[f].count
            guard cuts > 0 else { continue }
            var histogram = [Int](repeating: 0, count: (cuts + 1) * k)
            for r in own { histogram[Int(binned[r * rows.featureCount + f]) * k + Int(rows.classes[r])] += 1 }
            var left = [Int](repeating: 0, count: k), n = 0
            for bin in 0..<cuts {
                for c in 0..<k {
                    left[c] += histogram[bin * k + c]
                    n += histogram[bin * k + c]
                }
                guard n > 0, n < own.count else { continue }
                let value = Self.purity(left, n) + Self.purity((0..<k).map { total[$0] - left[$0] }, own.count - n)
                if value > most { (best, most) = ((f, bin), value) }
            }
        }
        return best
    }

    /// Rows times (1 - Gini impurity): more is better.
    private static func purity(_ counts: [Int], _ n: Int) -> Double { counts.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(n) }
}
