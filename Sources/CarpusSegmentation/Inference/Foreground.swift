import CarpusCore

/// Where there is anything at all.
enum Foreground {
    /// Voxels that are not 0 in some channel.
    static func nonzero(_ stack: ChannelStack) -> [Bool] {
        var mask = [Bool](repeating: false, count: stack.count)
        for channel in stack.channels { for i in mask.indices where channel[i] != 0 { mask[i] = true } }
        return mask
    }

    /// A mask with its holes filled: what the outside cannot reach through faces.
    static func filled(_ mask: [Bool], shape: [Int]) -> [Bool] {
        let (depth, height, width) = (shape[0], shape[1], shape[2])
        var outside = [Bool](repeating: false, count: mask.count), stack: [Int] = []
        func visit(_ i: Int) {
            guard !mask[i], !outside[i] else { return }
            outside[i] = true
            stack.append(i)
        }
        for z in 0..<depth {
            for y in 0..<height {
                let row = (z * height + y) * width
                if z == 0 || z == depth - 1 || y == 0 || y == height - 1 { for x in 0..<width { visit(row + x) } } else { visit(row); visit(row + width - 1) }
            }
        }
        while let i = stack.popLast() {
            let x = i % width, y = i / width % height, z = i / (width * height)
            if x > 0 { visit(i - 1) }
            if x < width - 1 { visit(i + 1) }
            if y > 0 { visit(i - width) }
            if y < height - 1 { visit(i + width) }
            if z > 0 { visit(i - width * height) }
            if z < depth - 1 { visit(i + width * height) }
        }
        return outside.map { !$0 }
    }

    /// Where the body is, for leaving out air: blocks of about 4 mm whose signal exceeds half of Otsu's threshold. Signal is the root mean square
    /// over the channels, each as a share of its 99.9th percentile over the blocks and no more than 1; the threshold is found on its square root,
    /// which keeps dark tissue on the side of the tissue where a little is very bright. All true where nothing stands out.
    static func body(_ stack: ChannelStack, spacing: [Double]) -> [Bool] {
        let size = (0..<3).map { max(1, Int((4 / spacing[$0]).rounded())) }
        let blocks = (0..<3).map { (stack.shape[$0] + size[$0] - 1) / size[$0] }
        var energy = [Double](repeating: 0, count: blocks.reduce(1, *))
        for channel in stack.channels {
            var sum = [Double](repeating: 0, count: energy.count), number = sum
            forEachVoxel(stack.shape, size, blocks) { i, b in
                sum[b] += Double(abs(channel[i]))
                number[b] += 1
            }
            for b in sum.indices { sum[b] /= number[b] }
            let top = Double(Robust.quantile(sum.map(Float.init), 0.999)), most = top > 0 ? top : sum.max() ?? 0
            for b in sum.indices where most > 0 {
                let share = min(1, sum[b] / most)
                energy[b] += share * share
            }
        }
        let level = energy.map { Float($0.squareRoot().squareRoot()) }
        // Half of the signal at Otsu's threshold: of its square root, 1/√2.
        guard let least = Otsu.threshold(level).map({ $0 * Float(0.5).squareRoot() }), level.contains(where: { $0 > least }) else { return [Bool](repeating: true, count: stack.count) }
        var inside = [Bool](repeating: false, count: stack.count)
        forEachVoxel(stack.shape, size, blocks) { i, b in inside[i] = level[b] > least }
        return inside
    }

    private static func forEachVoxel(_ shape: [Int], _ size: [Int], _ blocks: [Int], _ body: (Int, Int) -> Void) {
        for z in 0..<shape[0] {
            for y in 0..<shape[1] {
                let row = (z * shape[1] + y) * shape[2], blockRow = (z / size[0] * blocks[1] + y / size[1]) * blocks[2]
                for x in 0..<shape[2] { body(row + x, blockRow + x / size[2]) }
            }
        }
    }
}
