public import Foundation

/// What is told beside an image, in BIDS's words and units, without names of persons or places.
public struct DICOMSidecar: Sendable {
    enum Value: Encodable, Sendable {
        case text(String), number(Double), numbers([Double]), texts([String])
        func encode(to encoder: any Encoder) throws {
            var c = encoder.singleValueContainer()
            switch self {
            case .text(let t): try c.encode(t)
            case .number(let n): try c.encode(n)
            case .numbers(let n): try c.encode(n)
            case .texts(let t): try c.encode(t)
            }
        }
    }
    var values: [String: Value]

    /// As JSON with sorted keys; equal sidecars give equal bytes.
    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(values)
    }

    private static let milliseconds: Set<String> = ["EchoTime", "RepetitionTime", "InversionTime"]
    private static let renamed = ["ManufacturerModelName": "ManufacturersModelName", "BodyPartExamined": "BodyPart"]
    /// Dates tell who it was more than BIDS wants; spacing is the image's own.
    private static let left: Set<String> = ["StudyDate", "ContrastBolusStartTime", "ContrastBolusStopTime"]

    init(_ frame: DICOMFrame, tesla: Double?, times: [Double]?, philips: [String: Double]) {
        var all: [String: Value] = [:]
        for tag in DICOMTag.descriptive where !Self.left.contains(tag.keyword) {
            guard let text = frame.values[tag] else { continue }
            let key = Self.renamed[tag.keyword] ?? tag.keyword
            if ["DS", "IS", "FD"].contains(tag.vr), !text.doubles.isEmpty {
                let numbers = text.doubles.map { Self.milliseconds.contains(key) ? $0 / 1000 : $0 }
                all[key] = numbers.count == 1 ? .number(numbers[0]) : .numbers(numbers)
            } else if key == "ImageType" {
                all[key] = .texts(frame.values.strings(tag))
            } else {
                all[key] = .text(text)
            }
        }
        all["EchoTime"] = frame.echoTime.map { .number($0 / 1000) }
        if let tesla { all["MagneticFieldStrength"] = .number(tesla) }
        let (r, c) = (frame.alongRow, frame.alongColumn)
        all["ImageOrientationPatientDICOM"] = .numbers([r.x, r.y, r.z, c.x, c.y, c.z])
        if let times { all["FrameTimesStart"] = .numbers(times) }
        for (key, value) in philips { all[key] = .number(value) }
        all["ConversionSoftware"] = .text("Carpus")
        values = all
    }
}
