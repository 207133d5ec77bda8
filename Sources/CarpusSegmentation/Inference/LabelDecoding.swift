import CarpusCore
import Foundation

/// What the logits say, voxel by voxel: the label, how probable it is, and when asked every class's probability.
struct LabelDecoding: Sendable {
    /// What the network's classes mean.
    enum Meaning: Sendable {
        /// One of these values, the first the background's 0; the class of the largest logit wins, the first among equals.
        case labels([UInt16])
        /// Each class is there or not (sigmoid above one half); they are painted in this order, later over earlier.
        case regions([UInt16])
    }

    /// The answer.
    struct Decoded: Sendable {
        /// The label of each voxel.
        var labels: [UInt16]
        /// The probability of that label.
        var confidence: [Float]
        /// Of each class; empty unless asked for.
        var probabilities: [[Float]]
    }

    let meaning: Meaning
    /// Logits are divided by this before they become probabilities (Guo et al., ICML 2017); labels do not change.
    let temperature: Float

    /// Decodes logits given class by class, so that no more than one class is held at the full shape.
    ///
    /// - Parameter logits: the logits of a class at every voxel.
    func decode(classes: Int, count: Int, probabilities: Bool, logits: (Int) -> [Float]) -> Decoded {
        switch meaning {
        case .labels(let values): decodeLabels(values, count: count, probabilities: probabilities, logits: logits)
        case .regions(let values): decodeRegions(values, count: count, probabilities: probabilities, logits: logits)
        }
    }

    private func decodeLabels(_ values: [UInt16], count: Int, probabilities: Bool, logits: (Int) -> [Float]) -> Decoded {
        // A running maximum and the sum of exponentials below it: the softmax in one pass.
        var best = [Float](repeating: -.infinity, count: count), sum = [Float](repeating: 0, count: count), labels = [UInt16](repeating: 0, count: count)
        var kept: [[Float]] = []
        for (k, value) in values.enumerated() {
            let field = logits(k)
            Self.inParallel(count, &best, &sum, &labels) { best, sum, labels, i in
                let l = field[i]
                if l > best[i] {
                    sum[i] = sum[i] * exp((best[i] - l) / temperature) + 1
                    best[i] = l
                    labels[i] = value
                } else {
                    sum[i] += exp((l - best[i]) / temperature)
                }
            }
            if probabilities { kept.append(field) }
        }
        for k in kept.indices {
            for i in 0..<count { kept[k][i] = exp((kept[k][i] - best[i]) / temperature) / sum[i] }
        }
        return Decoded(labels: labels, confidence: sum.map { 1 / $0 }, probabilities: kept)
    }

    private func decodeRegions(_ values: [UInt16], count: Int, probabilities: Bool, logits: (Int) -> [Float]) -> Decoded {
        var labels = [UInt16](repeating: 0, count: count), confidence = [Float](repeating: 1, count: count), kept: [[Float]] = []
        for (k, value) in values.enumerated() {
            let field = logits(k)
            for i in 0..<count {
                let p = 1 / (1 + exp(-field[i] / temperature))
                if field[i] > 0 {
                    (labels[i], confidence[i]) = (value, p)
                } else if labels[i] == 0 {
                    confidence[i] = min(confidence[i], 1 - p)
                }
            }
            if probabilities { kept.append(field.map { 1 / (1 + exp(-$0 / temperature)) }) }
        }
        return Decoded(labels: labels, confidence: confidence, probabilities: kept)
    }

    /// Calls `body` for each voxel, on several threads.
    private static func inParallel(
        _ count: Int, _ a: inout [Float], _ b: inout [Float], _ c: inout [UInt16],
        _ body: @Sendable (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, UnsafeMutablePointer<UInt16>, Int) -> Void
    ) {
        a.withUnsafeMutableBufferPointer { a in
            b.withUnsafeMutableBufferPointer { b in
                c.withUnsafeMutableBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
                    nonisolated(unsafe) let all = (a, b, c)
                    Parallel.forEach(blocksOf: count) { for i in $0 { body(all.0, all.1, all.2, i) } }
                }
            }
        }
    }
}
