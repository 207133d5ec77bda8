/// An array of numbers with a shape, row-major: batch, channel, then (depth,) height, width for images.
public struct Tensor: Sendable, Equatable {
    /// Sizes of the axes, outermost first; empty for a single number.
    public var shape: [Int]
    /// The numbers, as many as the product of the sizes.
    public var values: [Float]

    /// The count of values must be the product of the shape.
    public init(shape: [Int], values: [Float]) {
        precondition(shape.allSatisfy { $0 >= 0 } && shape.reduce(1, *) == values.count, "a tensor's shape does not fit its values")
        (self.shape, self.values) = (shape, values)
    }

    /// The same number everywhere.
    public init(shape: [Int], repeating value: Float = 0) {
        self.init(shape: shape, values: [Float](repeating: value, count: shape.reduce(1, *)))
    }
}
