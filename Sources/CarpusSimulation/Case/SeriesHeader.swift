/// What a scanner writes into the headers of a series, besides geometry and pixels. Times in seconds, lengths in mm.
public struct SeriesHeader: Sendable, Hashable {
    /// As an operator names it: `COR T1 SE`.
    public var description: String
    /// Position in the examination, from 1.
    public var number: Int
    /// DICOM Scanning Sequence: `SE`, `IR`, `GR`.
    public var scanningSequence: [String]
    /// DICOM Sequence Variant: `SK`, `SP`, `NONE`.
    public var sequenceVariant: [String]
    /// DICOM Scan Options: `FS` for fat saturation.
    public var scanOptions: [String] = []
    /// 2 or 3 dimensions.
    public var dimensions: Int
    public var repetitionTime: Double
    public var echoTime: Double
    public var inversionTime: Double?
    public var flipAngleDegrees: Double
    public var fieldTesla: Double
    public var sliceThickness: Double
    /// Whether gadolinium was given before or during the series.
    public var contrastAgent = false
    /// Seconds from the beginning of the examination to that of the series.
    public var start: Double
}
