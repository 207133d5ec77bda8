import CarpusCore
import CarpusPipeline
import CarpusSimulation
import Foundation

extension SeriesHeader {
    /// The JSON that BIDS puts beside a scan.
    func sidecar(side: Laterality, frameTimes: [Double] = []) -> JSON {
        var members: [String: JSON] = [
            "Modality": .string("MR"), "Manufacturer": .string("Carpus"), "ManufacturersModelName": .string("virtual scanner"), "Simulated": .bool(true),
            "SeriesDescription": .string(description), "SeriesNumber": .integer(number), "BodyPartExamined": .string("WRIST"), "ImageLaterality": .string(side.rawValue),
            "MRAcquisitionType": .string("\(dimensions)D"), "MagneticFieldStrength": .number(fieldTesla), "RepetitionTime": .number(repetitionTime),
            "EchoTime": .number(echoTime), "FlipAngle": .number(flipAngleDegrees), "SliceThickness": .number(sliceThickness),
            "ScanningSequence": .array(scanningSequence.map(JSON.string)), "SequenceVariant": .array(sequenceVariant.map(JSON.string)),
        ]
        if let inversionTime { members["InversionTime"] = .number(inversionTime) }
        if !scanOptions.isEmpty { members["ScanOptions"] = .array(scanOptions.map(JSON.string)) }
        if contrastAgent { members["ContrastBolusAgent"] = .string("gadolinium chelate, simulated") }
        if !frameTimes.isEmpty { members["FrameTimesStart"] = .array(frameTimes.map(JSON.number)) }
        return .object(members)
    }
}
