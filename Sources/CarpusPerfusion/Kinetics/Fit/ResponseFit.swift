import Foundation

/// Least squares in a response space: weights by variable projection (Golub and Pereyra 1973, in Kaufman's form), rates and delay by Levenberg and
/// Marquardt, derivatives from the tables. One worker's; its memory is taken once.
struct ResponseFit {
    let model: KineticModel, tables: ResponseTables
    /// The largest volume fraction ve may take.
    let largestVe: Double
    // All plain memory, so that nothing is counted or copied in the loops.
    private let two, delayed: Bool
    /// From how many delays it sets out.
    private let starts: Int
    private let net: ResponseSearch.Net
    private let memory: Scratch<Lane>, directions: UnsafeMutablePointer<Lane>
    private var here: ResponsePoint, there: ResponsePoint, kept: ResponsePoint
    private var habit = RateHabit.none

    /// Times a sample's variance, the sum of squares that noise alone leaves in the space at most: two and a half standard deviations above its mean.
    private let asNoise: Float

    /// Steps a fit may take.
    static let mostSteps = 150

    init(model: KineticModel, tables: ResponseTables, rank: Int, search: ResponseSearch, largestVe: Double) {
        (self.model, self.tables, self.largestVe) = (model, tables, largestVe)
        (two, delayed) = (model.shapes.count == 2, tables.delayCount > 1)
        net = ResponseSearch.Net(search)
        let lanes = tables.lanes, rows = ResponsePoint.rows
        memory = Scratch((3 * rows + 3) * lanes, repeating: Lane.zero)
        here = ResponsePoint(memory.base, lanes: lanes)
        there = ResponsePoint(memory.base + rows * lanes, lanes: lanes)
        kept = ResponsePoint(memory.base + 2 * rows * lanes, lanes: lanes)
        directions = memory.base + 3 * rows * lanes
        asNoise = Float(rank) + 2.5 * (2 * Float(rank)).squareRoot()
        // Over a range of delays that coarse frames make wide the sum of squares dips more than twice.
        starts = !delayed ? 1 : tables.delayCount > 300 ? 6 : model == .exchange ? 4 : 2
    }

    func free() {
        memory.free()
        net.free()
    }

    /// The best curve of the model.
    struct Result {
        var weights = ResponseWeights(), delay = 0.0
        var outcome = FitOutcome.settled
        /// Sum of squares inside the space.
        var sum: Float = 0
    }

    mutating func fit(_ z: UnsafePointer<Lane>, noise: Float) -> Result {
        let lanes = tables.lanes, size = dot(z, z, lanes)
        habit = RateHabit(model, variance: noise)
        var result = Result(), tried = 0
        let delays = net.look(z, lanes: lanes)
        while tried < starts, let start = net.next(delays) {
            if tried > 0 { swap(&here, &kept) }
            here.place = start.place
            Self.evaluate(&here, z, tables, model, two, habit)
            var outcome = FitOutcome.settled
            if here.a == 0 && here.b == 0 { outcome = .noUptake } else if model.rateCount + (delayed ? 1 : 0) > 0 { outcome = descend(z, size, noise) }
            if tried > 0 && kept.cost <= here.cost { swap(&here, &kept) } else { result.outcome = outcome }
            tried += 1
            if model.rateCount < 2 && outcome != .unsettled && here.sum < asNoise * noise { net.leaveHill(start.delay, delays) }
            if result.outcome == .noUptake { break }
        }
        if largestVe < .infinity, model == .tofts || model == .extendedTofts, here.a > 0, Double(here.a) > largestVe * ResponseSpace.rate(here.place.x) {
            holdVe(z)
            result.outcome = .atBound
        }
        result.weights = ResponseWeights(first: Double(here.a), second: Double(here.b), rate: model.rateCount > 0 ? ResponseSpace.rate(here.place.x) : 0,
                                         slowRate: model.rateCount > 1 ? ResponseSpace.rate(here.place.y) : 0)
        (result.delay, result.sum) = (here.place.z, here.sum)
        return result
    }

    /// Shapes, weights and rest at the point's place.
    @inline(__always)
    private static func evaluate(_ p: inout ResponsePoint, _ z: UnsafePointer<Lane>, _ t: ResponseTables, _ model: KineticModel, _ two: Bool, _ habit: RateHabit) {
        let lanes = t.lanes
        if model == .patlak {
            t.integral(p.place.z, value: p.first, byDelay: p.firstByDelay)
        } else {
            t.decaying(p.place.x, p.place.z, value: p.first, byRate: p.firstByRate, byDelay: p.firstByDelay)
        }
        switch model {
        case .extendedTofts, .patlak: t.plasma(p.place.z, value: p.second, byDelay: p.secondByDelay)
        case .uptake: t.integral(p.place.z, value: p.second, byDelay: p.secondByDelay)
        case .exchange: t.decaying(p.place.y, p.place.z, value: p.second, byRate: p.secondByRate, byDelay: p.secondByDelay)
        case .tofts: break
        }
        let b1 = dot(p.first, z, lanes), b2 = two ? dot(p.second, z, lanes) : 0
        p.g11 = max(dot(p.first, p.first, lanes), .leastNormalMagnitude)
        (p.g12, p.g22) = two ? (dot(p.first, p.second, lanes), max(dot(p.second, p.second, lanes), .leastNormalMagnitude)) : (0, 1)
        weigh(&p, b1, b2)
        var sum = Lane.zero
        for l in 0..<lanes {
            let rest = two ? z[l] - p.first[l] * p.a - p.second[l] * p.b : z[l] - p.first[l] * p.a
            p.rest[l] = rest
            sum += rest * rest
        }
        p.sum = sum.sum()
        p.cost = p.sum + habit.cost(p.place)
    }

    /// Weights that are not negative.
    @inline(__always)
    private static func weigh(_ p: inout ResponsePoint, _ b1: Float, _ b2: Float) {
        let g11 = Double(p.g11), g12 = Double(p.g12), g22 = Double(p.g22), determinant = g11 * g22 - g12 * g12
        if determinant > 1e-9 * g11 * g22 {
            let a = (Double(b1) * g22 - Double(b2) * g12) / determinant, b = (Double(b2) * g11 - Double(b1) * g12) / determinant
            if a >= 0 && b >= 0 {
                (p.a, p.b) = (Float(a), Float(b))
                return
            }
        }
        let one = b1 > 0 ? b1 * b1 / p.g11 : 0, two = b2 > 0 ? b2 * b2 / p.g22 : 0
        (p.a, p.b) = one >= two ? (max(0, b1) / p.g11, 0) : (0, max(0, b2) / p.g22)
    }

    /// Steps downhill until there is no more to gain.
    ///
    /// - Parameters:
    ///   - size: sum of squares of the curve.
    ///   - noise: variance of a sample.
    private mutating func descend(_ z: UnsafePointer<Lane>, _ size: Float, _ noise: Float) -> FitOutcome {
        var damping = 1e-3, steps = 0
        let limits = SIMD3(ResponseSpace.end, ResponseSpace.end, Double(max(1, tables.delayCount - 1)))
        while steps < Self.mostSteps {
            let normal = normalEquations()
            guard normal.count > 0 else { return .atBound }
            var better = false
            while steps < Self.mostSteps {
                steps += 1
                guard let step = normal.step(damping: damping) else { damping *= 10; continue }
                // What the step could gain is less than a thirtieth of a standard error.
                if damping < 0.1 && (step * normal.slope).sum() < Double(1e-3 * noise + 1e-13 * size) { return atBound(limits) ? .atBound : .settled }
                var place = here.place
                for i in 0..<normal.count { place[normal.axes[i]] += max(-normal.reach(i), min(normal.reach(i), step[i])) }
                place = pointwiseMax(pointwiseMin(place, limits), .zero)
                if place == here.place { return atBound(limits) ? .atBound : .settled }
                there.place = place
                Self.evaluate(&there, z, tables, model, two, habit)
                let gain = here.cost - there.cost
                if gain > 0 {
                    let small = gain < 1e-4 * there.cost + 1e-12 * size
                    swap(&here, &there)
                    damping = max(1e-7, damping * 0.1)
                    if small { return atBound(limits) ? .atBound : .settled }
                    better = true
                    break
                }
                if damping > 1e3 || -gain < 1e-7 * here.cost + 1e-13 * size { return atBound(limits) ? .atBound : .settled }
                damping *= 10
            }
            if !better { break }
        }
        return .unsettled
    }

    /// Whether a rate or the delay rests at its bound. A delay of 0 is one where the range begins: a tissue cannot lead its artery.
    private func atBound(_ limits: SIMD3<Double>) -> Bool {
        (model.rateCount > 0 && here.a > 0 && (here.place.x <= 0 || here.place.x >= limits.x)) || (delayed && here.place.z >= limits.z)
    }

    /// Derivatives of the curve by rates and delay, what the shapes could take over themselves taken out.
    @inline(__always)
    private func normalEquations() -> NormalEquations {
        let lanes = tables.lanes, p = here
        var n = NormalEquations()
        if model.rateCount > 0 && p.a > 0 {
            for l in 0..<lanes { directions[l] = p.firstByRate[l] * p.a }
            n.add(0)
        }
        if model.rateCount > 1 && p.b > 0 {
            let d = directions + n.count * lanes
            for l in 0..<lanes { d[l] = p.secondByRate[l] * p.b }
            n.add(1)
        }
        if delayed {
            delayDirection(directions + n.count * lanes)
            n.add(2)
        }
        var along = (SIMD3<Double>.zero, SIMD3<Double>.zero)
        for i in 0..<n.count {
            let d = directions + i * lanes
            along.0[i] = Double(dot(d, p.first, lanes))
            along.1[i] = p.b > 0 ? Double(dot(d, p.second, lanes)) : 0
            n.slope[i] = Double(dot(d, p.rest, lanes))
            for j in 0...i { n.matrix[i][j] = Double(dot(d, directions + j * lanes, lanes)) }
        }
        habit.add(to: &n, p.place)
        n.project(along, a: p.a > 0, b: p.b > 0, g11: Double(p.g11), g12: Double(p.g12), g22: Double(p.g22))
        return n
    }

    /// The derivative of the curve by the delay, in steps of the tables.
    @inline(__always)
    private func delayDirection(_ d: UnsafeMutablePointer<Lane>) {
        for l in 0..<tables.lanes { d[l] = two ? here.firstByDelay[l] * here.a + here.secondByDelay[l] * here.b : here.firstByDelay[l] * here.a }
    }

    /// Brings ve back to its largest value: the rate is that of the weight, which is searched by turns.
    private mutating func holdVe(_ z: UnsafePointer<Lane>) {
        for _ in 0..<12 {
            let rate = max(0, Double(here.a) / largestVe), x = min(ResponseSpace.end, ResponseSpace.place(rate))
            if abs(x - here.place.x) < 1e-4 { break }
            here.place.x = x
            Self.evaluate(&here, z, tables, model, two, habit)
        }
    }
}

extension ResponseFit {
    /// Standard errors of the numbers at the point where `fit` came to rest, then of the delay in steps of the tables; see `FitErrors`.
    func errors(
        _ estimate: FitErrors, of result: Result, variance: Double, shift: UnsafePointer<Lane>?, shiftVariance: Double, into out: UnsafeMutablePointer<Double>
    ) {
        if delayed { delayDirection(directions) }
        estimate.clear()
        if here.a > 0 { estimate.add(0, here.first, 1) }
        if two && here.b > 0 { estimate.add(1, here.second, 1) }
        if model.rateCount > 0 { estimate.add(2, here.firstByRate, here.a) }
        if model.rateCount > 1 { estimate.add(3, here.secondByRate, here.b) }
        if delayed { estimate.add(4, directions, 1) }
        estimate.estimate(lanes: tables.lanes, model: model, weights: result.weights, variance: variance, shift: shift, shiftVariance: shiftVariance, into: out)
    }
}
