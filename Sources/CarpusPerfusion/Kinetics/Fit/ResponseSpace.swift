import CarpusCore
import Foundation

/// All curves one arterial input can cause, in the few dimensions they span.
///
/// The shapes Cp(t - Ta) and Cp ⊗ exp(-k t) (t - Ta), for all rates and delays of interest, lie to one part in 10⁵ in a space of ten to forty
/// dimensions, whatever the number of frames. A measured curve is projected there once; what lies outside no model can explain, so least squares
/// in the space is least squares over the frames. Tables of the shapes' coordinates then make a fit independent of the number of frames
/// and of the samples of the input, and their making is exact for an input of straight pieces.
struct ResponseSpace: Sendable {
    /// Times of the frames, s.
    let times: [Double]
    /// Dimensions of the space, in lanes of eight.
    let lanes: Int
    /// Dimensions that are not padding.
    let rank: Int
    /// Orthonormal directions; row t holds frame t of all of them.
    let basis: [Lane]
    /// Coordinates of a curve that is 1 throughout.
    let constant: [Lane]
    /// Delays of the tables, s, evenly spaced; at least one.
    let delays: [Double]
    /// Coordinates of Cp(t - Ta), a row of lanes for each delay.
    let plasma: [Lane]
    /// Coordinates of Cp ⊗ exp(-k t), for each delay a row for each rate.
    let decaying: [Lane]

    /// The rates of the tables: k = pivot (exp(step i) - 1), so that 0 is among them and the fast ones lie evenly on a log scale.
    static let pivot = 0.02 / 60, step = 0.15, rateCount = 64

    /// Rate in 1/s of a place on the scale of the tables.
    @inline(__always) static func rate(_ x: Double) -> Double { pivot * (exp(x) - 1) }
    /// Place on the scale of a rate in 1/s.
    static func place(_ rate: Double) -> Double { log(1 + rate / pivot) }
    /// The last place.
    static var end: Double { step * Double(rateCount - 1) }

    /// The space of an input seen at times.
    ///
    /// - Parameters:
    ///   - input: the plasma's curve.
    ///   - times: of the frames, s.
    ///   - delays: of the tables, s, evenly spaced.
    init(input: ArterialInputFunction, times: [Double], delays: [Double]) {
        let n = times.count, rates = Self.rateCount
        var raw = [Float](repeating: 0, count: delays.count * (rates + 1) * n)
        raw.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(rates + 1) { k in
                for (m, delay) in delays.enumerated() where k == rates {
                    for i in 0..<n { out[(m * (rates + 1) + k) * n + i] = Float(input.value(at: times[i] - delay)) }
                }
                guard k < rates else { return }
                let rate = Self.rate(Double(k) * Self.step)
                let curve = input.convolved(rate: rate, at: delays.flatMap { d in times.map { $0 - d } })
                for m in delays.indices { for i in 0..<n { out[(m * (rates + 1) + k) * n + i] = Float(curve[m * n + i]) } }
            }
        }
        let directions = Self.directions(raw, frames: n, delays: delays.count)
        rank = directions.count / n
        lanes = (rank + 7) / 8
        var basis = [Lane](repeating: .zero, count: n * lanes)
        for d in 0..<rank { for t in 0..<n { basis[t * lanes + d / 8][d % 8] = Float(directions[d * n + t]) } }
        let (lanes, fixed, curves) = (lanes, basis, raw)
        var table = [Lane](repeating: .zero, count: delays.count * (rates + 1) * lanes)
        table.withUnsafeMutableBufferPointer { buffer in
            nonisolated(unsafe) let out = buffer.baseAddress!
            Parallel.forEach(blocksOf: delays.count * (rates + 1)) { rows in
                for row in rows {
                    let to = out + row * lanes
                    for t in 0..<n { for l in 0..<lanes { to[l] += fixed[t * lanes + l] * curves[row * n + t] } }
                }
            }
        }
        var plasma: [Lane] = [], decaying: [Lane] = []
        for m in delays.indices {
            let start = m * (rates + 1) * lanes
            decaying += table[start..<start + rates * lanes]
            plasma += table[start + rates * lanes..<start + (rates + 1) * lanes]
        }
        constant = (0..<lanes).map { l in (0..<n).reduce(Lane.zero) { $0 + fixed[$1 * lanes + l] } }
        (self.times, self.basis, self.delays, self.plasma, self.decaying) = (times, basis, delays, plasma, decaying)
    }

    /// Orthonormal directions, one after the other, that hold all shapes to 2 · 10⁻⁵ of their size: the shape that is held worst gives the next
    /// direction (Gram and Schmidt with pivots), over every second rate and at most 25 delays, and all delays of the plasma.
    private static func directions(_ raw: [Float], frames n: Int, delays: Int) -> [Double] {
        let stride = max(1, delays / 25)
        var left: [[Double]] = []
        for m in 0..<delays {
            let wanted = m % stride == 0 || m == delays - 1
            for k in 0...rateCount where k == rateCount || wanted && k % 2 == 0 {
                let row = (m * (rateCount + 1) + k) * n
                let curve = raw[row..<row + n].map(Double.init), size = curve.reduce(0) { $0 + $1 * $1 }.squareRoot()
                if size > 1e-12 { left.append(curve.map { $0 / size }) }
            }
        }
        var sizes = [Double](repeating: 1, count: left.count), found: [Double] = []
        while found.count < n * n, let worst = sizes.indices.max(by: { sizes[$0] < sizes[$1] }), sizes[worst] > 4e-10 {
            let size = left[worst].reduce(0) { $0 + $1 * $1 }.squareRoot()
            let direction = left[worst].map { $0 / size }
            found += direction
            let count = left.count
            left.withUnsafeMutableBufferPointer { rows in
                nonisolated(unsafe) let rows = rows.baseAddress!
                sizes.withUnsafeMutableBufferPointer { sizes in
                    nonisolated(unsafe) let sizes = sizes.baseAddress!
                    Parallel.forEach(blocksOf: count) { range in
                        for r in range { sizes[r] = remove(direction, from: &rows[r]) }
                    }
                }
            }
        }
        return found.isEmpty ? [Double](repeating: (1 / Double(n)).squareRoot(), count: n) : found
    }

    /// Takes a direction out of a curve; gives the square of what is left.
    private static func remove(_ direction: [Double], from curve: inout [Double]) -> Double {
        direction.withUnsafeBufferPointer { d in
            curve.withUnsafeMutableBufferPointer { c in
                var along = 0.0, rest = 0.0
                for i in 0..<d.count { along += d[i] * c[i] }
                for i in 0..<d.count {
                    c[i] -= along * d[i]
                    rest += c[i] * c[i]
                }
                return rest
            }
        }
    }
}
