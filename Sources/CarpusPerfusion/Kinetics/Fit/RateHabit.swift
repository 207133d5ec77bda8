/// What is known of rates before the data speak: a normal distribution of their logarithm, wide enough to cost a determined rate nothing.
///
/// Where a curve hardly tells its rate, for want of uptake or because the rate is faster than the frames, the sum of squares is flat and rates and
/// amounts run away together. The habit weighs as one more observation with the noise of the data: without noise it is nothing, and where
/// the standard error of a rate's logarithm is 0.1, it moves the rate by a hundredth or less for each factor of e from its usual value.
struct RateHabit {
    /// Weights of the fast and the slow rate's deviation, and where they are at home, on the scale of the tables.
    var weight = SIMD2<Float>.zero, home = SIMD2<Float>.zero

    static let none = RateHabit()
    /// Standard deviation of a rate's logarithm: a factor of 7; of 2.7 where plasma, which looks like the fastest rate, has a weight of its own.
    private static let width: Float = 2, middling: Float = 1.3, narrow: Float = 1
    /// Usual rates of one compartment's washing out, of plasma's passage, and of the slow part of an exchange, 1/min.
    private static let washOut = Float(ResponseSpace.place(0.5 / 60)), passage = Float(ResponseSpace.place(15.0 / 60)), slow = Float(ResponseSpace.place(0.3 / 60))

    private init() {}

    /// The habit of a model for data of a noise variance.
    init(_ model: KineticModel, variance: Float) {
        let width = model == .extendedTofts ? Self.narrow : model == .tofts ? Self.middling : Self.width, w = variance / (width * width)
        switch model {
        case .tofts, .extendedTofts: (weight, home) = (SIMD2(w, 0), SIMD2(Self.washOut, 0))
        case .uptake: (weight, home) = (SIMD2(w, 0), SIMD2(Self.passage, 0))
        case .exchange: (weight, home) = (SIMD2(w, w), SIMD2(Self.passage, Self.slow))
        case .patlak: break
        }
    }

    /// What a place costs.
    @inline(__always) func cost(_ place: SIMD3<Double>) -> Float {
        let d = SIMD2(Float(place.x), Float(place.y)) - home
        return (weight * d * d).sum()
    }

    /// Adds the habit's pull.
    @inline(__always) func add(to n: inout NormalEquations, _ place: SIMD3<Double>) {
        for i in 0..<n.count where n.axes[i] < 2 {
            let axis = n.axes[i]
            n.matrix[i][i] += Double(weight[axis])
            n.slope[i] -= Double(weight[axis]) * (place[axis] - Double(home[axis]))
        }
    }
}
