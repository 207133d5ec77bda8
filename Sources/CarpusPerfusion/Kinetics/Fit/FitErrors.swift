import Foundation

/// Standard errors of a fit: σ² (JᵀJ)⁻¹ of weights, rates and delay, carried to the model's numbers by their derivatives.
struct FitErrors {
    /// Unknowns at most: two weights, two rates, a delay.
    static let most = 5
    private let matrix = Scratch<Double>(2 * most * most, repeating: 0)
    private let values = Scratch<Double>(3 * 4, repeating: 0), along = Scratch<Double>(2 * most, repeating: 0)
    private let columns: Scratch<UnsafePointer<Lane>?>, scales = Scratch<Float>(most, repeating: 0)
    /// Which unknowns take part, and how many.
    private let used = Scratch<Int>(most, repeating: 0), count = Scratch<Int>(1, repeating: 0)

    init() { columns = Scratch(Self.most, repeating: nil) }

    func free() {
        matrix.free()
        values.free()
        along.free()
        columns.free()
        scales.free()
        used.free()
        count.free()
    }

    /// Forgets the unknowns.
    @inline(__always) func clear() { count.base[0] = 0 }

    /// One more unknown: 0 and 1 the weights, 2 and 3 the places of the rates, 4 the delay; with the derivative of the curve by it, which
    /// is `scale` times a row. Nothing for a scale of 0.
    @inline(__always)
    func add(_ unknown: Int, _ column: UnsafePointer<Lane>, _ scale: Float) {
        guard scale > 0 else { return }
        let n = count.base[0]
        (used.base[n], columns.base[n], scales.base[n], count.base[0]) = (unknown, column, scale, n + 1)
    }

    /// Standard errors of the model's numbers, then of the delay in steps; NaN where the data do not determine them.
    ///
    /// - Parameters:
    ///   - variance: of a sample's noise.
    ///   - shift: how the curve moves with the error of the baseline, as a row; nil when the baseline is known.
    ///   - shiftVariance: variance of that error.
    @inline(__always)
    func estimate(
        lanes: Int, model: KineticModel, weights: ResponseWeights, variance: Double, shift: UnsafePointer<Lane>?, shiftVariance: Double, into out: UnsafeMutablePointer<Double>
    ) {
        let n = model.quantityCount, size = Self.most, m = matrix.base, slopes = matrix.base + size * size, taken = count.base[0]
        for i in 0...n { out[i] = .nan }
        for i in 0..<taken {
            for j in 0...i {
                guard let a = columns.base[i], let b = columns.base[j] else { return }
                m[i * size + j] = Double(dot(a, b, lanes)) * Double(scales.base[i] * scales.base[j])
                m[j * size + i] = m[i * size + j]
            }
        }
        guard invert(taken) else { return }
        let delay = taken > 0 && used.base[taken - 1] == 4, inner = delay ? taken - 1 : taken
        for i in 0..<inner {
            differences(model, weights, used.base[i], into: values.base, n)
            for k in 0..<n { slopes[i * size + k] = values.base[k] }
        }
        for k in 0..<n {
            var sum = 0.0
            for i in 0..<inner { for j in 0..<inner { sum += slopes[i * size + k] * slopes[j * size + k] * m[i * size + j] } }
            out[k] = max(0, sum * variance)
        }
        out[n] = delay ? max(0, m[inner * size + inner] * variance) : 0
        if let shift {
            // The unknowns follow the shift by (JᵀJ)⁻¹ Jᵀ shift.
            for i in 0..<taken { along.base[i] = columns.base[i].map { Double(dot($0, shift, lanes)) * Double(scales.base[i]) } ?? 0 }
            for i in 0..<taken { along.base[size + i] = (0..<taken).reduce(0) { $0 + m[i * size + $1] * along.base[$1] } }
            for k in 0..<n {
                let moved = (0..<inner).reduce(0) { $0 + slopes[$1 * size + k] * along.base[size + $1] }
                out[k] += moved * moved * shiftVariance
            }
            if delay { out[n] += along.base[size + inner] * along.base[size + inner] * shiftVariance }
        }
        for k in 0...n { out[k] = out[k].squareRoot() }
    }

    /// Derivatives of the model's numbers by an unknown.
    private func differences(_ model: KineticModel, _ w: ResponseWeights, _ unknown: Int, into out: UnsafeMutablePointer<Double>, _ n: Int) {
        var (up, down, width) = (w, w, 0.0)
        func moved(_ rate: Double, _ by: Double) -> Double { max(0, ResponseSpace.rate(ResponseSpace.place(rate) + by)) }
        switch unknown {
        case 0: width = max(1e-7, 1e-4 * w.first); (up.first, down.first) = (w.first + width, w.first - width)
        case 1: width = max(1e-7, 1e-4 * w.second); (up.second, down.second) = (w.second + width, w.second - width)
        case 2: width = 1e-4; (up.rate, down.rate) = (moved(w.rate, width), moved(w.rate, -width))
        default: width = 1e-4; (up.slowRate, down.slowRate) = (moved(w.slowRate, width), moved(w.slowRate, -width))
        }
        var high = UnsafeMutableBufferPointer(start: values.base + 4, count: 4), low = UnsafeMutableBufferPointer(start: values.base + 8, count: 4)
        model.fill(&high, from: up)
        model.fill(&low, from: down)
        for k in 0..<n { out[k] = (high[k] - low[k]) / (2 * width) }
    }

    /// Inverts the leading square in place (Gauss and Jordan; it is symmetric and positive); false when it is singular.
    private func invert(_ n: Int) -> Bool {
        let m = matrix.base, size = Self.most
        for k in 0..<n {
            let pivot = m[k * size + k]
            guard pivot > 1e-300, pivot.isFinite else { return false }
            m[k * size + k] = 1
            for j in 0..<n { m[k * size + j] /= pivot }
            for i in 0..<n where i != k {
                let factor = m[i * size + k]
                m[i * size + k] = 0
                for j in 0..<n { m[i * size + j] -= factor * m[k * size + j] }
            }
        }
        return (0..<n).allSatisfy { m[$0 * size + $0] > 0 }
    }
}
