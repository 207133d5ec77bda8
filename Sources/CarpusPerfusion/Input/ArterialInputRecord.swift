/// The arterial input that a fit used, sample by sample, and where it comes from: what a reader needs to judge it or to use it again.
public struct ArterialInputRecord: Sendable, Hashable, Codable {
    /// `parker`, `georgiou`, `region` or `automatic`.
    public var source: String
    /// Times of the samples, s on the axis of the series.
    public var times: [Double]
    /// Concentration in plasma, mM.
    public var plasma: [Double]
    /// Share of the blood that is cells: blood holds 1 - haematocrit of what plasma does.
    public var haematocrit: Double
    /// Mean signal of the voxels at the frames; nil for a population's input.
    public var signal: [Double]?
    /// The voxels a measured input is the mean of, each as its three indices counted from 0, those filled best first where they were found.
    public var voxels: [[Int]]?
    /// T1 of blood that turned signal into concentration, s; nil for a population's input.
    public var bloodT1: Double?
    /// When a population's input arrives, s, and whether that is guessed from the series.
    public var arrival: Double?, arrivalIsGuessed: Bool?

    init(
        source: String, function: ArterialInputFunction, haematocrit: Double, signal: [Double]? = nil, voxels: [[Int]]? = nil, bloodT1: Double? = nil, arrival: Double? = nil,
        arrivalIsGuessed: Bool? = nil
    ) {
        (self.source, times, plasma, self.haematocrit) = (source, function.times, function.plasma, haematocrit)
        (self.signal, self.voxels, self.bloodT1) = (signal, voxels, bloodT1)
        (self.arrival, self.arrivalIsGuessed) = (arrival, arrivalIsGuessed)
    }

    /// No input: a placeholder.
    public static let none = ArterialInputRecord()

    private init() { (source, times, plasma, haematocrit) = ("none", [], [], 0) }

    /// Concentration in whole blood, mM.
    public var blood: [Double] { plasma.map { $0 * (1 - haematocrit) } }
}
