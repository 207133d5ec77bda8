import Foundation

/// The two shapes of a model at given rates and delay, with their derivatives, as rows of lanes.
struct ResponsePoint {
    /// Place of the fast and of the slow rate on the scale of the tables; delay in steps of the tables.
    var place = SIMD3<Double>(0, 0, 0)
    /// Shapes, and their derivatives by their own rate's place and by the delay's.
    let first, second, firstByRate, secondByRate, firstByDelay, secondByDelay: UnsafeMutablePointer<Lane>
    /// What the shapes leave of the curve.
    let rest: UnsafeMutablePointer<Lane>
    /// Weights, not negative.
    var a: Float = 0, b: Float = 0
    /// Scalar products of the shapes.
    var g11: Float = 0, g12: Float = 0, g22: Float = 0
    /// Sum of squares of the rest, and with what the place costs.
    var sum: Float = 0, cost: Float = 0

    init(_ memory: UnsafeMutablePointer<Lane>, lanes: Int) {
        (first, second, firstByRate) = (memory, memory + lanes, memory + 2 * lanes)
        (secondByRate, firstByDelay, secondByDelay, rest) = (memory + 3 * lanes, memory + 4 * lanes, memory + 5 * lanes, memory + 6 * lanes)
    }

    /// Rows of lanes a point needs.
    static let rows = 7
}

/// What a fit reads: a response space as bare memory.
struct ResponseTables {
    let plasma, decaying: UnsafePointer<Lane>
    let lanes, delayCount: Int
    /// Distance of the delays, s.
    let delayStep: Float

    /// Cubic through four places of the tables: weights of value and derivative by the place.
    @inline(__always) static func cubic(_ x: Double) -> (row: Int, value: SIMD4<Float>, slope: SIMD4<Float>) {
        let scaled = x / ResponseSpace.step, last = ResponseSpace.rateCount - 4
        let row = max(0, min(last, Int(scaled) - 1)), u = Float(scaled - Double(row))
        let p = u, q = u - 1, r = u - 2, s = u - 3
        let pq: Float = p * q, rs: Float = r * s, pr: Float = p * r, ps: Float = p * s, qr: Float = q * r, qs: Float = q * s
        let value = SIMD4<Float>(-q * rs, 3 * p * rs, -3 * pq * s, pq * r) / 6
        let s0: Float = rs + qs + qr, s1: Float = rs + ps + pr, s2: Float = qs + ps + pq, s3: Float = qr + pr + pq
        let slope = SIMD4<Float>(-s0, 3 * s1, -3 * s2, s3) / 6
        return (row, value, slope / Float(ResponseSpace.step))
    }

    @inline(__always) private static func blend(_ p: Lane, _ q: Lane, _ r: Lane, _ t: Lane, _ w: SIMD4<Float>) -> Lane {
        let early: Lane = p * w[0] + q * w[1]
        let late: Lane = r * w[2] + t * w[3]
        return early + late
    }

    /// Weights of a cubic between two delays: of the ends' values and of their derivatives by the step; and the same, differentiated.
    private struct Hermite {
        let index: Int, values: SIMD2<Float>, slopes: SIMD2<Float>, valuesByStep: SIMD2<Float>, slopesByStep: SIMD2<Float>

        @inline(__always) init(_ delay: Double, _ count: Int) {
            index = min(max(0, count - 2), Int(delay))
            let u = Float(delay - Double(index)), v = 1 - u
            let late: Float = u * u * (3 - 2 * u), turn: Float = 6 * u * v
            values = SIMD2(1 - late, late)
            slopes = SIMD2(u * v * v, -u * u * v)
            valuesByStep = SIMD2(-turn, turn)
            slopesByStep = SIMD2(v * (1 - 3 * u), u * (3 * u - 2))
        }
    }

    /// A decaying shape. Between delays it is a cubic with the true slopes: the shape's own derivative by the delay is k times itself less the plasma's curve.
    @inline(__always)
    func decaying(_ x: Double, _ delay: Double, value: UnsafeMutablePointer<Lane>, byRate: UnsafeMutablePointer<Lane>, byDelay: UnsafeMutablePointer<Lane>) {
        let (row, w, s) = Self.cubic(x)
        guard delayCount > 1 else {
            let table = decaying + row * lanes
            for l in 0..<lanes {
                let p = table[l], q = table[l + lanes], r = table[l + 2 * lanes], t = table[l + 3 * lanes]
                value[l] = Self.blend(p, q, r, t, w)
                byRate[l] = Self.blend(p, q, r, t, s)
            }
            return
        }
        let h = Hermite(delay, delayCount), k = ResponseSpace.rate(x), decay = Float(k) * delayStep, decayByPlace = Float(k + ResponseSpace.pivot) * delayStep
        let early = decaying + (h.index * ResponseSpace.rateCount + row) * lanes, late = early + ResponseSpace.rateCount * lanes
        let inputs = plasma + h.index * lanes
        let now = h.values + h.slopes * decay, moving = h.valuesByStep + h.slopesByStep * decay, turning = h.slopes * decayByPlace
        let fed = h.slopes * delayStep, fedMoving = h.slopesByStep * delayStep
        for l in 0..<lanes {
            let p = early[l], q = early[l + lanes], r = early[l + 2 * lanes], t = early[l + 3 * lanes]
            let p2 = late[l], q2 = late[l + lanes], r2 = late[l + 2 * lanes], t2 = late[l + 3 * lanes]
            let a = Self.blend(p, q, r, t, w), b = Self.blend(p2, q2, r2, t2, w)
            let c = inputs[l], d = inputs[l + lanes]
            value[l] = Self.pair(a, b, now) - Self.pair(c, d, fed)
            byDelay[l] = Self.pair(a, b, moving) - Self.pair(c, d, fedMoving)
            byRate[l] = Self.pair(Self.blend(p, q, r, t, s), Self.blend(p2, q2, r2, t2, s), now) + Self.pair(a, b, turning)
        }
    }

    @inline(__always) private static func pair(_ a: Lane, _ b: Lane, _ w: SIMD2<Float>) -> Lane { a * w[0] + b * w[1] }

    /// The integral of the plasma's curve, whose slope is that curve.
    @inline(__always)
    func integral(_ delay: Double, value: UnsafeMutablePointer<Lane>, byDelay: UnsafeMutablePointer<Lane>) {
        let h = Hermite(delay, delayCount), stride = ResponseSpace.rateCount * lanes, table = decaying + h.index * stride, inputs = plasma + h.index * lanes
        guard delayCount > 1 else {
            for l in 0..<lanes { value[l] = table[l] }
            return
        }
        for l in 0..<lanes {
            let a = table[l], b = table[l + stride], c = inputs[l], d = inputs[l + lanes]
            value[l] = Self.pair(a, b, h.values) - Self.pair(c, d, h.slopes * delayStep)
            byDelay[l] = Self.pair(a, b, h.valuesByStep) - Self.pair(c, d, h.slopesByStep * delayStep)
        }
    }

    /// The plasma's curve, with the slopes its neighbours give.
    @inline(__always)
    func plasma(_ delay: Double, value: UnsafeMutablePointer<Lane>, byDelay: UnsafeMutablePointer<Lane>) {
        let h = Hermite(delay, delayCount), table = plasma + h.index * lanes
        guard delayCount > 1 else {
            for l in 0..<lanes { value[l] = table[l] }
            return
        }
        let before = h.index > 0 ? -lanes : 0, after = h.index + 2 < delayCount ? 2 * lanes : lanes
        let first: Float = h.index > 0 ? 0.5 : 1, last: Float = h.index + 2 < delayCount ? 0.5 : 1
        for l in 0..<lanes {
            let a = table[l], b = table[l + lanes], rise = (b - table[l + before]) * first, fall = (table[l + after] - a) * last
            value[l] = Self.pair(a, b, h.values) + Self.pair(rise, fall, h.slopes)
            byDelay[l] = Self.pair(a, b, h.valuesByStep) + Self.pair(rise, fall, h.slopesByStep)
        }
    }
}
