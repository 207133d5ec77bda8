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
    /// Sum of squares of the rest.
    var sum: Float = 0

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

    /// A decaying shape.
    @inline(__always)
    func decaying(_ x: Double, _ delay: Double, value: UnsafeMutablePointer<Lane>, byRate: UnsafeMutablePointer<Lane>, byDelay: UnsafeMutablePointer<Lane>) {
        let (row, w, s) = Self.cubic(x)
        let m = min(max(0, delayCount - 2), Int(delay)), f = Float(delay - Double(m))
        let early = decaying + (m * ResponseSpace.rateCount + row) * lanes
        guard delayCount > 1 else {
            for l in 0..<lanes {
                let p = early[l], q = early[l + lanes], r = early[l + 2 * lanes], t = early[l + 3 * lanes]
                value[l] = Self.blend(p, q, r, t, w)
                byRate[l] = Self.blend(p, q, r, t, s)
            }
            return
        }
        let late = early + ResponseSpace.rateCount * lanes
        for l in 0..<lanes {
            let p = early[l], q = early[l + lanes], r = early[l + 2 * lanes], t = early[l + 3 * lanes]
            let p2 = late[l] - p, q2 = late[l + lanes] - q, r2 = late[l + 2 * lanes] - r, t2 = late[l + 3 * lanes] - t
            let step = Self.blend(p2, q2, r2, t2, w)
            byDelay[l] = step
            value[l] = Self.blend(p, q, r, t, w) + step * f
            byRate[l] = Self.blend(p + p2 * f, q + q2 * f, r + r2 * f, t + t2 * f, s)
        }
    }

    /// A shape without a rate: the plasma's curve, or its integral.
    @inline(__always)
    func fixed(_ table: UnsafePointer<Lane>, stride: Int, _ delay: Double, value: UnsafeMutablePointer<Lane>, byDelay: UnsafeMutablePointer<Lane>) {
        let m = min(max(0, delayCount - 2), Int(delay)), f = Float(delay - Double(m)), early = table + m * stride
        guard delayCount > 1 else {
            for l in 0..<lanes { value[l] = early[l] }
            return
        }
        for l in 0..<lanes {
            let step = early[l + stride] - early[l]
            byDelay[l] = step
            value[l] = early[l] + step * f
        }
    }
}
