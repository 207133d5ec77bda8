/// Images of one shape, a channel each, axes from the slowest to the fastest: an image as numpy and nnU-Net see it.
struct ChannelStack: Sendable, Hashable {
    /// Length of the three axes, slowest first.
    var shape: [Int]
    /// The channels, each of `count` values.
    var channels: [[Float]]

    init(shape: [Int], channels: [[Float]]) {
        precondition(shape.count == 3 && channels.allSatisfy { $0.count == shape.reduce(1, *) }, "channels have the stack's shape")
        (self.shape, self.channels) = (shape, channels)
    }

    /// Values of one channel.
    var count: Int { shape.reduce(1, *) }
}

/// A box of a stack: half-open ranges along the three axes, slowest first.
struct StackBox: Sendable, Hashable {
    var ranges: [Range<Int>]

    var shape: [Int] { ranges.map(\.count) }

    /// All of a shape.
    init(whole shape: [Int]) { ranges = shape.map { 0..<$0 } }

    /// The smallest box around what is inside; nil when nothing is.
    init?(around isInside: [Bool], shape: [Int]) {
        var low = shape, high = [-1, -1, -1]
        for z in 0..<shape[0] {
            for y in 0..<shape[1] {
                let row = (z * shape[1] + y) * shape[2]
                guard let first = (0..<shape[2]).first(where: { isInside[row + $0] }), let last = (0..<shape[2]).last(where: { isInside[row + $0] }) else { continue }
                low = [min(low[0], z), min(low[1], y), min(low[2], first)]
                high = [max(high[0], z), max(high[1], y), max(high[2], last)]
            }
        }
        guard high[0] >= 0 else { return nil }
        ranges = zip(low, high).map { $0..<$1 + 1 }
    }

    /// Grown by so many places along each axis, within a shape.
    func grown(by margin: [Int], within shape: [Int]) -> StackBox {
        var box = self
        for a in 0..<3 { box.ranges[a] = max(0, ranges[a].lowerBound - margin[a])..<min(shape[a], ranges[a].upperBound + margin[a]) }
        return box
    }

    /// At least so many places long along each axis, as far as a shape allows, and about where it was.
    func widened(to lengths: [Int], within shape: [Int]) -> StackBox {
        var box = self
        for a in 0..<3 where ranges[a].count < lengths[a] {
            let length = min(lengths[a], shape[a]), start = ranges[a].lowerBound - (length - ranges[a].count) / 2
            let first = min(max(0, start), shape[a] - length)
            box.ranges[a] = first..<first + length
        }
        return box
    }

    /// What of an array of a given shape lies in the box.
    func cut<T>(_ values: [T], shape: [Int]) -> [T] {
        if self == StackBox(whole: shape) { return values }
        var out: [T] = []
        out.reserveCapacity(ranges.reduce(1) { $0 * $1.count })
        for z in ranges[0] {
            for y in ranges[1] {
                let row = (z * shape[1] + y) * shape[2]
                out += values[row + ranges[2].lowerBound..<row + ranges[2].upperBound]
            }
        }
        return out
    }

    /// An array of a given shape that holds `values` in the box and `outside` elsewhere.
    func pasted<T>(_ values: [T], into shape: [Int], outside: T) -> [T] {
        if self == StackBox(whole: shape) { return values }
        var out = [T](repeating: outside, count: shape.reduce(1, *)), from = 0
        for z in ranges[0] {
            for y in ranges[1] {
                let row = (z * shape[1] + y) * shape[2]
                for x in ranges[2] {
                    out[row + x] = values[from]
                    from += 1
                }
            }
        }
        return out
    }
}
