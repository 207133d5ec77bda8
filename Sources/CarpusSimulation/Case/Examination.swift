public import CarpusCore

/// How a wrist is examined: which series, how fine, in which field.
public struct Examination: Sendable, Hashable, Codable {
    /// Series that are scanned, in whatever order; a set would be written in another order each time.
    public var roles: [SeriesRole] = [.t1, .t1gd, .stir, .dce]
    /// Field, tesla.
    public var fieldTesla = 1.5
    /// Voxels in plane, mm; the dynamic series has larger ones by a factor of 1.6.
    public var inPlane = 0.4
    /// Thickness of a slice, mm; a tenth of it is left out between slices.
    public var sliceThickness = 2.0
    /// Frames of the dynamic series.
    public var frames = 30

    /// Four series at 1.5 T.
    public init() {}

    /// What is out of range, in a sentence; nil when all is fine.
    public var complaint: String? {
        if roles.isEmpty { return "no series is asked for; name one at least" }
        if !(0.2...7).contains(fieldTesla) { return "the field is \(fieldTesla) T; it has to be 0.2 to 7" }
        if !(0.15...2).contains(inPlane) { return "the voxels are \(inPlane) mm in plane; they have to be 0.15 to 2" }
        if !(0.5...6).contains(sliceThickness) { return "the slices are \(sliceThickness) mm thick; they have to be 0.5 to 6" }
        return (2...200).contains(frames) ? nil : "the dynamic series has \(frames) frames; it has to have 2 to 200"
    }

    /// The series of one visit, in the order they are scanned.
    public func series(of patient: VirtualPatient, visit: Int) -> [VirtualSeries] {
        let recipes = SeriesRecipes(examination: self, patient: patient, visit: visit)
        return SeriesRole.scanned.filter(roles.contains).enumerated().map { i, role in
            var series = recipes.series(role)
            series.header.number = i + 2    // the first is the localiser nobody keeps
            return series
        }
    }
}

extension SeriesRole {
    /// All series in the order they are scanned: gadolinium comes with the dynamic one.
    static let scanned: [SeriesRole] = [.t1, .gre, .stir, .dce, .t1gd, .t1gdFatSaturated]
}

/// A series ready to be scanned.
public struct VirtualSeries: Sendable {
    /// The role it plays in a protocol.
    public let role: SeriesRole
    /// What its headers say.
    public internal(set) var header: SeriesHeader
    /// What the scanner does.
    public let plan: ScanPlan
    /// Seconds from its beginning to each frame's; empty for a single volume.
    public let frameTimes: [Double]
    /// Seconds from its beginning to the injection of gadolinium; a dynamic series only.
    public let injectionSeconds: Double
    /// From the specimen's world to the scanner's, one a frame, one for a single volume.
    public let placements: [RigidTransform]
}
