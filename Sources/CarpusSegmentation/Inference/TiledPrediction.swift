import CarpusCore

/// A network as the tiles see it: a patch in (1 x channels x window), logits out (1 x classes x window).
public typealias PatchNetwork = @Sendable (Tensor) throws -> Tensor

/// Logits of every class on a grid.
struct LogitField: Sendable {
    let shape: [Int]
    var classes: [[Float]]
}

/// Looks at a stack through windows and puts the answers together.
struct TiledPrediction: Sendable {
    /// Window length along each axis, slowest first; 1 along the first axis of a network for slices.
    let window: [Int]
    /// Whether the network is for slices, and its patches have no first axis.
    let isFlat: Bool
    /// Classes the network must give.
    let classCount: Int
    /// How windows lie and count.
    let windows: Windows
    /// Whether class 0 is the background; else every class stands for itself.
    let hasBackground: Bool

    /// The logit of what no window has looked at: sure not to be there, and finite, so that it can be interpolated.
    static let absent: Float = -100

    /// The logits of nothing.
    func nothing(_ k: Int) -> Float { hasBackground && k == 0 ? 0 : Self.absent }

    /// The mean logits of one view (the stack mirrored along some axes) over all windows.
    ///
    /// - Parameters:
    ///   - mirrored: axes turned round before the network sees the patch, and back after.
    ///   - interest: windows without a true voxel are left out; voxels that no window covers are background.
    /// - Returns: the logits, and how many windows the network looked through.
    /// - Throws: what the network throws, or `SegmentationError` when it gives another shape or a number that is not finite.
    func logits(of stack: ChannelStack, mirrored: [Int], interest: [Bool]?, by network: PatchNetwork) throws -> (field: LogitField, windowCount: Int) {
        let (padded, margin) = padded(stack)
        let marked = interest.map { StackBox(ranges: zip(margin, stack.shape).map { $0..<$0 + $1 }).pasted($0, into: padded.shape, outside: false) }
        let weights = windows.weights(window), plane = padded.shape[1] * padded.shape[2]
        var sums = [Float](repeating: 0, count: classCount * padded.count), total = [Float](repeating: 0, count: padded.count), windowCount = 0
        for corner in corners(padded.shape) {
            let box = StackBox(ranges: zip(corner, window).map { $0..<$0 + $1 })
            if let marked, !anyTrue(marked, padded.shape, box) { continue }
            try Task.checkCancellation()
            let answer = try network(patch(padded, box, mirrored))
            try check(answer)
            add(answer.values, weights, box, mirrored, padded.shape, plane, &sums, &total)
            windowCount += 1
        }
        return (finished(sums, total, padded.shape, StackBox(ranges: zip(margin, stack.shape).map { $0..<$0 + $1 })), windowCount)
    }

    private func corners(_ shape: [Int]) -> [[Int]] {
        let starts = (0..<3).map { windows.starts(length: shape[$0], window: window[$0]) }
        return starts[0].flatMap { z in starts[1].flatMap { y in starts[2].map { [z, y, $0] } } }
    }

    /// Zeros around a stack smaller than the window, the odd one at the far side; and how many stand before it.
    private func padded(_ stack: ChannelStack) -> (ChannelStack, [Int]) {
        let shape = zip(stack.shape, window).map(max), margin = zip(shape, stack.shape).map { ($0 - $1) / 2 }
        let box = StackBox(ranges: zip(margin, stack.shape).map { $0..<$0 + $1 })
        return (ChannelStack(shape: shape, channels: stack.channels.map { box.pasted($0, into: shape, outside: 0) }), margin)
    }

    private func anyTrue(_ mask: [Bool], _ shape: [Int], _ box: StackBox) -> Bool {
        box.ranges[0].contains { z in
            box.ranges[1].contains { y in
                let row = (z * shape[1] + y) * shape[2]
                return mask[row + box.ranges[2].lowerBound..<row + box.ranges[2].upperBound].contains(true)
            }
        }
    }

    /// One window of all channels, mirrored.
    private func patch(_ stack: ChannelStack, _ box: StackBox, _ mirrored: [Int]) -> Tensor {
        let count = window.reduce(1, *), (height, width) = (window[1], window[2])
        let values = [Float](unsafeUninitializedCapacity: count * stack.channels.count) { out, n in
            for channel in stack.channels {
                for z in 0..<window[0] {
                    let fromZ = box.ranges[0].lowerBound + (mirrored.contains(0) ? window[0] - 1 - z : z)
                    for y in 0..<height {
                        let fromY = box.ranges[1].lowerBound + (mirrored.contains(1) ? height - 1 - y : y)
                        let row = (fromZ * stack.shape[1] + fromY) * stack.shape[2] + box.ranges[2].lowerBound
                        for x in 0..<width { out[n + x] = channel[row + (mirrored.contains(2) ? width - 1 - x : x)] }
                        n += width
                    }
                }
            }
        }
        return Tensor(shape: [1, stack.channels.count] + (isFlat ? Array(window.dropFirst()) : window), values: values)
    }

    private func check(_ answer: Tensor) throws {
        let wanted = [1, classCount] + (isFlat ? Array(window.dropFirst()) : window)
        guard answer.shape == wanted else {
            throw SegmentationError(.badModel, "the network gave an array of \(answer.shape) where \(wanted) was expected; the model's manifest and its network do not belong together")
        }
        guard answer.values.allSatisfy(\.isFinite) else {
            throw SegmentationError(.badModel, "the network gave a number that is not finite; check the image for extreme values, and the model")
        }
    }

    /// Adds a window's logits, turned back and weighted. Classes and planes are the pieces, so that threads never meet.
    private func add(_ logits: [Float], _ weights: [Float], _ box: StackBox, _ mirrored: [Int], _ shape: [Int], _ plane: Int, _ sums: inout [Float], _ total: inout [Float]) {
        let (depth, height, width) = (window[0], window[1], window[2]), count = shape.reduce(1, *)
        let start = (box.ranges[0].lowerBound, box.ranges[1].lowerBound, box.ranges[2].lowerBound)
        let (back, classCount) = ((0..<3).map { mirrored.contains($0) }, classCount)
        logits.withUnsafeBufferPointer { logits in
            weights.withUnsafeBufferPointer { weights in
                sums.withUnsafeMutableBufferPointer { sums in
                    total.withUnsafeMutableBufferPointer { total in
                        nonisolated(unsafe) let (logits, weights, sums, total) = (logits.baseAddress!, weights.baseAddress!, sums.baseAddress!, total.baseAddress!)
                        Parallel.forEach((classCount + 1) * depth) { piece in
                            let k = piece / depth, z = piece % depth
                            for y in 0..<height {
                                let w = weights + (z * height + y) * width
                                let to = (start.0 + z) * plane + (start.1 + y) * shape[2] + start.2
                                if k == classCount {
                                    for x in 0..<width { total[to + x] += w[x] }
                                    continue
                                }
                                let from = logits + ((k * depth + (back[0] ? depth - 1 - z : z)) * height + (back[1] ? height - 1 - y : y)) * width
                                let sum = sums + k * count + to
                                if back[2] { for x in 0..<width { sum[x] += w[x] * from[width - 1 - x] } } else { for x in 0..<width { sum[x] += w[x] * from[x] } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Sums over weights, without the padding.
    private func finished(_ sums: [Float], _ total: [Float], _ shape: [Int], _ box: StackBox) -> LogitField {
        let count = total.count
        var classes: [[Float]] = []
        for k in 0..<classCount {
            let mean = [Float](unsafeUninitializedCapacity: count) { out, n in
                for i in 0..<count { out[i] = total[i] > 0 ? sums[k * count + i] / total[i] : nothing(k) }
                n = count
            }
            classes.append(box.cut(mean, shape: shape))
        }
        return LogitField(shape: box.shape, classes: classes)
    }
}

extension StackBox {
    init(ranges: [Range<Int>]) { self.ranges = ranges }
}
