import Foundation

/// A clock that may tell when a frame was taken. The cases stand in order of trust.
enum FrameClock: String, CaseIterable {
    case temporalOffset = "TemporalPositionTimeOffset"
    case frameReference = "FrameReferenceDateTime"
    case frameAcquisition = "FrameAcquisitionDateTime"
    case acquisitionDateTime = "AcquisitionDateTime"
    case acquisitionTime = "AcquisitionTime"
    case trigger = "TriggerTime"
    case nominal = "TemporalPosition x TemporalResolution"
    case philipsBegin = "Philips dynamic scan begin time"
    case content = "ContentTime"

    /// Whether it measures: the nominal one multiplies, and the last tells when images were reconstructed.
    var isTrusted: Bool { self != .nominal && self != .content }

    /// Seconds from some beginning, the same for all frames of a series.
    func seconds(_ v: DICOMValues) -> Double? {
        switch self {
        case .temporalOffset: v.double(.temporalOffset)
        case .frameReference: v[.frameReferenceTime].flatMap(Self.dateTime)
        case .frameAcquisition: v[.frameAcquisitionTime].flatMap(Self.dateTime)
        case .acquisitionDateTime: v[.acquisitionDateTime].flatMap(Self.dateTime)
        case .acquisitionTime: Self.dateAndTime(v[.acquisitionDate], v[.acquisitionTime])
        case .trigger: v.double(.triggerTime).map { $0 / 1000 }
        case .nominal: Self.nominal(v)
        case .philipsBegin: v.double(.philipsBegin)
        case .content: Self.dateAndTime(v[.contentDate], v[.contentTime])
        }
    }

    private static func nominal(_ v: DICOMValues) -> Double? {
        guard let resolution = v.double(.temporalResolution), resolution > 0, let i = v.int(.temporalIndex) ?? v.int(.temporalPosition) else { return nil }
        return Double(i) * resolution / 1000
    }

    private static func dateAndTime(_ date: String?, _ time: String?) -> Double? {
        guard let time, let seconds = Self.time(time) else { return nil }
        return (date.flatMap(day) ?? 0) * 86_400 + seconds
    }

    /// YYYYMMDDHHMMSS.FFFFFF, with or without an offset from UTC, which is the same for all frames.
    static func dateTime(_ text: String) -> Double? {
        let body = text.prefix { $0.isNumber || $0 == "." }
        guard body.count >= 14, let day = day(String(body.prefix(8))), let seconds = time(String(body.dropFirst(8))) else { return nil }
        return day * 86_400 + seconds
    }

    /// HHMMSS.FFFFFF, or with colons as before 1993.
    static func time(_ text: String) -> Double? {
        let digits = text.filter { $0 != ":" }
        guard digits.count >= 6, let h = Double(digits.prefix(2)), let m = Double(digits.dropFirst(2).prefix(2)), let s = Double(digits.dropFirst(4)), h < 24, m < 60, s < 61 else { return nil }
        return h * 3600 + m * 60 + s
    }

    /// Days since 1 January of the year 0, by the Gregorian calendar.
    private static func day(_ text: String) -> Double? {
        let digits = text.filter { $0 != "." }
        guard digits.count == 8, let number = Int(digits) else { return nil }
        let month = number / 100 % 100, day = number % 100
        // Years begin in March, so that the leap day comes last.
        let year = number / 10_000 - (month <= 2 ? 1 : 0), shifted = (month + 9) % 12
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        return Double(365 * year + year / 4 - year / 100 + year / 400 + (153 * shifted + 2) / 5 + day - 1)
    }
}
