/// How an image is brought from one spacing to another: nnU-Net v2's rule, whose defaults these are.
public struct StackResampling: Sendable, Hashable, Codable {
    /// 0 nearest, 1 linear, 3 cubic B-spline: within slices, or in space where spacing is even.
    public var order: Int
    /// The same across thick slices.
    public var orderAcross = 0
    /// Whether slices are resampled one by one; nil decides by spacing.
    public var separate: Bool?
    /// Slices are resampled one by one where the largest spacing is more than so many times the least.
    public var anisotropy = 3.0

    /// A rule of given order.
    public init(order: Int, orderAcross: Int = 0, separate: Bool? = nil, anisotropy: Double = 3) {
        (self.order, self.orderAcross, self.separate, self.anisotropy) = (order, orderAcross, separate, anisotropy)
    }

    /// What is wrong with it, nil when nothing is.
    var complaint: String? {
        if [order, orderAcross].contains(where: { ResizeOrder(rawValue: $0) == nil }) { return "orders of resampling are 0, 1 or 3" }
        return anisotropy > 0 ? nil : "anisotropy must be above 0"
    }

    /// The shape at a new spacing: halves are rounded to the even number.
    static func shape(_ shape: [Int], from old: [Double], to new: [Double]) -> [Int] {
        (0..<shape.count).map { max(1, Int((old[$0] / new[$0] * Double(shape[$0])).rounded(.toNearestOrEven))) }
    }

    /// The axis across slices when they are resampled one by one.
    func axisAcross(from current: [Double], to new: [Double]) -> Int? {
        func lowest(_ spacing: [Double]) -> Int? {
            let most = spacing.max()!, axes = spacing.indices.filter { spacing[$0] == most }
            return axes.count == 1 ? axes[0] : nil
        }
        func isThick(_ spacing: [Double]) -> Bool { spacing.max()! / spacing.min()! > anisotropy }
        if let separate { return separate ? lowest(current) : nil }
        return isThick(current) ? lowest(current) : isThick(new) ? lowest(new) : nil
    }

    /// One channel at another shape.
    ///
    /// Cubic values are held within the range of what they were made from, slice by slice where slices are resampled one by one.
    func resample(_ values: [Float], shape: [Int], to target: [Int], spacing: [Double], newSpacing: [Double]) -> [Float] {
        guard shape != target else { return values }
        guard let within = ResizeOrder(rawValue: order), let between = ResizeOrder(rawValue: orderAcross) else { preconditionFailure("the rule was checked") }
        let across = axisAcross(from: spacing, to: newSpacing)
        let limits = within == .cubic ? Self.limits(values, shape: shape, apart: across) : []
        var (out, current) = (values, shape)
        for axis in 0..<3 where axis != across {
            // A line of the same length passes through unchanged, by every order.
            guard current[axis] != target[axis] else { continue }
            out = LineResize.resize(out, shape: current, axis: axis, to: target[axis], order: within)
            current[axis] = target[axis]
        }
        if within == .cubic { Self.clip(&out, shape: current, apart: across, to: limits) }
        if let across, shape[across] != target[across] {
            out = LineResize.resize(out, shape: current, axis: across, to: target[across], order: between)
        }
        return out
    }

    /// Least and largest value, of each slice along an axis or of everything.
    private static func limits(_ values: [Float], shape: [Int], apart axis: Int?) -> [ClosedRange<Float>] {
        let n = axis.map { shape[$0] } ?? 1
        var low = [Float](repeating: .infinity, count: n), high = [Float](repeating: -.infinity, count: n)
        forEachRun(values.count, shape: shape, apart: axis) { slice, run in
            for i in run {
                low[slice] = min(low[slice], values[i])
                high[slice] = max(high[slice], values[i])
            }
        }
        return zip(low, high).map { $0...$1 }
    }

    private static func clip(_ values: inout [Float], shape: [Int], apart axis: Int?, to limits: [ClosedRange<Float>]) {
        forEachRun(values.count, shape: shape, apart: axis) { slice, run in
            for i in run { values[i] = min(max(values[i], limits[slice].lowerBound), limits[slice].upperBound) }
        }
    }

    /// Stretches of memory that belong to one slice.
    private static func forEachRun(_ count: Int, shape: [Int], apart axis: Int?, _ body: (Int, Range<Int>) -> Void) {
        guard let axis else { return body(0, 0..<count) }
        let inner = shape[(axis + 1)...].reduce(1, *)
        for start in stride(from: 0, to: count, by: inner) { body(start / inner % shape[axis], start..<start + inner) }
    }
}
