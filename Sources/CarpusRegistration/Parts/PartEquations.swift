import CarpusCore

/// What both scans show at a point of the halfway frame.
struct PartPair {
    /// From the part's middle, mm.
    let point: Vector3
    let first, second: Double
    /// A mm.
    let firstGradient, secondGradient: Vector3
}

/// Normal equations of a part's motion (turning, sliding), with a gain and an offset of the second scan over the first: six parameters of the motion, then these two.
struct PartEquations {
    private static let count = 8
    private let matrix, right: [Double]
    /// The matrix from one scan's slopes times the other's: noise makes slopes too, but not the same ones in both.
    private let told: [Double]
    /// What the prior adds to the diagonal.
    private let precision: SIMD8<Double>

    init(_ pairs: [PartPair], independent: Double, _ parameters: PartRegistration.Parameters) {
        let turn = parameters.expectedTurn * .pi / 180, w = 1 / (turn * turn), u = 1 / (parameters.expectedShift * parameters.expectedShift)
        precision = SIMD8(w, w, w, u, u, u, 0, 0)
        let line = IntensityLine(pairs), share = min(1, independent / Double(pairs.count)) / (line.scatter * line.scatter)
        var sums = Columns(), crossed = Columns(), pull = SIMD8<Double>.zero
        for pair in pairs {
            let d = line.residual(pair), weight = line.weight(d) * share
            guard weight > 0 else { continue }
            let one = Self.row(pair, pair.firstGradient * line.gain), other = Self.row(pair, pair.secondGradient), row = (one + other) * 0.5
            pull -= row * (weight * d)
            sums.add(row, row, weight)
            crossed.add(one, other, weight / 2)
            crossed.add(other, one, weight / 2)
        }
        (matrix, told, right) = (sums.matrix(adding: precision), crossed.matrix(adding: precision), (0..<Self.count).map { pull[$0] })
    }

    /// How a residual changes with each parameter, for a slope of the scans.
    @inline(__always) private static func row(_ pair: PartPair, _ gradient: Vector3) -> SIMD8<Double> {
        let moment = pair.point.cross(gradient)
        return SIMD8(moment.x, moment.y, moment.z, gradient.x, gradient.y, gradient.z, -pair.first, -1)
    }

    /// A matrix of eight columns that grows by products of rows.
    private struct Columns {
        private var all: (SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>, SIMD8<Double>) =
            (.zero, .zero, .zero, .zero, .zero, .zero, .zero, .zero)

        @inline(__always) mutating func add(_ a: SIMD8<Double>, _ b: SIMD8<Double>, _ weight: Double) {
            let wa = a * weight
            all.0 += wa * b[0]; all.1 += wa * b[1]; all.2 += wa * b[2]; all.3 += wa * b[3]
            all.4 += wa * b[4]; all.5 += wa * b[5]; all.6 += wa * b[6]; all.7 += wa * b[7]
        }

        func matrix(adding diagonal: SIMD8<Double>) -> [Double] {
            let columns = [all.0, all.1, all.2, all.3, all.4, all.5, all.6, all.7]
            return (0..<count * count).map { columns[$0 % count][$0 / count] + ($0 / count == $0 % count ? diagonal[$0 % count] : 0) }
        }
    }

    /// The step of turning and sliding from a motion; nil for a singular system.
    func step(from velocity: RigidVelocity) -> RigidVelocity? {
        let now = SIMD8(velocity.turning.x, velocity.turning.y, velocity.turning.z, velocity.sliding.x, velocity.sliding.y, velocity.sliding.z, 0, 0)
        guard let x = LinearSystem.solve(matrix, right.indices.map { right[$0] - precision[$0] * now[$0] }) else { return nil }
        return RigidVelocity(turning: Vector3(x[0], x[1], x[2]), sliding: Vector3(x[3], x[4], x[5]), centre: velocity.centre)
    }

    /// The standard deviation of where the points of a part lie, root mean square, mm; nil for a system that tells nothing.
    func error(over part: PartSamples.Part, centre: Vector3) -> Double? {
        var covariance: [[Double]] = []
        for i in 0..<6 {
            guard let column = LinearSystem.solve(told, right.indices.map { $0 == i ? 1 : 0 }) else { return nil }
            covariance.append(column)
        }
        // The mean over points of the trace of D Σ Dᵀ, D = (-[q]×, 1): it asks for the mean of q and of q qᵀ alone.
        var mean = Vector3.zero, squares = Matrix3(diagonal: .zero)
        for p in part.points {
            let q = (p - centre)
            mean += q
            (squares.x, squares.y, squares.z) = (squares.x + q * q.x, squares.y + q * q.y, squares.z + q * q.z)
        }
        let n = Double(part.points.count), spread = squares.x.x + squares.y.y + squares.z.z
        func c(_ i: Int, _ j: Int) -> Double { covariance[i][j] }
        var variance = c(3, 3) + c(4, 4) + c(5, 5)
        for i in 0..<3 {
            for j in 0..<3 { variance += c(i, j) * ((i == j ? spread : 0) - squares[column: i][j]) / n }
        }
        // 2 ω × q · u: the turning about one axis with the sliding along the next.
        let m = mean / n
        variance += 2 * (m.z * (c(1, 3) - c(0, 4)) + m.x * (c(2, 4) - c(1, 5)) + m.y * (c(0, 5) - c(2, 3)))
        return variance.isFinite && variance >= 0 ? variance.squareRoot() : nil
    }
}
