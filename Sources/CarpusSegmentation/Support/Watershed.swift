/// Flooding of a plane from markers.
enum Watershed {
    /// Each pixel of `mask` gets the marker whose flood reaches it first, lowest ground first (Beucher and Meyer, in
    /// Mathematical Morphology in Image Processing, 1993). Water rises in steps of `step`; pixels at one level are served
    /// in the order in which they were reached, so floods meet halfway on flat ground. Four neighbours; no dam is kept.
    ///
    /// - Parameters:
    ///   - height: the ground, finite inside the mask.
    ///   - markers: 0 or the number of a basin.
    static func flood(_ height: [Float], from markers: [Int32], inside mask: [Bool], width: Int, step: Float) -> [Int32] {
        var labels = markers
        var low = Float.infinity, high = -Float.infinity
        for i in height.indices where mask[i] { (low, high) = (min(low, height[i]), max(high, height[i])) }
        guard low <= high else { return labels.map { _ in 0 } }
        let levels = min(1 << 16, Int((high - low) / step) + 1)
        var queues = [[Int]](repeating: [], count: levels)
        func level(_ i: Int) -> Int { min(levels - 1, Int((height[i] - low) / step)) }
        for i in labels.indices {
            if !mask[i] { labels[i] = 0 } else if labels[i] != 0 { queues[level(i)].append(i) }
        }
        let rows = height.count / width
        for now in 0..<levels {
            var head = 0
            while head < queues[now].count {
                let at = queues[now][head], x = at % width, y = at / width
                head += 1
                func reach(_ n: Int) {
                    guard mask[n], labels[n] == 0 else { return }
                    labels[n] = labels[at]
                    queues[max(now, level(n))].append(n)
                }
                if x > 0 { reach(at - 1) }
                if x + 1 < width { reach(at + 1) }
                if y > 0 { reach(at - width) }
                if y + 1 < rows { reach(at + width) }
            }
            queues[now] = []
        }
        return labels
    }

    /// Markers at the peaks that stand out by at least `prominence` from the saddle to a higher peak (the h-maxima,
    /// Soille, Morphological Image Analysis, 2003) and are higher than `minimum`; numbered by falling height. One pixel each.
    static func peaks(of values: [Float], width: Int, prominence: Float, above minimum: Float) -> [Int32] {
        let order = values.indices.filter { values[$0] > 0 }.sorted { values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1 }
        var parent = [Int32](repeating: -1, count: values.count)
        func root(_ i: Int) -> Int {
            var i = i
            while parent[i] != i {
                parent[i] = parent[Int(parent[i])]
                i = Int(parent[i])
            }
            return i
        }
        let rows = values.count / width
        // Every pixel begins as a hill of its own and dies where it meets a higher one without having stood out.
        var alive = [Bool](repeating: false, count: values.count)
        for i in order {
            parent[i] = Int32(i)
            alive[i] = true
            let x = i % width, y = i / width
            for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] where x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < rows {
                let n = i + dx + dy * width
                guard parent[n] >= 0 else { continue }
                var (high, low) = (root(n), root(i))
                if high == low { continue }
                // A root is the highest pixel of its hill, the first in memory among equals.
                if values[low] > values[high] || (values[low] == values[high] && low < high) { swap(&high, &low) }
                if values[low] - values[i] < prominence { alive[low] = false }
                parent[low] = Int32(high)
            }
        }
        var markers = [Int32](repeating: 0, count: values.count), next: Int32 = 1
        for i in order where alive[i] && values[i] > minimum {
            markers[i] = next
            next += 1
        }
        return markers
    }
}
