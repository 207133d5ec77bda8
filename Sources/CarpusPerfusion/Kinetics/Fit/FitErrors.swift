import Foundation

/// Standard errors of a fit: σ² (JᵀJ)⁻¹ of weights, rates and delay, carried to the model's numbers by their derivatives.
struct FitErrors {
    /// Unknowns at most: two weights, two rates, a delay.
    static let most = 5
    private let matrix = Scratch<Double>(2 * most * most, repeating: 0)
    private let values = Scratch<Double>(3 * 4, repeating: 0)

    func free() {
        matrix.free()
        values.free()
    }

    /// Standard errors of the model's numbers, then of the delay in steps; NaN where the data do not determine them.
    ///
    /// - Parameters:
    ///   - columns: derivatives of the curve by each unknown, nil for one that is not fitted: first and second weight, places of the rates, delay.
    ///   - weights: the unknowns themselves.
    ///   - variance: of the noise.
    @inline(__always)
    func estimate(
        _ columns: [UnsafeMutablePointer<Lane>?], scales: [Float], lanes: Int, model: KineticModel, weights: ResponseWeights, variance: Double,
        into out: UnsafeMutablePointer<Double>
    ) {
        let n = model.quantities.count, size = Self.most
        var used: [Int] = []
        for i in 0..<size where columns[i] != nil && scales[i] > 0 { used.append(i) }
        for i in 0...n { out[i] = .nan }
        for (i, p) in used.enumerated() {
            for (j, q) in used.enumerated() where j <= i {
                guard let a = columns[p], let b = columns[q] else { return }
                matrix.base[i * size + j] = Double(dot(a, b, lanes)) * Double(scales[p] * scales[q])
                matrix.base[j * size + i] = matrix.base[i * size + j]
            }
        }
        guard invert(used.count) else { return }
        for i in 0...n { out[i] = 0 }
        // Central differences of the numbers, as a row for each unknown.
        for (i, p) in used.enumerated() where p < 4 { differences(model, weights, p, into: values.base, n); for k in 0..<n { matrix.base[size * size + i * size + k] = values.base[k] } }
        for k in 0..<n {
            var sum = 0.0
            for (i, p) in used.enumerated() where p < 4 {
                for (j, q) in used.enumerated() where q < 4 {
                    sum += matrix.base[size * size + i * size + k] * matrix.base[size * size + j * size + k] * matrix.base[i * size + j]
                }
            }
            out[k] = max(0, sum * variance).squareRoot()
        }
        if let last = used.last, last == 4 { out[n] = max(0, matrix.base[(used.count - 1) * size + used.count - 1] * variance).squareRoot() }
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
