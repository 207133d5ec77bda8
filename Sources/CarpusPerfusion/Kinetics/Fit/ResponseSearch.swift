import Foundation

/// Where a fit starts: the best of a coarse net of rates and delays, which no local minimum can hide from.
///
/// For every point of the net the weights are linear, and what two shapes explain follows from their scalar products with the curve and with each
/// other; the latter are made once.
struct ResponseSearch: Sendable {
    /// Every so many places of the tables is a point of the net; fewer are needed where each delay has its own.
    private static let rateStride = (single: 4, delayed: 8)

    struct Point: Sendable {
        /// Rows of the two shapes in `rows`; the second is -1 for a single shape.
        let first, second: Int32
        /// Scalar products of the shapes.
        let g11, g12, g22, inverse: Float
        /// Indices of rates and delay.
        let rate, slow, delay: Int32
    }
    /// Coordinates of all shapes of the net.
    let rows: [Lane]
    let rowCount: Int
    let points: [Point]

    init(_ space: ResponseSpace, _ model: KineticModel, delayStride: Int) {
        let lanes = space.lanes, rates = ResponseSpace.rateCount
        var rows: [Lane] = [], points: [Point] = []
        let coarse = Array(stride(from: model == .patlak ? 0 : 3, to: rates, by: space.delays.count > 1 ? Self.rateStride.delayed : Self.rateStride.single))
        for m in stride(from: 0, to: space.delays.count, by: delayStride) {
            var index: [Int: Int32] = [:]
            func row(_ k: Int) -> Int32 {
                if let known = index[k] { return known }
                let at = k < 0 ? m * lanes : (m * rates + k) * lanes
                rows += k < 0 ? space.plasma[at..<at + lanes] : space.decaying[at..<at + lanes]
                index[k] = Int32(rows.count / lanes - 1)
                return Int32(rows.count / lanes - 1)
            }
            func add(_ a: Int, _ b: Int?, rate: Int, slow: Int) {
                let first = row(a), second = b.map(row) ?? -1
                let (g11, g12, g22) = rows.withUnsafeBufferPointer { r -> (Float, Float, Float) in
                    let p = r.baseAddress! + Int(first) * lanes
                    guard second >= 0 else { return (dot(p, p, lanes), 0, 1) }
                    let q = r.baseAddress! + Int(second) * lanes
                    return (dot(p, p, lanes), dot(p, q, lanes), dot(q, q, lanes))
                }
                guard g11 > 0, g22 > 0 else { return }
                let determinant = g11 * g22 - g12 * g12
                points.append(Point(first: first, second: second, g11: g11, g12: g12, g22: g22, inverse: determinant > 1e-7 * g11 * g22 ? 1 / determinant : 0,
                                    rate: Int32(rate), slow: Int32(slow), delay: Int32(m)))
            }
            switch model {
            case .tofts: for k in coarse { add(k, nil, rate: k, slow: 0) }
            case .extendedTofts: for k in coarse { add(k, -1, rate: k, slow: 0) }
            case .patlak: add(0, -1, rate: 0, slow: 0)
            case .uptake: for k in coarse { add(k, 0, rate: k, slow: 0) }
            case .exchange: for k in coarse { for s in coarse where s < k { add(k, s, rate: k, slow: s) } }
            }
        }
        (self.rows, self.points, rowCount) = (rows, points, rows.count / lanes)
    }

    /// The net as bare memory of one worker.
    struct Net {
        private let rows: Scratch<Lane>, points: Scratch<Point>, products: Scratch<Float>
        /// What is explained at most at each delay, and where.
        private let best: Scratch<(explained: Float, point: Int)>

        init(_ search: ResponseSearch) {
            rows = Scratch(search.rows.count, repeating: .zero)
            for (i, row) in search.rows.enumerated() { rows.base[i] = row }
            let none = Point(first: 0, second: -1, g11: 1, g12: 0, g22: 1, inverse: 0, rate: 0, slow: 0, delay: 0)
            points = Scratch(search.points.count, repeating: none)
            for (i, point) in search.points.enumerated() { points.base[i] = point }
            products = Scratch(search.rowCount, repeating: 0)
            best = Scratch(Set(search.points.map(\.delay)).count + 1, repeating: (0, 0))
        }

        func free() {
            rows.free()
            points.free()
            products.free()
            best.free()
        }

        /// Finds, for each delay of the net, the place where two shapes with weights that are not negative explain most of a curve.
        ///
        /// - Returns: how many delays there are.
        @inline(__always)
        func look(_ z: UnsafePointer<Lane>, lanes: Int) -> Int {
            for i in 0..<products.count { products.base[i] = dot(rows.base + i * lanes, z, lanes) }
            var delays = 0, last: Int32 = -1
            for i in 0..<points.count {
                let p = points.base[i], b1 = products.base[Int(p.first)], b2 = p.second >= 0 ? products.base[Int(p.second)] : 0
                let a = (b1 * p.g22 - b2 * p.g12) * p.inverse, b = (b2 * p.g11 - b1 * p.g12) * p.inverse
                let one = b1 > 0 ? b1 * b1 / p.g11 : 0, two = b2 > 0 ? b2 * b2 / p.g22 : 0
                let explained = a > 0 && b > 0 ? a * b1 + b * b2 : max(one, two)
                if p.delay != last { (delays, last, best.base[delays]) = (delays + 1, p.delay, (explained, i)) }
                else if explained > best.base[delays - 1].explained { best.base[delays - 1] = (explained, i) }
            }
            return delays
        }

        /// The next best of the places that `look` found, each once, and which delay it is of; nil when there are no more.
        @inline(__always)
        func next(_ delays: Int) -> (place: SIMD3<Double>, delay: Int)? {
            var at = -1
            for i in 0..<delays where best.base[i].explained >= 0 && (at < 0 || best.base[i].explained > best.base[at].explained) { at = i }
            guard at >= 0 else { return nil }
            best.base[at].explained = -1
            let p = points.base[best.base[at].point]
            return (SIMD3(Double(p.rate) * ResponseSpace.step, Double(p.slow) * ResponseSpace.step, Double(p.delay)), at)
        }

        /// Passes over the delays from which it only goes uphill to the last that was told: a descent from there ends where that one did.
        @inline(__always)
        func leaveHill(_ delay: Int, _ delays: Int) {
            for side in stride(from: -1, through: 1, by: 2) {
                var i = delay + side, last = Float.infinity
                while i >= 0, i < delays, best.base[i].explained >= 0, best.base[i].explained <= last {
                    (last, best.base[i].explained) = (best.base[i].explained, -1)
                    i += side
                }
            }
        }
    }
}
