/// Middle values of eight curves at a time, by a network of comparisons (Batcher 1968): no branch depends on the data.
struct LaneMedian {
    private let pairs: Scratch<(low: Int32, high: Int32)>, used: Int
    private let count: Int

    /// A network for so many values a curve.
    init(_ count: Int) {
        var list: [(low: Int32, high: Int32)] = []
        var run = 1
        while run < count {
            var gap = run
            while gap >= 1 {
                for j in stride(from: gap % run, to: count - gap, by: 2 * gap) {
                    for i in j..<min(j + gap, count - gap) where i / (2 * run) == (i + gap) / (2 * run) { list.append((Int32(i), Int32(i + gap))) }
                }
                gap /= 2
            }
            run *= 2
        }
        pairs = Scratch(list.count, repeating: (0, 0))
        for (i, p) in list.enumerated() { pairs.base[i] = p }
        (used, self.count) = (list.count, count)
    }

    func free() { pairs.free() }

    /// Sorts rows in place; the middle one of each lane, or the mean of the two middle ones.
    func callAsFunction(_ rows: UnsafeMutablePointer<Lane>) -> Lane {
        for i in 0..<used {
            let p = pairs.base[i], a = rows[Int(p.low)], b = rows[Int(p.high)], turned = a .> b
            rows[Int(p.low)] = a.replacing(with: b, where: turned)
            rows[Int(p.high)] = b.replacing(with: a, where: turned)
        }
        return count % 2 == 0 && count > 1 ? (rows[count / 2 - 1] + rows[count / 2]) / 2 : rows[count / 2]
    }
}
