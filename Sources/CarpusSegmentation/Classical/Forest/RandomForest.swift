import CarpusCore

/// A random forest (Breiman, Machine Learning 45, 2001): trees grown on random halves of the data, each split the best of a few random features.
struct RandomForest: Sendable, Hashable {
    /// A tree as arrays, a node an entry; children come after their parent.
    struct Tree: Sendable, Hashable {
        /// The feature that is asked about; -1 in a leaf.
        var feature: [Int32] = []
        /// What is not above this goes to the first child.
        var threshold: [Float] = []
        /// The first child, the second follows it; in a leaf the start of its class probabilities.
        var child: [Int32] = []
        /// Probabilities of the classes in the leaves, one leaf after the other.
        var leaves: [Float] = []
    }
    let classCount, featureCount: Int
    let trees: [Tree]

    /// Mean of the trees' class probabilities for one row of features.
    @inline(__always) func probabilities(_ value: (Int) -> Float, into sums: inout [Float]) {
        for k in sums.indices { sums[k] = 0 }
        for tree in trees {
            var node = 0
            while tree.feature[node] >= 0 { node = Int(tree.child[node]) + (value(Int(tree.feature[node])) > tree.threshold[node] ? 1 : 0) }
            let leaf = Int(tree.child[node])
            for k in sums.indices { sums[k] += tree.leaves[leaf + k] }
        }
        for k in sums.indices { sums[k] /= Float(trees.count) }
    }
}

/// Rows of features with the class of each.
struct TrainingRows: Sendable {
    let featureCount, classCount: Int
    /// Row after row.
    var features: [Float] = []
    var classes: [UInt8] = []

    var count: Int { classes.count }
}

extension SplitMix {
    /// A number from 0 up to a count; the remainder's bias is below 2⁻³² here.
    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
