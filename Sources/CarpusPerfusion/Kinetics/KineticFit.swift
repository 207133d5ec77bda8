public import CarpusCore

/// Pharmacokinetic models fitted to curves of concentration, voxel by voxel.
public struct KineticFit: Sendable {
    /// How to fit.
    public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// Linear least squares on the integrated equation (Murase, MRM 51, 2004; two compartments: Flouri et al., MRM 76, 2016): fast, and free of the
        /// input's coarse sampling; without a delay of its own for each voxel. Two compartments need frames closer than plasma's passage.
        case linear
        /// Non-linear least squares with standard errors.
        case nonLinear = "non-linear"
    }

    /// What is fitted, and within which bounds.
    public struct Parameters: Sendable, Hashable, Codable {
        /// The model.
        public var model = KineticModel.extendedTofts
        /// How to fit.
        public var method = Method.nonLinear
        /// The smallest and largest delay of the tissue behind the input, s; equal ones fix it.
        public var shortestDelay = 0.0, longestDelay = 0.0
        /// Delays are continuous; tables of shapes lie this far apart, s.
        public var delayStep = 0.1
        /// Whether an input that is sampled more coarsely than each second is taken as a smooth curve through its samples; otherwise it is straight
        /// between them, which cuts the peak of a bolus and costs Ktrans more than noise does. The linear method knows the samples alone.
        public var smoothInput = true
        /// The largest ve of the Tofts models.
        public var largestVe = 1.0
        /// Whether standard errors are told.
        public var standardErrors = true

        /// The defaults.
        public init() {}

        /// The parameter that is out of range, in a sentence; nil when all are fine.
        public var complaint: String? {
            if !(shortestDelay.isFinite && longestDelay.isFinite && shortestDelay <= longestDelay) { return "shortestDelay is \(shortestDelay) and longestDelay \(longestDelay); the one must not exceed the other" }
            if !(delayStep > 0 && delayStep.isFinite) { return "delayStep is \(delayStep); it has to be above 0" }
            if (longestDelay - shortestDelay) / delayStep > 1000 { return "delayStep is \(delayStep), which makes more than 1000 delays; take a larger step or a narrower range" }
            if !(largestVe > 0) { return "largestVe is \(largestVe); it has to be above 0" }
            return nil
        }
    }

    /// What a fit tells of each curve, in the order of the curves.
    public struct Result: Sendable {
        /// What `values` and `errors` hold, in this order; the delay comes last where it is fitted.
        public let quantities: [KineticQuantity]
        /// A list of numbers for each quantity. 0 where there is no uptake, NaN where a curve is not finite.
        public internal(set) var values: [[Float]]
        /// Their standard errors; empty where none were asked for. NaN where the data do not determine them.
        public internal(set) var errors: [[Float]]
        /// Root mean square of what the fit leaves, mM.
        public internal(set) var residuals: [Float]
        /// How each fit ended.
        public internal(set) var outcomes: [FitOutcome]

        /// The numbers of one quantity.
        public subscript(quantity: KineticQuantity) -> [Float]? { quantities.firstIndex(of: quantity).map { values[$0] } }
        /// The standard errors of one quantity.
        public func errors(of quantity: KineticQuantity) -> [Float]? { errors.isEmpty ? nil : quantities.firstIndex(of: quantity).map { errors[$0] } }
    }

    /// What is fitted.
    public let parameters: Parameters
    /// Times of the frames, s.
    public let times: [Double]
    let input: ArterialInputFunction
    let space: ResponseSpace?
    let search: ResponseSearch?

    /// A fit for one input and one set of frames; tables are made here, once for all voxels.
    ///
    /// - Parameters:
    ///   - input: the plasma's curve, on the same axis of time; finer samples than frames make the fit better and cost nothing.
    ///   - times: of the frames, s.
    /// - Throws: `PerfusionError` when a parameter is out of range, the times are no axis, or the input is 0 at all of them.
    public init(input: ArterialInputFunction, times: [Double], parameters: Parameters = .init()) throws {
        if let complaint = parameters.complaint { throw PerfusionError(.badParameter, complaint) }
        try TimeAxis.check(times, frames: times.count)
        guard times.contains(where: { input.value(at: $0 - parameters.shortestDelay) > 0 }) else {
            throw PerfusionError(.badInput, "the arterial input is 0 at every frame; its times and those of the series are not on one axis")
        }
        (self.parameters, self.times, self.input) = (parameters, times, input)
        guard parameters.method == .nonLinear else { (space, search) = (nil, nil); return }
        let input = parameters.smoothInput && TimeAxis.step(input.times) > 1.001 ? input.refined(step: 0.25) : input
        let width = parameters.longestDelay - parameters.shortestDelay
        let count = width > 0 ? max(1, Int((width / parameters.delayStep).rounded(.up))) : 0
        let delays = (0...count).map { parameters.shortestDelay + width * Double($0) / Double(max(1, count)) }
        let space = ResponseSpace(input: input, times: times, delays: delays)
        // A point of the net each second of delay.
        let stride = count > 0 ? max(1, Int((1 / (width / Double(count))).rounded())) : 1
        (self.space, search) = (space, ResponseSearch(space, parameters.model, delayStride: stride))
    }

    /// What `Result.quantities` will be.
    public var quantities: [KineticQuantity] { parameters.model.quantities + (parameters.method == .nonLinear && parameters.longestDelay > parameters.shortestDelay ? [.delay] : []) }

    /// Fits curves that lie frame after frame.
    ///
    /// - Parameters:
    ///   - concentrations: mM; `times.count` frames of `count` values.
    ///   - count: number of curves.
    public func fit(_ concentrations: [Float], count: Int) -> Result {
        precondition(concentrations.count == count * times.count, "a fit needs one value a curve and frame")
        return concentrations.withUnsafeBufferPointer { frames in
            guard let base = frames.baseAddress else { return empty(0) }
            return fit(base, stride: count, voxels: nil, count: count)
        }
    }

    /// What is known of the signal that concentrations are reckoned from, for standard errors: its mean over few frames is noisy, and moves the whole curve.
    public struct BaselineDoubt: Sendable {
        /// Frames the baseline is the mean of.
        public let frames: Int
        /// R10 / r1 of each voxel of the grid, mM: the concentration that would relax as the tissue does by itself.
        public let native: [Float]

        /// Doubt of given frames and T1 in s of each voxel of the grid.
        public init(frames: Int, t1: [Float], relaxivity: Double) { (self.frames, native) = (frames, t1.map { Float(1 / (Double($0) * relaxivity)) }) }
    }

    /// Fits some voxels of a series of concentrations.
    ///
    /// - Parameters:
    ///   - voxels: places in a frame.
    ///   - baseline: makes standard errors hold for a measured baseline; without it they are those for a known one.
    /// - Throws: `PerfusionError` when the series has other times.
    public func fit(_ series: TimeSeries, voxels: [Int], baseline: BaselineDoubt? = nil) throws -> Result {
        guard series.times == times else { throw PerfusionError(.badTimes, "the series has other times than the fit was made for") }
        return series.scalars.withUnsafeBufferPointer { frames in
            guard let base = frames.baseAddress else { return empty(0) }
            return voxels.withUnsafeBufferPointer { fit(base, stride: series.grid.count, voxels: $0.baseAddress, count: voxels.count, baseline: baseline) }
        }
    }

    func empty(_ count: Int) -> Result {
        let none = [[Float]](repeating: [Float](repeating: 0, count: count), count: quantities.count)
        return Result(quantities: quantities, values: none, errors: parameters.standardErrors && parameters.method == .nonLinear ? none : [],
                      residuals: [Float](repeating: 0, count: count), outcomes: [FitOutcome](repeating: .settled, count: count))
    }
}
