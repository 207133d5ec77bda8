/// How a voxel's fit ended.
public enum FitOutcome: UInt8, Sendable, Hashable, CaseIterable {
    /// The sum of squares rests at its smallest.
    case settled = 0
    /// It rests, with a parameter at a bound: the delay, a rate, or ve.
    case atBound = 1
    /// There is no uptake that the model could explain; amounts are 0 and rates say nothing.
    case noUptake = 2
    /// It did not come to rest in the steps it was given.
    case unsettled = 3
    /// The curve holds a value that is not finite; nothing was fitted.
    case notFinite = 4
    /// The voxel was left out by the region.
    case outside = 5
}
