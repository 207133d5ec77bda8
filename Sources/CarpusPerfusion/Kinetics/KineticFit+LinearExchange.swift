/// The plasma's curve integrated once and twice by trapezia: columns that all voxels share.
private struct TwiceIntegrated {
    var once: [Double] = [0], twice: [Double] = [0], halfSteps: [Double] = [0]

    init(_ input: ArterialInputFunction, _ times: [Double], delay: Double) {
        let plasma = times.map { input.value(at: $0 - delay) }
        for t in 1..<times.count {
            halfSteps.append((times[t] - times[t - 1]) / 2)
            once.append(once[t - 1] + halfSteps[t] * (plasma[t] + plasma[t - 1]))
            twice.append(twice[t - 1] + halfSteps[t] * (once[t] + once[t - 1]))
        }
    }
}

extension KineticFit {
    /// Two compartments as a plane (Flouri et al., MRM 76, 2016): C = Fp ∫Cp + Fp ((1 - E) K₋ + E K₊) ∬Cp - (K₊ + K₋) ∫C - K₊ K₋ ∬C; for uptake K₋ is 0 and
    /// the last column is missing. Trapezia at the frames; normal equations in double precision.
    func linearTwoCompartments(_ frames: UnsafePointer<Float>, _ stride: Int, _ voxels: UnsafePointer<Int>?, _ range: Range<Int>, _ out: FitSink) {
        let width = Projection.block, shared = TwiceIntegrated(input, times, delay: parameters.shortestDelay), count = parameters.model == .exchange ? 4 : 3
        let curves = Scratch<Float>(width * times.count, repeating: 0), matrix = Scratch<Double>(40, repeating: 0), numbers = Scratch<Double>(4, repeating: 0)
        defer { curves.free(); matrix.free(); numbers.free() }
        for start in Swift.stride(from: range.lowerBound, to: range.upperBound, by: width) {
            let part = start..<min(range.upperBound, start + width)
            CurveBlock.gather(frames, stride: stride, count: times.count, voxels: voxels, range: part, width: width, into: curves.base)
            for i in 0..<part.count {
                let square = accumulate(curves.base + i, width, shared, count, into: matrix.base)
                solveTwoCompartments(matrix.base, count, square, at: part.lowerBound + i, numbers, out)
            }
        }
    }

    /// Products of the columns with each other, five a row, and with the curve in the last place of a row; gives the square of the curve.
    @inline(__always)
    private func accumulate(_ curve: UnsafePointer<Float>, _ width: Int, _ shared: TwiceIntegrated, _ count: Int, into m: UnsafeMutablePointer<Double>) -> Double {
        var sums = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero), along = SIMD4<Double>.zero
        var before = 0.0, once = 0.0, twice = 0.0, square = 0.0
        for t in times.indices {
            let c = Double(curve[t * width]), half = shared.halfSteps[t], last = once
            once += half * (c + before)
            twice += half * (once + last)
            before = c
            let x = SIMD4(shared.once[t], shared.twice[t], -once, -twice)
            sums.0 += x * x[0]
            sums.1 += x * x[1]
            sums.2 += x * x[2]
            sums.3 += x * x[3]
            along += x * c
            square += c * c
        }
        @inline(__always) func put(_ i: Int, _ row: SIMD4<Double>) {
            guard i < count else { return }
            for j in 0..<count { m[i * 5 + j] = row[j] }
            m[i * 5 + 4] = along[i]
        }
        put(0, sums.0)
        put(1, sums.1)
        put(2, sums.2)
        put(3, sums.3)
        return square
    }

    /// Solves one voxel's equations and tells its numbers. Where the coefficients are no exchange, as noise makes them, uptake is what is left of it.
    private func solveTwoCompartments(_ m: UnsafeMutablePointer<Double>, _ count: Int, _ square: Double, at: Int, _ numbers: Scratch<Double>, _ out: FitSink) {
        guard square.isFinite, m[2 * 5 + 2].isFinite else { return out.refuse(at) }
        let right = SIMD4(m[4], m[9], m[14], count > 3 ? m[19] : 0)
        var x = SIMD4<Double>.zero, weights: ResponseWeights?, n = count
        while weights == nil, n >= 3 {
            (m + 20).update(from: m, count: 20)
            x = solve(m + 20, n) ?? .zero
            weights = Self.weights(x)
            n -= 1
        }
        guard let weights else {
            (out.residuals[at], out.outcomes[at]) = (Float((square / Double(times.count)).squareRoot()), .noUptake)
            return
        }
        out.residuals[at] = Float((max(0, square - (x * right).sum()) / Double(times.count)).squareRoot())
        var buffer = UnsafeMutableBufferPointer(start: numbers.base, count: 4)
        parameters.model.fill(&buffer, from: weights)
        for q in 0..<parameters.model.quantityCount { out.value(q, at, max(0, buffer[q])) }
        if weights.first <= 0 || weights.second <= 0 || n + 1 < count { out.outcomes[at] = .atBound }
    }

    /// Weights and rates of a plane's coefficients; nil where they are no two compartments.
    private static func weights(_ x: SIMD4<Double>) -> ResponseWeights? {
        let flow = x[0], sum = x[2], product = x[3], root = sum * sum - 4 * product
        guard flow > 0, sum > 0, product >= 0, root >= 0 else { return nil }
        let fast = (sum + root.squareRoot()) / 2, slow = product / fast
        guard fast > slow else { return nil }
        let share = (x[1] / flow - slow) / (fast - slow)
        // Uptake: E K₊ with K₋ = 0, the weight of the integral. Exchange: Fp E is that of the slow exponential.
        let second = flow * max(0, min(1, share))
        return ResponseWeights(first: flow - second, second: second, rate: fast, slowRate: slow)
    }

    /// Gauss's elimination of a symmetric system of up to four equations, scaled by its diagonal; nil when it is singular.
    private func solve(_ m: UnsafeMutablePointer<Double>, _ n: Int) -> SIMD4<Double>? {
        var scale = SIMD4<Double>(repeating: 1), x = SIMD4<Double>.zero
        for i in 0..<n {
            guard m[i * 5 + i] > 0 else { return nil }
            scale[i] = 1 / m[i * 5 + i].squareRoot()
        }
        for i in 0..<n {
            for j in 0..<n { m[i * 5 + j] *= scale[i] * scale[j] }
            m[i * 5 + 4] *= scale[i]
        }
        for k in 0..<n {
            guard m[k * 5 + k] > 1e-13 else { return nil }
            for i in k + 1..<max(k + 1, n) {
                let f = m[i * 5 + k] / m[k * 5 + k]
                for j in k..<5 where j < n || j == 4 { m[i * 5 + j] -= f * m[k * 5 + j] }
            }
        }
        for i in (0..<n).reversed() {
            var s = m[i * 5 + 4]
            for j in i + 1..<max(i + 1, n) { s -= m[i * 5 + j] * x[j] }
            x[i] = s / m[i * 5 + i]
        }
        return x * scale
    }
}
