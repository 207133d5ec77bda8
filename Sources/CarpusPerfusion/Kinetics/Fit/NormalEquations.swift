/// Up to three equations for a step of rates and delay.
struct NormalEquations {
    var count = 0
    /// Which coordinate of the place each equation is for.
    var axes = SIMD3<Int>(0, 0, 0)
    /// Lower triangle of the curvature.
    var matrix = Rows3(a: .zero, b: .zero, c: .zero)
    /// Downhill.
    var slope = SIMD3<Double>.zero

    /// One more equation, for a coordinate of the place.
    @inline(__always)
    mutating func add(_ axis: Int) {
        axes[count] = axis
        count += 1
    }

    /// Takes out what the weights of the shapes can explain themselves.
    @inline(__always)
    mutating func project(_ along: (SIMD3<Double>, SIMD3<Double>), a: Bool, b: Bool, g11: Double, g12: Double, g22: Double) {
        let determinant = g11 * g22 - g12 * g12
        for i in 0..<count {
            for j in 0...i {
                let (u, v, s, t) = (along.0[i], along.1[i], along.0[j], along.1[j])
                if a && b {
                    if determinant > 0 { matrix[i][j] -= (u * s * g22 - (u * t + v * s) * g12 + v * t * g11) / determinant }
                } else if a { matrix[i][j] -= u * s / g11 } else if b { matrix[i][j] -= v * t / g22 }
            }
        }
    }

    /// The farthest a step may go along an equation's coordinate: ten places of a rate, ten steps of a delay.
    @inline(__always) func reach(_ i: Int) -> Double { axes[i] == 2 ? 10 : 1.5 }

    /// The damped step; nil where the matrix is not positive.
    @inline(__always)
    func step(damping: Double) -> SIMD3<Double>? {
        if count == 1 {
            let m = matrix.a.x * (1 + damping)
            return m > 0 ? SIMD3(slope.x / m, 0, 0) : nil
        }
        var l = matrix, x = slope
        for i in 0..<count { l[i][i] = matrix[i][i] * (1 + damping) + 1e-30 }
        for i in 0..<count {
            for j in 0...i {
                var s = l[i][j]
                for k in 0..<j { s -= l[i][k] * l[j][k] }
                if i == j {
                    guard s > 1e-12 * matrix[i][i], s > 0 else { return nil }
                    l[i][i] = s.squareRoot()
                } else { l[i][j] = s / l[j][j] }
            }
        }
        for i in 0..<count {
            for k in 0..<i { x[i] -= l[i][k] * x[k] }
            x[i] /= l[i][i]
        }
        for i in stride(from: count - 1, through: 0, by: -1) {
            for k in i + 1..<max(i + 1, count) { x[i] -= l[k][i] * x[k] }
            x[i] /= l[i][i]
        }
        return x
    }
}

/// Three rows without an array's allocation.
struct Rows3 {
    var a, b, c: SIMD3<Double>

    subscript(i: Int) -> SIMD3<Double> {
        @inline(__always) get { i == 0 ? a : i == 1 ? b : c }
        @inline(__always) set { if i == 0 { a = newValue } else if i == 1 { b = newValue } else { c = newValue } }
    }
}
