public import CarpusIO
public import Foundation

/// What headers tell of the sequence of a spoiled gradient echo.
public struct Acquisition: Sendable, Hashable {
    /// Repetition time from pulse to pulse, s; nil where it is not told.
    public let repetitionTime: Double?
    /// Flip angle, degrees; nil where it is not told.
    public let flipAngle: Double?
    /// Whether the scan options name fat suppression.
    public let isFatSuppressed: Bool

    /// What the BIDS sidecar of a NIfTI file tells; nothing when there is none.
    ///
    /// - Throws: `IOError` when the sidecar is no JSON.
    public init(beside image: URL) throws {
        self.init(try Sidecar(beside: image)?.attributes ?? [:], unit: 1)
    }

    /// Whether a sidecar beside a NIfTI file tells the times of its frames.
    ///
    /// - Throws: `IOError` when the sidecar is no JSON.
    public static func framesAreTimed(beside image: URL) throws -> Bool {
        guard let tags = try Sidecar(beside: image)?.attributes else { return false }
        return tags["FrameTimesStart"] != nil || tags["VolumeTiming"] != nil
    }

    /// What the headers of a DICOM series tell.
    public init(_ series: DICOMSeries) { self.init(series.attributes, unit: 0.001) }

    /// - Parameter unit: of times, s.
    private init(_ tags: [String: String], unit: Double) {
        // A sidecar may call the time from frame to frame a repetition time; no spoiled gradient echo repeats more slowly than once a second.
        repetitionTime = [tags["RepetitionTimeExcitation"], tags["RepetitionTime"]].compactMap { $0.flatMap(Double.init).map { $0 * unit } }.first { $0 > 0 && $0 <= 1 }
        flipAngle = tags["FlipAngle"].flatMap(Double.init).flatMap { $0 > 0 && $0 < 180 ? $0 : nil }
        let options = (tags["ScanOptions"] ?? "").uppercased().split { "\\_, ".contains($0) }
        isFatSuppressed = options.contains { ["FS", "FAT", "FATSAT", "SFS", "EFS"].contains($0) }
    }
}
