/// The thresholds by which curves of relative enhancement are told apart; all in one place, to be named in a protocol.
public struct EnhancementParameters: Sendable, Hashable, Codable {
    /// How curves are told apart.
    public enum Scheme: String, Sendable, Hashable, Codable, CaseIterable {
        /// None, persistent, plateau, washout: bent lines chosen by noise-penalised likelihood (Kubassova et al., Acad Radiol 14, 2007).
        case fourClass = "four-class"
        /// Seven shapes of curves (after Lavini et al., Magn Reson Imaging 25, 2007).
        case sevenShapes = "seven-shapes"
        /// Types I, II, III by a tenth of the signal (Partridge et al., Acad Radiol 21, 2014).
        case threeTypes = "three-types"
    }

    /// How curves are told apart.
    public var scheme = Scheme.fourClass
    /// Frames before the agent arrives; found from the series when nil.
    public var baselineFrames: Int? = nil
    /// A voxel enhances when the mean of three frames exceeds its baseline by this share of it,
    public var minimumEnhancement = 0.20
    /// and by this many standard deviations.
    public var noiseFactor = 4.0
    /// A late change beyond this share of the signal at the peak is washout or persistence.
    public var lateShare = 0.10
    /// The late change is counted up to this long after the peak, s.
    public var lateWindow = 180.0
    /// A rise that takes longer than this is slow, s.
    public var slowRise = 120.0
    /// An artery peaks within this of the onset, s (half a frame is added),
    public var arterialRise = 20.0
    /// and half a minute to a minute later has lost this share of its peak.
    public var arterialDrop = 0.25
    /// Three types: the first phase lasts this long from the onset, s,
    public var firstPhase = 120.0
    /// the late one begins this long after it, s, where the series lasts so long,
    public var latePhase = 270.0
    /// and voxels that rise by less than this share in the first phase have no type.
    public var typeThreshold = 0.5
    /// Whether each frame is averaged with its neighbours, a quarter each, before the shapes are looked for.
    public var temporalSmoothing = false
    /// Whether each curve is averaged with its like neighbours in the plane; curves that differ by more than noise are left out, so that edges stay.
    public var spatialSmoothing = false
    /// Whether a label is replaced by that of most of its eight neighbours in the plane, itself counted.
    public var majorityFilter = false

    /// The defaults.
    public init() {}

    /// The parameter that is out of range, in a sentence; nil when all are fine.
    public var complaint: String? {
        let positive = [("minimumEnhancement", minimumEnhancement), ("noiseFactor", noiseFactor), ("lateShare", lateShare), ("lateWindow", lateWindow), ("slowRise", slowRise),
                        ("arterialRise", arterialRise), ("arterialDrop", arterialDrop), ("firstPhase", firstPhase), ("latePhase", latePhase)]
        if let bad = positive.first(where: { !($0.1 > 0 && $0.1.isFinite) }) { return "\(bad.0) is \(bad.1); it has to be above 0" }
        if !(typeThreshold >= 0 && typeThreshold.isFinite) { return "typeThreshold is \(typeThreshold); it has to be 0 or more" }
        if let baselineFrames, baselineFrames < 1 { return "baselineFrames is \(baselineFrames); at least one frame lies before the agent" }
        return nil
    }
}
